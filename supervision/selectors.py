"""What the pages of this room show, and the facts that papers print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from accounts.actor import Actor
from accounts.enums import UnitKind
from core.timekeeping import local_day, now
from petitions.extensions import Part
from petitions.models import Petition, PetitionEvent
from petitions.querysets import unsealed_cases
from petitions.selectors.veiling import Veil, veil
from supervision import rules
from supervision.enums import DEMANDED, LIVE, State, SupervisionAct
from supervision.models import (
    Listing,
    Suggestion,
    Supervision,
    SupervisionEffort,
    SupervisionFeedback,
    UrgentResponse,
)
from supervision.querysets import oversees

URGENT_TEXTS = ("place", "situation", "measures", "result")


@dataclass(frozen=True)
class SupervisionRow:
    """A supervision as its reader may see it: texts under the veil of a confidential case, efforts only for those who
    supervise and for leaders."""

    row: Supervision
    clock: Any
    demand: str
    facts: str
    end_text: str

    @property
    def ground(self) -> str:
        return str(self.row.get_ground_display())


def row_of(row: Supervision, actor: Actor) -> SupervisionRow:
    """``with_row_relations`` comes first."""
    clocks: list[Any] = row.ordered_clocks  # type: ignore[attr-defined]
    return SupervisionRow(
        row=row,
        clock=next((clock for clock in clocks if clock.running), None),
        demand=shown(row, actor, row.demand),
        facts=shown(row, actor, row.ground_text),
        end_text=shown(row, actor, row.end_text),
    )


def shown(row: Supervision, actor: Actor, text: str) -> str:
    return veil(row.petition, actor, text) if row.petition is not None else text


def reads_efforts(row: Supervision, actor: Actor) -> bool:
    """How a unit is watched is not the unit's to read."""
    return actor.role == "leader" or rules.may(SupervisionAct.EFFORT, actor, supervision=row)


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: what the reader may see of its supervisions, and what was urgent. Three queries."""
    if petition.sealed:
        return None
    found = Supervision.objects.visible_to(actor).filter(petition=petition).with_row_relations()
    rows = []
    for one in found.order_by("-id"):
        one.petition = petition
        rows.append(row_of(one, actor))
    urgent = list(UrgentResponse.objects.visible_to(actor).filter(petition=petition).order_by("-id")[:5])
    if not rows and not urgent:
        return None
    cover = Veil(petition, actor)
    for response in urgent:
        response.petition = petition
        cover.over(response, URGENT_TEXTS)
    return Part("supervision/case_part.html", {"rows": rows, "urgent": urgent, "petition": petition})


def demands_kept(petition: Petition, actor: Actor, events: Sequence[PetitionEvent]) -> set[int]:
    """Events of 督办 that tell of a demand this reader does not see. A line stands at the very moment of what it tells;
    one that could belong to two is shown to whoever sees both. A sealed case has no part in this room: the body that
    it was handed to reads its history whole. Of a reminding call leaders read what was said, the unit does not. Five
    queries."""
    if _follows_the_sealed(petition, actor) or (oversees(actor) and not petition.sealed):
        return set()
    rows = Supervision.objects.filter(petition=petition).exclude(opened_at=None)
    seen = set(rows.visible_to(actor).values_list("pk", flat=True))
    moments: list[tuple[int, datetime | None]] = []
    for pk, opened, ended in rows.values_list("pk", "opened_at", "ended_at"):
        moments += [(pk, opened), (pk, ended)]
    calls = set(SupervisionEffort.objects.filter(petition=petition).values_list("at", flat=True))
    if not calls and moments and all(pk in seen for pk, _moment in moments):
        return set()
    returned = SupervisionFeedback.objects.filter(supervision__in=rows.values("pk"))
    listed = Listing.objects.filter(supervision__in=rows.values("pk"))
    moments += returned.values_list("supervision", "replied_at")
    moments += listed.values_list("supervision", "listed_at")
    shown_at = {moment for pk, moment in moments if pk in seen}
    hidden_at = {moment for pk, moment in moments if pk not in seen}
    if actor.role == "leader":
        shown_at |= calls
    else:
        hidden_at |= calls
    return {event.pk for event in events if event.at not in shown_at or event.at in hidden_at}


def dispatches_kept(petition: Petition, actor: Actor, events: Sequence[PetitionEvent]) -> set[int]:
    """Events of 紧急调度 for a reader who does not see what was called: they tell the place and the situation."""
    sees = UrgentResponse.objects.visible_to(actor).filter(petition=petition).exists()
    return set() if sees or _follows_the_sealed(petition, actor) else {event.pk for event in events}


def _follows_the_sealed(petition: Petition, actor: Actor) -> bool:
    return petition.sealed and actor.unit is not None and actor.unit.kind == UnitKind.DISCIPLINE


@dataclass(frozen=True)
class SupervisionFacts:
    """What a 督办函 prints. ``previous``: days of earlier supervisions of the same unit on the same case."""

    number: str
    title: str
    unit: str
    ground: str
    ground_text: str
    demand: str
    due_on: date
    opened_on: date
    modes: list[str]
    previous: list[date]


def facts_of(supervision: Supervision) -> SupervisionFacts | None:
    """The facts of a supervision that was demanded; None before that, or where no case stands behind it. Three queries.
    The caller has asked ``visible_to``."""
    case = supervision.petition
    if case is None or supervision.state not in DEMANDED or supervision.opened_at is None:
        return None
    assert supervision.due_on is not None
    before = Supervision.objects.filter(
        petition=case, unit=supervision.unit_id, opened_at__lt=supervision.opened_at
    )
    efforts = SupervisionEffort.objects.filter(supervision=supervision)
    earlier = before.order_by("opened_at").values_list("opened_at", flat=True)
    return SupervisionFacts(
        number=case.number,
        title=case.subject,
        unit=supervision.unit.name,
        ground=str(supervision.get_ground_display()),
        ground_text=supervision.ground_text,
        demand=supervision.demand,
        due_on=supervision.due_on,
        opened_on=local_day(supervision.opened_at),
        modes=list(dict.fromkeys(str(one.get_mode_display()) for one in efforts)),
        previous=[local_day(at) for at in earlier if at is not None],
    )


def waiting_for(actor: Actor) -> dict[str, int]:
    """How many wait for this reader: to be confirmed, to be answered, past their day, to be decided upon. One query."""
    live = Supervision.objects.visible_to(actor).live().order_by()
    late = Q(state=State.OPEN, due_on__lt=local_day(now()))
    states = {state.value: Count("pk", filter=Q(state=state)) for state in LIVE}
    counts: dict[str, int] = live.aggregate(late=Count("pk", filter=late), **states)
    return counts


def anything_ended(actor: Actor, waiting: dict[str, int]) -> dict[str, int]:
    """1 where nothing waits and something has ended, else 0: what is over is not counted. One query at most."""
    over = (
        not any(waiting.values()) and Supervision.objects.visible_to(actor).exclude(state__in=LIVE).exists()
    )
    return {"ended": int(over)}


def urgent_running(actor: Actor) -> dict[str, int]:
    """How many this reader sees running. One query."""
    return {"open": UrgentResponse.objects.visible_to(actor).open().count()}


@dataclass(frozen=True)
class SuggestionRow:
    """A suggestion as its reader may see it. ``case`` is empty for a reader who does not read the case."""

    row: Suggestion
    clock: Any
    due_at: datetime | None
    case: Petition | None
    title: str
    facts: str
    text: str
    answer: str


def suggestion_rows(rows: list[Suggestion], actor: Actor) -> list[SuggestionRow]:
    """``with_row_relations`` comes first. One query for all cases, and what the veil needs for confidential ones."""
    ids = [row.petition_id for row in rows if row.petition_id]
    read = set(unsealed_cases(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    made = []
    for row in rows:
        clocks: list[Any] = row.ordered_clocks  # type: ignore[attr-defined]
        cover = Veil(row.petition, actor) if row.petition is not None else str
        made.append(
            SuggestionRow(
                row=row,
                clock=next((clock for clock in clocks if clock.running), None),
                due_at=clocks[0].due_at if clocks else None,
                case=row.petition if row.petition_id in read else None,
                title=cover(row.title),
                facts=cover(row.facts),
                text=cover(row.text),
                answer=cover(row.answer),
            )
        )
    return made
