from django.apps import AppConfig
from django.core import checks


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from accounts.enums import Role, UnitKind
        from core import nav
        from leaders import first_page
        from petitions import extensions
        from reports import brief_rules, divisions
        from reports.audit_doors import DOORS
        from reports.selectors.briefs import on_first_page
        from reports.services.exports import EXPORTERS

        checks.register(divisions.check_divisions)
        audit_words.name_doors("reports", DOORS)
        audit_words.name_acts(
            {
                "report.export": "导出月报",
                "report.export_cases": "导出信访件清单",
                "report.export_cancel": "取消导出",
                "report.fill_form": "填报上级报表",
                "report.download": "下载导出文件",
                "report.read_mark": "读取导出标记",
                "report.freeze": "冻结月报",
                "brief.sign": "签发民情日报",
                "wall_link.make": "生成大屏地址",
                "wall_link.end": "停用大屏地址",
                "brief.correct": "更正民情日报",
                "brief.pdf": "下载民情日报",
                "report.publish": "公布月报",
                "report.withdraw": "撤回公布的月报",
                "warning.warned": "红榜预警",
                "warning.cleared": "解除红榜预警",
            }
        )
        extensions.beside_the_list(
            "reports",
            "导出",
            lambda: reverse("reports:cases_export"),
            lambda actor: actor.role in EXPORTERS,
        )
        first_page.add(on_first_page)
        nav.register(
            "首页",
            "reports:home",
            [
                Role.PETITION_OFFICER,
                Role.INSPECTOR,
                Role.UNIT_HEAD,
                Role.SYSTEM_ADMIN,
                Role.SECURITY_ADMIN,
            ],
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
            "公布月报",
            "reports:publishing",
            brief_rules.MAKERS,
            "eye",
            order=62,
            unit_kinds=(UnitKind.PETITION_OFFICE,),
            seldom=True,
        )
        nav.register(
            "红榜预警", "reports:warnings", brief_rules.WARNING_READERS, "flag", order=61, seldom=True
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
        nav.register("导出任务", "reports:exports", EXPORTERS, "download", order=61, seldom=True)
