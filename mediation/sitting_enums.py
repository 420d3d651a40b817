"""The words of joint sittings (联合会办): several units look at one hard matter together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SittingAct(models.TextChoices):
    """What can be done to a sitting; each has its rows in sitting_rules.py or is refused."""

    STANDING = "standing", _("设定常设会办单位")
    CALL = "call", _("召集会办")
    CANCEL = "cancel", _("取消会办")
    ANSWER = "answer", _("答复会办邀请")
    HOLD = "hold", _("记录会办")
    UNDERTAKE = "undertake", _("登记承诺事项")
    REPORT = "report", _("反馈承诺事项")
    REVIEW = "review", _("审核承诺事项")


class SittingKind(models.TextChoices):
    JOINT = "joint", _("联合会办（8+X）")
    COMPLEX = "complex", _("复杂矛盾统一会办")
    TEAM = "team", _("专班会办")


class SittingState(models.TextChoices):
    CALLED = "called", _("已召集")
    HELD = "held", _("已会办")
    CANCELLED = "cancelled", _("已取消")

    @property
    def tone(self) -> str:
        return {SittingState.CALLED: "info", SittingState.HELD: "done"}.get(self, "plain")


class Coming(models.TextChoices):
    """What an invited unit answers."""

    YES = "yes", _("来")
    NO = "no", _("不来")


class DoingState(models.TextChoices):
    """Where an undertaking (承诺事项) stands."""

    OPEN = "open", _("待落实")
    REPORTED = "reported", _("待审核")
    DONE = "done", _("已落实")
    LAPSED = "lapsed", _("已终止")

    @property
    def tone(self) -> str:
        return {DoingState.DONE: "done", DoingState.LAPSED: "plain"}.get(self, "soon")
