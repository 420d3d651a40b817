"""Every figure of a month against a second count in plain SQL, written from the definitions' words (``independent``)."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.db import connection

from accounts.actor import Actor
from accounts.models import Unit, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import (
    CallOutcome,
    Channel,
    Kind,
    NoticeWay,
    Outcome,
    Path,
    Rating,
    RefusalReason,
    ServiceMethod,
    Status,
)
from petitions.models import Category, Petition, PetitionEvent
from petitions.services import (
    answering,
    changing,
    following,
    forwarding,
    handling,
    making,
    noticing,
    refusing,
    reviewing,
    sealing,
)
from petitions.services.registering import NewPerson
from reports.periods import Month
from reports.selectors.figures import RATES as BESIDE
from reports.selectors.month import month_figures
from reports.services.freezing import freeze
from reports.tests.independent import FEWEST_RATINGS, RATES, VOLUMES, Count, withheld
from reports.tests.independent_further import FURTHER
from tests.cases import check_off, outside_number

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
OVER = [Month(2026, 8), Month(2026, 9), Month(2026, 10)]
RUNNING = Month(2026, 11)
RATED = ("office_satisfaction", "unit_satisfaction")
MOMENT = timedelta(microseconds=1)
#: What a season without would prove little about.
TURNS = (
    "accept", "agree_objection", "assign", "call", "change_way", "close", "evaluate", "extend", "first_round", "forward",
    "give_notice", "link", "make_opinion", "redo", "refuse", "reject_objection", "respond", "seal", "serve", "unlink",
)  # fmt: skip
COUNTED_TABLES = ", ".join(
    f"petitions_{name}"
    for name in (
        "petition", "petitionclock", "petitionevent", "petitionperson", "petitionscope", "handlingrecord",
        "writtennotice", "reply", "paperservice", "evaluation", "petitionrequest",
    )
)  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


class Season:
    """Cases of July to October, each on a way of its own, drawn with a fixed seed so that every run has the same."""

    def __init__(self, cast, make_case, seed: int) -> None:
        self.cast, self.make_case = cast, make_case
        self.dice = random.Random(seed)
        self.officer = cast.actor("petition_officer")
        units = cast.units
        #: Who can take a case to its end, and who only has it lie there.
        self.able = [
            (units.urban, cast.actor("handler")),
            (units.housing, cast.actor("handler2")),
            (units.xiling, cast.actor("outsider")),
        ]
        self.idle = [units.dongxi, units.liuwan, units.xishan]
        self.categories = [None, *Category.objects.order_by("pk").values_list("pk", flat=True)[:40:13]]

    def make(self, cases: int) -> None:
        made: list[tuple[Petition, datetime]] = []
        for n in range(cases):
            made.append(self._register(n, made))
        for n in range(4, cases, 9):
            (original, _at), (case, at) = made[n - 1], made[n]
            following.link(
                petition=case,
                actor=self.officer,
                original=original,
                join=n % 2 == 0,
                at=at + timedelta(minutes=1),
            )
        for n, (case, at) in enumerate(made):
            try:
                self._live(n, case, at)
            except Refusal:
                continue  # a turn that the table does not allow ends the case's way here
        for case, _at in self.dice.sample(made, cases // 20):
            case.refresh_from_db()
            if not case.sealed and case.status != Status.REGISTERED:
                sealing.seal(
                    petition=case,
                    actor=self.officer,
                    reason="反映干部违纪",
                    at=NOW - timedelta(days=self.dice.randrange(1, 40)),
                )

    def _register(self, n: int, made: list) -> tuple[Petition, datetime]:
        dice = self.dice
        first = datetime(2026, 7, 2, 0, 0, tzinfo=SHANGHAI)
        at = first + timedelta(minutes=dice.randrange(100 * 24 * 60), seconds=dice.randrange(60))
        if n % 11 == 0:  # the last minute of a month, and the first of the next
            at = datetime(2026, 8 + n // 11 % 3, 1, tzinfo=SHANGHAI) + dice.choice([-MOMENT, timedelta()])
        if n % 9 == 4:  # the same matter again, to be linked or joined to the one before
            at = made[-1][1] + timedelta(minutes=2)
        channel = dice.choice([Channel.ONLINE] * 4 + list(Channel))
        batches = dice.choice([1, 1, 2, 3]) if channel.counted_in == "批" else 1
        persons = dice.choice(
            [
                [NewPerson(name="张小河", phone="13800001234")],
                [NewPerson(name="张小河", phone="13800001234")],
                [NewPerson(name="李大桥", address="柳湾村3号")],
                [NewPerson(name="", phone="13900005678")],
                [],
            ]
        )
        case = self.make_case.registered(
            at=at,
            unit=dice.choice([self.cast.units.petition_office] * 4 + [self.cast.units.dongxi]),
            channel=channel,
            batch_count=batches,
            head_count=dice.choice([1, 4, 5, 9, 15, 42]) * batches
            if batches > 1
            else dice.choice([1, 4, 5, 30]),
            persons=persons,
            anonymous=not persons or not persons[0].name,
            category_id=dice.choice(self.categories),
            complained_unit=self.cast.units.petition_office if n % 19 == 9 and n % 9 != 4 else None,
            received_at=at - timedelta(days=dice.choice([0, 0, 0, 2])),
        )
        return case.petition, at

    def _about(self, due: datetime) -> datetime:
        """At the last instant, right after it, or some days around it."""
        return due + self.dice.choice([timedelta(), MOMENT, timedelta(days=-3, hours=1), timedelta(days=2)])

    def _due(self, case: Petition, code: str) -> datetime:
        return case.clocks.get(rule__code=code, stopped_at=None).due_at

    def _live(self, n: int, case: Petition, at: datetime) -> None:
        dice, cast = self.dice, self.cast
        if case.repeat_of_id and dice.random() < 0.5:
            here = PetitionEvent.objects.filter(petition=case).latest("at").at + timedelta(minutes=1)
            following.unlink(petition=case, actor=self.officer, reason="不是同一件事", at=here)
        case.refresh_from_db()
        if case.status != Status.REGISTERED or dice.random() < 0.06:
            return
        quick = n % 2 == 1  # the unit answers the first calls; else the office, before the case goes anywhere
        if not quick:
            here = case.registered_unit == cast.units.petition_office
            self._within_a_day(case, self.officer, cast.petition_officer if here else cast.town_clerk, at)
        sent = at + (timedelta(minutes=3) if quick else timedelta(hours=26, days=dice.choice([0, 1, 6, 11])))
        if n % 5 == 0:
            sent = self._about(self._due(case, "forwarding"))
        if dice.random() < 0.12:
            self._forward(case, dice.choice(self.idle), sent)
            return
        unit, act = dice.choice(self.able)
        self._forward(case, unit, sent)
        if quick and n % 5:
            self._within_a_day(case, act, act.user, at)
        here = sent + timedelta(hours=26)
        for _again in range(dice.choice([0, 0, 0, 1, 2])):  # transferred twice, or three times
            forwarding.object_to(petition=case, actor=act, reason="不属于本单位职责范围", at=here)
            here += timedelta(days=dice.choice([1, 1, 12]))
            agree = dice.random() < 0.7
            forwarding.decide_objection(
                petition=case, actor=self.officer, agree=agree, decision="已核实", at=here
            )
            here += timedelta(days=1)
            if not agree:
                break
            unit, act = dice.choice([one for one in self.able if one[0] != unit])
            self._forward(case, unit, here)
            here += timedelta(hours=2)
        decided = (
            self._about(self._due(case, "notice"))
            if n % 4 == 1
            else here + timedelta(days=dice.choice([0, 2, 9]))
        )
        if dice.random() < 0.15:
            refusing.refuse(
                petition=case,
                actor=act,
                reason=RefusalReason.LEGAL_ROUTE,
                explanation="应由法院审理。",
                where_to_go="清江县人民法院",
                at=decided,
            )
            self._tell(case, act, decided)
            return
        path = dice.choice([Path.PETITION] * 5 + [Path.DUTY])
        forwarding.accept(petition=case, actor=act, kind=Kind.APPEAL, path=path, at=decided)
        here = self._tell(case, act, decided) + timedelta(days=1)
        if dice.random() < 0.12:
            other = Path.DUTY if path == Path.PETITION else Path.PETITION
            head = {cast.units.urban: "unit_head", cast.units.housing: "unit_head2"}.get(unit)
            changed = min(here + timedelta(days=dice.choice([3, 65])), NOW - timedelta(days=20))
            changing.change_way(
                petition=case,
                actor=cast.actor(head) if head else self.officer,
                kind=Kind.APPEAL,
                path=other,
                reason="属于另一程序",
                at=changed,
            )
            here, path = self._tell(case, act, changed) + timedelta(days=1), other
        if path == Path.PETITION and unit == cast.units.urban and dice.random() < 0.6:
            here = max(here, self._due(case, "conclusion") - timedelta(hours=dice.choice([0, 40])))
            if here > NOW:
                return
            handling.extend(
                petition=case,
                actor=cast.actor("unit_head"),
                days=dice.choice([5, 30]),
                reason="情况复杂",
                at=here,
            )
        if dice.random() < 0.2 or here > NOW:
            return
        self._answer(case, act, here, path, rounds=0)

    def _forward(self, case: Petition, unit, at: datetime) -> None:
        if self.dice.random() < 0.2:
            due = local_day(at) + timedelta(days=20)
            forwarding.assign(
                petition=case, actor=self.officer, unit=unit, feedback_due_on=due, demand="请报结果", at=at
            )
        else:
            forwarding.forward(petition=case, actor=self.officer, unit=unit, at=at)

    def _within_a_day(self, case: Petition, actor: Actor, person: User, at: datetime) -> None:
        dice = self.dice
        late = dice.choice([timedelta(), timedelta(), MOMENT, timedelta(minutes=3)])
        if dice.random() < 0.3:
            handling.call(
                petition=case,
                actor=actor,
                outcome=dice.choice([CallOutcome.NOT_REACHED, CallOutcome.WRONG_NUMBER]),
                text="",
                at=at + timedelta(minutes=dice.choice([9, 30])),
            )
        if dice.random() < 0.6:
            handling.respond(petition=case, actor=actor, text="已收到", at=at + timedelta(minutes=10) + late)
        if dice.random() < 0.5:
            meeting = at + timedelta(hours=5) if dice.random() < 0.8 else None
            handling.call(
                petition=case,
                actor=actor,
                outcome=CallOutcome.REACHED,
                text="约好了",
                at=at + timedelta(minutes=30) + late,
                meeting_at=meeting,
            )
        if dice.random() < 0.4:
            handling.name_responsible(petition=case, actor=actor, user=person, at=at + timedelta(minutes=50))
            if dice.random() < 0.8:
                done = at + timedelta(hours=24) + late
                handling.finish_first_round(petition=case, actor=actor, text="已安排", at=done)

    def _tell(self, case: Petition, actor: Actor, at: datetime) -> datetime:
        """The written notice, where one is owed and not forgotten; when it was entered."""
        case.refresh_from_db()
        if not case.notice_owed or self.dice.random() < 0.15:
            return at
        told = at + timedelta(days=self.dice.choice([0, 0, 3, 8]))
        entered = told + timedelta(days=self.dice.choice([0, 4]))
        noticing.give_notice(
            petition=case,
            actor=actor,
            way=NoticeWay.DIRECT,
            told_at=told,
            recipient="本人",
            paper_number=f"清告〔2026〕{case.pk * 10 + case.written_notices.count()}号",
            at=entered,
        )
        return entered

    def _answer(self, case: Petition, act: Actor, here: datetime, path: Path, rounds: int) -> None:
        dice = self.dice
        due = (
            case.clocks.filter(rule__code="conclusion", stopped_at=None)
            .values_list("due_at", flat=True)
            .first()
        )
        at = here + timedelta(days=dice.choice([0, 5, 20]))
        case.refresh_from_db()
        answering.conclude(
            petition=case,
            actor=act,
            text=f"第{rounds + 1}次答复：已约谈摊主，夜市十点收摊。",
            basis="《噪声污染防治法》",
            outcomes={
                one.pk: (Outcome.SUPPORTED, "支持")
                for kin in Petition.objects.filter(pk=case.pk) | Petition.objects.filter(joined_to=case)
                for one in kin.requests.all()
            },
            at=at,
        )
        made = at + timedelta(days=1)
        if due is not None and rounds == 0 and dice.random() < 0.5:
            made = max(self._about(due), made)
        if made > NOW:
            return
        number = f"{outside_number(case)}之{rounds + 1}"
        if path == Path.PETITION and dice.random() < 0.6:
            entered = min(made + timedelta(days=dice.choice([0, 0, 6])), NOW)
            making.record_outside(
                petition=case, actor=act, paper_number=number, made_on=local_day(made), at=entered
            )
            made = entered
        served = made + timedelta(hours=dice.choice([0, 30]))
        entered = served + timedelta(days=dice.choice([0, 0, 0, 9]))
        if entered > NOW:
            return
        method = dice.choice([ServiceMethod.DIRECT] * 4 + [ServiceMethod.PUBLIC])
        answering.serve(
            petition=case,
            actor=act,
            method=method,
            served_at=served,
            recipient="本人",
            proof="张贴于村委会公告栏",
            paper_number=number,
            at=entered,
        )
        self._rate(case, act, path, rounds)

    def _rate(self, case: Petition, act: Actor, path: Path, rounds: int) -> None:
        dice = self.dice
        case.refresh_from_db()
        end = case.clocks.get(rule__code="petitioner_window", stopped_at=None).ends_at
        came = max(PetitionEvent.objects.filter(petition=case).latest("at").at, end - timedelta(days=29))
        at = dice.choice([came + timedelta(hours=1), end, came + timedelta(days=2)])
        if dice.random() < 0.8 and at <= NOW:
            following.evaluate(
                petition=case,
                actor=Actor.petitioner(),
                office_rating=dice.choice(list(Rating)),
                unit_rating=dice.choice(list(Rating)),
                at=at,
            )
        elif end < NOW:
            following.close_lapsed([case.pk], end + MOMENT)
        case.refresh_from_db()
        here = PetitionEvent.objects.filter(petition=case).latest("at").at + timedelta(hours=1)
        if case.status == Status.EVALUATED and dice.random() < 0.6 and here <= NOW:
            check_off(case)
            with suppress(Refusal):  # assigned, and not reported on yet
                following.close(petition=case, actor=self.officer, at=here)
        here += timedelta(days=1)
        if path == Path.PETITION and rounds == 0 and dice.random() < 0.6 and here < NOW:
            reviewing.redo(
                petition=case, actor=self.cast.actor("leader"), text="重办", public_text="重办", at=here
            )
            self._answer(case, act, here + timedelta(hours=3), path, rounds=1)


def second_count(cast, month: Month, *, reader: Unit | None = None, closed_only: bool = False) -> Count:
    """As the reader's office counts: what complains of it is not its own to count. The petition office's by default."""
    own = reader or cast.units.petition_office
    return Count(
        district=cast.units.district.pk,
        start=month.start,
        end=month.end,
        now=NOW,
        hidden=list(Petition.objects.filter(complained_unit=own).values_list("pk", flat=True)),
        closed_only=closed_only,
    )


def page_cells(figures) -> dict:
    """Every number of the page that is not nothing."""
    cells = {}
    for code in VOLUMES:
        for cell in figures.cells:
            key = (code, cell.unit.pk if cell.unit else None, cell.channel.value, cell.category)
            assert key not in cells
            cells[key] = getattr(cell.volume, code)
        for line, volume in figures.by_unit.items():
            cells[code, "line", line] = getattr(volume, code)
        for channel, volume in figures.by_channel.items():
            cells[code, "channel", channel.value] = getattr(volume, code)
        cells[code, "total"] = getattr(figures.total, code)
    for line, volume in figures.by_unit.items():
        cells["repeat_rate", "line", line] = pair(volume.repeat_rate)
    cells["repeat_rate", "total"] = pair(figures.total.repeat_rate)
    cells["unreached", "total"] = figures.unreached
    for line, rates in figures.rates_by_unit.items():
        for code, rate in rates.items():
            cells[code, "line", line] = pair(rate)
    for code, rate in figures.rates.items():
        cells[code, "total"] = pair(rate)
    return {key: cell for key, cell in cells.items() if cell not in (0, (0, 0))}


def sql_cells(mine: Count, *, hides: bool) -> dict:
    """The same numbers by the statements. ``hides``: to whom no rate of fewer than five ratings is told."""
    cells: Counter = Counter()
    for code in VOLUMES:
        for (line, channel, level1), n in mine.volume(code).items():
            for key in ((line, channel, level1), ("line", line), ("channel", channel), ("total",)):
                cells[code, *key] += n
    found: dict = dict(cells)
    for code in ("repeat_rate", *RATES):
        lines = mine.rate(code)
        whole = sum(part for part, _whole in lines.values()), sum(whole for _part, whole in lines.values())
        if code == "unreached":
            found[code, "total"] = whole[0]
            continue
        left_out = withheld(lines) if hides and code in RATED else set()
        found |= {(code, "line", line): cell for line, cell in lines.items() if line not in left_out}
        if not (hides and code in RATED and whole[1] < FEWEST_RATINGS):
            found[code, "total"] = whole
    return {key: cell for key, cell in found.items() if cell not in (0, (0, 0))}


def further_cells(mine: Count) -> dict:
    """The figures beside the main table."""
    found: dict = {}
    for code, statement in FURTHER.items():
        lines = mine.pairs(statement)
        found |= {(code, "line", line): cell for line, cell in lines.items()}
        parts, wholes = zip(*lines.values(), strict=True) if lines else ((), ())
        found[code, "total"] = sum(parts), sum(wholes)
    return {key: cell for key, cell in found.items() if cell != (0, 0)}


def pair(rate) -> tuple[int, int]:
    return rate.part, rate.whole


def differing(one: dict, other: dict) -> dict:
    """What either side has otherwise: (the page's, the statement's)."""
    return {
        key: (one.get(key), other.get(key))
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


def same_everywhere(cast) -> int:
    """For each month, as the statistician and as an inspector of the petition office, who may be told every rating;
    what is over as it was frozen, too. How many numbers were compared."""
    numbers, district = 0, cast.units.district
    with connection.cursor() as cursor:
        # Autovacuum may have looked while the tables were empty: joins planned by that take minutes.
        cursor.execute(f"ANALYZE {COUNTED_TABLES}")
    for month in [*OVER, RUNNING]:
        mine = second_count(cast, month)
        kept = freeze(actor=cast.actor("statistician"), month=month) if month in OVER else None
        for who, version in product(("statistician", "inspector"), (None, kept) if kept else (None,)):
            figures = month_figures(
                actor=cast.actor(who), unit=district, month=month, freeze=version, codes=(*BESIDE, *FURTHER)
            )
            hides = who == "statistician"
            expected = sql_cells(mine, hides=hides) | further_cells(mine)
            if hides and kept and version is None:  # told as they were reported, and no other way beside that
                expected = {key: cell for key, cell in expected.items() if key[0] not in RATED}
            assert differing(page_cells(figures), expected) == {}, (str(month), who, version)
            numbers += len(expected)
        numbers += same_by_unit(cast, month, mine.rate("unreached"))
    return numbers


def same_by_unit(cast, month: Month, unreached: dict) -> int:
    """未接通 has no line of its own on the district's page, and a unit's own people read but the ratings of what is
    closed: both on the units' own pages. How many numbers were compared."""
    units = cast.units
    for unit in (units.petition_office, units.dongxi):
        figures = month_figures(actor=cast.actor("statistician"), unit=unit, month=month)
        assert figures.unreached == unreached.get(unit.pk, (0, 0))[0], (str(month), unit)
    for who, unit in (("unit_head", units.urban), ("unit_head2", units.housing)):
        mine = second_count(cast, month, reader=unit, closed_only=True)
        figures = month_figures(actor=cast.actor(who), unit=unit, month=month)
        for code in RATED:
            expected = mine.rate(code).get(unit.pk, (0, 0))
            told = expected if expected[1] >= FEWEST_RATINGS else (0, 0)
            assert pair(figures.rates[code]) == told, (str(month), who, code)
    return 2 + 2 * len(RATED)


def test_an_autumn_counts_the_same_by_plain_sql(cast, autumn):
    assert same_everywhere(cast) > 300


@pytest.mark.slow
def test_a_season_of_every_turn_counts_the_same_by_plain_sql(cast, make_case):
    Season(cast, make_case, seed=20261121).make(120)
    acts = Counter(PetitionEvent.objects.values_list("act", flat=True))
    for act in TURNS:
        assert acts[act] >= 3, (act, acts)
    assert same_everywhere(cast) > 1500
