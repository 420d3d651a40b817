"""Registers many petitions at once, for imports: the same rows as ``registering.register``, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.timekeeping import local_day, now
from deadlines.rulebook import Rulebook, rulebook
from petitions.models import (
    Petition,
    PetitionClock,
    PetitionEvent,
    PetitionPerson,
    PetitionRequest,
    PetitionScope,
    Recusal,
)
from petitions.services import clocks, codes, complained, registering, scope
from petitions.services.numbering import next_numbers
from petitions.services.registering import NewPetition
from petitions.signals import petition_stepped
from petitions.workflow import ClockCode as C

#: Cases older than this get no clocks at arrival: their days were over before this system knew of them, and a sweep
#: would raise an alarm for every one.
CLOCKS_UP_TO = timedelta(days=30)


@dataclass(frozen=True)
class Posted:
    """A petition that was handed in elsewhere, at ``at`` (aware). Without files and without an earlier case."""

    new: NewPetition
    at: datetime


def register_many(
    *, actor: Actor, rows: Sequence[Posted], unit: Unit, text: str = "", at: datetime | None = None
) -> list[Petition]:
    """Register all of ``rows`` in one transaction, about a dozen statements however many they are.

    ``received_at`` and ``registered_at`` are the posting time; the audit log says when they were brought in (``at``).
    Clocks: see ``historic_clocks``. Nobody is told a query code: these people have none yet.

    Raises:
        Refusal: one of the rows cannot be registered (``registering.check``); none is then.
        IntegrityError: a ``source_ref`` is in already; none of the rows is then written.
    """
    at = at or now()
    for row in rows:
        registering.check(row.new)
    with transaction.atomic():
        headed = [registering.settle_complained(row.new, at) for row in rows]
        made = _rows(actor, rows, unit)
        for case, one in zip(made, headed, strict=True):
            case.complained_as_headed = one is not None
        running = _with_clocks(made, rows, at)
        Petition.objects.bulk_create(made, batch_size=500)
        _beside(actor, made, rows, running)
        texts = [
            text + complained.words_of(row.new.complained_people, one)
            for row, one in zip(rows, headed, strict=True)
        ]
        events = PetitionEvent.objects.bulk_create(
            [
                registering.event_row(case, actor, case.registered_at, words)
                for case, words in zip(made, texts, strict=True)
            ],
            batch_size=500,
        )
        audit.record_many(
            audit.build(
                actor=actor,
                act="petition.register",
                obj=case,
                at=at,
                detail={"channel": case.channel, "imported": True},
            )
            for case in made
        )
        for case, event in zip(made, events, strict=True):
            petition_stepped.send(sender=Petition, petition=case, event=event, actor=actor, step=None)
            if case.sealed:
                registering.route(case, case.registered_at)
    return made


def historic_clocks(
    case: Petition, *, without: Collection[str], at: datetime, book: Rulebook
) -> list[PetitionClock]:
    """The clocks an imported case still gets.

    None if it was posted more than 30 days before ``at``. Otherwise the 15 days of 条例 22, late or not, because the
    case must still be forwarded; and of 10-30-24 only those that have not run out yet, for nobody can keep the others.
    """
    if case.received_at < at - CLOCKS_UP_TO:
        return []
    built = clocks.at_arrival(case, without=without, book=book)
    return [clock for clock in built if clock.rule.code == C.FORWARDING or clock.due_at > at]


def _rows(actor: Actor, rows: Sequence[Posted], unit: Unit) -> list[Petition]:
    made, tokens = [], []
    years: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        token = codes.new_token()
        case = registering.petition_row(actor, row.new, unit, token, row.at)
        years[local_day(row.at).year].append(place)
        made.append(case)
        tokens.append(token)
    for _year, places in sorted(years.items()):
        numbers = next_numbers(len(places), made[places[0]].registered_at)
        for place, number in zip(places, numbers, strict=True):
            made[place].number = number
            registering.seal_code(made[place], tokens[place])
    return made


def _with_clocks(made: list[Petition], rows: Sequence[Posted], at: datetime) -> list[PetitionClock]:
    book, running = rulebook(), []
    for case, row in zip(made, rows, strict=True):
        own = historic_clocks(case, without=registering.nobody_to(row.new), at=at, book=book)
        case.due_at = min((clock.due_at for clock in own), default=None)
        running += own
    return running


def _beside(actor: Actor, made: list[Petition], rows: Sequence[Posted], running: list[PetitionClock]) -> None:
    out: list[Recusal] = []
    for case, row in zip(made, rows, strict=True):
        out += complained.first_rows(case, row.new.complained_people, actor)
        out += complained.kept_out_rows(case, row.new.kept_out, row.new.complained_people, actor)
    Recusal.objects.bulk_create(out, batch_size=1000)  # before the scope rows, which look at them
    people, requests, scopes = [], [], []
    for case, row in zip(made, rows, strict=True):
        people += registering.person_rows(case, row.new.persons)
        requests += registering.request_rows(case, row.new.requests)
        scopes += scope.rows_for(case, [])
    PetitionPerson.objects.bulk_create(people, batch_size=1000)
    PetitionRequest.objects.bulk_create(requests, batch_size=1000)
    PetitionScope.objects.bulk_create(scopes, batch_size=1000)
    PetitionClock.objects.bulk_create(running, batch_size=1000)
