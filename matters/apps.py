from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from core import nav
        from matters import rules
        from matters.audit_doors import DOORS
        from matters.enums import MatterAct

        nav.register(
            "热点问题",
            "matters:list",
            rules.READERS,
            "tag",
            order=59,
            unit_kinds=rules.UNIT_KINDS,
            seldom=True,
        )
        nav.register("联合任务", "matters:tasks", rules.TASK_READERS, "list-check", order=73, seldom=True)
        audit_words.name_doors("matters", DOORS)
        audit_words.name_acts({f"matter.{act.value}": str(act.label) for act in MatterAct})
