from django.apps import AppConfig


class LeadersConfig(AppConfig):
    name = "leaders"
    default_auto_field = "django.db.models.BigAutoField"
