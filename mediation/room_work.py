"""What one room has to do, of the mediations its reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day
from mediation.enums import State
from mediation.models import MediationCase, Room, Session

#: Rows of one part.
MOST = 50


@dataclass(frozen=True)
class Item:
    url: str
    words: str


@dataclass(frozen=True)
class Todo:
    """One part of the page: its number leads to its list."""

    key: str
    title: str
    items: list[Item]


def parts_of(room: Room, actor: Actor, at: datetime) -> list[Todo]:
    """Today, waiting for consent, to be recorded. Two queries for what the reader may see, whatever there is."""
    mine = MediationCase.objects.visible_to(actor)
    start = datetime.combine(local_day(at), time.min, SHANGHAI)
    sessions = (
        Session.objects.filter(room=room, cancelled_at=None, mediation__in=mine.values("pk"))
        .filter(starts_at__gte=start - timedelta(days=60), starts_at__lt=start + timedelta(days=1))
        .select_related("mediator")
        .order_by("starts_at", "id")
    )
    today, late = [], []
    for one in sessions:
        if one.starts_at >= start:
            today.append(one)
        elif one.held_at is None:
            late.append(one)
    waiting = mine.filter(room=room, state=State.WAITING_CONSENT).select_related(
        "mediator", "petition", "dispute"
    )
    return [
        Todo("today", _("今天"), [_of_session(one) for one in today[:MOST]]),
        Todo(
            "waiting", _("待双方同意"), [_of_mediation(one) for one in waiting.order_by("opened_at")[:MOST]]
        ),
        Todo("follow", _("待记录"), [_of_session(one) for one in late[:MOST]]),
    ]


def _of_session(session: Session) -> Item:
    words = f"{session.day.isoformat()} {session.hours} · {session.mediator}"
    return Item(reverse("mediation:session", args=[session.pk]), words)


def _of_mediation(mediation: MediationCase) -> Item:
    words = f"{local_day(mediation.opened_at).isoformat()} · {mediation.mediator}"
    return Item(mediation.get_absolute_url(), words)
