"""What the doors of this room share. Nothing outside ``matters.services`` calls it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.wording import said
from matters import selectors
from matters.enums import MatterAct
from matters.models import Matter, MatterCase, MatterEvent
from petitions.models import Petition
from reviews.services.publishing import NUMBERS


def locked(matter: Matter, actor: Actor, at: datetime) -> Matter:
    """The matter, locked; whether this person sees it is asked anew. Raises Refusal ("stale")."""
    row: Matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if selectors.one(actor, row.pk, at) is None:
        raise Refusal(_("没有生效：这个热点问题里已没有您可以查看的件。"), code="stale")
    return row


def written(text: str, missing: str, *, longest: int) -> str:
    """Clean words without a number of somebody's: what is written here is read by units and leaders (domain G).

    Raises Refusal ("invalid").
    """
    clean = said(text, missing, longest=longest)
    if found := NUMBERS.search(clean):
        raise Refusal(
            _("“%(number)s”像是某个人的号码。这里不写电话、身份证号，请删去后再保存。")
            % {"number": found[0]},
            code="invalid",
        )
    return clean


def move(matter: Matter, into: Matter, actor: Actor | None, at: datetime) -> list[int]:
    """Every case that is in ``matter`` is in ``into`` from now on; the keys of the links. The caller has locked both.

    A link keeps who made it and when. One that a person took out of ``matter`` stays there, taken out. Where ``into``
    has a link already, somebody took the case out of it or moved it on to ``matter``: that link is in again.
    """
    links = list(MatterCase.objects.select_for_update().filter(matter=matter, out=False))
    there = {
        row.petition_id: row
        for row in MatterCase.objects.select_for_update().filter(
            matter=into, petition__in=[link.petition_id for link in links]
        )
    }
    by = actor.post if actor is not None else None
    MatterCase.objects.filter(pk__in=[link.pk for link in links if link.petition_id not in there]).update(
        matter=into
    )
    for link in links:
        old = there.get(link.petition_id)
        if old is not None:
            link.out, link.by, link.at = True, by or old.by, at
            link.save(update_fields=["out", "by", "at"])
            old.out, old.by, old.at = False, by or old.by, at
            old.save(update_fields=["out", "by", "at"])
    return [link.pk for link in links]


def on_record(
    matter: Matter,
    act: MatterAct,
    actor: Actor,
    text: str,
    at: datetime,
    case: Petition | None = None,
    **detail: Any,
) -> None:
    assert actor.user is not None
    MatterEvent.objects.create(
        matter=matter, act=act, at=at, by=actor.user, who=actor.label, text=text, petition=case
    )
    about = {"case": case.audit_name} if case is not None else {}
    audit.record(actor=actor, act=f"matter.{act.value}", obj=matter, detail={**about, **detail}, at=at)
