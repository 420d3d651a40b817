from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How pressing a notice is, in the colours of a clock's lamps; its text says why."""

    INFO = "info", _("消息")
    SOON = "soon", _("待办")
    LATE = "late", _("紧急")


class Channel(models.TextChoices):
    EMAIL = "email", _("电子邮件")
    SMS = "sms", _("短信")
    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    FEISHU = "feishu", _("飞书")


class Extent(models.TextChoices):
    """What somebody wants told by a way besides e-mail."""

    NONE = "", _("不用")
    LATE = "late", _("只发超期等紧急的")
    ALL = "all", _("每条都发")


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    GAVE_UP = "gave_up", _("放弃发送")
    HELD = "held", _("等待汇总")
    DIGESTED = "digested", _("已汇总发送")
