"""The words of rooms and of the people who mediate in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoomKind(models.TextChoices):
    ROOM = "room", _("调解室")
    STUDIO = "studio", _("工作室")
    STATION = "station", _("驿站")
    COURTYARD = "courtyard", _("小院")
    STAIRWELL = "stairwell", _("楼道角")
    ONLINE = "online", _("网上")


class MediatorKind(models.TextChoices):
    """Where a mediator comes from; it gives nobody more to say in a mediation (人民调解法 14)."""

    PEOPLES = "peoples", _("人民调解员")
    ADMINISTRATIVE = "administrative", _("行政调解员")
    JUDICIAL = "judicial", _("司法调解员")
    EXPERT = "expert", _("专家")
    VOLUNTEER = "volunteer", _("志愿者")
    VILLAGER = "villager", _("乡贤")
    LAWYER = "lawyer", _("律师")
    PSYCHOLOGIST = "psychologist", _("心理咨询师")
    JUDGE = "judge", _("法官")
    PROSECUTOR = "prosecutor", _("检察官")
    POLICE = "police", _("民警")
    WOMEN = "women", _("妇联干部")
    OTHER = "other", _("其他")


class Grade(models.TextChoices):
    """The grade a mediator was given by those who give it; nothing here counts or ranks people."""

    THIRD = "third", _("三级调解员")
    SECOND = "second", _("二级调解员")
    FIRST = "first", _("一级调解员")
    SPECIAL = "special", _("特级调解员")
    GOLD = "gold", _("金牌调解员")


class Presence(models.TextChoices):
    RESIDENT = "resident", _("常驻")
    ROTATING = "rotating", _("轮驻")
    ON_CALL = "on_call", _("随驻")


class Language(models.TextChoices):
    MANDARIN = "mandarin", _("普通话")
    LOCAL = "local", _("本地话")
    WU = "wu", _("吴语")
    YUE = "yue", _("粤语")
    MIN = "min", _("闽语")
    HAKKA = "hakka", _("客家话")
    GAN = "gan", _("赣语")
    XIANG = "xiang", _("湘语")
    JIN = "jin", _("晋语")
    TIBETAN = "tibetan", _("藏语")
    UYGHUR = "uyghur", _("维吾尔语")
    MONGOLIAN = "mongolian", _("蒙古语")
    ZHUANG = "zhuang", _("壮语")
    YI = "yi", _("彝语")
    KOREAN = "korean", _("朝鲜语")
    ENGLISH = "english", _("英语")
    SIGN = "sign", _("手语")
