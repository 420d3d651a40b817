"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "list": "文书",
    "together": "合并打印文书",
    "words": "机关代字",
    "templates": "文书模板",
    "template": "文书模板各版本",
    "template_new": "启用文书模板新版本",
    "draft": "拟写文书",
    "paper": "文书",
    "mine_paper": "群众下载文书",
    "save": "修改文稿",
    "preview": "文稿预览",
    "send_back": "退回文稿",
    "discard": "作废草稿",
    "put_to_leader": "报领导签发",
    "letter": "合并转送函",
    "serve": "登记文书送达",
    "record": "更正文书",
    "step": "文书办理",
    "pdf": "下载文书",
    "docx": "下载文稿",
}
