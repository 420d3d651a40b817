"""The words of papers: kinds, states, series of numbers, layouts, ways of service."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    """Every paper (文书) that domain D lists, but agreements, which belong to mediation, and the yearly report."""

    REGISTRATION = "registration", _("信访登记单")
    RECEIPT = "receipt", _("信访事项登记回执")
    ACCEPTANCE = "acceptance", _("受理告知书")
    REFUSAL = "refusal", _("不予受理告知书")
    NO_FURTHER = "no_further", _("不再受理告知书")
    ROUTING = "routing", _("分类处理告知书")
    GUIDANCE = "guidance", _("涉法涉诉告知书")
    SUPPLEMENT = "supplement", _("补正告知书")
    EXTENSION = "extension", _("延长办理期限告知书")
    FORWARDING = "forwarding", _("转送函")
    ASSIGNMENT = "assignment", _("交办函")
    CO_LETTER = "co_letter", _("协办函")
    OBJECTION = "objection", _("异议函")
    OBJECTION_ANSWER = "objection_answer", _("异议核实意见")
    OPINION = "opinion", _("处理意见书")
    SIMPLE_REPLY = "simple_reply", _("简易办理答复")
    REVIEW = "review", _("复查意见书")
    FINAL_REVIEW = "final_review", _("复核意见书")
    HEARING_RECORD = "hearing_record", _("听证笔录")
    SERVICE_RECORD = "service_record", _("送达回证")
    SUPERVISION = "supervision", _("督办函")
    CLOSING_REPORT = "closing_report", _("办结报告")
    SUGGEST_WORK = "suggest_work", _("改进工作建议书")
    SUGGEST_POLICY = "suggest_policy", _("完善政策建议书")
    SUGGEST_LIABILITY = "suggest_liability", _("追究责任建议书")
    SUMMONS = "summons", _("约谈通知书")
    LISTED = "listed", _("挂牌督办通知书")
    RECTIFY = "rectify", _("限期整改通知书")
    CIRCULAR = "circular", _("通报")
    URGENT_REPORT = "urgent_report", _("重大紧急信访信息报告")
    INSTRUCTION = "instruction", _("领导批示单")


class PaperState(models.TextChoices):
    DRAFT = "draft", _("拟稿")
    CHECKED = "checked", _("已核稿")
    APPROVED = "approved", _("已签发")
    ISSUED = "issued", _("已印发")
    SERVED = "served", _("已送达")
    ARCHIVED = "archived", _("已归档")
    VOID = "void", _("已作废")


#: From here on nothing of a paper changes but what happens to it: service and archive.
FROZEN = (PaperState.ISSUED, PaperState.SERVED, PaperState.ARCHIVED)


class Series(models.TextChoices):
    """Papers that are numbered together. A record (NONE) bears the number of its case or of the paper it is about."""

    NONE = "none", _("不编文号")
    GENERAL = "general", _("全部文书")
    NOTICE = "notice", _("告知类")
    OPINION = "opinion", _("意见类")
    LETTER = "letter", _("函件类")
    SUPERVISION = "supervision", _("督办、建议类")
    REPORT = "report", _("报告类")


class Layout(models.TextChoices):
    NOTICE = "notice", _("告知书、意见书")
    LETTER = "letter", _("信函格式")
    REPORT = "report", _("上行文")
    FORM = "form", _("表格")


class ServiceMethod(models.TextChoices):
    """Ways of service, by analogy with 民诉法 87–95 (domain B7). ``petitions`` takes them from here.

    PHONE is for an answer without a paper (简易办理): a paper is never served by it.
    """

    DIRECT = "direct", _("当面送达")
    FAMILY = "family", _("同住成年家属签收")
    LEFT = "left", _("留置送达")
    ENTRUSTED = "entrusted", _("委托送达")
    POST = "post", _("邮寄送达")
    ELECTRONIC = "electronic", _("电子送达（经本人同意）")
    PHONE = "phone", _("电话告知（简易办理）")
    PUBLIC = "public", _("公告送达")


class ServiceOutcome(models.TextChoices):
    SERVED = "served", _("已送达")
    REFUSED = "refused", _("拒收")
    MOVED = "moved", _("迁移新址不明")
    UNKNOWN = "unknown", _("查无此人")
