"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "mine_evaluate": "群众评价复查复核",
    "executions": "落实",
    "visits": "回访",
    "case": "答复之后",
    "check": "三到位一处理核对",
    "mark": "登记化解、息诉",
    "unmark": "撤销化解、息诉登记",
    "visit_open": "安排回访",
    "visit": "回访详情",
    "visit_assign": "确定回访人",
    "visit_record": "登记回访",
    "execution": "落实详情",
    "execution_due": "设定执行日期",
    "execution_report": "反馈执行情况",
    "execution_confirm": "核实执行情况",
    "clock": "执行期限说明",
}
