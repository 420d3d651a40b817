"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "mine_apply": "群众申请复查复核",
    "mine_withdraw": "群众撤回复查复核申请",
    "list": "复查复核",
    "case": "信访件的复查复核",
    "apply": "登记复查复核申请",
    "withdraw": "撤回复查复核申请",
    "not_admit": "复查复核申请不予受理",
    "hearing": "登记听证时间",
    "decide": "作出复查复核意见",
    "serve": "送达复查复核意见",
    "clock": "复查复核期限说明",
    "elsewhere": "登记外部复核申请",
    "elsewhere_outcome": "登记外部复核意见",
    "prepare": "拟定复核意见公示",
    "publish": "公示复核意见",
    "published": "复核意见公示",
    "care": "安排疏导帮扶",
    "care_done": "完成疏导帮扶",
}
