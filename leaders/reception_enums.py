"""The words of a reception on the day itself: who is in the room, how a talk was held, its three stages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Turn(models.TextChoices):
    """Where somebody in line is on the day. DONE is over, whether written down yet or not. OTHER: somebody else
    receives them, the leader having to avoid the matter (条例 28), or being called away."""

    WAITING = "waiting", _("等候")
    IN_ROOM = "in_room", _("正在谈")
    DONE = "done", _("已谈")
    ABSENT = "absent", _("未到")
    OTHER = "other", _("改由他人接待")

    @property
    def tone(self) -> str:
        return {"in_room": "soon", "done": "done", "absent": "plain", "other": "plain"}.get(
            self.value, "info"
        )


class RecordWay(models.TextChoices):
    """How leader and people met."""

    DESK = "desk", _("接访")
    HOME = "home", _("上门走访")


class Stage(models.TextChoices):
    """The three stages of a reception as in 瑞安 (domain A4, 83); none is done before the one above it."""

    PREPARE = "prepare", _("事前登记")
    HOLD = "hold", _("事中处置")
    FOLLOW = "follow", _("事后督办")
