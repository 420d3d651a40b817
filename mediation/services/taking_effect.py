"""The moment an agreement begins to bind (人民调解法 29–31, 33). Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import local_day
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from mediation.agreement_enums import AgreementKind
from mediation.models import Agreement, AgreementClock, AgreementText, AgreementVisit, Duty
from mediation.services import agreement_inside


def take_effect(agreement: Agreement, text: AgreementText, day: date, actor: Actor, at: datetime) -> None:
    """It binds from ``day`` on: every duty, the thirty days of judicial confirmation and the return visits get their
    clocks. A settlement made without a mediator's hand (和解协议书) is not confirmed by the court (民事诉讼法 205)."""
    agreement.effective_on, agreement.recorded_at = day, at
    agreement.save(update_fields=["effective_on", "recorded_at"])
    moment = agreement_inside.moment_of(day, at)
    for duty in text.duties.all():
        start_duty(agreement, duty, moment)
    if agreement.kind != AgreementKind.SETTLED:
        start_window(agreement, moment)
    for n, days in enumerate(settings.MEDIATION_VISIT_DAYS, 1):
        _plan_visit(agreement, n, day + timedelta(days=days), moment, at)
    agreement_inside.on_record(agreement, actor, "agreement_holds", at, version=agreement.version)
    words = _("双方的%(kind)s已生效，内容保密。") % {"kind": agreement_inside.kind_words(agreement)}
    if agreement.case is not None:
        words += _("期限照常计算。")
    agreement_inside.history(agreement.mediation, actor, words, at)


def start_duty(agreement: Agreement, duty: Duty, at: datetime) -> None:
    deadlines.start(
        AgreementClock,
        rule_code=RuleCode.AGREEMENT_DUTY,
        at=at,
        due_on=duty.due_on,
        facts=agreement_inside.facts(agreement.mediation),
        agreement=agreement,
        duty=duty,
    )


def start_window(agreement: Agreement, at: datetime) -> None:
    """Thirty calendar days from the day on which it took effect."""
    deadlines.start(
        AgreementClock,
        rule_code=RuleCode.JUDICIAL_CONFIRMATION,
        at=at,
        facts=agreement_inside.facts(agreement.mediation),
        agreement=agreement,
    )


def _plan_visit(agreement: Agreement, n: int, day: date, moment: datetime, at: datetime) -> None:
    # One whose day was over before the agreement was brought here is due today, not late from the start.
    day = max(day, local_day(at))
    visit = AgreementVisit.objects.create(agreement=agreement, ordinal=n, due_on=day)
    deadlines.start(
        AgreementClock,
        rule_code=RuleCode.AGREEMENT_VISIT,
        at=moment,
        due_on=day,
        facts=agreement_inside.facts(agreement.mediation),
        agreement=agreement,
        visit=visit,
    )
