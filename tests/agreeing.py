"""Agreements of every state on one case, for tests that look at pages: the mediations are rows, the rest goes through
the doors."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.models import User
from core.timekeeping import local_day, now
from mediation.agreement_enums import AgreementKind, Performed, SaidBy, Signer, SigningWay
from mediation.enums import Result, Side, State
from mediation.models import Agreement, MediationCase, Room
from mediation.services import agreements, confirmations, performance, signing
from mediation.services.agreement_checks import NewAgreement, NewDuty
from petitions.models import Petition
from tests.pictures import PNG

CONTENT = "分三期补偿，每晚十点收摊。"


def settled_matter(case: Petition, room: Room, mediator: User) -> MediationCase:
    """A mediation that ended an hour ago with an agreement, between the petitioner and one more."""
    at = now()
    made: MediationCase = MediationCase.objects.create(
        petition=case,
        room=room,
        mediator=mediator,
        state=State.ENDED,
        result=Result.AGREED,
        opened_at=at - timedelta(days=40),
        ended_at=at - timedelta(hours=1),
    )
    made.parties.create(side=Side.PETITIONER, is_petitioner=True, added_at=at)
    made.parties.create(side=Side.OTHER, name="摊主老李", added_at=at)
    return made


def draft(mediation: MediationCase, actor: Actor, kind: AgreementKind = AgreementKind.MEDIATED) -> Agreement:
    """Three instalments, ten days apart, the first of them today."""
    own, other = mediation.parties.order_by("-is_petitioner")
    days = [local_day(now()) + timedelta(days=10 * n) for n in range(3)]
    duties = [
        NewDuty(ower=other, owed=own, what=f"付第{n}期", due_on=day, way="转账", amount=Decimal(1000))
        for n, day in enumerate(days, 1)
    ]
    new = NewAgreement(
        kind=kind,
        content=CONTENT,
        facts="夜市噪音。",
        dispute="补偿多少。",
        liability="摊主主责。",
        duties=duties,
    )
    return agreements.draft(mediation=mediation, actor=actor, new=new)


def all_sign(made: Agreement, actor: Actor, on: date | None = None) -> Agreement:
    return signing.sign(
        agreement=made,
        actor=actor,
        new=signing.Signing(
            version=made.version,
            way=SigningWay.PAPER,
            parties=list(made.mediation.parties.all()),
            others=(Signer.MEDIATOR, Signer.SEAL),
            file=SimpleUploadedFile("签字页.png", PNG, content_type="image/png"),
            signed_on=on,
        ),
    )


def agreements_of(case: Petition, room: Room, mediator: User, actor: Actor) -> dict[str, Agreement]:
    """By state: draft, oral (not recorded yet), held (a part of the first instalment was paid), asked (of the court),
    broken. ``actor`` is of the petition office."""
    made = {
        state: draft(settled_matter(case, room, mediator), actor, kind)
        for state, kind in (
            ("draft", AgreementKind.MEDIATED),
            ("oral", AgreementKind.ORAL),
            ("held", AgreementKind.MEDIATED),
            ("asked", AgreementKind.MEDIATED),
            ("broken", AgreementKind.MEDIATED),
        )
    }
    for state in ("held", "asked", "broken"):
        made[state] = all_sign(made[state], actor)
    today = local_day(now())
    confirmations.apply(
        agreement=made["asked"],
        actor=actor,
        court="清江县人民法院",
        applied_on=today,
        applied_by="双方本人",
        together=True,
    )
    for state, outcome, amount in (
        ("held", Performed.PARTLY, Decimal(400)),
        ("broken", Performed.BROKEN, None),
    ):
        told = performance.Told(outcome=outcome, on=today, said_by=SaidBy.OWED, amount=amount)
        performance.report(duty=made[state].duties.first(), actor=actor, new=told)
    return made
