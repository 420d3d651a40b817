"""Words of own tables: what stands in lines and columns, over which time, and how often somebody is told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Key(models.TextChoices):
    """What a table can be told apart by, in lines or in columns."""

    UNIT = "unit", _("单位")
    CHANNEL = "channel", _("信访形式")
    CATEGORY1 = "category1", _("内容分类（一级）")
    CATEGORY2 = "category2", _("内容分类（二级）")
    CATEGORY3 = "category3", _("内容分类（三级）")
    KIND = "kind", _("信访目的")
    PATH = "path", _("办理路径")
    STATUS = "status", _("状态（今天的）")
    PLACE = "place", _("问题属地")
    MONTH = "month", _("月份")


class Period(models.TextChoices):
    """Counted from the day on which the table is read, or from the day of the turn that told of it."""

    LAST_MONTH = "last_month", _("上月")
    THIS_MONTH = "this_month", _("本月")
    LAST_WEEK = "last_week", _("上周")
    THIS_YEAR = "this_year", _("今年以来")
    LAST_YEAR = "last_year", _("去年")
    FIXED = "fixed", _("指定起止日期")


class Every(models.TextChoices):
    WEEK = "week", _("每周")
    MONTH = "month", _("每月")


class Told(models.TextChoices):
    """Who is told of a turn."""

    OWNER = "owner", _("只通知我")
    READERS = "readers", _("通知能看这张表的所有人")


WEEKDAYS = (
    (0, _("星期一")),
    (1, _("星期二")),
    (2, _("星期三")),
    (3, _("星期四")),
    (4, _("星期五")),
    (5, _("星期六")),
    (6, _("星期日")),
)
