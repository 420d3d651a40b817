from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from accounts.enums import Role
        from core import nav
        from deadlines import checks  # noqa: F401
        from deadlines.audit_doors import DOORS
        from deadlines.enums import LengthUnit
        from deadlines.views import READERS

        nav.register("期限规则", "deadlines:rules", READERS, "clock-history", order=66, seldom=True)
        nav.register("提醒引擎", "deadlines:engine", [Role.SYSTEM_ADMIN], "clock", order=65, seldom=True)
        nav.register("工作日历", "deadlines:calendar", READERS, "calendar3", order=67, seldom=True)
        audit_words.name_acts(
            {
                "calendar.load_year": "录入工作日历",
                "calendar.take_back": "撤回工作日历",
                "hours.enter": "登记办公时间",
                "rule.add": "增加本区期限规则",
                "rule.moved": "改动分批完成",
                "rule.change": "登记期限规则新版本",
                "rule.end": "停用期限规则",
                "rule.withdraw": "撤回期限规则",
                "outbox.retry": "重发消息",
            }
        )
        audit_words.name_details(
            {
                "length": "期限",
                "valid_from": "施行日期",
                "replaced": "更正的版本",
                "then": "撤回以后",
                "conditions": "适用条件",
                "hours": "办公时间",
                "hours_of": "单位",
                "every_day": "节假日也值守",
                "running": "在办件一并改",
                "clocks": "在办期限数",
                "clocks_moved": "到期日变动数",
                "clocks_later": "留待分批改的期限数",
                "clocks_failed": "没有改成的期限数",
                "year": "年份",
                "source": "来源",
            },
            unit=dict(LengthUnit.choices),
            then={"before": "前一个版本接着适用", "none": "没有这条规定"},
        )
        audit_words.name_doors("deadlines", DOORS)
        post_migrate.connect(_fill_tables, sender=self)


def _fill_tables(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After migrate, and after the flush of a transactional test: rules, calendar and ledger are never missing."""
    from django.apps import apps

    from deadlines import ledger
    from deadlines.registry import clock_classes
    from deadlines.services import shipped

    if (
        using != DEFAULT_DB_ALIAS
        or "deadlines_dutyhours" not in connections[using].introspection.table_names()
    ):
        return
    shipped.fill(apps)
    ledger.attach(clock_classes(), using=using)
