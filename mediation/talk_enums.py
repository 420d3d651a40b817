"""The words of talks among many (恳谈): 睦邻议事会, 业主恳谈会, 说事拉理厅, 评理说法厅, 百姓说理."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TalkAct(models.TextChoices):
    """What can be done to a talk; each has its rows in talk_rules.py or is refused."""

    CONVENE = "convene", _("召集恳谈")
    ANNOUNCE = "announce", _("公告恳谈")
    MOVE = "move", _("恳谈改期")
    CALL_OFF = "call_off", _("取消恳谈")
    SEAT = "seat", _("邀请评议员")
    HOLD = "hold", _("记录恳谈")
    RAISE = "raise", _("登记恳谈中的事项")
    SETTLE = "settle", _("登记事项去向")
    LINK = "link", _("事项关联信访件")
    REGISTER = "register", _("事项登记为信访件")
    DRAFT = "draft", _("拟写公开纪要")
    PUBLISH = "publish", _("公开恳谈纪要")


class TalkKind(models.TextChoices):
    NEIGHBOURS = "neighbours", _("睦邻议事会")
    OWNERS = "owners", _("业主恳谈会")
    HALL = "hall", _("说事拉理厅")
    REASONING = "reasoning", _("评理说法厅")
    PEOPLE = "people", _("百姓说理")


class TalkState(models.TextChoices):
    PLANNED = "planned", _("筹备中")
    ANNOUNCED = "announced", _("已公告")
    HELD = "held", _("已举行")
    CALLED_OFF = "called_off", _("已取消")

    @property
    def tone(self) -> str:
        tones = {TalkState.PLANNED: "soon", TalkState.ANNOUNCED: "info", TalkState.HELD: "done"}
        return tones.get(self, "plain")


#: Still to come: may be moved and called off.
TO_COME = (TalkState.PLANNED, TalkState.ANNOUNCED)


class TalkChangeKind(models.TextChoices):
    MOVED = "moved", _("改期")
    CALLED_OFF = "called_off", _("取消")


class PanelKind(models.TextChoices):
    """What somebody of the neutral panel is."""

    LAWYER = "lawyer", _("律师")
    DEPUTY = "deputy", _("人大代表、政协委员")
    EXPERT = "expert", _("专家学者")
    VILLAGER = "villager", _("乡贤、群众代表")
    RETIRED = "retired", _("退休法官、干部")
    STAFF = "staff", _("工作人员")


class Fate(models.TextChoices):
    """What became of a matter that was raised. None of them keeps anybody from filing the same matter."""

    OPEN = "open", _("待处理")
    ANSWERED = "answered", _("就地解答")
    PASSED = "passed", _("转有关单位")
    REGISTERED = "registered", _("登记为信访件")
    LINKED = "linked", _("关联已有信访件")

    @property
    def tone(self) -> str:
        return {Fate.OPEN: "soon", Fate.PASSED: "info"}.get(self, "done")


#: Something more may still be done with it.
UNSETTLED = (Fate.OPEN, Fate.PASSED)
