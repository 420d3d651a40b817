"""The words of agreements and of what comes after them (人民调解法 28–33)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementKind(models.TextChoices):
    MEDIATED = "mediated", _("调解协议书")
    SETTLED = "settled", _("和解协议书")
    ORAL = "oral", _("口头协议")


class Signer(models.TextChoices):
    """Whose hand stands below it. The seal is the room's (人民调解法 29)."""

    PARTY = "party", _("当事人")
    MEDIATOR = "mediator", _("调解员")
    SEAL = "seal", _("调解组织盖章")


class SigningWay(models.TextChoices):
    PAPER = "paper", _("纸上签名、盖章或按指印（扫描）")
    SCREEN = "screen", _("屏幕上签名")


#: Who must have signed before an agreement of the kind holds, beside every party (人民调解法 29, 30).
ALSO_SIGN = {AgreementKind.MEDIATED: (Signer.MEDIATOR, Signer.SEAL)}


class Performed(models.TextChoices):
    """What is said of a duty: whoever reports says it, and nobody's standing follows from it."""

    DONE = "done", _("已履行")
    PARTLY = "partly", _("部分履行")
    LATE = "late", _("逾期")
    BROKEN = "broken", _("不履行")


class DutyState(models.TextChoices):
    OPEN = "open", _("待履行")
    PARTLY = "partly", _("部分履行")
    DONE = "done", _("已履行")
    BROKEN = "broken", _("不履行")
    LAPSED = "lapsed", _("不再跟踪")

    @property
    def tone(self) -> str:
        return {DutyState.DONE: "done", DutyState.BROKEN: "late", DutyState.LAPSED: "plain"}.get(self, "info")


#: Duties whose day still matters.
RUNNING = (DutyState.OPEN, DutyState.PARTLY)


class SaidBy(models.TextChoices):
    OWER = "ower", _("履行的一方")
    OWED = "owed", _("接受履行的一方")
    SEEN = "seen", _("调解员当面核实")
    OTHER = "other", _("其他人")


class Ruling(models.TextChoices):
    """What the court did with a joint application (人民调解法 33)."""

    CONFIRMED = "confirmed", _("确认有效")
    REJECTED = "rejected", _("驳回申请")
    WITHDRAWN = "withdrawn", _("撤回申请")

    @property
    def tone(self) -> str:
        return {Ruling.CONFIRMED: "done"}.get(self, "plain")


class VisitResult(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    MOSTLY = "mostly", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")
    UNREACHED = "unreached", _("未联系上")
