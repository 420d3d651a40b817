"""The words of the deadline engine: units of length, kinds of steps, codes of the rules shipped."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LengthUnit(models.TextChoices):
    """How a rule counts. Days end at 24:00 in Asia/Shanghai; for minutes and hours see ``Hours``."""

    MINUTE = "minute", _("分钟")
    HOUR = "hour", _("小时")
    CALENDAR_DAY = "calendar_day", _("日")
    WORKING_DAY = "working_day", _("个工作日")


#: Units that run in continuous time, nights and holidays included unless the rule says otherwise.
CONTINUOUS = frozenset({LengthUnit.MINUTE, LengthUnit.HOUR})


class Hours(models.TextChoices):
    """Which minutes count for a rule of minutes or hours."""

    ALWAYS = "always", _("连续计时，夜间和节假日不停")
    DUTY = "duty", _("只计办公时间")


class StepKind(models.TextChoices):
    REMIND = "remind", _("到期提醒")
    BREACH = "breach", _("到期未办")
    ESCALATE = "escalate", _("逐级上报")
    LAPSE = "lapse", _("期限届满")


class EntryKind(models.TextChoices):
    """What a line of the ledger tells. ``adopt``: a clock that ran before there was a ledger, taken as it stood."""

    ADOPT = "adopt", _("记账前已有")
    START = "start", _("起算")
    EXTEND = "extend", _("延长")
    LEAVE_OUT = "leave_out", _("扣除")
    MOVE = "move", _("重新计算")
    RULE = "rule", _("改按新规则")
    HOLD = "hold", _("保留")
    BREACH = "breach", _("超期")
    STOP = "stop", _("停止")
    RESUME = "resume", _("恢复")


class Lamp(models.TextChoices):
    """The light on a clock; the values are those of a notice's level."""

    GREEN = "info", _("正常")
    YELLOW = "soon", _("将到期")
    RED = "late", _("已超期")


class RuleCode(models.TextChoices):
    """Rules the engine ships with; a district adds versions of them, and codes of its own (docs/deadlines.md)."""

    FORWARDING = "forwarding", _("登记后转送交办")
    NOTICE = "notice", _("受理告知")
    OBJECTION = "objection", _("管辖异议")
    REFORWARDING = "reforwarding", _("异议后重新转送")
    CONCLUSION = "conclusion", _("信访事项办结")
    SIMPLE_ACCEPTANCE = "simple_acceptance", _("简易办理受理")
    SIMPLE_CONCLUSION = "simple_conclusion", _("简易办理答复")
    FEEDBACK = "feedback", _("交办事项反馈")
    CO_ANSWER = "co_answer", _("协办反馈")
    SERVICE = "service", _("答复送达")
    REPORT_DECISION = "report_decision", _("办结报告审核")
    PETITIONER_WINDOW = "petitioner_window", _("信访人申请复查期")
    RESPOND_10 = "respond_10", _("10 分钟首次回应")
    CALL_30 = "call_30", _("30 分钟电话约见")
    FIRST_ROUND_24 = "first_round_24", _("24 小时首轮办结")
    INSTRUCTION = "instruction", _("领导批示办理")
    PACKAGE = "package", _("领导包案化解")
    READING = "reading", _("来信限期阅批")
    REVIEW_30 = "review_30", _("复查")
    FINAL_REVIEW_30 = "final_review_30", _("复核")
    SUPERVISION = "supervision", _("督办反馈")
    SUGGESTION = "suggestion", _("三项建议反馈")
    EXECUTION = "execution", _("支持事项执行")
    RECTIFICATION = "rectification", _("联席会议决定的报告")
    MEDIATION_LEVEL = "mediation_level", _("分级调解")
    DISPUTE = "dispute", _("接手纠纷")
    UNDERTAKING = "undertaking", _("会办承诺事项")
    AGREEMENT_DUTY = "agreement_duty", _("调解协议履行")
    JUDICIAL_CONFIRMATION = "judicial_confirmation", _("申请司法确认")
    AGREEMENT_VISIT = "agreement_visit", _("调解回访")
