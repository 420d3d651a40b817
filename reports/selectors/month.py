"""The figures of a month, counted from the cases the reader may see.

Every figure starts from ``visible_to`` and leaves sealed cases out; page, workbook and list are the same selector.
Timeliness is keyed on the deadline falling in the month, and only on deadlines that have passed (domain C).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.selectors import district_of
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.enums import Act, CallOutcome, Channel, Rating, RecordKind, Status
from petitions.models import Evaluation, HandlingRecord, Petition, PetitionClock, PetitionEvent
from petitions.querysets import PetitionQuerySet, sees_district
from petitions.workflow import ClockCode as C
from reports.periods import Month
from reports.rates import Rate

VISITS = (Channel.VISIT, Channel.RECEPTION)
ANSWERED = {
    "forwarding": (C.FORWARDING, [Act.FORWARD, Act.ASSIGN]),
    "acceptance": (C.NOTICE, [Act.ACCEPT, Act.REFUSE]),
    "conclusion": (C.CONCLUSION, [Act.CONCLUDE]),
    "respond_10": (C.RESPOND, [Act.RESPOND]),
    "call_30": (C.CALL, [Act.CALL]),
    "first_round_24": (C.FIRST_ROUND, [Act.FIRST_ROUND]),
}
QUICK = frozenset({"respond_10", "call_30", "first_round_24"})
#: A clock that one of these stopped was taken away with its case, not answered late or in time.
TAKEN_AWAY = [Act.AGREE_OBJECTION, Act.CLASSIFY, Act.ROUTE]
#: Readers outside the district's desks see no rate of fewer ratings than this.
LEAST_RATINGS = 5
NO_RATE = Rate(0, 0)
CONTENT = [Rating.SATISFIED, Rating.FAIRLY]
Progress = Callable[[int], None]


@dataclass
class Volume:
    """Counts of one cell, in their own units: 件, 批, 人次 and 件次 are never added to each other by hand."""

    pieces: int = 0
    batches: int = 0
    heads: int = 0
    repeats: int = 0

    @property
    def count(self) -> int:
        """件次: pieces and batches."""
        return self.pieces + self.batches

    def add(self, other: Volume) -> None:
        self.pieces += other.pieces
        self.batches += other.batches
        self.heads += other.heads
        self.repeats += other.repeats

    @property
    def repeat_rate(self) -> Rate:
        return Rate(self.repeats, self.count)


@dataclass(frozen=True)
class Cell:
    """One line of the volume table: a unit (None: not forwarded yet), a channel, a first-level category."""

    unit: Unit | None
    channel: Channel
    category: str
    volume: Volume


@dataclass
class MonthFigures:
    month: Month
    unit: Unit
    made_at: datetime
    cells: list[Cell] = field(default_factory=list)
    total: Volume = field(default_factory=Volume)
    by_unit: dict[int | None, Volume] = field(default_factory=dict)
    units: dict[int | None, Unit] = field(default_factory=dict)
    by_channel: dict[Channel, Volume] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    rates_by_unit: dict[int | None, dict[str, Rate]] = field(default_factory=dict)
    unreached: int = 0
    charge_only: bool = False
    """A leader's figures: what is in the leader's charge, not all of the unit in the title."""

    @property
    def heading(self) -> str:
        """Unit, what of it, month: 清江县（分管范围） 2026年9月."""
        part = _("（分管范围）") if self.charge_only else ""
        return f"{self.unit.name}{part} {self.month.label}"


def month_figures(
    *, actor: Actor, unit: Unit, month: Month, tick: Progress = lambda percent: None
) -> MonthFigures:
    """All figures of a month for a unit and what is below it, as this actor may see them.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    require_unit(actor, unit)
    figures = count_figures(
        base=Petition.objects.visible_to(actor),
        unit=unit,
        month=month,
        tick=tick,
        open_ratings=reads_open_ratings(actor),
    )
    figures.charge_only = actor.role == Role.LEADER
    return figures


def reads_open_ratings(actor: Actor) -> bool:
    """The desks of the district and its leaders. For the others a rating is hidden until the case is closed
    (``petitions.rules.sees_evaluation``), so it must not show in a sum either."""
    leads = actor.role == Role.LEADER and actor.unit is not None and actor.unit.kind == UnitKind.DISTRICT
    return leads or sees_district(actor)


def district_figures(*, unit: Unit, month: Month) -> MonthFigures:
    """The same for the command line, which the operator of the server runs: every case but the sealed."""
    return count_figures(base=Petition.objects.all(), unit=unit, month=month)


def count_figures(
    *,
    base: PetitionQuerySet,
    unit: Unit,
    month: Month,
    tick: Progress = lambda percent: None,
    open_ratings: bool = True,
) -> MonthFigures:
    """``open_ratings``: count ratings of cases that are not closed yet, and show rates of few ratings."""
    figures = MonthFigures(month=month, unit=unit, made_at=now())
    cases = cases_of(base, unit)
    children = _rows_under(unit)
    figures.units.update(children.children)
    _volume(figures, cases, children)
    tick(40)
    _timeliness(figures, cases, children)
    tick(70)
    _satisfaction(figures, cases, children, open_ratings)
    _opinions(figures, cases, children)
    tick(90)
    return figures


def require_unit(actor: Actor, unit: Unit) -> None:
    """A reader asks for figures of what the hat covers: the district for its offices, one's own unit for the rest."""
    if actor.unit is None or not (sees_district(actor) or unit.is_within(actor.unit)):
        raise Refusal(_("没有这个机构，或不在您的统计范围内。"), code="not_found")


def cases_of(base: PetitionQuerySet, unit: Unit) -> PetitionQuerySet:
    """Cases counted for a unit: led by it or below it; for the district all, forwarded or not."""
    cases = base.filter(sealed=False)
    if unit.kind == UnitKind.DISTRICT:
        return cases
    return cases.filter(lead_unit__in=Unit.objects.subtree(unit))


def registered_in(cases: PetitionQuerySet, month: Month) -> PetitionQuerySet:
    return cases.filter(registered_at__gte=month.start, registered_at__lt=month.end)


@dataclass(frozen=True)
class _Rows:
    """Which row of the table a lead unit belongs to: the unit itself or the child below which it stands."""

    unit: Unit
    children: dict[int | None, Unit]
    row_of: dict[int, int]

    def of(self, lead_unit_id: int | None) -> int | None:
        return None if lead_unit_id is None else self.row_of.get(lead_unit_id, self.unit.pk)


def _rows_under(unit: Unit) -> _Rows:
    depth = unit.depth
    units = list(Unit.objects.subtree(unit).order_by("path"))
    row_of = {u.pk: (u.ancestor_ids[depth] if u.depth > depth else u.pk) for u in units}
    rows: dict[int | None, Unit] = {u.pk: u for u in units if u.depth <= depth + 1}
    return _Rows(unit, rows, row_of)


def _volume(figures: MonthFigures, cases: PetitionQuerySet, rows: _Rows) -> None:
    grouped = (
        registered_in(cases, figures.month)
        .values("lead_unit_id", "channel", level1=F("category__level1"))
        .annotate(
            n=Count("pk"),
            batches=Sum("batch_count"),
            heads=Sum("head_count"),
            repeats=Count("pk", filter=Q(first_here=False)),
            repeat_batches=Sum("batch_count", filter=Q(first_here=False)),
        )
        .order_by()
    )
    cells: dict[tuple[int | None, str, str], Volume] = {}
    for row in grouped:
        visit = row["channel"] in VISITS
        volume = Volume(
            pieces=0 if visit else row["n"],
            batches=row["batches"] if visit else 0,
            heads=row["heads"] if visit else 0,
            repeats=(row["repeat_batches"] or 0) if visit else row["repeats"],
        )
        unit_id = rows.of(row["lead_unit_id"])
        cells.setdefault((unit_id, row["channel"], row["level1"] or _("未分类")), Volume()).add(volume)
        figures.total.add(volume)
        figures.by_unit.setdefault(unit_id, Volume()).add(volume)
        figures.by_channel.setdefault(Channel(row["channel"]), Volume()).add(volume)
    order = list(rows.children)
    figures.cells = [
        Cell(rows.children.get(unit_id) if unit_id else None, Channel(channel), level1, volume)
        for (unit_id, channel, level1), volume in sorted(
            cells.items(), key=lambda c: (order.index(c[0][0]) if c[0][0] in order else -1, c[0][1], c[0][2])
        )
    ]


def clocks_due(cases: PetitionQuerySet, code: str, month: Month, at: datetime) -> QuerySet[PetitionClock]:
    """Clocks of a rule whose deadline fell in the month and has passed, the ones taken away left out."""
    return PetitionClock.objects.filter(
        rule__code=code, due_at__gte=month.start, due_at__lt=min(month.end, at), petition__in=cases
    ).exclude(stopped_by__in=TAKEN_AWAY)


def _timeliness(figures: MonthFigures, cases: PetitionQuerySet, rows: _Rows) -> None:
    for name, (code, acts) in ANSWERED.items():
        due = clocks_due(cases, code, figures.month, figures.made_at)
        # A reply or a refusal settles what the statute asks for. 10/30/24 ask for the act itself: without it the
        # clock was missed, whatever else ended it in time (domain C).
        settling = acts if name in QUICK else [*acts, Act.CONCLUDE, Act.REFUSE]
        kept = Q(stopped_at__lte=F("due_at"), stopped_by__in=settling)
        grouped = due.values("unit_id").annotate(whole=Count("pk"), part=Count("pk", filter=kept)).order_by()
        _add_rates(figures, name, rows, [(row["unit_id"], row["part"], row["whole"]) for row in grouped])
    attempt = HandlingRecord.objects.filter(
        petition=OuterRef("petition"),
        kind=RecordKind.PHONE,
        call_outcome=CallOutcome.NOT_REACHED,
        at__lte=OuterRef("due_at"),
    )
    late = clocks_due(cases, C.CALL, figures.month, figures.made_at).exclude(
        stopped_at__lte=F("due_at"), stopped_by=Act.CALL
    )
    figures.unreached = late.filter(Exists(attempt)).count()


def _satisfaction(figures: MonthFigures, cases: PetitionQuerySet, rows: _Rows, open_ratings: bool) -> None:
    month = figures.month
    rated = Evaluation.objects.filter(at__gte=month.start, at__lt=month.end, petition__in=cases)
    if not open_ratings:
        rated = rated.filter(petition__status=Status.CLOSED)
    for name, column in (("office_satisfaction", "office_rating"), ("unit_satisfaction", "unit_rating")):
        grouped = (
            rated.values(unit_id=F("petition__lead_unit_id"))
            .annotate(whole=Count("pk"), part=Count("pk", filter=Q(**{f"{column}__in": CONTENT})))
            .order_by()
        )
        _add_rates(figures, name, rows, [(row["unit_id"], row["part"], row["whole"]) for row in grouped])
        if not open_ratings:
            for rates in (figures.rates, *figures.rates_by_unit.values()):
                if rates.get(name, NO_RATE).whole < LEAST_RATINGS:
                    rates[name] = NO_RATE


def _opinions(figures: MonthFigures, cases: PetitionQuerySet, rows: _Rows) -> None:
    month = figures.month
    windows = clocks_due(cases, C.PETITIONER_WINDOW, month, figures.made_at)
    in_time = Q(petition__evaluation__at__lte=F("due_at"))
    grouped = (
        windows.values("unit_id").annotate(whole=Count("pk"), part=Count("pk", filter=in_time)).order_by()
    )
    _add_rates(
        figures, "participation", rows, [(row["unit_id"], row["part"], row["whole"]) for row in grouped]
    )
    decided = PetitionEvent.objects.filter(
        act__in=[Act.ACCEPT, Act.REFUSE], at__gte=month.start, at__lt=month.end, petition__in=cases
    )
    refusals = (
        decided.values("unit_id")
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(act=Act.REFUSE)))
        .order_by()
    )
    _add_rates(figures, "refusal", rows, [(row["unit_id"], row["part"], row["whole"]) for row in refusals])


def _add_rates(
    figures: MonthFigures, name: str, rows: _Rows, found: list[tuple[int | None, int, int]]
) -> None:
    part = whole = 0
    per_row: dict[int | None, Rate] = {}
    for unit_id, p, w in found:
        part, whole = part + p, whole + w
        row = rows.of(unit_id)
        before = per_row.get(row, Rate(0, 0))
        per_row[row] = Rate(before.part + p, before.whole + w)
    figures.rates[name] = Rate(part, whole)
    for row, rate in per_row.items():
        figures.rates_by_unit.setdefault(row, {})[name] = rate


def default_unit(actor: Actor) -> Unit:
    """The district for those who read it, one's own unit otherwise."""
    assert actor.unit is not None
    if sees_district(actor):
        return district_of(actor.unit) or actor.unit
    return actor.unit


def default_month() -> Month:
    """Last month in the first days of a month, when it is being reported; this month after that."""
    today = local_day(now())
    this = Month.of(today)
    return this.previous if today.day <= 10 else this
