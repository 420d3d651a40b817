"""The slip a party beside the petitioner gets: a number and a code for an own page, where they read what concerns them
and agree, or stop agreeing, without anybody between (人民调解法 17, 23)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import Party
from mediation.services import inside
from petitions.services import codes

#: How the numbers begin; no petition's and no dispute's does.
PREFIX = "DF"
LENGTH = 8


@dataclass(frozen=True)
class Slip:
    """``code`` is known only here and now."""

    party: Party
    number: str
    code: str


def hand_out(*, party: Party, actor: Actor, at: datetime | None = None) -> Slip:
    """A number and a new code; a code that was given before opens nothing any more. The number says nothing of the case
    or the dispute.

    Raises Refusal: not one's right, the mediation has ended, somebody who left, or the petitioner, whose own page is
    opened by the number and code of the case or the dispute.
    """
    at = at or now()
    code = _random(codes.LENGTH)
    with transaction.atomic():
        mediation = inside.locked_open(party.mediation)
        rules.require(MediationAct.PARTY, actor, mediation=mediation)
        row: Party = Party.objects.select_for_update().get(pk=party.pk)
        if row.is_petitioner:
            raise Refusal(_("这一位凭登记时的编号和查询码查看，不用另发查询单。"), code="invalid")
        if row.left_at is not None:
            raise Refusal(_("这位当事人已经退出。"), code="stale")
        row.slip = row.slip or f"{PREFIX}{_random(LENGTH)}"
        row.slip_hash = codes.hash_code(row.slip, code)
        row.save(update_fields=["slip", "slip_hash"])
        audit.record(actor=actor, act="mediation.slip", obj=mediation, detail={"side": row.side}, at=at)
    return Slip(row, row.slip, code)


def _random(length: int) -> str:
    return "".join(secrets.choice(codes.ALPHABET) for _n in range(length))
