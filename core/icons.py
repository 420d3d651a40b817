"""The icons the screens use, by their Bootstrap Icons name. The sprite is cut from the package (config/vendor.py)."""

SPRITE = "vendor/icons.svg"
# fmt: off
NAMES = frozenset((
    "house", "list", "plus", "plus-lg", "search", "eye", "person", "person-badge", "people", "telephone",
    "envelope", "chat-left-text", "pencil-square", "send", "arrow-return-left", "arrow-left-right",
    "check", "check-lg", "x-lg", "exclamation-triangle", "info-circle", "clock", "clock-history",
    "calendar3", "calendar-event", "bell", "inbox", "folder2-open", "file-earmark-text", "paperclip",
    "upload", "download", "printer", "qr-code", "bar-chart", "geo-alt", "link-45deg", "star",
    "hand-thumbs-up", "shield-lock", "lock", "flag", "tag", "chevron-left", "chevron-right",
    "chevron-down", "box-arrow-right", "gear", "three-dots", "building", "door-open", "table",
    "journal-text", "list-check", "check2-square", "type", "arrow-repeat", "funnel",
))
# fmt: on
