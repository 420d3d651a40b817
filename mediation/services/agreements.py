"""From what was settled in a session to an agreement on paper: drafted, changed by versions, recorded where it is oral.

Every door locks the case first, then the mediation, then the agreement.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from mediation import rules
from mediation.agreement_enums import AgreementKind
from mediation.enums import MediationAct
from mediation.models import Agreement, AgreementText, Duty, MediationCase, Signature
from mediation.services import agreement_inside, taking_effect
from mediation.services.agreement_checks import (
    NewAgreement,
    check_duties,
    check_words,
    refuse_missing,
)


def draft(
    *, mediation: MediationCase, actor: Actor, new: NewAgreement, at: datetime | None = None
) -> Agreement:
    """Write down what was agreed in a session (人民调解法 28). Parts may still be missing; who signs is not asked yet.

    Raises Refusal: not one's right, not agreed, written down before, a duty without a day or between the wrong people.
    """
    at = at or now()
    check_words(new)
    try:
        with transaction.atomic():
            row = agreement_inside.locked_mediation(mediation)
            rules.require(MediationAct.AGREE, actor, mediation=row)
            agreement_inside.refuse_unsettled(row)
            made: Agreement = Agreement.objects.create(
                mediation=row, kind=new.kind, made_at=at, made_by=actor.user
            )
            _write(made, new, actor, at)
            agreement_inside.on_record(made, actor, "agreement_draft", at, agreement=new.kind)
    except IntegrityError as error:
        if "agreement_one_of_a_mediation" in str(error):
            raise Refusal(_("这次调解的协议已经拟好，请打开原来的那份修改。"), code="stale") from error
        raise
    return made


def revise(
    *, agreement: Agreement, actor: Actor, new: NewAgreement, version: int, at: datetime | None = None
) -> Agreement:
    """Other words before it holds: a new version, which everybody signs anew. ``version``: the one that was read.

    Raises Refusal: not one's right, in force, changed by somebody else meanwhile, or as ``draft``.
    """
    at = at or now()
    check_words(new)
    with transaction.atomic():
        row = agreement_inside.locked(agreement, actor, MediationAct.AGREE)
        refuse_holding(row)
        refuse_other_version(row, version)
        row.version += 1
        row.kind = new.kind
        row.save(update_fields=["version", "kind"])
        _write(row, new, actor, at)
        agreement_inside.on_record(row, actor, "agreement_revise", at, version=row.version)
    return row


def record_oral(*, agreement: Agreement, actor: Actor, version: int, at: datetime | None = None) -> Agreement:
    """An oral agreement holds from the day on which the mediator recorded it (人民调解法 28, 30).

    Raises Refusal: not one's right, one on paper, in force before, changed meanwhile, or a part is missing.
    """
    at = at or now()
    with transaction.atomic():
        row = agreement_inside.locked(agreement, actor, MediationAct.SIGN)
        refuse_holding(row)
        refuse_other_version(row, version)
        if row.kind != AgreementKind.ORAL:
            raise Refusal(_("书面协议须各方签字后生效，请登记签字。"), code="invalid")
        text = agreement_inside.text_of(row)
        refuse_missing(AgreementKind.ORAL, text, agreement_inside.parties_of(row.mediation))
        taking_effect.take_effect(row, text, local_day(at), actor, at)
    return row


def discard(*, agreement: Agreement, actor: Actor, version: int, at: datetime | None = None) -> None:
    """Take away one that never came about: somebody would not sign after all. Nobody is bound by it, and nothing of it
    is kept but that it was taken away; another may be written.

    Raises Refusal: not one's right, in force, or changed by somebody else meanwhile.
    """
    at = at or now()
    with transaction.atomic():
        row = agreement_inside.locked(agreement, actor, MediationAct.AGREE)
        refuse_holding(row)
        refuse_other_version(row, version)
        agreement_inside.on_record(row, actor, "agreement_discard", at, version=row.version)
        for gone in (
            Signature.objects.filter(text__agreement=row),
            row.files.all(),
            row.duties.all(),
            row.texts.all(),
        ):
            gone.delete()
        Agreement.objects.filter(pk=row.pk).delete()


def refuse_holding(agreement: Agreement) -> None:
    if agreement.holds:
        raise Refusal(_("协议已经生效，不能再改。双方另有约定的，请重新调解。"), code="stale")


def refuse_other_version(agreement: Agreement, version: int) -> None:
    if agreement.version != version:
        raise Refusal(_("没有生效：协议刚刚被改过，请看过新的一版再提交。"), code="stale")


def _write(agreement: Agreement, new: NewAgreement, actor: Actor, at: datetime) -> None:
    here = agreement_inside.parties_of(agreement.mediation)
    check_duties(new.duties, here, local_day(at))
    text = AgreementText.objects.create(
        agreement=agreement,
        number=agreement.version,
        facts=clean_text(new.facts),
        dispute=clean_text(new.dispute),
        liability=clean_text(new.liability),
        content=clean_text(new.content),
        done_already=new.done_already and not new.duties,
        made_at=at,
        made_by=actor.user,
    )
    for n, one in enumerate(new.duties, 1):
        assert one.due_on is not None
        Duty.objects.create(
            text=text,
            agreement=agreement,
            ordinal=n,
            ower=one.ower,
            owed=one.owed,
            what=clean_text(one.what),
            amount=one.amount,
            due_on=one.due_on,
            way=clean_text(one.way)[:200],
        )
