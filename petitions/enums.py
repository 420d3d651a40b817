"""The words of a petition case. Labels are the field's own terms; codes in comments are the national ones (FLD)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.enums import ServiceMethod  # noqa: F401 - the ways of service are those of papers


class Status(models.TextChoices):
    """Where a case is. Only the step door (services/stepping.py) changes it."""

    REGISTERED = "registered", _("待转送")
    FORWARDED = "forwarded", _("待受理")
    OBJECTED = "objected", _("异议待核")
    REFUSED = "refused", _("不予受理")
    ACCEPTED = "accepted", _("办理中")
    CONCLUDED = "concluded", _("待送达")
    SERVED = "served", _("待评价")
    EVALUATED = "evaluated", _("已评价")
    CLOSED = "closed", _("已办结")

    @property
    def tone(self) -> str:
        """Colour word of the status badge: info, soon, done or plain."""
        return STATUS_TONES[self]

    @property
    def is_open(self) -> bool:
        return self is not Status.CLOSED


STATUS_TONES: dict[Status, str] = {
    Status.REGISTERED: "info",
    Status.FORWARDED: "info",
    Status.OBJECTED: "soon",
    Status.REFUSED: "plain",
    Status.ACCEPTED: "info",
    Status.CONCLUDED: "soon",
    Status.SERVED: "done",
    Status.EVALUATED: "done",
    Status.CLOSED: "plain",
}


class Act(models.TextChoices):
    """Everything anybody can do to a case; each has one row in workflow.py or is refused."""

    REGISTER = "register", _("登记")
    ROUTE = "route", _("转纪检监察")
    REPORT_UP = "report_up", _("上报上级纪检监察机关")
    CLASSIFY = "classify", _("定性分类")
    SEAL = "seal", _("转为检举控告")
    NAME_COMPLAINED = "name_complained", _("指明被反映人")
    FORWARD = "forward", _("转送")
    ASSIGN = "assign", _("交办")
    TAKE_BACK = "take_back", _("收回")
    SUCCEED = "succeed", _("机构承继")
    RESPOND = "respond", _("首次回应")
    CALL = "call", _("电话联系")
    NAME_RESPONSIBLE = "name_responsible", _("明确责任人")
    FIRST_ROUND = "first_round", _("首轮办结")
    ACCEPT = "accept", _("受理")
    REFUSE = "refuse", _("不予受理")
    GIVE_NOTICE = "give_notice", _("书面告知")
    CHANGE_WAY = "change_way", _("改变目的或路径")
    GUIDE = "guide", _("引导到政法机关")
    OBJECT = "object", _("提出异议")
    AGREE_OBJECTION = "agree_objection", _("同意异议")
    REJECT_OBJECTION = "reject_objection", _("不同意异议")
    NOTE = "note", _("办理记录")
    VISIT = "visit", _("走访")
    PLAN = "plan", _("办理方案")
    TALK = "talk", _("与信访人谈话")
    RECONCILE = "reconcile", _("和解")
    CONVERT = "convert", _("转为普通程序")
    REQUEST_MATERIAL = "request_material", _("通知补充材料")
    EXTEND = "extend", _("延期")
    CO_ANSWER = "co_answer", _("协办反馈")
    CO_ADD = "co_add", _("增加协办单位")
    CO_END = "co_end", _("结束协办")
    CO_RETURN = "co_return", _("退回协办意见")
    CO_OBJECT = "co_object", _("提出协办异议")
    CO_WEIGH = "co_weigh", _("核实协办异议")
    ADOPT = "adopt", _("研究采纳")
    PRACTISE = "practise", _("登记落实情况")
    CONCLUDE = "conclude", _("答复")
    CORRECT = "correct", _("更正答复")
    AMEND = "amend", _("按文书更新答复")
    MAKE_OPINION = "make_opinion", _("答复成文")
    SERVE = "serve", _("送达")
    SEND_REPORT = "send_report", _("报送办结报告")
    ACCEPT_REPORT = "accept_report", _("认可办结报告")
    RETURN_REPORT = "return_report", _("退回办结报告")
    EVALUATE = "evaluate", _("评价")
    SUPPLEMENT = "supplement", _("补充材料")
    LINK = "link", _("关联重复件")
    UNLINK = "unlink", _("撤销关联")
    CORRECT_FIRST = "correct_first", _("更正全国初次")
    CONFER = "confer", _("管辖协调")
    SUPERVISE = "supervise", _("督办")
    DISPATCH = "dispatch", _("紧急调度")
    INSTRUCT = "instruct", _("批示")
    MEDIATE = "mediate", _("调解")
    HEAR = "hear", _("听证和专家意见")
    RECEIVE = "receive", _("接访记录")
    CLOSE = "close", _("办结归档")
    REVIEW = "review", _("复查复核")
    REDO = "redo", _("责令重新办理")
    RECUSE = "recuse", _("本人回避")
    EXCLUDE = "exclude", _("要求回避")
    READMIT = "readmit", _("解除回避")
    RAISE_URGENCY = "raise_urgency", _("提高紧急程度")
    ASK_LOWERING = "ask_lowering", _("申请降低紧急程度")
    AGREE_LOWERING = "agree_lowering", _("同意降低")
    REJECT_LOWERING = "reject_lowering", _("不同意降低")


class Channel(models.TextChoices):
    """How the petition came (信访形式); national codes 200, 100, 600, 300."""

    VISIT = "visit", _("来访")
    LETTER = "letter", _("来信")
    PHONE = "phone", _("来电")
    ONLINE = "online", _("网上")
    TYPED_IN = "typed_in", _("网上代录")
    RECEPTION = "reception", _("领导接访")
    MESSAGE_BOARD = "message_board", _("留言板")

    @property
    def counted_in(self) -> str:
        """Unit of count: 批 for visits, 件 for everything else (domain B8)."""
        return "批" if self in {Channel.VISIT, Channel.RECEPTION} else "件"


class Kind(models.TextChoices):
    """Purpose of the petition (信访目的), 条例 29–31."""

    SUGGESTION = "suggestion", _("建议意见")
    ACCUSATION = "accusation", _("检举控告")
    APPEAL = "appeal", _("申诉求决")


class Path(models.IntegerChoices):
    """The six paths of 条例 31; only the sixth has the 60-day clock and the 处理意见书."""

    LITIGATION = 1, _("一、涉法涉诉")
    ARBITRATION = 2, _("二、仲裁")
    PARTY_APPEAL = 3, _("三、党员申诉")
    ADMINISTRATIVE = 4, _("四、行政程序")
    DUTY = 5, _("五、履行法定职责")
    PETITION = 6, _("六、信访程序")


#: What a unit leads into another procedure, by a 分类处理告知 (条例 31(1) to (4)).
ROUTED = frozenset({Path.LITIGATION, Path.ARBITRATION, Path.PARTY_APPEAL, Path.ADMINISTRATIVE})


class Urgency(models.TextChoices):
    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")
    GRAVE = "grave", _("重大紧急")


class RecusalGround(models.TextChoices):
    """Why somebody with an interest stays out (条例 28; 公务员法 76 by analogy)."""

    COMPLAINED_OF = "complained", _("本人就是被反映的人")
    FAMILY = "family", _("与信访人或被反映人有近亲属关系")
    INTEREST = "interest", _("与信访事项有利害关系")
    OTHER = "other", _("其他可能影响公正办理的情形")


class PersonRole(models.TextChoices):
    PETITIONER = "petitioner", _("信访人")
    REPRESENTATIVE = "representative", _("代表")
    COMPANION = "companion", _("同行人")


class Sex(models.TextChoices):
    FEMALE = "f", _("女")
    MALE = "m", _("男")


class Outcome(models.TextChoices):
    """Outcome of one request of the petitioner (条例 32)."""

    SUPPORTED = "supported", _("支持")
    EXPLAINED = "explained", _("解释说明")
    NOT_SUPPORTED = "not_supported", _("不予支持")


class RefusalReason(models.TextChoices):
    """The only grounds on which acceptance may be refused; each names its article and must say where to go."""

    IN_HAND_ELSEWHERE = "in_hand", _("已由有权机关在法定期限内受理或办理（条例第十九条）")
    LEGAL_ROUTE = (
        "legal_route",
        _("应当通过诉讼、仲裁、复议等法定途径解决（条例第三十一条）"),
    )
    NOT_COMPETENT = "not_competent", _("不属于本机关职权范围（条例第二十三条）")
    FINAL = "final", _("复核终结后以同一事实和理由再次提出（条例第三十六条）")


class NoticeOf(models.TextChoices):
    """What the petitioner is told in writing (条例 23)."""

    ACCEPTED = "accepted", _("受理")
    REFUSED = "refused", _("不予受理")
    CHANGED = "changed", _("改变目的或路径")
    GUIDED = "guided", _("引导到政法机关")


class NoticeWay(models.TextChoices):
    """How they were told. A paper goes the ways of service; ``POST`` counts from the day it was sent off, since the
    Regulation asks for the telling and not for its receipt (条例 23)."""

    PAGE = "page", _("网上查询页")
    DIRECT = "direct", _("当面交给本人")
    FAMILY = "family", _("交给同住成年家属")
    LEFT = "left", _("留置送达")
    ENTRUSTED = "entrusted", _("委托送达")
    POST = "post", _("邮寄")
    ELECTRONIC = "electronic", _("电子送达（经本人同意）")
    PUBLIC = "public", _("公告")
    PHONE = "phone", _("电话告知（简易办理）")
    NOBODY = "nobody", _("姓名、住址不清，无从告知")


class ForwardKind(models.TextChoices):
    """转送 asks for nothing back; 交办 carries a set date, feedback and a report (条例 22)."""

    FORWARD = "forward", _("转送")
    ASSIGN = "assign", _("交办")


class ShareRole(models.TextChoices):
    LEAD = "lead", _("主办")
    CO = "co", _("协办")


class PartState(models.TextChoices):
    """Where a co-unit's part stands; see ``Share.part``."""

    WAITING = "waiting", _("待反馈")
    OBJECTED = "objected", _("异议待核")
    RETURNED = "returned", _("已退回补充")
    ANSWERED = "answered", _("已反馈")
    ENDED = "ended", _("已结束")


class ReportState(models.TextChoices):
    """Where the 办结报告 on what was assigned stands (条例 22), for the answer in force."""

    NONE = "none", _("不须报送")
    DUE = "due", _("待报送")
    SENT = "sent", _("待审核")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已认可")


class MaterialState(models.TextChoices):
    """Where a request for missing material stands."""

    OPEN = "open", _("等待补充")
    ANSWERED = "answered", _("已补充")
    PASSED = "passed", _("到期没有补充")


class RecordKind(models.TextChoices):
    NOTE = "note", _("办理记录")
    PHONE = "phone", _("电话")
    VISIT = "visit", _("走访")
    PLAN = "plan", _("办理方案")
    TALK = "talk", _("与信访人谈话")
    SETTLED = "settled", _("和解")


class TalkWay(models.TextChoices):
    """Where the unit heard the petitioner (条例 31(6): 听取信访人陈述)."""

    OFFICE = "office", _("约到单位谈")
    HOME = "home", _("上门走访谈")
    SITE = "site", _("到现场谈")
    REMOTE = "remote", _("视频谈")


class Signature(models.TextChoices):
    """What the petitioner did with the record that was read to them. Refusing to sign takes no right away."""

    SIGNED = "signed", _("核对无误，已签名")
    REFUSED = "refused", _("已核对，不愿签名")
    NONE = "none", _("没有请其签名")


class CallOutcome(models.TextChoices):
    REACHED = "reached", _("已接通")
    NOT_REACHED = "not_reached", _("未接通")
    WRONG_NUMBER = "wrong_number", _("号码有误")


#: Somebody dialled and reached nobody: the 30 minutes run on, and figures and lists have these apart.
ATTEMPTS = (CallOutcome.NOT_REACHED, CallOutcome.WRONG_NUMBER)


class AdoptionDecision(models.TextChoices):
    """What became of a suggestion after its study (条例 29)."""

    ADOPTED = "adopted", _("采纳")
    PARTLY = "partly", _("部分采纳")
    KEPT = "kept", _("留作参考")
    NOT_ADOPTED = "not_adopted", _("不采纳")

    @property
    def is_adopted(self) -> bool:
        return self in {AdoptionDecision.ADOPTED, AdoptionDecision.PARTLY}


class ReplyKind(models.TextChoices):
    REPLY = "reply", _("答复")
    OPINION = "opinion", _("处理意见书")


class Rating(models.IntegerChoices):
    """National codes of satisfaction: 2 is not used (domain B5)."""

    SATISFIED = 0, _("满意")
    FAIRLY = 1, _("基本满意")
    DISSATISFIED = 3, _("不满意")


class ScopeReason(models.TextChoices):
    """Why a unit or a person may read a case."""

    REGISTERED = "registered", _("登记")
    LEAD = "lead", _("主办")
    CO = "co", _("协办")
    GRANTED = "granted", _("指定")
