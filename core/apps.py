from django.apps import AppConfig
from django.urls import register_converter


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.converters import CaseNumberConverter, RowConverter

        register_converter(CaseNumberConverter, "number")
        register_converter(RowConverter, "row")
