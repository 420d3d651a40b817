"""What the pages of talks show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from accounts.actor import Actor
from mediation import talk_rules
from mediation.models import PublicTalk, TalkChange, TalkMatter
from mediation.talk_enums import TO_COME, UNSETTLED, TalkAct, TalkState
from petitions.models import Petition
from petitions.querysets import unsealed_cases

A, S = TalkAct, TalkState
#: How long a talk that is over stays on the page where there is nothing to read of it.
LINGERS = timedelta(days=30)
MOST_SHOWN = 60
#: In which states an act is offered.
OFFERED: dict[TalkAct, tuple[TalkState, ...]] = {
    A.ANNOUNCE: (S.PLANNED,),
    A.MOVE: TO_COME,
    A.CALL_OFF: TO_COME,
    A.SEAT: TO_COME,
    A.HOLD: (S.ANNOUNCED,),
    A.RAISE: (S.HELD,),
    A.SETTLE: (S.HELD,),
    A.LINK: (S.HELD,),
    A.REGISTER: (S.HELD,),
    A.DRAFT: (S.HELD,),
    A.PUBLISH: (S.HELD,),
}


@dataclass(frozen=True)
class MatterRow:
    """A matter, with its case where this reader reads it. ``open``: something may still be done with it."""

    row: TalkMatter
    case: Petition | None
    open: bool


def public_talks(at: datetime) -> tuple[list[PublicTalk], list[PublicTalk]]:
    """What is to come, the earliest first; what is over, the latest first, while there is something to tell of it.
    Four queries at most."""
    shown = PublicTalk.objects.announced().select_related("unit", "room")
    changed = Prefetch("changes", queryset=TalkChange.objects.order_by("-id"))
    coming = shown.filter(starts_at__gt=at).order_by("starts_at", "id").prefetch_related(changed)
    over = shown.filter(starts_at__lte=at).order_by("-starts_at", "-id").prefetch_related(changed)
    told = [one for one in over[: 2 * MOST_SHOWN] if one.published_at or at - one.starts_at < LINGERS]
    return list(coming[:MOST_SHOWN]), told[:MOST_SHOWN]


def matters_of(talk: PublicTalk, actor: Actor) -> list[MatterRow]:
    """All for who reads the talk whole; else those passed to the reader's unit. Two queries, three with cases."""
    found = talk.matters.select_related("unit", "petition")
    if not reads_whole(talk, actor):
        found = found.filter(unit=actor.unit)
    rows = list(found)
    ids = [one.petition_id for one in rows if one.petition_id is not None]
    read = set(unsealed_cases(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [
        MatterRow(one, one.petition if one.petition_id in read else None, one.fate in UNSETTLED)
        for one in rows
    ]


def reads_whole(talk: PublicTalk, actor: Actor) -> bool:
    return PublicTalk.objects.of_offices(actor).filter(pk=talk.pk).exists()


def may_now(act: TalkAct, actor: Actor, talk: PublicTalk, at: datetime) -> bool:
    """Whether the act is offered on the talk's page; the doors ask again."""
    if talk.state not in OFFERED[act] or not talk_rules.may(act, actor, talk):
        return False
    if act == A.HOLD:
        return talk.starts_at <= at
    if act == A.DRAFT:
        return talk.published_at is None
    if act == A.PUBLISH:
        own = actor.user is not None and talk.drafted_by_id == actor.user.pk
        return bool(talk.public_text) and (talk.published_at is not None or not own)
    return True


def talk_page(talk: PublicTalk, actor: Actor, at: datetime) -> dict[str, Any]:
    whole = reads_whole(talk, actor)
    return {
        "row": talk,
        "whole": whole,
        "may": {act.value: may_now(act, actor, talk, at) for act in OFFERED},
        "panel": list(talk.panel.select_related("user")) if whole else [],
        "changes": list(talk.changes.all()),
        "about_units": list(talk.about_units.all()),
        "matters": matters_of(talk, actor),
    }
