from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from accounts.enums import Role
        from core import nav
        from reports import brief_rules
        from reports.audit_doors import DOORS

        audit_words.name_doors("reports", DOORS)
        audit_words.name_acts(
            {
                "report.export": "导出月报",
                "report.download": "下载月报",
                "report.read_mark": "读取导出标记",
                "report.freeze": "冻结月报",
                "brief.sign": "签发民情日报",
            }
        )
        nav.register(
            "首页",
            "reports:home",
            [Role.PETITION_OFFICER, Role.INSPECTOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN],
            "house",
            order=1,
        )
        nav.register(
            "月报",
            "reports:month",
            [Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.LEADER],
            "bar-chart",
            order=60,
        )
        nav.register(
            "民情日报",
            "reports:briefs",
            brief_rules.READERS,
            "file-earmark-text",
            order=58,
            unit_kinds=brief_rules.UNIT_KINDS,
            seldom=True,
        )
