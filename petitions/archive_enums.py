"""The words of archives and of looks at what is protected."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArchiveClass(models.TextChoices):
    """How long a closed case is kept with its people (保管期限, 国家档案局令第8号)."""

    PERMANENT = "permanent", _("永久")
    THIRTY = "thirty", _("30年")
    TEN = "ten", _("10年")

    @property
    def years(self) -> int | None:
        """The term in whole years after the year of closing; None: for ever."""
        return {"permanent": None, "thirty": 30, "ten": 10}[self.value]


class HoldKind(models.TextChoices):
    """Why nothing of a case may be taken away (暂缓)."""

    LITIGATION = "litigation", _("诉讼")
    REVIEW = "review", _("复查复核未完")
    AUDIT = "audit", _("审计")
    OTHER = "other", _("其他")


class ProposalOutcome(models.TextChoices):
    """What became of a proposal; an empty one waits for its decision."""

    AGREED = "agreed", _("同意去标识")
    REJECTED = "rejected", _("不同意")
    STOPPED = "stopped", _("因暂缓停止")


class ArchiveAct(models.TextChoices):
    """What the history of a case calls the acts of its archive life; they are no steps and move no state."""

    HOLD = "archive_hold", _("暂缓去标识")
    LIFT = "archive_lift", _("解除暂缓")
    ANONYMISE = "archive_done", _("按档案规定去标识")


class LookKind(models.TextChoices):
    """What was looked at: one masked field, or a sealed case."""

    FIELD = "field", _("个人信息")
    SEALED = "sealed", _("密件")
