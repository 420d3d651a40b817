"""The words of hot matters (高频矛盾分析推送; 办好一件事→解决一类事)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MatterAct(models.TextChoices):
    """What is done to a matter, as its history calls it."""

    NAME = "name", _("命名")
    LINK = "link", _("归入一件")
    UNLINK = "unlink", _("移出一件")
    MERGE = "merge", _("并入另一个")
    TASK = "task", _("发起联合任务")
    REPORT = "report", _("反馈联合任务")
    END = "end", _("了结联合任务")
    SUGGEST = "suggest", _("提出建议")
