"""Free times for all (``mediation.free_times``) over many rooms and mediators with a month of bookings.

    python bench/mediation_times.py [--rooms 200] [--mediators 500] [--rounds 15]

Every room has eight mediators and five experts of its town's pool, opening hours from Monday to Friday with a break at
noon, some on Saturday too; two thirds of the mediators give hours of their own, some are away. Each room has two sessions
on most working days of the four weeks asked about and had as many in the half year before; every third session has a
second mediator. Prints the time of the one statement in the database for several questions; ends with exit code 1 where
the median of one is above ``MOST_MS``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import in_a_database_of_its_own

NAME, MOST_MS = "bench_mediation_times", 300.0
BACK, AHEAD = 180, 28
#: Cases of the county; each room mediates one of them.
CASES = 4000


def fill(rooms: int, mediators: int) -> None:
    """Units, people, rooms, weekly hours, days off."""
    from django.contrib.auth.hashers import make_password

    from accounts.enums import Role, UnitKind
    from accounts.models import Post, Unit, User
    from core.timekeeping import local_day, now
    from mediation.enums import DisputeKind
    from mediation.models import DayOff, Mediator, MediatorHours, Pool, Room, RoomHours
    from mediation.people_enums import Language

    rng, today = Random(5), local_day(now())
    units = [
        Unit(name=f"{n}镇", kind=UnitKind.TOWN, path=f"{900000 + n:06}.", valid_from=today) for n in range(20)
    ]
    units = Unit.objects.bulk_create(units)
    password = make_password(None)
    people = User.objects.bulk_create(
        User(username=f"bench{n}", name=f"调解员{n}", password=password) for n in range(mediators)
    )
    Post.objects.bulk_create(
        Post(user=one, unit=units[n % 20], role=Role.MEDIATOR, valid_from=today - timedelta(days=400))
        for n, one in enumerate(people)
    )
    cards = Mediator.objects.bulk_create(
        Mediator(
            user=one,
            fields=rng.sample(DisputeKind.values, 3),
            languages=["mandarin", rng.choice(Language.values)],
            on_women_panels=rng.random() < 0.4,
            changed_at=now(),
        )
        for one in people
    )
    MediatorHours.objects.bulk_create(
        MediatorHours(mediator=card, weekday=day, opens=opens, closes=closes)
        for n, card in enumerate(cards)
        if n % 3
        for day in rng.sample(range(5), 3)
        for opens, closes in (("08:30", "12:00"), ("13:30", "17:30"))
    )
    DayOff.objects.bulk_create(
        DayOff(mediator=card, first=today + timedelta(days=n % 20), last=today + timedelta(days=n % 20 + 4))
        for n, card in enumerate(cards)
        if n % 7 == 0
    )
    places = Room.objects.bulk_create(
        Room(
            unit=units[n % 20],
            name=f"{n}室",
            address=f"{n} 号",
            disputes=[] if n % 4 == 0 else rng.sample(DisputeKind.values, 5),
        )
        for n in range(rooms)
    )
    RoomHours.objects.bulk_create(
        RoomHours(room=place, weekday=day, opens=opens, closes=closes)
        for n, place in enumerate(places)
        for day in range(6 if n % 5 == 0 else 5)
        for opens, closes in (("08:30", "12:00"), ("13:30", "17:30"))
    )
    for n, unit in enumerate(units):
        pool = Pool.objects.create(name=f"{unit.name}片区")
        pool.units.add(unit)
        pool.members.add(*cards[n * 5 : n * 5 + 5])
    belong = Room.mediators.through
    belong.objects.bulk_create(
        belong(room_id=place.pk, user_id=person.pk) for place in places for person in rng.sample(people, 8)
    )


def book() -> int:
    """Sessions before and in the weeks asked about, each kept free of clashes as they come. How many."""
    from django.db import connection

    from core.timekeeping import SHANGHAI, local_day, now
    from mediation.models import Room, Seat, Session

    rng, today = Random(6), local_day(now())
    taken: set[tuple[int, datetime]] = set()
    rows: list[Session] = []
    beside: list[tuple[int, int]] = []
    rooms = [
        (room.pk, [one.pk for one in room.mediators.all()])
        for room in Room.objects.exclude(mediators=None).prefetch_related("mediators")
    ]
    for room, people in rooms:
        for n in range(-BACK, AHEAD):
            day = today + timedelta(days=n)
            if day.weekday() > 4 or rng.random() < 0.15:
                continue
            for hour, minute in rng.sample([(8, 30), (10, 30), (13, 30), (15, 30)], 2):
                start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
                free = [one for one in people if (one, start) not in taken]
                if not free:
                    continue
                sitting = rng.sample(free, min(len(free), 2 if rng.random() < 0.33 else 1))
                taken.update((one, start) for one in sitting)
                if len(sitting) > 1:
                    beside.append((len(rows), sitting[1]))
                rows.append(
                    Session(
                        room_id=room,
                        mediator_id=sitting[0],
                        starts_at=start,
                        ends_at=start + timedelta(minutes=90),
                        scheduled_at=now(),
                    )
                )
    cases = _cases(rooms)
    for row in rows:
        # One session after the other in the same room: no case is at two places at once.
        row.mediation_id = cases[row.room_id]
    Session.objects.bulk_create(rows, batch_size=2000)
    Seat.objects.bulk_create(
        [
            Seat(session=rows[n], user_id=who, starts_at=rows[n].starts_at, ends_at=rows[n].ends_at)
            for n, who in beside
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(rows)


def _cases(rooms: list[tuple[int, list[int]]]) -> dict[int, int]:
    """A mediation for each room; what they are about does not matter here."""
    from core.timekeeping import now
    from mediation.models import MediationCase
    from petitions.models import Petition

    petitions = Petition.objects.order_by("-pk").values_list("pk", flat=True)[: len(rooms)]
    found = MediationCase.objects.bulk_create(
        MediationCase(petition_id=pk, room_id=room, mediator_id=people[0], opened_at=now())
        for pk, (room, people) in zip(petitions, rooms, strict=True)
    )
    return {one.room_id: one.pk for one in found}


def measure(rounds: int) -> list[tuple[str, float, float, int]]:
    """Label, median and 95th percentile in milliseconds, and how many times were found, of each question."""
    from accounts.models import Unit
    from mediation.enums import DisputeKind
    from mediation.free_times import Ask, free_times
    from mediation.models import Room
    from mediation.people_enums import Language

    town = Unit.objects.filter(path__startswith="9").first()
    room = Room.objects.exclude(mediators=None)[0]
    family, wu = DisputeKind.FAMILY, Language.WU
    asks = {
        "one room, one mediator": Ask(rooms=[room.pk]),
        "one room, two mediators": Ask(rooms=[room.pk], mediators=2),
        "the rooms of a town, two who know the field": Ask(unit=town, kind=family, field=family, mediators=2),
        "any room, one mediator": Ask(),
        "any room, two mediators": Ask(mediators=2),
        "any room, two who know the field": Ask(kind=family, field=family, mediators=2),
        "any room, a panel of three women": Ask(mediators=3, women_only=True),
        "any room, one of the field and the language": Ask(field=family, language=wu),
        "any room, eight at once for a whole morning": Ask(mediators=8, length=timedelta(minutes=210)),
    }
    found = []
    for label, ask in asks.items():
        times, n = [], 0
        for _round in range(rounds + 1):
            begun = time.perf_counter()
            n = len(free_times(ask))
            times.append((time.perf_counter() - begun) * 1000)
        times = sorted(times[1:])
        found.append((label, statistics.median(times), times[int(len(times) * 0.95)], n))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--mediators", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        sizes = [f"--{name}={getattr(options, name)}" for name in ("rooms", "mediators", "rounds")]
        in_a_database_of_its_own(__file__, NAME, *sizes)
        return
    from bench.support import bulk

    bulk.main(CASES)
    fill(options.rooms, options.mediators)
    sessions = book()
    print(
        f"{options.rooms} rooms, {options.mediators} mediators, {sessions:,} sessions, {AHEAD} days ahead\n"
    )
    print("| question | p50 (p95) ms | found |\n|---|---|---|")
    slow = []
    for label, median, late, n in measure(options.rounds):
        print(f"| {label} | {median:.0f} ({late:.0f}) | {n} |", flush=True)
        if median > MOST_MS:
            slow.append(label)
    if slow:
        sys.exit("too slow: " + ", ".join(slow))


if __name__ == "__main__":
    main()
