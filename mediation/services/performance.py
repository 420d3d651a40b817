"""What was agreed is kept, or it is not: each report of a duty, and what of it stays open (人民调解法 31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from deadlines import services as deadlines
from mediation.agreement_enums import DutyState, Performed, SaidBy
from mediation.enums import MediationAct
from mediation.models import AgreementClock, Duty, DutyReport
from mediation.services import agreement_inside

LONGEST_WORDS = 500


@dataclass(frozen=True, kw_only=True)
class Told:
    """``seen``: how many reports there were when the form was shown. ``amount``: yuan given on that day."""

    outcome: Performed
    on: date
    said_by: SaidBy
    amount: Decimal | None = None
    words: str = ""
    seen: int | None = None


def report(*, duty: Duty, actor: Actor, new: Told, at: datetime | None = None) -> DutyReport:
    """Done: the clock stops, late or not. Partly: what is left stays open, with its day. 逾期: still expected, the
    clock runs on. 不履行: nobody waits any more; what may be done next stands on the page. A duty that was said to be
    broken can still be done.

    Raises Refusal: not one's right, not in force, done before, reported on meanwhile, a day to come or before it took
    effect, a sum that is missing or more than is left, late before its day.
    """
    at = at or now()
    with transaction.atomic():
        agreement = agreement_inside.in_force(duty.agreement, actor, MediationAct.FOLLOW)
        row: Duty = agreement.duties.select_for_update(of=("self",)).get(pk=duty.pk)
        if row.state in {DutyState.DONE, DutyState.LAPSED}:
            raise Refusal(
                _("这项义务已经是“%(state)s”。") % {"state": DutyState(row.state).label}, code="stale"
            )
        if new.seen not in {None, row.reports.count()}:
            raise Refusal(_("没有生效：刚刚有人登记了一次，请看过以后再登记。"), code="stale")
        assert agreement.effective_on is not None
        agreement_inside.check_past(new.on, agreement.effective_on, at, _("日期"))
        amount = _amount(row, new)
        if new.outcome == Performed.LATE and row.due_on >= local_day(at):
            raise Refusal(_("最后日期还没有过，不能登记逾期。"), code="invalid")
        made: DutyReport = DutyReport.objects.create(
            duty=row,
            outcome=new.outcome,
            on=new.on,
            amount=amount,
            said_by=new.said_by,
            words=clean_text(new.words)[:LONGEST_WORDS],
            at=at,
            by=actor.user,
        )
        _move(row, new, amount, at)
        agreement_inside.on_record(
            row, actor, "duty_report", at, performed=new.outcome, on=new.on.isoformat()
        )
    return made


def _amount(row: Duty, new: Told) -> Decimal | None:
    """The sum of this report. Of one that is done, what was left, where no sum is said."""
    left = row.left
    if left is None:
        if new.amount is not None:
            raise Refusal(_("这项义务没有约定金额，不要填写金额。"), code="invalid")
        return None
    if new.outcome == Performed.DONE:
        if new.amount not in {None, left}:
            raise Refusal(
                _("还剩 %(left)s 元没有付。只付了一部分的，请登记“部分履行”。") % {"left": left},
                code="invalid",
            )
        return Decimal(left)
    if new.outcome != Performed.PARTLY:
        if new.amount is not None:
            raise Refusal(_("付了一部分的，请登记“部分履行”。"), code="invalid")
        return None
    if new.amount is None or new.amount < Decimal("0.01"):
        raise Refusal(_("部分履行的，请填写付了多少元。"), code="invalid")
    if new.amount >= left:
        raise Refusal(_("只剩 %(left)s 元，付清的请登记“已履行”。") % {"left": left}, code="invalid")
    return new.amount


def _move(row: Duty, new: Told, amount: Decimal | None, at: datetime) -> None:
    row.paid += amount or 0
    row.state = {
        Performed.DONE: DutyState.DONE,
        Performed.PARTLY: DutyState.PARTLY,
        Performed.BROKEN: DutyState.BROKEN,
    }.get(new.outcome, DutyState(row.state))
    row.done_on = new.on if new.outcome == Performed.DONE else None
    row.save(update_fields=["paid", "state", "done_on"])
    if new.outcome in {Performed.DONE, Performed.BROKEN}:
        # What was done in time is in time, whenever it is written down.
        stopped = at if new.on >= local_day(at) else agreement_inside.moment_of(new.on, at)
        clocks = AgreementClock.objects.filter(duty=row)
        for clock in clocks.filter(stopped_at=None):
            deadlines.stop(clock, max(stopped, clock.started_at))
