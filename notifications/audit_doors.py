"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "inbox": "消息",
    "open": "打开消息",
    "mail": "选择邮件方式",
    "read_all": "全部标为已读",
}
