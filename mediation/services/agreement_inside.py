"""What the doors of agreements share. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from mediation import rules
from mediation.agreement_enums import AgreementKind
from mediation.enums import MediationAct, Result
from mediation.models import Agreement, AgreementText, Duty, MediationCase, Party
from mediation.services import inside, matters
from petitions.facts import facts_of
from petitions.models import Petition


def locked_mediation(mediation: MediationCase) -> MediationCase:
    """The case or the dispute, and the mediation, locked in that order, in whatever state they are.

    Raises Refusal: sealed meanwhile.
    """
    matter = matters.lock_of(mediation)
    row: MediationCase = (
        MediationCase.objects.select_for_update(of=("self",))
        .select_related("room__unit")
        .get(pk=mediation.pk)
    )
    matters.put_in_place(row, matter)
    if matter.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不能调解。"), code="forbidden")
    return row


def locked(agreement: Agreement, actor: Actor, act: MediationAct) -> Agreement:
    """Case, mediation and agreement locked, for somebody who may do ``act``. Raises Refusal otherwise."""
    mediation = locked_mediation(agreement.mediation)
    rules.require(act, actor, mediation=mediation)
    row: Agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    row.mediation = mediation
    return row


def in_force(agreement: Agreement, actor: Actor, act: MediationAct) -> Agreement:
    """The same of one that holds. Raises Refusal: not in force yet."""
    row = locked(agreement, actor, act)
    if not row.holds:
        raise Refusal(_("协议还没有生效，请先办好签字。"), code="stale")
    return row


def refuse_unsettled(mediation: MediationCase) -> None:
    """Raises Refusal: they did not agree in a session; what nobody agreed to is not written down as agreed."""
    if mediation.result != Result.AGREED:
        raise Refusal(_("双方还没有达成协议。请先在调解记录里登记“达成协议”。"), code="stale")


def text_of(agreement: Agreement) -> AgreementText:
    """The version that counts, with its duties."""
    found: AgreementText = agreement.texts.prefetch_related("duties").get(number=agreement.version)
    return found


def parties_of(mediation: MediationCase) -> list[Party]:
    """Whoever it is between now, the petitioner's side first."""
    return sorted(mediation.parties.filter(left_at=None), key=lambda one: (one.side != "petitioner", one.pk))


def moment_of(day: date, at: datetime) -> datetime:
    """A moment of that day from which a clock counts: now, or the end of a day that is over."""
    return at if day >= local_day(at) else datetime.combine(day, time(23, 59), SHANGHAI)


def check_past(day: date, since: date, at: datetime, what: str) -> None:
    """Raises Refusal: a day to come, or one before ``since``."""
    if day > local_day(at):
        raise Refusal(_("%(what)s还没有到，请核对日期。") % {"what": what}, code="invalid")
    if day < since:
        raise Refusal(
            _("%(what)s不能早于%(since)s，请核对日期。") % {"what": what, "since": since.isoformat()},
            code="invalid",
        )


def case_of(mediation: MediationCase) -> Petition | None:
    """The case it came from; a dispute may have none."""
    return mediation.petition


def facts(mediation: MediationCase) -> dict[str, str]:
    return facts_of(case_of(mediation), mediation.room.unit)


def on_record(obj: models.Model, actor: Actor, act: str, at: datetime, **detail: Any) -> None:
    audit.record(actor=actor, act=f"mediation.{act}", obj=obj, detail=detail, at=at)


def history(mediation: MediationCase, actor: Actor, text: str, at: datetime) -> None:
    """Into the history of what is mediated: that something happened, never what was agreed."""
    inside.history(mediation, actor, text, at)


def kind_words(agreement: Agreement) -> str:
    return str(AgreementKind(agreement.kind).label)


def left_open(duties: Iterable[Duty]) -> list[Duty]:
    return [one for one in duties if one.is_running]
