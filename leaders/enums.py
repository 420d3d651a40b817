"""The words of the leaders' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeaderAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    ASSIGN_PACKAGE = "assign_package", _("包案")
    STRIKE_OFF = "strike_off", _("申请销案")
    VISIT_BACK = "visit_back", _("登记销案回访")
    DECIDE_STRIKE_OFF = "decide_strike_off", _("审核销案")
    HAND_OVER = "hand_over", _("提级和交接包案")
    SET_ROUND = "set_round", _("划定包案轮次")
    SET_RULE = "set_rule", _("设定包案规则")
    CONFIRM_PROPOSAL = "confirm_proposal", _("确定包案建议")
    WORK_PACKAGE = "work_package", _("组织包案办理")
    NOTE_PACKAGE = "note_package", _("记录包案进展")
    INSTRUCT = "instruct", _("批示")
    NAME_DOER = "name_doer", _("指定批示承办人")
    REPORT = "report", _("反馈批示办理情况")
    ACKNOWLEDGE = "acknowledge", _("阅批示反馈")
    PLAN_DAY = "plan_day", _("安排接访")
    RECEIVE = "receive", _("记录接访")
    BOOK = "book", _("登记预约")
    CLOSE_STAGE = "close_stage", _("完成接访阶段")
    KEEP_AREAS = "keep_areas", _("登记分片包联")
    KEEP_INBOX = "keep_inbox", _("管理领导信箱")
    DELEGATE = "delegate", _("指定信箱代阅人")
    RELEASE = "release", _("签发领导回复")
    READ_LETTER = "read_letter", _("阅批来信")
    KEEP_READING = "keep_reading", _("设定阅批单位")


class PackageState(models.TextChoices):
    """销案 ends a package and is not 办结: the case goes its own way."""

    OPEN = "open", _("包案中")
    STRUCK_OFF = "struck_off", _("已销案")


class PackageLevel(models.IntegerChoices):
    """Who takes it in hand; 提级 goes one up."""

    UNIT = 1, _("责任部门领导")
    IN_CHARGE = 2, _("区县分管领导")
    CHIEF = 3, _("区县主要领导")


class VisitKind(models.TextChoices):
    """Ways in which leaders meet people (domain A2, A4)."""

    FIXED = "fixed", _("定点接访")
    GO_DOWN = "go_down", _("下访")
    BY_APPOINTMENT = "by_appointment", _("约访")
    WITH_CASE = "with_case", _("带案下访")
    FOCUSED = "focused", _("重点走访")
    ANY_TIME = "any_time", _("随时接访")
    AT_HOME = "at_home", _("上门走访")
    GROUP = "group", _("组团接访")


# Visit schedule


class SiteKind(models.TextChoices):
    """Where leaders meet people: a hall, somebody's courtyard, a boat."""

    CENTRE = "centre", _("社会治理中心、接访大厅")
    TOWN_HALL = "town_hall", _("乡镇（街道）便民大厅")
    VILLAGE = "village", _("村（社区）")
    COURTYARD = "courtyard", _("院坝、楼道")
    MARKET = "market", _("赶集、服务集市")
    BOAT = "boat", _("渔船、客船")
    BUS = "bus", _("流动接访车")
    OTHER = "other", _("其他")


class VisitPurpose(models.TextChoices):
    """四下基层."""

    POLICY = "policy", _("宣传党的路线、方针、政策下基层")
    RESEARCH = "research", _("调查研究下基层")
    RECEPTION = "reception", _("信访接待下基层")
    ON_SITE = "on_site", _("现场办公下基层")


class VisitLevel(models.TextChoices):
    """The three levels of reception as in 瑞安; it follows from where the leader's post is."""

    DISTRICT = "district", _("区县领导")
    UNIT = "unit", _("部门、乡镇（街道）领导")
    VILLAGE = "village", _("村（社区）干部")


class RulePattern(models.TextChoices):
    """When a rule falls due."""

    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月第几个")


class HolidayMove(models.TextChoices):
    """What becomes of a date on which nobody works. A make-up working day (调休) is a working day."""

    NEXT = "next", _("顺延到下一个工作日")
    BEFORE = "before", _("提前到上一个工作日")
    SKIP = "skip", _("取消这一次")
    KEEP = "keep", _("照常接访（集市、周末下访等）")


# Bookings


class BookingHow(models.TextChoices):
    ONLINE = "online", _("网上预约")
    PHONE = "phone", _("电话预约")
    WALK_IN = "walk_in", _("现场取号")


class BookingState(models.TextChoices):
    """OFFERED: the day was called off, and the person has not said yet whether they take another."""

    BOOKED = "booked", _("已约上")
    WAITING = "waiting", _("候补中")
    WALKED_IN = "walked_in", _("现场排队")
    OFFERED = "offered", _("待改期")
    CANCELLED = "cancelled", _("已取消")


class Tell(models.TextChoices):
    """What somebody who booked has to be told. Residents have no mailbox here: a clerk calls, and it stands on their
    own page."""

    PROMOTED = "promoted", _("候补转为约上")
    CHANGED = "changed", _("时间、地点或领导有变")
    CALLED_OFF = "called_off", _("本场取消，可改到别的日子")
    REMINDER = "reminder", _("快到接访的日子，提醒到场")


# Inboxes (主官在线)


class ReplyState(models.TextChoices):
    """A reply in a leader's name: nothing of it goes out before the leader released it."""

    DRAFT = "draft", _("待签发")
    RETURNED = "returned", _("退回补充")
    RELEASED = "released", _("已发出")
    DROPPED = "dropped", _("不发")


# Reading (阅批)


class ReadHow(models.TextChoices):
    """How a letter was read: that alone, with a word to the unit, or by an instruction with its own clock."""

    READ = "read", _("已阅")
    WORDS = "words", _("已阅批")
    INSTRUCTED = "instructed", _("已批示")


# Asking for an extension (延期申请)


class AskState(models.TextChoices):
    """延期: asked for by whoever handles the case, decided by the head of the unit (条例 34)."""

    ASKED = "asked", _("待批")
    RETURNED = "returned", _("退回补充")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("不同意")


# Packages of several cases


class LeaveWhy(models.TextChoices):
    """Why a case is in a package no more."""

    SOLVED = "solved", _("问题已解决")
    MOVED = "moved", _("另行处理")
    STRUCK_OFF = "struck_off", _("随包案销案")
    SEALED = "sealed", _("不再属于包案范围")


# Team, plan and striking off


class TeamRole(models.TextChoices):
    """专班: who does what in it."""

    CONVENOR = "convenor", _("牵头")
    HANDLER = "handler", _("承办")
    LEGAL = "legal", _("政策法律")
    CARE = "care", _("疏导帮扶")
    LIAISON = "liaison", _("联络")


class EvidenceKind(models.TextChoices):
    """What a package is struck off on."""

    CARRIED_OUT = "carried_out", _("处理意见已经落实")
    AGREEMENT = "agreement", _("调解、和解协议已经履行")
    OWN_WORD = "own_word", _("信访人本人认可")
    FINAL_REVIEW = "final_review", _("已经复查复核，程序终结")


class StrikeOffState(models.TextChoices):
    """销案 is asked for by one person and decided by another."""

    WAITING = "waiting", _("待审核")
    ASKED_BACK = "asked_back", _("退回补充")
    REFUSED = "refused", _("不同意销案")
    APPROVED = "approved", _("同意销案")

    @property
    def tone(self) -> str:
        return {"waiting": "soon", "approved": "done", "refused": "late"}.get(self.value, "info")


class ReopenWhy(models.TextChoices):
    """How a matter that was struck off came back."""

    REPEAT = "repeat", _("同一事项重复信访")
    REDO = "redo", _("责令重新办理")


# Proposals and handing over


class ProposalKind(models.TextChoices):
    """What the rules propose; somebody decides."""

    TAKE = "take", _("列入包案")
    RAISE = "raise", _("提级包案")
    SUCCEED = "succeed", _("交接包案")


class ProposalGround(models.TextChoices):
    """Why. The first five are rules with a threshold and validity; the others follow from the package itself."""

    AGE = "age", _("办理时间长")
    REPEATS = "repeats", _("重复信访")
    HEADS = "heads", _("人数多")
    RETURNED = "returned", _("复查复核退回")
    RATING = "rating", _("评价低")
    OVERDUE = "overdue", _("本级到期没有化解")
    FAILED = "failed", _("本级没有化解成")
    NO_LEADER = "no_leader", _("包案领导离任")


class ProposalState(models.TextChoices):
    OPEN = "open", _("待确定")
    CONFIRMED = "confirmed", _("已确定")
    DECLINED = "declined", _("不采纳")
    LAPSED = "lapsed", _("情况已变")

    @property
    def tone(self) -> str:
        return {"open": "soon", "confirmed": "done"}.get(self.value, "info")


class ProposalBasis(models.TextChoices):
    """Who decides on a proposal."""

    OFFICE_HEAD = "office_head", _("信访部门负责人确定")
    CONFERENCE = "conference", _("联席会议决定")


class HandoverWhy(models.TextChoices):
    """Why a package came into other hands; its history goes with it (新官要理旧事)."""

    RAISED = "raised", _("提级")
    INHERITED = "inherited", _("接任")
    REPLACED = "replaced", _("更换包案领导")
