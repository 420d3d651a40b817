"""包案, 化解, 销案 and their rates: by the leader's unit and level, of a span of days. Never by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day, now
from leaders.enums import LeaveWhy, PackageLevel, PackageState
from leaders.models import CasePackage, PackageCase, PackageRound, VisitRecord
from outcomes.enums import MarkKind
from outcomes.models import Mark

#: (key, column, definition); every key is a filter of the list of packages.
COLUMNS = (
    ("all", "包案", "目标单位和层级的领导在本期内接手、恢复和上期滚入的包案数"),
    ("resolved", "化解", "其中各件都已登记“化解”的包案数"),
    ("struck", "销案", "其中到本期末已经审核同意销案的包案数"),
    ("late", "超期", "其中仍在办理、已过目标日期的包案数"),
)


@dataclass(frozen=True)
class Span:
    """Days in Asia/Shanghai, both in it; None is open."""

    first: date | None = None
    last: date | None = None

    def gone_before(self, field: str) -> Q:
        """Over before its first day; nothing where it has none."""
        if self.first is None:
            return Q(pk__in=[])
        return Q(
            **{f"{field}__isnull": False, f"{field}__lt": datetime.combine(self.first, time.min, SHANGHAI)}
        )

    def up_to(self, field: str) -> Q:
        """Until its last day is over."""
        if self.last is None:
            return Q()
        return Q(**{f"{field}__lt": datetime.combine(self.last + timedelta(days=1), time.min, SHANGHAI)})

    def within(self, field: str) -> Q:
        return self.up_to(field) & ~self.gone_before(field)


def span_of(round_: PackageRound | None) -> Span:
    return Span(round_.starts_on, round_.ends_on) if round_ is not None else Span()


def rounds() -> list[PackageRound]:
    return list(PackageRound.objects.select_related("unit").order_by("-starts_on", "-id")[:24])


def narrowed(packages: Any, asked: Mapping[str, Any], at: datetime | None = None) -> Any:
    """The packages that a figure counts: ``unit`` and ``level`` of the leader, ``round``, ``count`` (a key of COLUMNS).
    What is no number is no filter."""
    round_ = _picked(asked.get("round"))
    span = span_of(round_)
    if round_ is not None:
        packages = packages.filter(_live_in(span), post__unit__path__startswith=round_.unit.path)
    for name, field in (("unit", "post__unit"), ("level", "level")):
        value = str(asked.get(name) or "")
        if value.isascii() and value.isdecimal() and len(value) < 10:
            packages = packages.filter(**{field: int(value)})
    return packages.filter(_counted(str(asked.get("count") or ""), local_day(at or now()), span))


def _live_in(span: Span) -> Any:
    """滚动包案: those in a leader's hands on any day of it, whenever taken up. Solved and struck off ones leave;
    what is not done goes on into the next round and is counted there again."""
    rows = PackageCase.objects.filter(package=OuterRef("pk")).exclude(left_why=LeaveWhy.SEALED)
    return Exists(rows.filter(span.up_to("entered_at")).exclude(span.gone_before("left_at")))


def _picked(value: Any) -> PackageRound | None:
    text = str(value or "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    return PackageRound.objects.select_related("unit").filter(pk=int(text)).first()


def _counted(key: str, today: date, span: Span) -> Q:
    if key == "struck":
        return Q(state=PackageState.STRUCK_OFF) & span.up_to("struck_off_at")
    if key == "late":
        return Q(state=PackageState.OPEN, target_on__lt=today)
    if key == "resolved":
        marked = Mark.objects.filter(petition=OuterRef("petition"), kind=MarkKind.RESOLVED, ended_at=None)
        stays = PackageCase.objects.filter(package=OuterRef("pk")).exclude(
            left_why__in=[LeaveWhy.SEALED, LeaveWhy.MOVED]
        )
        return Exists(stays) & ~Exists(stays.exclude(Exists(marked)))
    return Q()


@dataclass(frozen=True)
class Row:
    """``cells``: (column, figure, address of its list). Rates are text, a dash where nothing is to be divided by."""

    unit: Any
    level: str
    cells: list[tuple[str, int, str]]
    resolved_rate: str
    struck_rate: str
    days: str
    visits: int


def rate(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%" if whole else "—"


def figures(actor: Actor, asked: Mapping[str, Any], at: datetime | None = None) -> list[Row]:
    """One row for each unit and level with packages, in the order of the tree. Ten queries at most."""
    at = at or now()
    packages = narrowed(
        CasePackage.objects.visible_to(actor), {"round": asked.get("round"), "level": asked.get("level")}, at
    )
    today, span = local_day(at), span_of(_picked(asked.get("round")))
    counts = {
        key: Counter(
            {
                (row["post__unit"], row["level"]): row["n"]
                for row in packages.filter(_counted(key, today, span))
                .order_by()
                .values("post__unit", "level")
                .annotate(n=Count("pk"))
            }
        )
        for key, _label, _words in COLUMNS
    }
    ages, visits = _ages(packages, at), _visits(packages)
    from accounts.models import Unit

    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={place[0] for place in counts["all"]})}
    places = sorted(counts["all"], key=lambda place: (units[place[0]].path, place[1]))
    return [_row(place, units[place[0]], counts, ages, visits, asked) for place in places]


def _row(place: Any, unit: Any, counts: Any, ages: Any, visits: Any, asked: Mapping[str, Any]) -> Row:
    whole = counts["all"][place]
    return Row(
        unit=unit,
        level=str(PackageLevel(place[1]).label),
        cells=[(_(label), counts[key][place], _address(key, place, asked)) for key, label, _words in COLUMNS],
        resolved_rate=rate(counts["resolved"][place], whole),
        struck_rate=rate(counts["struck"][place], whole),
        days=ages.get(place, "—"),
        visits=visits[place],
    )


def _address(key: str, place: tuple[int, int], asked: Mapping[str, Any]) -> str:
    query = QueryDict(mutable=True)
    query.update({"view": "counted", "unit": str(place[0]), "level": str(place[1]), "count": key})
    if asked.get("round"):
        query["round"] = str(asked["round"])
    return query.urlencode()


def _ages(packages: Any, at: datetime) -> dict[Any, str]:
    """Mean days of those still open, in words."""
    days: dict[Any, list[int]] = {}
    found = packages.filter(state=PackageState.OPEN).values_list("post__unit", "level", "assigned_at")
    for unit, level, since in found:
        days.setdefault((unit, level), []).append((local_day(at) - local_day(since)).days)
    return {place: _("%(n).0f 天") % {"n": sum(some) / len(some)} for place, some in days.items()}


def _visits(packages: Any) -> Counter[Any]:
    """Receptions and visits of their cases by any leader, each counted once for a package. What was sealed has left
    without a trace: not even in a sum."""
    rows = PackageCase.objects.filter(package__in=packages, petition__sealed=False)
    rows = rows.exclude(left_why=LeaveWhy.SEALED).order_by()
    found = rows.values_list("package", "package__post__unit", "package__level", "petition").distinct()
    per_case = Counter(
        VisitRecord.objects.filter(petition__in=rows.values("petition")).values_list("petition", flat=True)
    )
    total: Counter[Any] = Counter()
    for _package, unit, level, petition in found:
        total[(unit, level)] += per_case[petition]
    return total


@dataclass(frozen=True)
class Compared:
    """What happened in a round, in cases: those carried into it from before (滚入), those that entered, left solved,
    were struck off, and those that go on after it."""

    round: PackageRound
    carried: int
    entered: int
    left: int
    struck: int
    stayed: int


def compared(actor: Actor) -> list[Compared]:
    """The newest first; one query for each of at most six rounds."""
    return [_compared(actor, one, span_of(one)) for one in rounds()[:6]]


def _compared(actor: Actor, one: PackageRound, span: Span) -> Compared:
    rows = PackageCase.objects.visible_to(actor).filter(package__post__unit__path__startswith=one.unit.path)
    away = Q(left_at__isnull=False)
    numbers = rows.exclude(left_why=LeaveWhy.SEALED).aggregate(
        carried=Count("pk", filter=span.gone_before("entered_at") & ~span.gone_before("left_at")),
        entered=Count("pk", filter=span.within("entered_at")),
        left=Count("pk", filter=away & span.within("left_at") & Q(left_why=LeaveWhy.SOLVED)),
        struck=Count("pk", filter=away & span.within("left_at") & Q(left_why=LeaveWhy.STRUCK_OFF)),
        stayed=Count("pk", filter=span.up_to("entered_at") & ~(away & span.up_to("left_at"))),
    )
    return Compared(one, **numbers)
