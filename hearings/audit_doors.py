"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "mine_recusal": "申请听证人员回避",
    "list": "听证一览",
    "case": "听证和专家意见",
    "prepare": "提出听证",
    "ask_expert": "征求专家意见",
    "answer_expert": "登记专家意见",
    "hearing": "听证详情",
    "seat": "确定听证人员",
    "leave": "更换听证人员",
    "ask_recusal": "登记回避申请",
    "decide_recusal": "决定听证人员回避",
    "decide": "决定是否听证",
    "tell": "登记听证通知",
    "postpone": "听证改期",
    "call_off": "取消听证",
    "record": "登记听证笔录",
}
