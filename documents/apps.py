from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "文书"

    def ready(self) -> None:
        from accounts import audit_words
        from documents import checks  # noqa: F401

        audit_words.name_acts(
            {
                "paper.word": "设定机关代字",
                "paper.template": "启用文书模板",
                "paper.draft": "文书拟稿",
                "paper.revise": "修改文稿",
                "paper.check": "文书核稿",
                "paper.send_back": "退回文稿",
                "paper.approve": "签发文书",
                "paper.issue": "文书编号印发",
                "paper.correct": "更正文书",
                "paper.serve": "登记送达",
                "paper.archive": "文书归档",
            }
        )
