"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "mine": "调解",
    "rooms": "调解室公告",
    "room": "一间调解室",
    "room_list": "调解室",
    "room_add": "登记调解室",
    "room_change": "更改调解室",
    "case": "信访件的调解",
    "open": "转入调解",
    "consent": "记录同意调解",
    "withdraw": "记录不再调解",
    "end": "结束调解",
    "schedule": "安排调解",
    "held": "补记调解",
    "cancel": "取消调解安排",
    "move": "调解改期",
    "hold": "记录调解",
}
