"""The words of the leaders' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeaderAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    ASSIGN_PACKAGE = "assign_package", _("包案")
    STRIKE_OFF = "strike_off", _("销案")
    INSTRUCT = "instruct", _("批示")
    REPORT = "report", _("反馈批示办理情况")
    ACKNOWLEDGE = "acknowledge", _("阅批示反馈")
    PLAN_DAY = "plan_day", _("安排接访")
    RECEIVE = "receive", _("记录接访")
    KEEP_AREAS = "keep_areas", _("登记分片包联")
    KEEP_INBOX = "keep_inbox", _("管理领导信箱")
    DELEGATE = "delegate", _("指定信箱代阅人")
    DRAFT_REPLY = "draft_reply", _("代拟领导回复")
    RELEASE = "release", _("签发领导回复")
    READ_LETTER = "read_letter", _("阅批来信")
    KEEP_READING = "keep_reading", _("设定阅批单位")


class PackageState(models.TextChoices):
    """销案 ends a package and is not 办结: the case goes its own way."""

    OPEN = "open", _("包案中")
    STRUCK_OFF = "struck_off", _("已销案")


class PackageLevel(models.IntegerChoices):
    """Only the first level is given out for now (提级包案 comes with its own rules)."""

    UNIT = 1, _("责任部门领导")
    IN_CHARGE = 2, _("区县分管领导")
    CHIEF = 3, _("区县主要领导")


class VisitKind(models.TextChoices):
    """Ways in which leaders meet people (domain A2, A4)."""

    FIXED = "fixed", _("定点接访")
    GO_DOWN = "go_down", _("下访")
    BY_APPOINTMENT = "by_appointment", _("约访")
    WITH_CASE = "with_case", _("带案下访")
    FOCUSED = "focused", _("重点走访")
    ANY_TIME = "any_time", _("随时接访")
    AT_HOME = "at_home", _("上门走访")
    GROUP = "group", _("组团接访")


# Inboxes (主官在线)


class ReplyState(models.TextChoices):
    """A reply in a leader's name: nothing of it goes out before the leader released it."""

    DRAFT = "draft", _("待签发")
    RETURNED = "returned", _("退回补充")
    RELEASED = "released", _("已发出")
    DROPPED = "dropped", _("不发")


# Reading (阅批)


class ReadHow(models.TextChoices):
    """How a letter was read: that alone, with a word to the unit, or by an instruction with its own clock."""

    READ = "read", _("已阅")
    WORDS = "words", _("已阅批")
    INSTRUCTED = "instructed", _("已批示")


# Asking for an extension (延期申请)


class AskState(models.TextChoices):
    """延期: asked for by whoever handles the case, decided by the head of the unit (条例 34)."""

    ASKED = "asked", _("待批")
    RETURNED = "returned", _("退回补充")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("不同意")
