from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import nav


class PetitionsConfig(AppConfig):
    name = "petitions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        nav.register(_("我要反映"), "petitions:file", [nav.PUBLIC], "pencil-square", order=10)
        nav.register(_("查询办理情况"), "petitions:query", [nav.PUBLIC], "search", order=20)
        from accounts.enums import Role
        from petitions.selectors.desk import READER_ROLES

        counter = [Role.CLERK, Role.PETITION_OFFICER]
        nav.register(_("登记"), "petitions:register", counter, "pencil-square", order=10)
        nav.register(_("信访件"), "petitions:list", READER_ROLES, "list-check", order=20)
