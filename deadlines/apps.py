from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from deadlines import checks  # noqa: F401

        audit_words.name_acts({"calendar.load_year": "录入工作日历"})
        post_migrate.connect(_fill_tables, sender=self)


def _fill_tables(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After migrate, and after the flush of a transactional test: rules, calendar and ledger are never missing."""
    from django.apps import apps

    from deadlines import ledger
    from deadlines.registry import clock_classes
    from deadlines.services import shipped

    if (
        using != DEFAULT_DB_ALIAS
        or "deadlines_clockentry" not in connections[using].introspection.table_names()
    ):
        return
    shipped.fill(apps)
    ledger.attach(clock_classes(), using=using)
