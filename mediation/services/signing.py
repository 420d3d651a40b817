"""Hands below an agreement: on paper, brought as a scan, or drawn on the screen (人民调解法 29)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.uploads import prepare_files, size_text
from mediation.agreement_enums import ALSO_SIGN, AgreementKind, Signer, SigningWay
from mediation.enums import MediationAct
from mediation.models import Agreement, AgreementFile, AgreementText, Party, Signature
from mediation.services import agreement_inside, agreements, taking_effect
from mediation.services.agreement_checks import refuse_missing

MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Who signed, on which day, and what shows it: one scan, or one drawn picture of one hand."""

    version: int
    way: SigningWay
    parties: Sequence[Party] = ()
    others: Sequence[Signer] = ()
    file: UploadedFile | None = None
    signed_on: date | None = None


def sign(*, agreement: Agreement, actor: Actor, new: Signing, at: datetime | None = None) -> Agreement:
    """Keep the hands that are below this version. With the last of them the agreement holds.

    Raises Refusal: not one's right, a part is missing, in force before, changed meanwhile, nobody named, somebody who
    signed it before or has left, no file or one that is no picture and no PDF, more than one hand in one drawing.
    """
    at = at or now()
    day = new.signed_on or local_day(at)
    # Outside the transaction: looking into a file takes its time.
    prepared = _prepared(new)
    with transaction.atomic():
        row = agreement_inside.locked(agreement, actor, MediationAct.SIGN)
        agreements.refuse_holding(row)
        agreements.refuse_other_version(row, new.version)
        if row.kind == AgreementKind.ORAL:
            raise Refusal(_("口头协议不用签字，请登记“口头协议已记录”。"), code="invalid")
        here = agreement_inside.parties_of(row.mediation)
        text = agreement_inside.text_of(row)
        refuse_missing(AgreementKind(row.kind), text, here)
        agreement_inside.check_past(day, local_day(row.mediation.opened_at), at, _("签字日期"))
        _check_hands(row, text, new, here)
        kept = _keep(row, prepared, actor, at)
        _put(text, new, kept, day, actor, at)
        signers = [*("party" for _one in new.parties), *new.others]
        agreement_inside.on_record(row, actor, "agreement_sign", at, signing=new.way, signers=signers)
        if not waiting_for(row, text, here):
            last = max(text.signatures.values_list("signed_on", flat=True))
            _refuse_day_gone(text, last)
            taking_effect.take_effect(row, text, last, actor, at)
    return row


def waiting_for(agreement: Agreement, text: AgreementText, here: Sequence[Party]) -> list[Party | Signer]:
    """Whose hand is not below this version yet: parties first."""
    signed = {(one.signer, one.party_id) for one in text.signatures.all()}
    parties: list[Party | Signer] = [one for one in here if (Signer.PARTY, one.pk) not in signed]
    also = ALSO_SIGN.get(AgreementKind(agreement.kind), ())
    return parties + [one for one in also if (one, None) not in signed]


def _prepared(new: Signing) -> UploadedFile:
    if not new.parties and not new.others:
        raise Refusal(_("请勾选谁签了字。"), code="invalid")
    if new.file is None:
        raise Refusal(_("请上传签好字的协议（照片或 PDF），或者在屏幕上签名。"), code="invalid")
    try:
        [prepared] = prepare_files([new.file])
    except Refusal as refusal:
        # The door of all uploads names what petitions may bring; here it is a picture or a PDF.
        if refusal.code != "invalid":
            raise
        sentence = _("这个文件打不开，或者不是照片、PDF。签字页请传照片或者 PDF。")
        raise Refusal(sentence, code="invalid") from refusal
    facts = prepared.facts
    if not facts.kind.is_picture and facts.extension != "pdf":
        raise Refusal(_("签字页请传照片或者 PDF。"), code="invalid")
    if facts.size > MOST_BYTES:
        raise Refusal(
            _("签字页最大 %(most)s，请压缩后再传。") % {"most": size_text(MOST_BYTES)}, code="too_large"
        )
    return prepared


def _check_hands(row: Agreement, text: AgreementText, new: Signing, here: Sequence[Party]) -> None:
    waiting = waiting_for(row, text, here)
    if any(one not in here for one in new.parties):
        raise Refusal(_("有一位当事人已经退出本次调解，请刷新后再选。"), code="stale")
    if any(one not in waiting for one in (*new.parties, *new.others)):
        raise Refusal(_("其中有人已经签过这一版，或者不用签，请刷新后再选。"), code="stale")
    if new.way == SigningWay.SCREEN and len(new.parties) + len(new.others) != 1:
        raise Refusal(_("屏幕上一次签一个人，请分别签。"), code="invalid")
    if new.way == SigningWay.SCREEN and Signer.SEAL in new.others:
        raise Refusal(_("印章请盖在纸上，扫描后上传。"), code="invalid")


def _keep(row: Agreement, prepared: UploadedFile, actor: Actor, at: datetime) -> AgreementFile:
    facts = prepared.facts  # type: ignore[attr-defined]
    prepared.seek(0)
    kept: AgreementFile = AgreementFile.objects.create(
        agreement=row,
        content_type=facts.content_type,
        extension=facts.extension,
        size=facts.size,
        sha256=facts.sha256,
        content=base64.b64encode(prepared.read()).decode(),
        added_at=at,
        added_by=actor.user,
    )
    return kept


def _put(
    text: AgreementText, new: Signing, kept: AgreementFile, day: date, actor: Actor, at: datetime
) -> None:
    hands = [(Signer.PARTY, one) for one in new.parties] + [(one, None) for one in new.others]
    Signature.objects.bulk_create(
        Signature(
            text=text,
            signer=signer,
            party=party,
            way=new.way,
            signed_on=day,
            file=kept,
            at=at,
            by=actor.user,
        )
        for signer, party in hands
    )


def _refuse_day_gone(text: AgreementText, day: date) -> None:
    """A duty whose day was over before everybody had signed can no longer be kept in time."""
    gone = [one for one in text.duties.all() if one.due_on < day]
    if gone:
        raise Refusal(
            _("第 %(n)d 项义务的最后日期在签字日期之前，请先改协议，再请各方签字。") % {"n": gone[0].ordinal},
            code="invalid",
        )
