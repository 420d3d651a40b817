"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "list": "热点问题一览",
    "matter": "热点问题",
    "name": "命名热点问题",
    "link": "归入热点问题",
    "unlink": "移出热点问题",
    "merge": "并入另一个热点问题",
    "task_add": "发起联合任务",
    "suggest": "由热点问题提出建议",
    "tasks": "联合任务一览",
    "task": "联合任务",
    "task_report": "反馈联合任务",
    "task_end": "了结联合任务",
}
