"""The words of the room of supervision."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupervisionAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    OPEN = "open", _("发出督办")
    CONFIRM = "confirm", _("确认督办")
    DISMISS = "dismiss", _("不予督办")
    EFFORT = "effort", _("登记督办情况")
    FEED_BACK = "feed_back", _("反馈办理情况")
    DECIDE = "decide", _("审核反馈")
    LIST = "list", _("挂牌督办")
    CHANGE_RULE = "change_rule", _("更改督办规则")


class State(models.TextChoices):
    PROPOSED = "proposed", _("待确认")
    OPEN = "open", _("督办中")
    FED_BACK = "fed_back", _("待审核")
    CLOSED = "closed", _("已办结")
    DISMISSED = "dismissed", _("不予督办")
    LAPSED = "lapsed", _("已转其他程序")

    @property
    def tone(self) -> str:
        """Colour word of the status badge."""
        tones = {State.PROPOSED: "soon", State.OPEN: "info", State.FED_BACK: "soon", State.CLOSED: "done"}
        return tones.get(self, "plain")


#: Somebody still has to do something.
LIVE = (State.PROPOSED, State.OPEN, State.FED_BACK)
#: The unit was asked for something; before that, and where it never was, it knows of nothing.
DEMANDED = (State.OPEN, State.FED_BACK, State.CLOSED)


class Ground(models.TextChoices):
    """Why a case is supervised (条例 40). The database holds one live supervision per case, unit and ground, but for
    ``OTHER``, which is told apart by its text."""

    LATE_NOTICE = "late_notice", _("未按期受理或告知")
    LATE_ANSWER = "late_answer", _("未按期作出处理意见或反馈")
    NOT_EXECUTED = "not_executed", _("支持诉求的处理意见没有落实")
    PASSING_ON = "passing_on", _("推诿：反复提出异议")
    CO_SILENCE = "co_silence", _("协办单位没有反馈")
    LOW_RATING = "low_rating", _("满意度低")
    REPEATED = "repeated", _("同一事项重复信访")
    PERFUNCTORY = "perfunctory", _("敷衍、拖延")
    FALSIFIED = "falsified", _("弄虚作假")
    OTHER = "other", _("其他")


#: What a person has to see: no rule finds it.
BY_HAND_ONLY = (Ground.PERFUNCTORY, Ground.FALSIFIED, Ground.OTHER)


class Opens(models.TextChoices):
    """Who opens what a rule finds."""

    PROPOSED = "proposed", _("督查专员确认后发出")
    AT_ONCE = "at_once", _("系统直接发出")


class Mode(models.TextChoices):
    """六联督办: six ways to press a unit (domain A91)."""

    WRITTEN = "written", _("书面")
    PHONE = "phone", _("电话")
    SITE = "site", _("现场")
    MEETING = "meeting", _("会议")
    MEDIA = "media", _("媒体")
    INSTRUCTION = "instruction", _("批示")


FILE, NUMBER, OUTCOME = "file", "number", "outcome"
#: What proves an effort in each mode: any one of these.
EVIDENCE: dict[str, tuple[str, ...]] = {
    Mode.WRITTEN: (NUMBER,),
    Mode.PHONE: (OUTCOME,),
    Mode.SITE: (FILE,),
    Mode.MEETING: (NUMBER, FILE),
    Mode.MEDIA: (NUMBER, FILE),
    Mode.INSTRUCTION: (NUMBER, FILE),
}
WANTED: dict[str, object] = {
    Mode.WRITTEN: _("书面督办的，请填写督办函的文号。"),
    Mode.PHONE: _("电话督办的，请选择通话结果。"),
    Mode.SITE: _("现场督办的，请上传现场照片或者记录。"),
    Mode.MEETING: _("会议督办的，请填写纪要编号或者上传纪要。"),
    Mode.MEDIA: _("媒体督办的，请填写报道的名称和日期，或者上传报道。"),
    Mode.INSTRUCTION: _("批示督办的，请填写批示编号或者上传批示件。"),
}


class UrgentAct(models.TextChoices):
    """What can be done about something grave and urgent (条例 25). There is no act that takes a dispatch back."""

    DISPATCH = "dispatch", _("紧急调度")
    ACKNOWLEDGE = "acknowledge", _("收到")
    ARRIVE = "arrive", _("到达现场")
    NOTE = "note", _("报告进展")
    REPORT_UP = "report_up", _("上报")
    CLEAR = "clear", _("处置完毕")


class Line(models.TextChoices):
    """The two lines upward (条例 25)."""

    GOVERNMENT = "government", _("本级党委、政府，通报主管部门和联席会议办公室")
    PETITION = "petition", _("上级信访部门，同时报国家信访局")


class SuggestionAct(models.TextChoices):
    ISSUE = "issue", _("提出建议")
    ANSWER = "answer", _("反馈采纳情况")


class SuggestionKind(models.TextChoices):
    """The three suggestions (条例 40)."""

    IMPROVE = "improve", _("改进工作建议")
    POLICY = "policy", _("完善政策建议")
    ACCOUNTABILITY = "accountability", _("追究责任建议")


class Adoption(models.TextChoices):
    ADOPTED = "adopted", _("采纳")
    PARTLY = "partly", _("部分采纳")
    NOT_ADOPTED = "not_adopted", _("未采纳")
