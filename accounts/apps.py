from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import signals  # noqa: F401 (connects the receivers)
        from accounts.enums import Role
        from core import nav

        nav.register("审计记录", "accounts:audit_log", [Role.AUDITOR], "journal-text", order=80)
