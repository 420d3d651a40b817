"""Requests for an extension, on the case's page and among what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from leaders.models import ExtensionAsk
from leaders.services import extensions as service
from petitions.enums import Status
from petitions.extensions import Decision, Part
from petitions.models import Petition
from petitions.selectors.veiling import over_rows


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """The open or last request, or the way to ask. Two queries at most, none where the case is not in handling."""
    if petition.sealed or petition.status != Status.ACCEPTED or petition.simplified:
        return None
    last = ExtensionAsk.objects.filter(petition=petition).order_by("-id").first()
    if last is not None:
        return Part("leaders/case_extension.html", {"ask": last})
    if not service.may_ask(petition, actor) or service.term_of(petition) is None:
        return None
    return Part("leaders/case_extension.html", {"ask": None, "number": petition.number})


def waiting(actor: Actor) -> Any:
    """What waits for this head's word, the oldest first."""
    return ExtensionAsk.objects.waiting_for(actor).select_related("petition")


def show(rows: Sequence[ExtensionAsk], actor: Actor) -> list[Decision]:
    over_rows([row.petition for row in rows], actor)
    return [
        Decision(
            what=_("延长 %(days)d 日") % {"days": row.days},
            title=row.petition.subject,
            why=f"{row.petition.number} · {row.asked_who}",
            url=row.get_absolute_url(),
            since=row.asked_at,
        )
        for row in rows
    ]
