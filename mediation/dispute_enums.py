"""The words of disputes that came to a room without being a petition."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """How a dispute came to the room."""

    CODE = "code", _("扫二维码")
    WALK_IN = "walk_in", _("当面")
    COURT = "court", _("法院诉前委派")
    POLICE = "police", _("公安转来")
    HOTLINE = "hotline", _("热线转来")
    SWEEP = "sweep", _("排查发现")


#: What somebody of the room writes down; the code of the door is for residents alone.
BY_STAFF = tuple(one for one in Source if one != Source.CODE)


class DisputeState(models.TextChoices):
    WAITING = "waiting", _("待接手")
    MEDIATING = "mediating", _("调解中")
    ENDED = "ended", _("调解结束")
    ANSWERED = "answered", _("已答复")
    REGISTERED = "registered", _("已登记为信访件")

    @property
    def tone(self) -> str:
        return {"waiting": "soon", "mediating": "info"}.get(self.value, "plain")


#: Nobody waits for anything any more.
SETTLED = (DisputeState.ENDED, DisputeState.ANSWERED, DisputeState.REGISTERED)
#: From these a mediation may begin; what became a petition is mediated as one.
OPEN_TO_MEDIATION = (DisputeState.WAITING, DisputeState.ENDED, DisputeState.ANSWERED)
