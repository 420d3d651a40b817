"""The words of the mediation room. Mediation is voluntary at every point (条例 33; 人民调解法 17)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class MediationAct(models.TextChoices):
    """What can be done in this room; each has its rows in rules.py or is refused."""

    KEEP_ROOM = "keep_room", _("登记调解室")
    KEEP_MEDIATOR = "keep_mediator", _("登记调解员")
    KEEP_DUTY = "keep_duty", _("安排轮值院长")
    OPEN = "open", _("转入调解")
    CONSENT = "consent", _("记录同意")
    WITHDRAW = "withdraw", _("记录撤回同意")
    SCHEDULE = "schedule", _("安排调解")
    MOVE = "move", _("调解改期")
    CANCEL = "cancel", _("取消安排")
    HOLD = "hold", _("记录调解")
    END = "end", _("结束调解")
    PARTY = "party", _("登记当事人")
    BAR = "bar", _("登记不宜调解的人")
    HAND_ON = "hand_on", _("转到别的层级")
    KEEP_LADDER = "keep_ladder", _("设定调解阶梯")
    FILE = "file", _("登记纠纷")
    TAKE_UP = "take_up", _("接手调解")
    ANSWER = "answer", _("答复去向")
    REGISTER = "register", _("登记为信访件")
    RELATE = "relate", _("关联以前的纠纷")
    KEEP_OUT = "keep_out", _("登记须回避的人")
    CONTACT = "contact", _("查看联系方式")
    AGREE = "agree", _("拟写调解协议")
    SIGN = "sign", _("登记协议签字")
    FOLLOW = "follow", _("登记履行和回访")
    CONFIRM = "confirm", _("登记司法确认")


class State(models.TextChoices):
    WAITING_CONSENT = "waiting_consent", _("待双方同意")
    READY = "ready", _("双方已同意")
    HELD = "held", _("已开始调解")
    ENDED = "ended", _("调解结束")

    @property
    def tone(self) -> str:
        return {State.WAITING_CONSENT: "soon", State.ENDED: "plain"}.get(self, "info")


class DisputeKind(models.TextChoices):
    """What a dispute is about: what a room takes and what a mediator knows. The one list of them."""

    NEIGHBOURS = "neighbours", _("邻里")
    FAMILY = "family", _("婚姻家庭")
    PROPERTY = "property", _("物业")
    LABOUR = "labour", _("劳动")
    LAND = "land", _("土地承包")
    DEBT = "debt", _("债务")
    CONSUMER = "consumer", _("消费")
    DAMAGES = "damages", _("损害赔偿")
    TRAFFIC = "traffic", _("交通")
    MEDICAL = "medical", _("医疗")
    OTHER = "other", _("其他")


class Side(models.TextChoices):
    PETITIONER = "petitioner", _("信访人")
    OTHER = "other", _("对方当事人")

    def called_in(self, mediation: Any) -> str:
        """The side's word: whoever brought a dispute that is no petition petitioned for nothing."""
        if self.value == "petitioner" and mediation.dispute_id is not None:
            return _now("申请人")
        return str(self.label)


class Leaving(models.TextChoices):
    """Why a matter left a level of the ladder. None of them is anybody's fault, and none is counted for a person."""

    FAILED = "failed", _("本级未调成")
    SKIPPED = "skipped", _("不经本级，直接转")
    DECLINED = "declined", _("当事人不愿在本级调")
    CHANGED = "changed", _("换调解室或调解员")
    ENDED = "ended", _("调解结束")


class BarGround(models.TextChoices):
    """Why somebody may not mediate this matter; a party's request needs no reason (人民调解法 19)."""

    KIN = "kin", _("当事人的近亲属")
    INTEREST = "interest", _("与本纠纷有利害关系")
    REQUEST = "request", _("当事人要求换人")


class ConsentHow(models.TextChoices):
    WRITTEN = "written", _("书面")
    IN_PERSON = "in_person", _("当面口头")
    PHONE = "phone", _("电话")
    ONLINE = "online", _("网上")


class Result(models.TextChoices):
    """How a session, or the whole mediation, came out. None of them counts against anybody."""

    AGREED = "agreed", _("达成协议")
    NOT_AGREED = "not_agreed", _("未达成")
    SUSPENDED = "suspended", _("中止")
    DECLINED = "declined", _("拒绝")
    WITHDRAWN = "withdrawn", _("撤回同意")


#: What a single session can come to; 撤回同意 is no result of a session.
SESSION_RESULTS = (Result.AGREED, Result.NOT_AGREED, Result.SUSPENDED, Result.DECLINED)
