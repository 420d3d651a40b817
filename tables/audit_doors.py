"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "list": "自建统计表一览",
    "new": "新建统计表",
    "preview": "预览统计表",
    "table": "查看统计表",
    "edit": "修改统计表",
    "delete": "删除统计表",
    "behind": "统计表数字的清单",
    "file": "下载统计表",
    "share": "共享统计表",
    "unshare": "取消共享统计表",
    "schedule": "设定统计表定时通知",
    "unschedule": "停止统计表定时通知",
}
