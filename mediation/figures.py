"""What the rooms did in a time: per room, town or field. Of places and kinds of matter, never of a person.

Cases that are sealed are in none of it, so that no difference tells of one; cells below five are not shown, nor what
they could be found from. Nothing here is for or against anybody who did not agree, or who went further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.withholding import LEAST, withheld, withheld_cells
from mediation.enums import DisputeKind, Result
from mediation.figure_periods import Period
from mediation.models import Dispute, MediationCase, Room, Session, Stay
from petitions.models import Petition

NOTHING, HIDDEN = "—", "＊"
ROLES = (Role.PETITION_OFFICER, Role.INSPECTOR, Role.STATISTICIAN, Role.UNIT_HEAD, Role.MEDIATOR)
BY = {"room": gettext_lazy("按调解室"), "town": gettext_lazy("按乡镇"), "field": gettext_lazy("按内容分类")}
VILLAGE, AREA, TOWN = "village", "area", "town"
#: What is counted, its heading, and what it means. The order is that of the columns.
COUNTS = (
    ("opened", gettext_lazy("转入调解"), gettext_lazy("本期转入调解室的件数，按转入时间。")),
    (Result.AGREED, gettext_lazy("达成协议"), gettext_lazy("本期以达成协议结束的件数，按结束时间。")),
    (Result.NOT_AGREED, gettext_lazy("未达成"), gettext_lazy("本期开过至少一场、没有谈成而结束的件数。")),
    (
        Result.WITHDRAWN,
        gettext_lazy("撤回同意"),
        gettext_lazy("本期有一方不再调解而结束的件数。自愿退出，不算成败。"),
    ),
    (
        Result.DECLINED,
        gettext_lazy("没有调成场"),
        gettext_lazy("本期有一方不愿意调，或者一场都没有开就结束的件数。不算成败。"),
    ),
    (Result.SUSPENDED, gettext_lazy("中止"), gettext_lazy("本期因转到别的程序等原因中止的件数。不算成败。")),
)
RATES = (
    (
        "success",
        gettext_lazy("成功率"),
        gettext_lazy("达成协议 ÷（达成协议＋未达成）。撤回同意、没有调成场和中止的不在分母里。"),
    ),
    (
        "days",
        gettext_lazy("到第一场的天数"),
        gettext_lazy("本期开了第一场的，从转入到第一场的天数的中位数。"),
    ),
    (
        "back",
        gettext_lazy("复发率"),
        gettext_lazy("本期达成协议的件里，同一件事以后又转入调解的 ÷ 本期达成协议的件数。"),
    ),
)
LEVELS = (
    (VILLAGE, gettext_lazy("在村（社区）化解"), gettext_lazy("本期达成协议时在阶梯第一级的件数。")),
    (AREA, gettext_lazy("在片区化解"), gettext_lazy("本期达成协议时在阶梯中间各级的件数。")),
    (
        TOWN,
        gettext_lazy("在乡镇化解"),
        gettext_lazy("本期达成协议时在阶梯最后一级的件数。往上调是当事人的权利，不用来考核个人。"),
    ),
)


@dataclass(frozen=True)
class Line:
    """One room, town or field: its cells as they are printed, in the order of ``COUNTS``, ``RATES``, ``LEVELS``."""

    name: str
    cells: list[str]


@dataclass(frozen=True)
class Table:
    lines: list[Line]
    total: Line
    heads: list[tuple[str, str]]


def summary(rows: Sequence[dict[str, Any]], period: Period) -> list[tuple[str, str, str]]:
    """All of these rows as one line, with what a table by rooms would not show left out: (heading, meaning, figure)."""
    rooms: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        rooms.setdefault(row["room"], []).append(row)
    whole = _counts(rows, period)
    _cells, gone, below = _hidden(rooms, whole, period)
    total = _line("", whole, _days(rows, period), gone | below)
    heads = [(str(head), str(words)) for _name, head, words in (*COUNTS, *RATES, *LEVELS)]
    return [(head, words, text) for (head, words), text in zip(heads, total.cells, strict=True)]


def counted(found: QuerySet[MediationCase], period: Period) -> QuerySet[MediationCase]:
    """Of these mediations those that began, ended or were first held within the period, with what the figures ask of
    them. Sealed cases are in none of it."""
    span = Q(opened_at__gte=period.start, opened_at__lt=period.end)
    span |= Q(ended_at__gte=period.start, ended_at__lt=period.end)
    span |= Q(first_held__gte=period.start, first_held__lt=period.end)
    held = Session.objects.filter(mediation=OuterRef("pk"), held_at__isnull=False).order_by()
    first = held.values("mediation").annotate(first=Min("starts_at")).values("first")
    stay = Stay.objects.filter(mediation=OuterRef("pk")).order_by("-id")
    last = stay.values("level__ladder").annotate(last=Max("level__ladder__levels__place"))
    same = Q(petition=OuterRef("petition")) | Q(dispute=OuterRef("dispute"))
    same |= Q(dispute__earlier=OuterRef("dispute"))
    again = MediationCase.objects.filter(same, opened_at__gt=OuterRef("ended_at"))
    return (
        found.exclude(petition__sealed=True)
        .annotate(
            first_held=Subquery(first),
            place=Subquery(stay.values("level__place")[:1]),
            last_place=Subquery(last.order_by("-id").values("last")[:1]),
            again=Exists(again),
        )
        .filter(span)
    )


def open_to(actor: Actor) -> Q:
    """Mediations from which the actor is not kept out (条例 28)."""
    cases = Petition.objects.not_against(actor)
    disputes = Dispute.objects.without_the_concerned(actor)
    return _of_either(cases, disputes)


def open_to_office(actor: Actor) -> Q:
    """Mediations from which the actor's office is not kept out, whoever of it is."""
    assert actor.unit is not None
    cases = Petition.objects.visible_to_office(actor).filter(sealed=False)
    disputes = Dispute.objects.exclude(other_unit__in=actor.unit.ancestor_ids)
    return _of_either(cases, disputes)


def _of_either(cases: QuerySet[Petition], disputes: QuerySet[Dispute]) -> Q:
    """Looked up row by row: as a list, all cases of the district would be gathered before the first row is read."""
    found = Q(Exists(cases.filter(pk=OuterRef("petition"))))
    return found | Q(Exists(disputes.filter(pk=OuterRef("dispute"))))


def rooms_of(actor: Actor) -> QuerySet[Room]:
    """Rooms whose figures the actor reads: of the whole district for the offices that look after it, of the own unit
    and below for others, and for mediators the rooms they sit in."""
    if actor.unit is None or actor.role not in ROLES:
        return Room.objects.none()
    if actor.role == Role.MEDIATOR:
        return Room.objects.filter(mediators=actor.user)
    if actor.unit.kind in {UnitKind.PETITION_OFFICE, UnitKind.DISTRICT}:
        return Room.objects.all()
    return Room.objects.filter(unit__path__startswith=actor.unit.path)


def table_of(actor: Actor, period: Period, by: str) -> Table:
    """The figures of a period. Three queries, however much there is."""
    rows = _rows(actor, period)
    name_of = _names(by)
    groups = _grouped(rows, name_of)
    whole = _counts(rows, period)
    if by != "town":
        return _printed(groups, rows, period, _hidden(groups, whole, period))
    # A town adds up its rooms, which have a page of their own: what is not shown of a room is not shown of its town,
    # and nothing else, or one page would tell what the other does not.
    rooms = _grouped(rows, _names("room"))
    towns = {name: name_of(found[0]) for name, found in rooms.items()}
    hidden, gone, below = _hidden(rooms, whole, period)
    covered = {(towns[name], column) for name, column in hidden}
    often = Counter(column for _name, column in covered)
    # A single one is what the last line leaves: no star hides it.
    covered = {one for one in covered if often[one[1]] > 1 or one[1] in gone | below}
    return _printed(groups, rows, period, (covered, gone, below))


def _grouped(
    rows: Iterable[dict[str, Any]], name_of: Callable[[dict[str, Any]], str]
) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(name_of(row), []).append(row)
    return groups


def _rows(actor: Actor, period: Period) -> list[dict[str, Any]]:
    """Mediations that began, ended or were first held within the period, of the rooms whose figures the actor reads;
    none from which the actor is kept out (条例 28). One query."""
    found = counted(
        MediationCase.objects.filter(open_to(actor), room__in=rooms_of(actor).values("pk")), period
    ).annotate(
        field=F("petition__category__level1"),
        room_name=F("room__name"),
        unit_name=F("room__unit__name"),
        unit_path=F("room__unit__path"),
    )
    return list(
        found.values(
            *(
                "opened_at",
                "ended_at",
                "result",
                "first_held",
                "place",
                "last_place",
                "again",
                "field",
                "dispute__kind",
            ),
            *("room_name", "unit_name", "unit_path"),
        )
    )


def _names(by: str) -> Callable[[dict[str, Any]], str]:
    """What the line of a row is called. One query by town, none otherwise."""
    if by == "room":
        return lambda row: f"{row['unit_name']} {row['room_name']}"
    if by == "field":
        return _field_of
    towns = list(Unit.objects.filter(kind=UnitKind.TOWN).values_list("path", "name"))
    return lambda row: next(
        (name for path, name in towns if row["unit_path"].startswith(path)), _("县里和其他")
    )


def _field_of(row: dict[str, Any]) -> str:
    """The case's category; of a dispute without a petition its kind."""
    if row["dispute__kind"]:
        return _("%(kind)s纠纷") % {"kind": DisputeKind(row["dispute__kind"]).label}
    return str(row["field"] or _("没有分类"))


def _result_of(row: dict[str, Any]) -> str:
    """None was held and nothing was agreed: that is no attempt that failed."""
    if row["result"] == Result.NOT_AGREED and row["first_held"] is None:
        return Result.DECLINED
    return str(row["result"])


def _level_of(row: dict[str, Any]) -> str:
    if row["place"] is None:
        return ""
    if row["place"] == row["last_place"]:
        return TOWN
    return VILLAGE if row["place"] == 1 else AREA


def _counts(rows: Iterable[dict[str, Any]], period: Period) -> dict[str, int]:
    def within(at: datetime | None) -> bool:
        return at is not None and period.start <= at < period.end

    found = dict.fromkeys((*(name for name, _h, _d in (*COUNTS, *LEVELS)), "again", "unplaced"), 0)
    for row in rows:
        found["opened"] += within(row["opened_at"])
        if within(row["ended_at"]):
            result = _result_of(row)
            found[result] += 1
            if result == Result.AGREED:
                found[_level_of(row) or "unplaced"] += 1
                found["again"] += row["again"]
    return found


def _days(rows: Iterable[dict[str, Any]], period: Period) -> list[float]:
    return [
        (row["first_held"] - row["opened_at"]).total_seconds() / 86400
        for row in rows
        if row["first_held"] is not None and period.start <= row["first_held"] < period.end
    ]


#: Cells that are not shown by line and column; columns shown nowhere; columns not shown in the last line.
Hidden = tuple[set[tuple[str, str]], set[str], set[str]]


def _hidden(groups: dict[str, list[dict[str, Any]]], whole: dict[str, int], period: Period) -> Hidden:
    counted = {name: _counts(found, period) for name, found in groups.items()}
    results = [name for name, _h, _d in COUNTS if name != "opened"]
    places = [*(name for name, _h, _d in LEVELS), "unplaced"]
    hidden = {(name, "opened") for name in withheld({name: one["opened"] for name, one in counted.items()})}
    for columns in (results, places):
        cells = {name: {column: one[column] for column in columns} for name, one in counted.items()}
        hidden |= withheld_cells(cells)
    gone = {column for column in ("opened",) if 0 < whole[column] < LEAST}
    gone |= withheld({column: whole[column] for column in results})
    gone |= withheld({column: whole[column] for column in places})
    # 达成协议 is what the levels add up to: where it is not shown, they are not either, nor what they add up to.
    covered = {name for name, column in hidden if column == Result.AGREED}
    hidden |= {(name, place) for name in covered for place in places}
    below = set(places) if covered or Result.AGREED in gone else set()
    if Result.AGREED in gone:
        gone |= below
    return hidden, gone, below


def _printed(
    groups: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]], period: Period, covered: Hidden
) -> Table:
    hidden, gone, below = covered
    lines = [
        _line(name, _counts(found, period), _days(found, period), {c for n, c in hidden if n == name} | gone)
        for name, found in sorted(groups.items())
    ]
    total = _line(_("合计"), _counts(rows, period), _days(rows, period), gone | below)
    heads = [(str(head), str(words)) for _name, head, words in (*COUNTS, *RATES, *LEVELS)]
    return Table(lines, total, heads)


def _line(name: str, one: dict[str, int], days: Sequence[float], hidden: set[str]) -> Line:
    def cell(column: str) -> str:
        return HIDDEN if column in hidden else str(one[column])

    agreed, failed = one[Result.AGREED], one[Result.NOT_AGREED]
    secret = bool({Result.AGREED, Result.NOT_AGREED} & hidden)
    success = HIDDEN if secret else percent(agreed, agreed + failed)
    few = Result.AGREED in hidden or 0 < one["again"] < LEAST or 0 < agreed - one["again"] < LEAST
    rates = [success, _median(days), HIDDEN if few and agreed else percent(one["again"], agreed)]
    return Line(name, [*(cell(c) for c, _h, _d in COUNTS), *rates, *(cell(c) for c, _h, _d in LEVELS)])


def percent(part: int, whole: int) -> str:
    """90.9%, half up; a dash where there is nothing to divide by."""
    if whole == 0:
        return NOTHING
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"


def _median(days: Sequence[float]) -> str:
    if not days:
        return NOTHING
    if len(days) < LEAST:
        return HIDDEN
    return str(Decimal(str(median(days))).quantize(Decimal("0.1"), ROUND_HALF_UP))
