"""Loads the demo county: plans every case, then plays all acts in the order of time, the sweeps among them.

One transaction: an interrupted load leaves nothing behind. The sweeps come at the very moments at which rungs fall
due, so no alert is late and no notice is made up.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from tqdm import tqdm

from accounts.models import Unit, User
from core.bulk import bulk_load, once
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from deadlines import ladder
from deadlines.arithmetic import due_at, end_of_day
from deadlines.models import Clock
from deadlines.rulebook import Rulebook, rulebook
from deadlines.selectors import clock_classes
from deadlines.services import sweep
from demo import (
    acts,
    afterwards,
    boxing,
    conferring,
    county,
    disputing,
    hearing,
    leading,
    life,
    mediating,
    papering,
    people,
    receiving,
    reviewing,
    scheduling,
    shelved,
    supervising,
    talking,
)
from demo.draft import CLOSELY, Draft, drafts
from demo.workdays import Office
from demo.world import World
from petitions.models import Category, Petition, PetitionClock
from petitions.services import clocks
from petitions.workflow import ClockCode

Action = tuple[datetime, int, Callable[[], object]]
#: After this long a notice of the demo counts as read.
READ_AFTER = timedelta(days=2)
#: Clock rule and the acts that stop it; the sweep looks at these rules minute by minute, at all others once a day.
MINUTES = {
    ClockCode.RESPOND: ("respond",),
    ClockCode.CALL: ("call",),
    ClockCode.FIRST_ROUND: ("first_round",),
}
ANY_END = ("conclude", "refuse")


@dataclass(frozen=True)
class Loaded:
    cases: int
    users: int
    acts: int
    samples: list[tuple[str, str, str]]
    """Status, number and query code of a few cases, for the residents' page."""


def load(*, cases: int, seed: int, until: datetime, quiet: bool | None = None) -> Loaded:
    """Load the county with its cases up to ``until`` (aware). Same seed and ``until``, same county.

    Raises Refusal where it may not be loaded: outside a trial, or over another county. ``quiet`` None shows the
    progress bar on terminals only.
    """
    if complaint := county.complaint():
        raise Refusal(complaint)
    with _undisturbed(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        world, acts_done = _play(cases, seed, until, quiet)
        reviewing.play(world)  # few: they need no loading in bulk
        hearing.play(world)
        boxing.play(world)
        talking.play(world)
        disputing.play(world)
        papering.write(world)
        _settle(until)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Loaded(len(world.petitions), User.objects.count(), acts_done, _samples(world))


def _play(cases: int, seed: int, until: datetime, quiet: bool | None) -> tuple[World, int]:
    """The county and all acts of its cases; how many."""
    with bulk_load() as rows:
        if Unit.objects.exists() or Petition.objects.exists():
            raise Refusal("数据库里已有机构或信访件，演示县只能装入空库（make demo-reset 可清空试用数据）。")
        county.put_order_in_force(until)
        county.begin_numbers(seed, until)
        world = _world(cases, seed, until)
        actions = sorted(_actions(world), key=lambda action: action[:2])
        for _at, _order, do in tqdm(actions, desc="演示县", unit="步", disable=quiet, mininterval=0.5):
            do()
        rows.flush()
        shelved.load(world)
        rows.flush()
    return world, len(actions)


def is_loaded() -> bool:
    return Unit.objects.filter(code=county.CODE).exists()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No collection of garbage (there is little, and looking for it takes a tenth of the time), real-time clocks."""
    speed, settings.TRIAL_SPEED = settings.TRIAL_SPEED, 1
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        settings.TRIAL_SPEED = speed


def _world(cases: int, seed: int, until: datetime) -> World:
    until = until.astimezone(SHANGHAI)
    office = Office(rulebook().calendar)
    units = county.build()
    staff = people.build(units, until)
    leaves = Category.objects.filter(version__is_current=True).values_list("level3", "pk")
    planned = drafts(seed, cases, until, office)
    world = World(seed, until, office, units, staff, dict(leaves), planned)
    receiving.take_receptions(world)
    for draft in planned:
        life.live(draft, office, until)
    life.due_soon(planned, until)
    return world


def _actions(world: World) -> Iterable[Action]:
    """Everything that happens up to now, by moment; acts of one moment in the order of their cases."""
    until = world.until
    #: Planned first: a case that begins in a reception is not registered at the counter.
    beside = [
        *leading.plan(world),
        *scheduling.plan(world),
        *mediating.plan(world),
        *supervising.plan(world),
        *conferring.plan(world),
        *afterwards.plan(world),
    ]
    for draft in world.drafts:
        for at, act, details in draft.acts:
            if at <= until:
                yield at, draft.index, partial(acts.perform, world, draft, act, at, details)
    order = len(world.drafts)
    for at, do in beside:
        order += 1
        if at <= until:
            yield at, order, do
    for at, swept in _sweeps(world):
        yield at, order + 1, swept


def _sweeps(world: World) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """Day rules fall due at 24:00, all together; the short ones each at its own moment, if still running then."""
    book = rulebook()
    near = [draft for draft in world.drafts if draft.registered_at > world.until - CLOSELY]
    moments = {at for draft in near for at in _short_moments(draft, book) if at <= world.until}
    for at in moments:
        yield at, partial(_sweep, PetitionClock, at)
    if not world.drafts:
        return
    day = local_day(world.drafts[0].received_at)
    while end_of_day(day) < world.until:
        for clock_class in clock_classes():
            yield end_of_day(day), partial(_sweep, clock_class, end_of_day(day))
        day += timedelta(days=1)
    yield world.until, clocks.flush
    for clock_class in clock_classes():
        yield world.until, partial(sweep, clock_class, now=world.until)


def _sweep(clock_class: type[Clock], at: datetime) -> None:
    """The real sweep, where anything is due since the last one: asking first costs a tenth of an empty sweep."""
    clocks.flush()
    last: dict[type[Clock], datetime] = once("last sweeps", dict)
    since = last.get(clock_class, at - timedelta(days=1))
    question = f"SELECT 1 FROM {clock_class._meta.db_table} WHERE next_at > %s AND next_at <= %s LIMIT 1"  # noqa: S608 - names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.execute(question, [since, at])
        due = cursor.fetchone() is not None
    if due:
        sweep(clock_class, now=at, since=since)
    last[clock_class] = at


def _short_moments(draft: Draft, book: Rulebook) -> Iterator[datetime]:
    for code, stops in MINUTES.items():
        rule = book.in_force(code, draft.registered_at)
        if rule is None:
            continue
        duty = book.duty_for(rule, {})
        due = due_at(rule, draft.registered_at, book.calendar, duty=duty).due_at
        course = ladder.Course(draft.registered_at, due, duty=duty, calendar=book.calendar)
        ends = [draft.marks[act] for act in (*stops, *ANY_END) if act in draft.marks]
        for rung in book.ladder(rule.pk):
            at = ladder.moment(rung, course)
            if not ends or at < min(ends):
                yield at


def _settle(until: datetime) -> None:
    """What was told long ago was read, and every e-mail of the past has left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = created_at + interval '3 hours' WHERE created_at < %s",
            [until - READ_AFTER],
        )
        cursor.execute(
            "UPDATE notifications_outboxmessage AS message SET state = 'sent', attempts = 1,"
            " sent_at = notice.created_at + interval '20 seconds'"
            " FROM notifications_notice AS notice WHERE notice.id = message.notice_id"
        )


def _samples(world: World) -> list[tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for index in sorted(world.petitions, reverse=True):
        case = world.petitions[index]
        if case.status not in found and not case.sealed:
            found[case.status] = (case.get_status_display(), case.number, world.codes[index])
    return [found[status] for status in ("accepted", "served", "closed") if status in found]
