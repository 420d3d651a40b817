"""The words of the room of reviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    APPLY = "apply", _("登记复查复核申请")
    WITHDRAW = "withdraw", _("撤回申请")
    NOT_ADMIT = "not_admit", _("不予受理申请")
    CALL_HEARING = "call_hearing", _("通知听证")
    HEARING_RECUSAL = "hearing_recusal", _("决定听证人员回避")
    CALL_OFF_HEARING = "call_off_hearing", _("取消听证")
    HEARING = "hearing", _("登记听证时间")
    DECIDE = "decide", _("作出复查复核意见")
    SERVE = "serve", _("送达复查复核意见")
    ELSEWHERE = "elsewhere", _("登记外部复核申请")
    ELSEWHERE_OUTCOME = "elsewhere_outcome", _("登记外部复核意见")
    PREPARE = "prepare", _("拟定复核意见公示")
    PUBLISH = "publish", _("核对并公示复核意见")
    CARE = "care", _("安排疏导帮扶")


class Level(models.TextChoices):
    REVIEW = "review", _("复查")
    FINAL = "final", _("复核")

    @property
    def article(self) -> str:
        return "三十五" if self is Level.REVIEW else "三十六"


class State(models.TextChoices):
    ASKED = "asked", _("办理中")
    DECIDED = "decided", _("待送达")
    SERVED = "served", _("已送达")
    NOT_ADMITTED = "not_admitted", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")
    LAPSED = "lapsed", _("已转其他程序")

    @property
    def tone(self) -> str:
        """Colour word of the status badge."""
        return {State.ASKED: "info", State.DECIDED: "soon", State.SERVED: "done"}.get(self, "plain")


#: Somebody still has to do something.
OPEN = (State.ASKED, State.DECIDED)
#: The paper complained about has been, or is being, reviewed; it is not reviewed at this level again.
USED = (State.ASKED, State.DECIDED, State.SERVED)


class Outcome(models.TextChoices):
    """What the body decides (domain B9)."""

    UPHELD = "upheld", _("维持")
    REVOKED = "revoked", _("撤销")
    CHANGED = "changed", _("变更")
    REDO = "redo", _("责令重新办理")


#: In its place stands the body's own new opinion.
REPLACING = (Outcome.REVOKED, Outcome.CHANGED)


class Channel(models.TextChoices):
    PAGE = "page", _("网上")
    COUNTER = "counter", _("窗口")
    LETTER = "letter", _("信函")
    ELSEWHERE = "elsewhere", _("向复核机关直接提出")


class ToldHow(models.TextChoices):
    """How the applicant was told of a hearing."""

    WRITTEN = "written", _("书面")
    IN_PERSON = "in_person", _("当面")
    PHONE = "phone", _("电话")


class Care(models.TextChoices):
    """What is done for people once a matter has ended (条例 37)."""

    GUIDANCE = "guidance", _("疏导教育")
    RELIEF = "relief", _("帮扶救助")


class NotAdmitted(models.TextChoices):
    """Why an application that came in time is not decided upon; nothing else is a reason."""

    NOT_PETITIONER = "not_petitioner", _("申请人不是本件的信访人或者其代理人")
    SAME_AGAIN = "same_again", _("同一处理意见已经复查复核过")
