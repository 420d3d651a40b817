"""The words of what happens in a session: who came, what is written down, what is recorded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionAct(models.TextChoices):
    """What can be done about one session; each has its row in session_rules.py or is refused."""

    AGENDA = "agenda", _("填写议程")
    LINK = "link", _("填写会议链接")
    ATTEND = "attend", _("登记到场人")
    MINUTE = "minute", _("记笔录")
    READ_APART = "read_apart", _("查看单独谈话")
    PROPOSE = "propose", _("登记方案")
    RECORD = "record", _("录音录像")
    TAKE_BACK = "take_back", _("登记撤回录音录像的同意")
    LOOK = "look", _("查看录音录像")


class AsWhat(models.TextChoices):
    """As what somebody was there."""

    PARTY = "party", _("当事人")
    AGENT = "agent", _("代理人")
    LAWYER = "lawyer", _("律师")
    GUARDIAN = "guardian", _("监护人")
    KIN = "kin", _("亲友")
    SUPPORT = "support", _("社工或妇联陪同")
    INTERPRETER = "interpreter", _("翻译")
    EXPERT = "expert", _("专家或邀请参加的人")


class Stopped(models.TextChoices):
    """Why a recording stopped."""

    ENDED = "ended", _("录完")
    TAKEN_BACK = "taken_back", _("有人撤回同意")
    NEWCOMER = "newcomer", _("有人中途到场，还没有同意")


class Gone(models.TextChoices):
    """Why the file of a recording was deleted."""

    TERM = "term", _("保存期满")
    TAKEN_BACK = "taken_back", _("有人撤回同意")
    ARCHIVE = "archive", _("档案去标识")
