"""The words of the room of outcomes: what comes after the answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutcomeAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    SET_DUE = "set_due", _("设定执行日期")
    REPORT = "report", _("反馈执行情况")
    CONFIRM = "confirm", _("核实执行情况")
    OPEN_VISIT = "open_visit", _("安排回访")
    ASSIGN_VISIT = "assign_visit", _("确定回访人")
    RECORD_VISIT = "record_visit", _("登记回访")
    CHECK = "check", _("办结前核对")
    MARK = "mark", _("登记化解、息诉")
    UNMARK = "unmark", _("撤销化解、息诉登记")


class ExecutionState(models.TextChoices):
    """执行 of one request that was supported (条例 32)."""

    OPEN = "open", _("待执行")
    REPORTED = "reported", _("待核实")
    DONE = "done", _("已落实")
    SET_ASIDE = "set_aside", _("不再执行")

    @property
    def tone(self) -> str:
        """Colour word of the status badge."""
        return {"open": "info", "reported": "soon", "done": "done"}.get(self.value, "plain")


#: Somebody still has to do something.
UNDONE = (ExecutionState.OPEN, ExecutionState.REPORTED)


class VisitGround(models.TextChoices):
    """Why somebody goes back to the petitioner."""

    RATING = "rating", _("评价“不满意”")
    BY_HAND = "by_hand", _("信访部门安排")
    STAGE = "stage", _("对复查复核评价“不满意”")


class Stage(models.TextChoices):
    """What is rated by itself, beside the answer: the words are those of the room that decides."""

    REVIEW = "review", _("复查")
    FINAL = "final", _("复核")


class RatingStatus(models.IntegerChoices):
    """Where a rating stands, by the codes of the national interface (domain B5)."""

    AHEAD = 0, _("待评价")
    OPEN = 1, _("未评价")
    RATED = 2, _("已评价")
    OVERDUE = 3, _("超期未评价")


class VisitState(models.TextChoices):
    """回访 after the answer was served."""

    TO_ASSIGN = "to_assign", _("待定回访人")
    ASSIGNED = "assigned", _("待回访")
    DONE = "done", _("已回访")
    LAPSED = "lapsed", _("已转其他程序")

    @property
    def tone(self) -> str:
        """Colour word of the status badge."""
        return {"to_assign": "soon", "assigned": "info", "done": "done"}.get(self.value, "plain")


WAITING = (VisitState.TO_ASSIGN, VisitState.ASSIGNED)


class VisitWay(models.TextChoices):
    IN_PERSON = "in_person", _("上门")
    OFFICE = "office", _("到窗口面谈")
    PHONE = "phone", _("电话")


class VisitResult(models.TextChoices):
    """What comes of it; the visit itself decides nothing about the case."""

    NOTHING_MORE = "nothing", _("没有其他问题")
    GUIDED = "guided", _("已告知申请复查复核等救济途径")
    NEW_FACTS = "new_facts", _("有新的事实，已另行登记")
    NOT_REACHED = "not_reached", _("多次联系未果")


class CheckItem(models.TextChoices):
    """三到位一处理 (条例 27), in words about what the office did, never about a person."""

    SOLVED = "solved", _("诉求合理的：解决问题到位")
    EXPLAINED = "explained", _("诉求没有依据的：解释疏导到位")
    HELPED = "helped", _("生活困难的：帮扶救助到位")
    LAWFUL = "lawful", _("须依法处理的：已交有权机关依法处理")


class CheckResult(models.TextChoices):
    DONE = "done", _("已做到")
    NOT_APPLICABLE = "not_applicable", _("不涉及")
    NOT_DONE = "not_done", _("没有做到")


class MarkKind(models.TextChoices):
    """Two of the four states that are no status; 办结 is the case's own, 销案 the leader's."""

    RESOLVED = "resolved", _("化解")
    ACCEPTED = "accepted", _("息诉")


class MarkHow(models.TextChoices):
    """How it is known."""

    FOUND = "found", _("经办人员查实")
    SAID = "said", _("信访人本人表示")
    SIGNED = "signed", _("信访人书面签字")


#: 息诉 is the petitioner's own: nobody says it for them.
HOW_OF = {
    MarkKind.RESOLVED: (MarkHow.FOUND, MarkHow.SAID, MarkHow.SIGNED),
    MarkKind.ACCEPTED: (MarkHow.SAID, MarkHow.SIGNED),
}
