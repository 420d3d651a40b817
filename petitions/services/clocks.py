"""Starts and stops the clocks of a case, as the workflow table says and the conditions of the law allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import connection
from django.db.models import F

from accounts.enums import UnitKind
from accounts.models import Unit
from core.bulk import current_load, made_here, once
from core.errors import Refusal
from deadlines.rulebook import Rulebook, rulebook
from deadlines.services import clocks as engine
from petitions import legal, rules, ways
from petitions.enums import ShareRole
from petitions.facts import facts_of
from petitions.models import Petition, PetitionClock
from petitions.services import own_clocks
from petitions.workflow import RIGHTS
from petitions.workflow import ClockCode as C

#: 10-30-24 is an order of the district, not the law: where it is not in force, these clocks do not start.
DISTRICT_ORDER = frozenset({C.RESPOND, C.CALL, C.FIRST_ROUND})
WRITE_STOPS = """
UPDATE petitions_petitionclock AS clock SET
    stopped_at = ended.at, next_at = NULL, stopped_by = ended.act,
    breached_at = CASE WHEN ended.breached THEN clock.due_at END
FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::boolean[]) AS ended (id, at, act, breached)
WHERE clock.id = ended.id
"""
AT_ARRIVAL = (C.FORWARDING, C.RESPOND, C.CALL, C.FIRST_ROUND)


def applies(petition: Petition, code: str) -> bool:
    """Whether the law or the district order gives this case that clock at all.

    60 days bind only path six of 申诉求决 (条例 31(6), 34), 10 working days only where the unit chose 简易办理; notices
    of the discipline route follow its own rules (条例 23 ¶4); nobody can be called where no number was left (domain C,
    10/30/24); nothing can be served that is not made yet.
    """
    if not ways.has_clock(ways.Way.of(petition), code):
        return False
    if code == C.SIMPLE:
        return petition.simplified
    if code == C.SERVICE:
        return not rules.opinion_pending(petition)
    if code in {C.NOTICE, C.OBJECTION}:
        return not _has_notices_of_its_own(petition)
    if code == C.CALL:
        return petition.persons.exclude(phone="").exists()
    return True


def _has_notices_of_its_own(petition: Petition) -> bool:
    """Accusations with the discipline body, 涉法涉诉 matters with a court, a procuratorate or another 政法 unit: what
    they tell the petitioner, and when, is in rules of their own (条例 23 ¶4)."""
    lead = petition.lead_unit
    if lead is None:
        return False
    return lead.kind == UnitKind.DISCIPLINE or (rules.litigation(petition) and legal.is_legal(lead))


def bound_unit(petition: Petition, code: str) -> Unit:
    """Who must act before the clock runs out."""
    if code == C.REPORT_DECISION:
        share = petition.shares.filter(role=ShareRole.LEAD, ended_at=None).select_related("sent_from").first()
        return (
            share.sent_from if share is not None and share.sent_from is not None else petition.registered_unit
        )
    if petition.lead_unit is not None and code not in {C.FORWARDING, C.REFORWARDING}:
        return petition.lead_unit
    return petition.registered_unit


def start_all(
    petition: Petition,
    codes: Iterable[str],
    at: datetime,
    *,
    feedback_due_on: date | None = None,
) -> list[PetitionClock]:
    """Start the clocks that apply, in one statement. ``at`` is the instant the law counts from."""
    book = rulebook()
    made = []
    for code in sorted(codes):
        if not applies(petition, code):
            continue
        unit = bound_unit(petition, code)
        clock = engine.build(
            PetitionClock,
            book=book,
            rule_code=code,
            at=at,
            due_on=feedback_due_on if code == C.FEEDBACK else None,
            facts=facts_of(petition, unit),
            petition=petition,
            unit=unit,
        )
        made.append(clock)
    _write(made)
    if (kept := _kept().get(petition.pk)) is not None:
        kept.extend(made)
    return made


def at_arrival(
    petition: Petition, *, without: Collection[str] = (), book: Rulebook | None = None
) -> list[PetitionClock]:
    """Unsaved clocks of a case about to be registered; it need not be saved yet. One small query without ``book``.

    The 15 days of 条例 22 run from the day of receipt. 10-30-24 runs from registration: of a letter that lay in the
    box overnight nobody could have answered within ten minutes. ``without``: the clocks that nobody could keep, because
    no number was left or nobody is there to answer (``registering.nobody_to``).
    """
    book = book or rulebook()
    made = []
    for code in (*AT_ARRIVAL, *own_clocks.at_arrival(petition, book)):
        if code in without:
            continue
        if code in DISTRICT_ORDER and book.in_force(code, petition.registered_at) is None:
            continue
        unit = bound_unit(petition, code)
        at = petition.received_at if code == C.FORWARDING else petition.registered_at
        build = partial(
            engine.build,
            PetitionClock,
            book=book,
            rule_code=code,
            facts=facts_of(petition, unit),
            petition=petition,
            unit=unit,
        )
        try:
            made.append(build(at=at))
        except Refusal:
            # Received before the rule existed: an odd date never keeps a case from being registered (条例 44).
            made.append(build(at=petition.registered_at))
    return made


def running(petition: Petition, code: str) -> PetitionClock | None:
    """The case's running clock of that rule, saved."""
    flush()
    return (
        petition.clocks.select_related("rule")
        .filter(stopped_at__isnull=True, rule__code=code)
        .order_by("-id")
        .first()
    )


def move(
    petition: Petition,
    stops: set[str],
    starts: set[str],
    at: datetime,
    *,
    act: str,
    feedback_due_on: date | None = None,
    holder: Unit | None = None,
    entered_at: datetime | None = None,
) -> datetime | None:
    """Stop and start what a step says, in a few statements; the case's nearest due date after it.

    Codes of the district's own go by ``act``: never from a day to come (a public notice), never stopped before their
    start; ``entered_at`` is when the step was recorded.

    ``at`` may lie before the entry: what the sweep found late meanwhile and was kept by then was not late.
    ``holder`` is the unit the step gave the case to: the 10-30-24 clocks follow it there; their time runs on.
    """
    book = rulebook()
    running = list(_running(petition))
    ending = [clock for clock in running if book.by_id[clock.rule_id].code in stops]
    if ending:
        _stop(petition, ending, at, book, act)
    by_then = min(at, entered_at or at)
    own = [clock for clock in running if own_clocks.ended_by(book.by_id[clock.rule_id], act, stops, petition)]
    for clock in own:
        _stop(petition, [clock], max(by_then, clock.started_at), book, act)
    ending += own
    made = start_all(petition, starts, at, feedback_due_on=feedback_due_on) if starts else []
    left = [clock for clock in (*running, *made) if clock not in ending]
    if begun := own_clocks.started_by(petition, act, by_then, book, left):
        left += start_all(petition, begun, by_then)
    if holder is not None:
        _follow(petition, left, holder, book, by_then)
    if made_here(Petition, petition.pk) is not None:
        _kept()[petition.pk] = left
    binding = [clock.due_at for clock in left if book.by_id[clock.rule_id].code not in RIGHTS]
    return min(binding, default=None)


def _follow(
    petition: Petition, running: list[PetitionClock], holder: Unit, book: Rulebook, at: datetime
) -> None:
    """What has run out already is the new holder's to do and the former one's to answer for."""
    # The call of a confidential case stays with the office: the unit does not learn the number. The discipline body
    # does, and nobody else reads a sealed case who could call.
    stays = petition.confidential and not petition.sealed
    codes = DISTRICT_ORDER - {C.CALL} if stays else DISTRICT_ORDER
    ruled = ((clock, book.by_id[clock.rule_id]) for clock in running)
    moving = [clock for clock, rule in ruled if rule.own or rule.code in codes]
    late = [clock for clock in moving if clock.due_at <= at and clock.missed_unit_id is None]
    for clock in late:
        clock.missed_unit_id = clock.unit_id
    if saved := [clock.pk for clock in late if clock.pk is not None]:
        PetitionClock.objects.filter(pk__in=saved).update(missed_unit=F("unit"))
    for clock in moving:
        clock.unit = holder
    if saved := [clock.pk for clock in moving if clock.pk is not None]:
        PetitionClock.objects.filter(pk__in=saved).update(unit=holder)


def hand_over(petition: Petition, ended: Unit, heir: Unit) -> None:
    """The running clocks of a unit that has ended bind whoever took over from it, to the same moments (条例 24)."""
    petition.clocks.filter(stopped_at__isnull=True, unit=ended).update(unit=heir)


def save_first(petition: Petition, made: list[PetitionClock]) -> None:
    """Save the clocks of ``at_arrival``; within a bulk load they are also kept for the steps to come."""
    _write(made)
    if made_here(Petition, petition.pk) is not None:
        _kept()[petition.pk] = made


def _write(made: list[PetitionClock]) -> None:
    """Within a bulk load they wait for the next sweep: many a clock has stopped by then, and is written once."""
    if (load := current_load()) is None:
        PetitionClock.objects.bulk_create(made)
        return
    for clock in made:
        load.put(clock, _write_waiting)


@dataclass(frozen=True)
class _Stopped:
    """A saved clock whose stop waits to be written."""

    clock_id: int
    at: datetime
    act: str
    breached: bool


def _stop(petition: Petition, ending: list[PetitionClock], at: datetime, book: Rulebook, act: str) -> None:
    load = current_load()
    if load is None or made_here(Petition, petition.pk) is None:
        engine.stop_read(ending, at, book, stopped_by=act)
        return
    for clock in ending:
        breached = engine.is_breach(clock, at, book)
        if not clock._state.adding:
            load.put(_Stopped(clock.pk, at, act, breached), _write_waiting)
            continue
        clock.stopped_at, clock.next_at, clock.stopped_by = at, None, act
        clock.breached_at = clock.due_at if breached else None


def _write_waiting(rows: list[PetitionClock | _Stopped]) -> None:
    """The stops first: a rule has one running clock in a case (petition_clock_one_running)."""
    stops = [row for row in rows if isinstance(row, _Stopped)]
    if stops:
        columns = [[getattr(row, name) for row in stops] for name in ("clock_id", "at", "act", "breached")]
        with connection.cursor() as cursor:
            cursor.execute(WRITE_STOPS, columns)
    PetitionClock.objects.bulk_create([row for row in rows if isinstance(row, PetitionClock)])


def flush() -> None:
    """Before clocks are asked for in the database: write what waits in a bulk load."""
    if (load := current_load()) is not None:
        load.flush(_write_waiting)


def _kept() -> dict[int, list[PetitionClock]]:
    """Running clocks of cases made within the current bulk load."""
    return once("running clocks", dict)


def _running(petition: Petition) -> list[PetitionClock]:
    """The running clocks, locked against the sweep until the step is done."""
    kept = _kept().get(petition.pk)
    if kept is not None:
        return kept
    flush()
    rows = petition.clocks.select_for_update(of=("self",)).filter(stopped_at__isnull=True)
    return list(rows.only("petition_id", "rule_id", "started_at", "due_at"))


def forget(petition: Petition) -> None:
    """A clock of the case was moved by the engine itself: read them anew."""
    _kept().pop(petition.pk, None)
