from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from notifications import checks  # noqa: F401 - importing registers them
        from notifications.audit_doors import DOORS

        audit_words.name_doors("notifications", DOORS)
        from accounts.signals_upward import leave_entered
        from notifications.services.leave import tell_both

        leave_entered.connect(tell_both, dispatch_uid="notifications.leave")
