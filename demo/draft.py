"""Decides, from the seed alone, what comes in: when, how, from whom, about what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from core.timekeeping import SHANGHAI, local_day
from demo import slots, wording
from demo.county import STREETS, TOWNS
from demo.matters import Matter, all_matters
from demo.workdays import Office
from petitions.enums import Channel, Kind, PersonRole, Urgency
from petitions.services.registering import NewPerson

MONTHS_BACK = 13
#: Share of a year's petitions per calendar month: quiet at New Year, more before harvest and at the year's end.
SEASON = {
    1: 0.8,
    2: 0.6,
    3: 1.05,
    4: 1.0,
    5: 1.05,
    6: 1.15,
    7: 1.2,
    8: 1.1,
    9: 1.0,
    10: 0.95,
    11: 1.1,
    12: 1.15,
}
GROWTH = 0.35
CHANNELS = (
    (Channel.ONLINE, 42),
    (Channel.PHONE, 23),
    (Channel.VISIT, 18),
    (Channel.LETTER, 8),
    (Channel.MESSAGE_BOARD, 5),
    (Channel.TYPED_IN, 4),
)
AT_COUNTER = {Channel.VISIT, Channel.PHONE, Channel.LETTER, Channel.TYPED_IN}
TOWN_NAMES = {key: name for key, name, _code, _villages in TOWNS}
#: Matters in which the village itself is complained about.
AGAINST_VILLAGE = {"village_books", "village_income", "cadre_money"}
#: Minutes before now at which the last few cases come in, so that the shortest clocks are seen running.
JUST_IN = (4, 22, 95, 260)


#: Longer ago than this the short clocks are no longer swept minute by minute: nobody reads those notices any more.
#: Their breaches stand all the same, and misses were made good the same day.
CLOSELY = timedelta(days=45)


@dataclass
class Draft:
    """One petition to be, and what is to be done about it (``acts``: moment, name, details)."""

    index: int
    rng: Random
    matter: Matter
    slots: dict[str, str]
    channel: Channel
    received_at: datetime
    registered_at: datetime
    town: str
    place: str
    registrar: str
    unit: str
    kind: Kind | None
    heads: int
    persons: list[NewPerson]
    subject: str
    body: str
    asks: list[str]
    urgency: Urgency = Urgency.NORMAL
    anonymous: bool = False
    confidential: bool = False
    complained: str = ""
    repeat_of: int | None = None
    lead: str = ""
    simplified: bool = False
    acts: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    marks: dict[str, datetime] = field(default_factory=dict)

    @property
    def sealed(self) -> bool:
        return self.matter.kind == Kind.ACCUSATION

    @property
    def has_phone(self) -> bool:
        return any(person.phone for person in self.persons)

    def do(self, at: datetime, act: str, **details: Any) -> datetime:
        """Plan an act; the last moment of each is kept in ``marks``."""
        self.acts.append((at, act, details))
        self.marks[act] = at
        return at


def drafts(seed: int, count: int, until: datetime, office: Office) -> list[Draft]:
    """All petitions in the order in which they come in."""
    rng = Random(f"{seed}:arrivals")
    found: list[Draft] = []
    for index, at in enumerate(_arrivals(rng, count, until)):
        found.append(_draft(Random(f"{seed}:{index}"), index, at, office, found, until))
    return found


def _arrivals(rng: Random, count: int, until: datetime) -> list[datetime]:
    """Days by season and growth; the hour is set by the channel later."""
    last = local_day(until)
    days = [last - timedelta(days=back) for back in range(round(MONTHS_BACK * 30.4), -1, -1)]
    quiet = {5: 0.35, 6: 0.3}
    weights = [
        SEASON[day.month] * (1 + GROWTH * place / len(days)) * quiet.get(day.weekday(), 1.0)
        for place, day in enumerate(days)
    ]
    chosen = sorted(rng.choices(days, weights, k=max(count - len(JUST_IN), 0)))
    moments = [_moment(rng, day) for day in chosen]
    moments += [until - timedelta(minutes=back) for back in JUST_IN][:count]
    return sorted(min(moment, until - timedelta(minutes=3)) for moment in moments)


def _moment(rng: Random, day: date) -> datetime:
    hour = rng.choices(
        range(24), [1, 1, 1, 1, 1, 2, 5, 9, 14, 18, 17, 12, 8, 9, 14, 16, 14, 11, 9, 9, 10, 9, 5, 2]
    )[0]
    return datetime.combine(day, time(hour, rng.randint(0, 59), rng.randint(0, 59)), SHANGHAI)


def _draft(
    rng: Random, index: int, at: datetime, office: Office, earlier: list[Draft], until: datetime
) -> Draft:
    original = _original(rng, at, earlier)
    matter = original.matter if original else _matter(rng, at)
    channel = rng.choices([c for c, _w in CHANNELS], [w for _c, w in CHANNELS])[0]
    if channel in AT_COUNTER:
        moved = office.open_at(at, rng)
        channel, at = (channel, moved) if moved <= until else (Channel.ONLINE, at)
    town, place = (original.town, original.place) if original else _place(rng, matter)
    heads = original.heads if original else _heads(rng, matter)
    village = _village(place)
    filled = dict(original.slots) if original else slots.fill(rng, at, village=village, heads=heads)
    filled["we"] = _we(channel, heads)
    unit = town if channel in AT_COUNTER and rng.random() < 0.3 else "petition_office"
    kind = (
        matter.kind
        if channel in AT_COUNTER or (matter.kind == Kind.ACCUSATION and rng.random() < 0.6)
        else None
    )
    anonymous = matter.kind != Kind.SUGGESTION and heads == 1 and original is None and rng.random() < 0.035
    persons = (
        []
        if anonymous
        else original.persons
        if original
        else _persons(rng, heads, channel, town, village, at)
    )
    return Draft(
        index=index,
        rng=rng,
        matter=matter,
        slots=filled,
        channel=channel,
        received_at=at - (timedelta(hours=rng.uniform(1, 26)) if channel == Channel.LETTER else timedelta()),
        registered_at=at + timedelta(seconds=rng.randint(40, 150) if channel in AT_COUNTER else 0),
        town=town,
        place=place,
        registrar=_registrar(rng, channel, unit),
        unit=unit,
        kind=kind,
        heads=heads,
        persons=persons,
        subject=wording.subject(matter, filled),
        body=wording.body(
            rng,
            matter,
            filled,
            channel=channel,
            heads=heads,
            town=TOWN_NAMES[town],
            repeated=original is not None,
        ),
        asks=wording.asks(rng, matter, filled),
        urgency=rng.choices(list(Urgency), [94, 5, 1])[0],
        anonymous=anonymous,
        confidential=rng.random() < 0.04,
        complained=place if matter.key in AGAINST_VILLAGE and rng.random() < 0.6 else "",
        repeat_of=original.index if original else None,
    )


def _original(rng: Random, at: datetime, earlier: list[Draft]) -> Draft | None:
    """Now and then somebody comes back with the same matter."""
    if rng.random() > 0.09:
        return None
    able = [
        one
        for one in earlier[-400:]
        if one.repeat_of is None
        and not one.sealed
        and one.persons
        and timedelta(days=15) < at - one.received_at < timedelta(days=150)
    ]
    return rng.choice(able) if able else None


def _matter(rng: Random, at: datetime) -> Matter:
    matters = all_matters()
    month = local_day(at).month
    return rng.choices(matters, [m.weight * (2 if month in m.peak else 1) for m in matters])[0]


def _place(rng: Random, matter: Matter) -> tuple[str, str]:
    keys = [key for key, *_rest in TOWNS if matter.rural is None or (key not in STREETS) == matter.rural]
    town = rng.choice(keys)
    return town, f"{town}_{rng.randrange(6)}"


def _village(place: str) -> str:
    town, number = place.rsplit("_", 1)
    names = next(villages for key, _n, _c, villages in TOWNS if key == town).split()
    return names[int(number)] + ("社区" if town in STREETS else "村")


def _heads(rng: Random, matter: Matter) -> int:
    if rng.random() > matter.joint:
        return 1 if rng.random() < 0.93 else 2
    return rng.choice((2, 3, 3, 4, 5, 6, 8, 11, 14, 18, 23, 31, 46, 68))


def _we(channel: Channel, heads: int) -> str:
    if channel == Channel.PHONE:
        return "来电人"
    if channel in {Channel.VISIT, Channel.RECEPTION}:
        return "来访人"
    return "我们" if heads > 1 else "我"


def _persons(
    rng: Random, heads: int, channel: Channel, town: str, village: str, at: datetime
) -> list[NewPerson]:
    role = PersonRole.REPRESENTATIVE if heads > 4 else PersonRole.PETITIONER
    known = {Channel.VISIT: 0.8, Channel.LETTER: 0.3}.get(channel, 0.25)
    found = []
    for place in range(min(heads, 5 if heads > 4 else 2)):
        number = ""
        if rng.random() < known:
            number = slots.id_number(rng, local_day(at).year, wrong=rng.random() < 0.03)
        found.append(
            NewPerson(
                name=slots.name(rng),
                id_number=number,
                phone=slots.phone(rng) if rng.random() < (0.93 if place == 0 else 0.4) else "",
                address=slots.address(rng, TOWN_NAMES[town], village) if rng.random() < 0.7 else "",
                role=role,
            )
        )
    return found


def _registrar(rng: Random, channel: Channel, unit: str) -> str:
    """Key of the post that registers; empty for what comes in by itself."""
    if channel not in AT_COUNTER:
        return ""
    if unit != "petition_office":
        return f"{unit}_clerk"
    return "clerk2" if channel in {Channel.LETTER, Channel.PHONE} else "clerk"
