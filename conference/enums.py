"""The words of the joint conference (联席会议)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConferenceAct(models.TextChoices):
    """What can be done in this room; each has its line in rules.py or is refused."""

    CALL = "call", _("召集会议")
    AGENDA = "agenda", _("编排议题")
    CANCEL = "cancel", _("取消会议")
    MOVE = "move", _("会议改期")
    WRITE = "write", _("录入纪要")
    ISSUE = "issue", _("印发纪要")
    CORRECT = "correct", _("更正纪要")
    OPEN = "open", _("提出管辖争议")
    RAISE = "raise", _("报请上一步")
    AGREE = "agree", _("登记协商结果")
    DECIDE = "decide", _("指定管辖")
    ORDER = "order", _("下达决定")
    TALK = "talk", _("登记约谈")
    ANSWER = "answer", _("书面报告")
    REVIEW = "review", _("审核报告")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("待召开")
    RECORDED = "recorded", _("纪要待确认")
    ISSUED = "issued", _("纪要已印发")
    CANCELLED = "cancelled", _("已取消")

    @property
    def tone(self) -> str:
        """Colour word of the status badge."""
        tones = {MeetingState.PLANNED: "info", MeetingState.RECORDED: "soon", MeetingState.ISSUED: "done"}
        return tones.get(self, "plain")


class ItemKind(models.TextChoices):
    """What is on an agenda (条例 13, 24, 39)."""

    DISPUTE = "dispute", _("管辖争议")
    SHORTCOMING = "shortcoming", _("单位工作中的问题")
    OTHER = "other", _("其他议题")


class DisputeState(models.TextChoices):
    """The ways of 条例 24 in their order, and how a dispute ends."""

    TALKS = "talks", _("有关单位协商")
    SUPERIOR = "superior", _("共同上级决定")
    CONFERENCE = "conference", _("联席会议决定")
    DECIDED = "decided", _("已决定")
    LAPSED = "lapsed", _("已终止")

    @property
    def tone(self) -> str:
        tones = {DisputeState.DECIDED: "done", DisputeState.LAPSED: "plain"}
        return tones.get(self, "soon")


#: Somebody still has to decide.
LIVE = (DisputeState.TALKS, DisputeState.SUPERIOR, DisputeState.CONFERENCE)


class OrderKind(models.TextChoices):
    """What a conference decides against a unit (条例 39). Never about a person."""

    TALK = "talk", _("约谈")
    CRITICISM = "criticism", _("通报")
    RECTIFY = "rectify", _("限期整改")
    LISTED = "listed", _("挂牌督办")


#: Kinds that give the unit a last day for its report.
WITH_A_DAY = (OrderKind.TALK, OrderKind.RECTIFY)


class OrderState(models.TextChoices):
    OPEN = "open", _("待报告")
    REPORTED = "reported", _("待审核")
    DONE = "done", _("已完成")
    HANDED = "handed", _("见挂牌督办")
    LAPSED = "lapsed", _("已终止")

    @property
    def tone(self) -> str:
        tones = {OrderState.OPEN: "info", OrderState.REPORTED: "soon", OrderState.DONE: "done"}
        return tones.get(self, "plain")
