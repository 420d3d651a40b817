"""The words of training material."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WriteUpState(models.TextChoices):
    DRAFT = "draft", _("待去掉姓名")
    CLEANED = "cleaned", _("待第二人核对")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")

    @property
    def tone(self) -> str:
        return {WriteUpState.PUBLISHED: "done", WriteUpState.WITHDRAWN: "plain"}.get(self, "soon")
