"""司法确认: both sides together ask the court to confirm what they agreed, within thirty days (人民调解法 33)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from mediation.agreement_enums import AgreementKind, Ruling
from mediation.enums import MediationAct
from mediation.models import Agreement, AgreementClock, Confirmation
from mediation.services import agreement_inside

#: Calendar days from the day on which it took effect.
WINDOW = timedelta(days=30)


def window_of(agreement: Agreement) -> AgreementClock | None:
    """The clock of the thirty days, running or not; none of a settlement, which no court confirms."""
    found: AgreementClock | None = agreement.clocks.filter(duty=None, visit=None).order_by("-id").first()
    return found


def apply(
    *,
    agreement: Agreement,
    actor: Actor,
    court: str,
    applied_on: date,
    applied_by: str,
    together: bool,
    at: datetime | None = None,
) -> Confirmation:
    """Both sides have applied together. The clock of the thirty days stops; nobody is made to apply.

    Raises Refusal: not one's right, not in force, a settlement, not together, before it took effect or after the
    window, applied for before.
    """
    at = at or now()
    court = said(court, _("请写明向哪个法院申请。"), longest=100)
    applied_by = said(applied_by, _("请写明双方各由谁去申请。"), longest=200)
    if not together:
        raise Refusal(_("司法确认须双方共同申请（人民调解法第三十三条）。"), code="invalid")
    with transaction.atomic():
        row = agreement_inside.in_force(agreement, actor, MediationAct.CONFIRM)
        if row.kind == AgreementKind.SETTLED:
            raise Refusal(
                _("和解协议不是调解组织主持达成的，不能申请司法确认；可以申请调解，另立调解协议。"),
                code="invalid",
            )
        if row.confirmations.exclude(result=Ruling.WITHDRAWN).exists():
            raise Refusal(_("司法确认的申请已经登记。"), code="stale")
        assert row.effective_on is not None
        agreement_inside.check_past(applied_on, row.effective_on, at, _("申请日期"))
        last = last_day(row)
        if applied_on > last:
            raise Refusal(
                _("申请期限到%(day)s为止，已经过了。不履行的，可以向人民法院起诉。")
                % {"day": last.isoformat()},
                code="invalid",
            )
        made: Confirmation = Confirmation.objects.create(
            agreement=row, court=court, applied_on=applied_on, applied_by=applied_by, at=at, by=actor.user
        )
        clock = window_of(row)
        if clock is not None and clock.running:
            moment = agreement_inside.moment_of(applied_on, at)
            deadlines.stop(clock, max(moment, clock.started_at))
        agreement_inside.on_record(row, actor, "confirmation_apply", at, on=applied_on.isoformat())
    return made


def record_result(
    *,
    agreement: Agreement,
    actor: Actor,
    result: Ruling,
    result_on: date,
    ruling_number: str = "",
    at: datetime | None = None,
) -> Confirmation:
    """What the court did. Raises Refusal: not one's right, nothing waits, a day to come or before the application,
    confirmed without the ruling's number."""
    at = at or now()
    number = clean_text(ruling_number)[:60]
    if result == Ruling.CONFIRMED and not number:
        raise Refusal(_("确认有效的，请填写裁定书案号。"), code="invalid")
    with transaction.atomic():
        row = agreement_inside.in_force(agreement, actor, MediationAct.CONFIRM)
        one = row.confirmations.select_for_update().filter(result="").first()
        if one is None:
            raise Refusal(_("没有等结果的司法确认申请。"), code="stale")
        agreement_inside.check_past(result_on, one.applied_on, at, _("结果日期"))
        one.result, one.ruling_number, one.result_on = result, number, result_on
        one.result_at, one.result_by = at, actor.user
        one.save(update_fields=["result", "ruling_number", "result_on", "result_at", "result_by"])
        agreement_inside.on_record(row, actor, "confirmation_result", at, ruling=result)
    return one


def last_day(agreement: Agreement) -> date:
    """The last day of the window; it moves to the next working day as its clock does."""
    clock = window_of(agreement)
    if clock is not None:
        return local_day(clock.due_at)
    assert agreement.effective_on is not None
    return agreement.effective_on + WINDOW
