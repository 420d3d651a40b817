"""What the pages of this room show, and what rooms above may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404

from accounts.actor import Actor
from core.timekeeping import local_day, now
from hearings import panel, rules
from hearings.enums import COMING, OPEN, HearingAct, State
from hearings.models import (
    ExpertAnswer,
    ExpertQuestion,
    Hearing,
    HearingRecord,
    PanelMember,
    RecusalAsked,
)
from hearings.services.inside import earliest
from petitions import rules as petition_rules
from petitions.extensions import Part
from petitions.models import Attachment, Petition
from petitions.querysets import unsealed_cases
from petitions.selectors.veiling import Veil, name_for, over_rows

A = HearingAct
#: What the petitioner has heard of.
KNOWN = (*COMING, State.HELD, State.CALLED_OFF)
RECORD_TEXTS = ("petitioner_said", "unit_said", "evidence", "opinion", "minority")


def require_reader(petition: Petition, actor: Actor) -> None:
    """A unit complained of reads of a case what it answers for itself, and nothing here (条例 28). Raises Http404."""
    if petition_rules.is_complained_of(petition, actor):
        raise Http404


def hearings_of(petition: Petition) -> list[Hearing]:
    """The newest first. One query."""
    found = list(Hearing.objects.filter(petition=petition).select_related("unit").order_by("-id"))
    for one in found:
        one.petition = petition
    return found


def held(petition: Petition) -> list[Hearing]:
    """Those that were held, with their records, in order, for the papers of the case. One query."""
    rows = Hearing.objects.filter(petition=petition, state=State.HELD).select_related("record__by", "unit")
    found = list(rows.order_by("record__began_at"))
    for one in found:
        one.petition = petition
    return found


@dataclass(frozen=True)
class Question:
    """An expert's question with its answer, as far as there is one; ``late``: due and not answered."""

    row: ExpertQuestion
    answer: ExpertAnswer | None
    files: list[tuple[Attachment, str]]
    late: bool


def questions_of(petition: Petition, actor: Actor, today: date) -> list[Question]:
    """The newest first. Two queries beside the files' names."""
    rows = ExpertQuestion.objects.filter(petition=petition).select_related("answer")
    cover, found = Veil(petition, actor), []
    for row in rows.prefetch_related("answer__files").order_by("-id"):
        answer = getattr(row, "answer", None)
        cover.over(row, ("question", "whom"))
        cover.over(answer, ("opinion",))
        files = _files(answer, petition, actor) if answer is not None else []
        found.append(Question(row, answer, files, answer is None and row.due_on < today))
    return found


def _files(row: Any, petition: Petition, actor: Actor) -> list[tuple[Attachment, str]]:
    return [(file, name_for(file, petition, actor)) for file in row.files.all()]


@dataclass(frozen=True)
class Member:
    """One of the panel with what the petitioner asked about them."""

    row: PanelMember
    asked: list[RecusalAsked]
    is_reader: bool = False

    @property
    def waiting(self) -> RecusalAsked | None:
        return next((one for one in self.asked if one.granted is None), None)


def panel_of(hearing: Hearing, cover: Veil | None = None, actor: Actor | None = None) -> list[Member]:
    """Everybody who ever sat, those who sit now first, the chair before the others. Two queries."""
    rows = list(hearing.panel.select_related("user").prefetch_related("recusals_asked"))
    rows.sort(key=lambda one: (one.left_at is not None, one.seat, one.pk))
    found = []
    for row in rows:
        asked = list(row.recusals_asked.all())
        for one in asked if cover is not None else ():
            cover.over(one, ("reason", "decision"))  # type: ignore[union-attr]
        own = actor is not None and actor.user is not None and actor.user.pk == row.user_id
        found.append(Member(row, asked, own))
    return found


@dataclass(frozen=True)
class Listed:
    """A line of the list: the hearing, its case where the reader may open it, and the reader's own seat on the
    panel."""

    row: Hearing
    case: Petition | None
    seat: str


def listed(rows: list[Hearing], actor: Actor) -> list[Listed]:
    """For rows that ``listed_for`` gave this reader, with their cases. Two queries beside the titles' veil."""
    ids = [row.petition_id for row in rows]
    read = set(unsealed_cases(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    mine = PanelMember.objects.filter(hearing__in=[row.pk for row in rows], user=actor.user, left_at=None)
    seats = {one.hearing_id: one.get_seat_display() for one in mine}
    over_rows([row.petition for row in rows if row.petition_id in read], actor)
    return [
        Listed(row, row.petition if row.petition_id in read else None, seats.get(row.pk, "")) for row in rows
    ]


def case_page(petition: Petition, actor: Actor) -> dict[str, Any]:
    """All hearings and expert opinions of a case on one page."""
    cover = Veil(petition, actor)
    rows = hearings_of(petition)
    for row in rows:
        cover.over(row, ("matter", "decision"))
    cover.over(petition, ("subject",))
    handled = rules.in_handling(petition)
    why_no = rules.why_no_hearing(petition)
    free = not why_no and not any(row.is_open for row in rows)
    return {
        "petition": petition,
        "rows": rows,
        "questions": questions_of(petition, actor, local_day(now())),
        "why_no": why_no,
        "first_day": earliest(local_day(now())),
        "may": {
            "prepare": free and rules.may(A.PREPARE, actor, petition),
            "ask_expert": handled and rules.may(A.ASK_EXPERT, actor, petition),
            "answer_expert": handled and rules.may(A.ANSWER_EXPERT, actor, petition),
        },
    }


def hearing_page(row: Hearing, actor: Actor, at: datetime) -> dict[str, Any]:
    """One hearing: its panel, what became of its day, its record, and what this reader does next."""
    petition = row.petition
    cover = Veil(petition, actor)
    cover.over(petition, ("subject",))
    cover.over(row, ("matter", "decision", "place"))
    changes = list(row.changes.all())
    for change in changes:
        cover.over(change, ("reason",))
    record = HearingRecord.objects.filter(hearing=row).prefetch_related("files").first()
    cover.over(record, (*RECORD_TEXTS, "came"))
    lacks = panel.lacking(row, at) if row.is_open else ""
    return {
        "petition": petition,
        "row": row,
        "members": panel_of(row, cover, actor),
        "changes": changes,
        "record": record,
        "files": _files(record, petition, actor) if record is not None else [],
        "lacking": lacks,
        "first_day": earliest(local_day(at)),
        "may": _may(row, actor, at),
    }


def _may(row: Hearing, actor: Actor, at: datetime) -> dict[str, bool]:
    """Which form stands on the page; the doors ask once more."""
    handled = rules.in_handling(row.petition)
    begun = local_day(at) >= row.day
    now_possible = {
        A.SEAT: row.state in OPEN,
        A.LEAVE: row.state in OPEN,
        A.DECIDE: row.state == State.PREPARED,
        A.TELL: row.state == State.DECIDED,
        A.POSTPONE: row.state in OPEN,
        A.CALL_OFF: row.state in OPEN,
        A.ASK_RECUSAL: row.state in COMING and at < row.starts_at,
        A.DECIDE_RECUSAL: row.state in COMING,
        A.RECORD: row.state == State.TOLD and begun,
    }
    return {
        act.value: handled and possible and rules.may(act, actor, row.petition)
        for act, possible in now_possible.items()
    }


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: hearings and expert opinions, where there are any."""
    if petition.sealed or petition_rules.is_complained_of(petition, actor):
        return None
    rows = hearings_of(petition)
    questions = questions_of(petition, actor, local_day(at))
    if not rows and not questions:
        return None
    return Part("hearings/case_part.html", {"petition": petition, "rows": rows, "questions": questions})


def own_part(petition: Petition, at: datetime) -> Part | None:
    """On the petitioner's own page: day, place, panel, and the right to ask that one of them stand aside."""
    if petition.sealed:
        return None
    rows = Hearing.objects.filter(petition=petition, state__in=KNOWN, decided_at__isnull=False)
    shown = []
    for row in rows.select_related("unit").order_by("-id"):
        row.petition = petition
        members = [one for one in panel_of(row) if one.row.left_at is None or one.asked]
        shown.append({"row": row, "members": members, "may_ask": row.is_coming and at < row.starts_at})
    return Part("hearings/own_part.html", {"rows": shown}) if shown else None
