"""One agreement of the county: three instalments, the first of which came late, the second in part."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from core.timekeeping import local_day
from documents.enums import Layout
from documents.rendering import render
from mediation.agreement_enums import AgreementKind, Performed, SaidBy, Signer, SigningWay
from mediation.models import Agreement, MediationCase
from mediation.services import agreements, performance, signing
from mediation.services.agreement_checks import NewAgreement, NewDuty

PART = Decimal("1000.00")
#: Days after the signing on which each instalment is due.
DUE = (3, 30, 60)


def agree(mediation: MediationCase, actor: Actor, at: datetime) -> Agreement:
    """Drafted and signed on paper on the day of the session."""
    own, other = mediation.parties.filter(left_at=None).order_by("-is_petitioner")[:2]
    day = local_day(at)
    duties = [
        NewDuty(
            ower=other,
            owed=own,
            what=f"支付第{n}期补偿款",
            due_on=day + timedelta(days=after),
            amount=PART,
            way="银行转账",
        )
        for n, after in enumerate(DUE, 1)
    ]
    new = NewAgreement(
        kind=AgreementKind.MEDIATED,
        facts="对方经营产生噪音、油烟，影响信访人休息。",
        dispute="是否整改，补偿多少，怎么付。",
        liability="对方负主要责任，信访人谅解。",
        content="对方限期整改，分三期补偿信访人三千元；双方今后有事先沟通。",
        duties=duties,
    )
    made = agreements.draft(mediation=mediation, actor=actor, new=new, at=at)
    return signing.sign(
        agreement=made,
        actor=actor,
        new=signing.Signing(
            version=made.version,
            way=SigningWay.PAPER,
            parties=[own, other],
            others=(Signer.MEDIATOR, Signer.SEAL),
            file=SimpleUploadedFile("签字页.pdf", _slip(at), content_type="application/pdf"),
            signed_on=day,
        ),
        at=at,
    )


def report(made: Agreement, actor: Actor, number: int, outcome: Performed, at: datetime) -> None:
    """``number``: which instalment, from 1."""
    told = performance.Told(
        outcome=outcome,
        on=local_day(at),
        said_by=SaidBy.OWED,
        amount=Decimal("400.00") if outcome == Performed.PARTLY else None,
    )
    performance.report(duty=made.duties.get(ordinal=number), actor=actor, new=told, at=at)


def _slip(at: datetime) -> bytes:
    """A sheet that stands for the signed one."""
    content = {
        "layout": Layout.NOTICE,
        "title": "调解协议书签字页",
        "unit": "清江县人民调解中心",
        "number": "",
        "day": "",
        "signer": "",
        "to": "",
        "attachments": [],
        "cc": "",
        "lines": [{"kind": "p", "text": "演示用，双方已签字。", "label": "", "cells": []}],
    }
    return render(content, at=at).pdf
