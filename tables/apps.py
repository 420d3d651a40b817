from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "tables"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from core import nav
        from tables import rules
        from tables.audit_doors import DOORS

        audit_words.name_doors("tables", DOORS)
        audit_words.name_acts(
            {
                "table.save": "保存统计表",
                "table.delete": "删除统计表",
                "table.download": "下载统计表",
                "table.share": "共享统计表",
                "table.unshare": "取消共享统计表",
                "table.schedule": "设定统计表定时通知",
                "table.unschedule": "停止统计表定时通知",
            }
        )
        nav.register("自建统计表", "tables:list", rules.READERS, "table", order=61, seldom=True)
