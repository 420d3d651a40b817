"""Free times for a room and so many mediators: one statement in the database, nothing counted in Python."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from accounts.enums import Role
from accounts.models import Unit
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.rulebook import rulebook
from mediation.enums import DisputeKind
from mediation.people_enums import Language

#: How far ahead is looked, how many suggestions are made, and on which minutes one begins.
AHEAD, MOST, STEP = timedelta(weeks=4), 8, timedelta(minutes=30)
#: Days that are looked at first; whole ones, so that no window is cut.
SOON = timedelta(days=7)
#: How long before it begins a session is suggested at the soonest.
NOTICE = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is looked for. ``rooms`` by id, or any room of ``unit`` and below that takes this ``kind``; ``mediators`` of
    the room or of a pool of its area who know ``field`` and speak ``language``, without ``not_these``; ``these`` sit
    whatever they know. ``busy``: times at which the matter itself is taken."""

    length: timedelta = timedelta(minutes=90)
    rooms: Sequence[int] = ()
    unit: Unit | None = None
    kind: DisputeKind | None = None
    mediators: int = 1
    these: Collection[int] = ()
    not_these: Collection[int] = ()
    field: DisputeKind | None = None
    language: Language | None = None
    women_only: bool = False
    busy: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class FreeTime:
    room_id: int
    room_name: str
    starts_at: datetime
    ends_at: datetime
    user_ids: list[int]
    names: list[str]

    @property
    def day(self) -> date:
        return local_day(self.starts_at)

    @property
    def hours(self) -> str:
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        return f"{start:%H:%M}–{end:%H:%M}"

    @property
    def panel_words(self) -> str:
        return "、".join(self.names)

    @property
    def query(self) -> str:
        """What fills the form in, as the rest of an address."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        parts = [("room", self.room_id), ("mediator", self.user_ids[0])]
        parts += [("beside", pk) for pk in self.user_ids[1:]]
        return urlencode(
            [*parts, ("day", start.date()), ("start", f"{start:%H:%M}"), ("end", f"{end:%H:%M}")]
        )


# A free time that begins as early as it can begins where somebody becomes free (rounded up): only these moments are
# tried, room by room and day by day. Weekly hours never cross midnight, so that a window lies within one day. Where a
# room has no hours of its own, those of an office; where a mediator has none, those of the room. Among those who are
# free, whoever has to sit comes first, then who has the fewest sessions in these weeks: turns, not a rank.
# The later weeks are looked at only where the first one has too few: the second half of a UNION ALL under a LIMIT.
FIRST_OF_DAY = """
WITH free_window AS MATERIALIZED (
    SELECT f.room_id, f.user_id, f.load, w AS span,
           (lower(w) AT TIME ZONE 'Asia/Shanghai')::date AS day,
           date_bin(%(step)s, lower(w) + %(step)s::interval - interval '1 microsecond',
                    timestamptz '2000-01-01 00:00+08') AS start
    FROM (
        SELECT pair.room_id, pair.user_id, p.load, r.free * p.free * %({period})s::tstzmultirange AS free
        FROM pair JOIN room_free r ON r.id = pair.room_id JOIN person_free p ON p.id = pair.user_id
    ) f CROSS JOIN LATERAL unnest(f.free) AS w
    WHERE upper(w) - lower(w) >= %(length)s
), try AS (
    SELECT DISTINCT room_id, day, start FROM free_window WHERE start + %(length)s <= upper(span)
), found AS (
    SELECT t.room_id, t.day, t.start,
           array_agg(w.user_id ORDER BY w.user_id = ANY (%(these)s::bigint[]) DESC, w.load, w.user_id) AS people,
           count(*) FILTER (WHERE w.user_id = ANY (%(these)s::bigint[])) AS wanted
    FROM try t JOIN free_window w ON w.room_id = t.room_id AND w.day = t.day
         AND lower(w.span) <= t.start AND upper(w.span) >= t.start + %(length)s
    GROUP BY t.room_id, t.day, t.start
    HAVING count(*) >= %(n)s
), first_of_day AS (
    SELECT DISTINCT ON (room_id, day) room_id, start, people[1:%(n)s] AS people
    FROM found WHERE wanted = cardinality(%(these)s::bigint[])
    ORDER BY room_id, day, start
)
SELECT * FROM first_of_day ORDER BY start, room_id LIMIT %(most)s
"""
SQL = """
WITH days AS (
    SELECT day::date, extract(isodow FROM day)::int - 1 AS weekday
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
    WHERE day::date <> ALL (%(closed)s::date[])
), room AS (
    SELECT r.id, r.name, u.path FROM mediation_room r JOIN accounts_unit u ON u.id = r.unit_id
    WHERE (%(rooms)s::bigint[] = '{}' OR r.id = ANY (%(rooms)s::bigint[]))
      AND u.path LIKE %(path)s
      AND (%(kind)s = '' OR r.disputes = '{}' OR %(kind)s = ANY (r.disputes))
), person AS (
    SELECT DISTINCT p.user_id AS id, c.id AS card
    FROM accounts_post p JOIN accounts_user u ON u.id = p.user_id AND u.is_active
    LEFT JOIN mediation_mediator c ON c.user_id = p.user_id
    WHERE p.role = %(role)s
      AND p.valid_from <= %(first)s
      AND (p.valid_until IS NULL OR p.valid_until > %(first)s)
      AND p.user_id <> ALL (%(without)s::bigint[])
      AND (p.user_id = ANY (%(these)s::bigint[])
           OR (%(field)s = '' OR %(field)s = ANY (c.fields))
          AND (%(language)s = '' OR %(language)s = ANY (c.languages)))
      AND (NOT %(women)s OR c.on_women_panels)
), pair AS (
    SELECT m.room_id, m.user_id
    FROM mediation_room_mediators m JOIN room ON room.id = m.room_id JOIN person ON person.id = m.user_id
    UNION
    SELECT room.id, person.id
    FROM mediation_pool_units a JOIN accounts_unit u ON u.id = a.unit_id
    JOIN mediation_pool_members e ON e.pool_id = a.pool_id JOIN person ON person.card = e.mediator_id
    JOIN room ON room.path LIKE u.path || '%%'
), room_booked AS (
    SELECT s.room_id, range_agg(tstzrange(s.starts_at, s.ends_at)) AS taken
    FROM mediation_session s JOIN room ON room.id = s.room_id
    WHERE s.cancelled_at IS NULL AND s.starts_at >= %(since)s::timestamptz - interval '1 day'
      AND s.starts_at < %(until)s
    GROUP BY s.room_id
), room_open AS (
    SELECT room.id, range_agg(tstzrange(
               (days.day + coalesce(h.opens, time '08:30')) AT TIME ZONE 'Asia/Shanghai',
               (days.day + coalesce(h.closes, time '17:30')) AT TIME ZONE 'Asia/Shanghai')) AS hours
    FROM room CROSS JOIN days
    LEFT JOIN mediation_roomhours h ON h.room_id = room.id AND h.weekday = days.weekday
    WHERE h.id IS NOT NULL
       OR days.weekday < 5 AND NOT EXISTS (SELECT FROM mediation_roomhours o WHERE o.room_id = room.id)
    GROUP BY room.id
), room_free AS MATERIALIZED (
    SELECT o.id, (o.hours - coalesce(b.taken, '{}')) * %(period)s::tstzmultirange - %(busy)s::tstzmultirange AS free
    FROM room_open o LEFT JOIN room_booked b ON b.room_id = o.id
), seated AS (
    SELECT s.user_id, range_agg(tstzrange(s.starts_at, s.ends_at)) AS taken, count(*) AS load
    FROM mediation_seat s
    WHERE s.cancelled_at IS NULL AND s.starts_at >= %(since)s::timestamptz - interval '1 day'
      AND s.starts_at < %(until)s
    GROUP BY s.user_id
), given AS (
    SELECT h.mediator_id AS card, range_agg(tstzrange(
               (days.day + h.opens) AT TIME ZONE 'Asia/Shanghai',
               (days.day + h.closes) AT TIME ZONE 'Asia/Shanghai')) AS hours
    FROM mediation_mediatorhours h JOIN days ON days.weekday = h.weekday
    GROUP BY h.mediator_id
), off AS (
    SELECT d.mediator_id AS card, range_agg(tstzrange(
               d.first::timestamp AT TIME ZONE 'Asia/Shanghai',
               (d.last + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')) AS days
    FROM mediation_dayoff d WHERE d.last >= %(first)s::date AND d.first <= %(last)s::date
    GROUP BY d.mediator_id
), person_free AS MATERIALIZED (
    SELECT person.id, coalesce(seated.load, 0) AS load,
           coalesce(given.hours, %(period)s::tstzmultirange)
               - coalesce(seated.taken, '{}') - coalesce(off.days, '{}') AS free
    FROM person
    LEFT JOIN seated ON seated.user_id = person.id
    LEFT JOIN given ON given.card = person.card
    LEFT JOIN off ON off.card = person.card
)
SELECT f.room_id, room.name, f.start, f.start + %(length)s AS till, f.people,
       (SELECT array_agg(u.name ORDER BY array_position(f.people, u.id)) FROM accounts_user u
        WHERE u.id = ANY (f.people))
FROM ((the first week) UNION ALL (the later weeks)
      LIMIT %(most)s) f JOIN room ON room.id = f.room_id
ORDER BY f.start, f.room_id
"""
for _part, _period in (("the first week", "soon"), ("the later weeks", "later")):
    SQL = SQL.replace(_part, FIRST_OF_DAY.format(period=_period))


def free_times(ask: Ask, at: datetime | None = None, most: int = MOST) -> list[FreeTime]:
    """The first free time of each room and day over the next four weeks, the earliest first; one query beside the
    calendar's."""
    at = at or now()
    since, until = at + NOTICE, at + AHEAD
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters(ask, since, until, most))
        return [FreeTime(*row) for row in cursor.fetchall()]


def parameters(ask: Ask, since: datetime, until: datetime, most: int) -> dict[str, Any]:
    first, last = local_day(since), local_day(until)
    turn = datetime.combine(first + SOON, time.min, SHANGHAI)
    return {
        "first": first,
        "last": last,
        "since": since,
        "until": until,
        "closed": _holidays(first, last),
        "rooms": list(ask.rooms),
        "path": f"{ask.unit.path if ask.unit else ''}%",
        "kind": ask.kind or "",
        "role": Role.MEDIATOR.value,
        "these": list(ask.these),
        "without": list(ask.not_these),
        "field": ask.field or "",
        "language": ask.language or "",
        "women": ask.women_only,
        "busy": _multirange(ask.busy),
        "period": _multirange([(since, until)]),
        "soon": _multirange([(since, turn)]),
        "later": _multirange([(turn, until)]),
        "length": ask.length,
        "step": STEP,
        "n": max(ask.mediators, len(ask.these), 1),
        "most": most,
    }


def _holidays(first: date, last: date) -> list[date]:
    """Working weekdays that the calendar of the year makes days of rest."""
    calendar = rulebook().calendar
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5 and not calendar.is_workday(day)]


def _multirange(spans: Sequence[tuple[datetime, datetime]]) -> str:
    return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in spans) + "}"
