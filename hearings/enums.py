"""The words of the room of hearings (听证) and expert opinions in handling (条例 31(6))."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HearingAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    PREPARE = "prepare", _("提出听证")
    SEAT = "seat", _("确定听证人员")
    LEAVE = "leave", _("更换听证人员")
    DECIDE = "decide", _("决定是否听证")
    TELL = "tell", _("登记听证通知")
    POSTPONE = "postpone", _("听证改期")
    CALL_OFF = "call_off", _("取消听证")
    ASK_RECUSAL = "ask_recusal", _("登记回避申请")
    DECIDE_RECUSAL = "decide_recusal", _("决定回避")
    RECORD = "record", _("登记听证笔录")
    ASK_EXPERT = "ask_expert", _("征求专家意见")
    ANSWER_EXPERT = "answer_expert", _("登记专家意见")


class State(models.TextChoices):
    PREPARED = "prepared", _("待决定")
    DECLINED = "declined", _("不举行")
    DECIDED = "decided", _("待通知")
    TOLD = "told", _("已通知")
    HELD = "held", _("已举行")
    CALLED_OFF = "called_off", _("已取消")

    @property
    def tone(self) -> str:
        tones = {State.PREPARED: "soon", State.DECIDED: "soon", State.TOLD: "info", State.HELD: "done"}
        return tones.get(self, "plain")


#: Something is still to come.
OPEN = (State.PREPARED, State.DECIDED, State.TOLD)
#: The head has said that it is held: the petitioner sees it from then on.
COMING = (State.DECIDED, State.TOLD)


class Seat(models.TextChoices):
    CHAIR = "chair", _("听证主持人")
    MEMBER = "member", _("听证员")


class Outside(models.TextChoices):
    """Who somebody of the panel is that holds no post here."""

    LAWYER = "lawyer", _("律师")
    DEPUTY = "deputy", _("人大代表、政协委员")
    EXPERT = "expert", _("专家学者")
    COMMUNITY = "community", _("村（社区）干部、群众代表")
    OTHER = "other", _("其他社会人士")


class ToldHow(models.TextChoices):
    WRITTEN = "written", _("书面")
    IN_PERSON = "in_person", _("当面")
    PHONE = "phone", _("电话")
    ONLINE = "online", _("网上")


class ChangeKind(models.TextChoices):
    POSTPONED = "postponed", _("改期")
    CALLED_OFF = "called_off", _("取消")


class ExpertKind(models.TextChoices):
    OPINION = "opinion", _("专家意见")
    APPRAISAL = "appraisal", _("鉴定")
    VALUATION = "valuation", _("评估")
    TEST = "test", _("检测")
