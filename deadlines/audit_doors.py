"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "rules": "期限规则",
    "rule": "期限规则各版本",
    "rule_add": "增加本区期限规则",
    "rule_new": "登记期限规则新版本",
    "rule_end": "停用期限规则",
    "rule_withdraw": "撤回期限规则",
    "hours": "办公时间",
    "engine": "提醒引擎",
    "retry_message": "重发消息",
    "calendar": "工作日历",
    "calendar_new": "录入工作日历",
    "calendar_take_back": "撤回工作日历",
}
