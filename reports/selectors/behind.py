"""The list behind one number of the month: the rows of its figure (``selectors.figures``), a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.heavy import heavy_read
from core.paging import Page, paginate
from core.timekeeping import now
from petitions.enums import Act, Channel
from petitions.models import Petition
from petitions.querysets import mass_visits
from petitions.selectors.desk import NOT_IN_A_ROW
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import FIGURES, VISITS, Figure, Reading
from reports.selectors.frozen import figure_of, readable
from reports.selectors.lines import lines_of
from reports.selectors.volumes import name_of, narrowed
from reports.selectors.withholding import told, withholds

WHOLE, PART, REST = "whole", "part", "rest"
SIDES = (WHOLE, PART, REST)
PAGE_SIZE = 40


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which number: a figure, a line of the table (None: the total), a channel ("": all), a side of the rate.

    ``by``, ``key``: of what was registered, a line of ``selectors.volumes``; ``count``: one of the ``COUNTS`` of it."""

    code: str
    line: int | None = None
    channel: str = ""
    side: str = WHOLE
    by: str = ""
    key: str = ""
    count: str = ""

    @property
    def figure(self) -> Figure:
        return FIGURES[self.code]


@dataclass(frozen=True)
class Amount:
    """A number of what was registered in a unit of its own: which rows, and what each of them adds."""

    live: Q
    frozen: Q
    adds: str | None = None
    frozen_adds: str | None = None


_PIECES, _VISITS = ~Q(channel__in=VISITS), Q(channel__in=VISITS)
COUNTS: dict[str, Amount] = {
    "pieces": Amount(_PIECES, _PIECES),
    "batches": Amount(_VISITS, _VISITS, "batch_count", "batches"),
    "heads": Amount(_VISITS, _VISITS, "head_count", "heads"),
    "mass_batches": Amount(mass_visits(), Q(mass=True), "batch_count", "batches"),
    "mass_heads": Amount(mass_visits(), Q(mass=True), "head_count", "heads"),
}


@dataclass(frozen=True)
class CaseLine:
    """One counted row: its case, the instant that put it into the month, whether and how it was met. What may have no
    case is called by ``title``, with where it leads whoever may open it."""

    case: Petition | None
    moment: datetime
    done: str
    done_at: datetime | None
    hit: bool
    word: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Behind:
    """``rate``: exactly what the month prints. ``cases``: how many rows the side that is shown has; ``unlisted``: how
    many of them a frozen list counts and does not name, for their cases may not be read any more."""

    place: Place
    rate: Rate
    cases: int
    withheld: bool
    line_name: str
    page: Page[Any]
    tells_hits: bool
    unlisted: int = 0


@heavy_read
def behind(reading: Reading, place: Place, *, cursor: str | None = None) -> Behind:
    """The rows behind a number. Five queries, whatever their number.

    Raises:
        Refusal: ``"not_found"`` for a line that is not in the reader's table, ``"forbidden"`` where the side would
            tell single ratings to somebody who reads only their sum.
    """
    figure = figure_of(place.code, reading)
    tells_hits = reading.each_rating or not figure.of_ratings
    if place.side != WHOLE and not tells_hits:
        raise Refusal(_("您可以看满意率，但不能看某一件未归档信访件的评价。"), code="forbidden")
    if not tells_hits and reading.freeze is None:
        # A sum just before and just after one rating would tell that rating.
        reading = replace(reading, at=now())
    rows, name = _rows(reading, place, figure)
    sums = rows.aggregate(cases=Count("pk"), hits=Count("pk", filter=Q(hit=True)), **figure.sums)
    counted = figure.adds(sums["part"], sums["whole"])
    withheld = withholds(figure, reading) and not _is_told(reading, place, figure)
    cases = {WHOLE: sums["cases"], PART: sums["hits"], REST: sums["cases"] - sums["hits"]}[place.side]
    if withheld:
        rows, cases = rows.none(), 0
    if place.side != WHOLE:
        rows = rows.filter(hit=place.side == PART)
    unlisted = 0
    if reading.reads_all_frozen and not withheld:
        rows = rows.filter(readable(reading, FIGURES[place.code]))
        unlisted = cases - rows.count()
    page = paginate(rows, order=(f"-{figure.moment}",), cursor=cursor, size=PAGE_SIZE)
    return Behind(
        place=place,
        rate=NO_RATE if withheld else counted,
        cases=cases,
        withheld=withheld,
        line_name=name,
        page=replace(page, items=_lines(page.items, figure, reading)),
        tells_hits=tells_hits,
        unlisted=unlisted,
    )


def _is_told(reading: Reading, place: Place, figure: Figure) -> bool:
    """A channel is no part of the page's table: with it, a line would come apart into few."""
    if place.channel:
        return False
    may = told(figure, reading)
    return may.total if place.line is None else (place.line or None) in may.lines


def _rows(reading: Reading, place: Place, figure: Figure) -> tuple[QuerySet[Any], str]:
    name = ""
    rows = figure.counted(reading).annotate(
        case_id=F(figure.case or "pk"), done_at=F(figure.done or figure.moment)
    )
    if place.channel:
        name = str(Channel(place.channel).label)
        rows = rows.filter(**{figure.of_channel: place.channel})
    if place.by:
        name = name_of(place.by, place.key, reading)
        rows = rows.filter(narrowed(place.by, place.key, reading))
    if place.count:
        count = COUNTS[place.count]
        adds = count.frozen_adds if reading.freeze else count.adds
        rows = rows.filter(count.frozen if reading.freeze else count.live)
        rows = rows.annotate(counts=F(adds) if adds else Value(1))
    if place.line is not None:
        lines = lines_of(reading)
        rows = rows.filter(lines.condition(figure.unit, place.line))
        name = lines.children[place.line].label if place.line else _("未转送")
    return rows, name


def _lines(rows: list[Any], figure: Figure, reading: Reading) -> list[CaseLine]:
    wanted = [row.case_id for row in rows]
    cases = Petition.objects.filter(pk__in=wanted).select_related("lead_unit").defer(*NOT_IN_A_ROW)
    by_pk = {case.pk: case for case in cases}
    ids = [row.item if reading.freeze else row.pk for row in rows] if figure.named else []
    named = figure.named(reading, ids) if figure.named else {}
    words = dict(Act.choices)
    found = []
    for number, row in enumerate(rows):
        title, url = named[ids[number]] if figure.named else ("", "")
        line = CaseLine(
            case=None if figure.named else by_pk[row.case_id],
            moment=getattr(row, figure.moment),
            done=str(words.get(getattr(row, "stopped_by", ""), "")),
            done_at=row.done_at if figure.done else None,
            hit=row.hit,
            word=str(figure.part_word if row.hit else figure.rest_word),
            title=title,
            url=url,
        )
        found.append(line)
    return found


def url_of(
    place: Place,
    *,
    unit_id: int,
    month: Any,
    at: datetime | None = None,
    version: int | None = None,
    cursor: str | None = None,
) -> str:
    """Address of the list. ``at`` holds a running month still: it lists what the page had counted; ``version`` names
    the frozen one."""
    asked: dict[str, Any] = {"month": str(month), "unit": unit_id}
    asked |= {} if place.line is None else {"line": place.line}
    asked |= {"channel": place.channel} if place.channel else {}
    asked |= {} if place.side == WHOLE else {"side": place.side}
    asked |= {"by": place.by, "key": place.key} if place.by else {}
    asked |= {"count": place.count} if place.count else {}
    asked |= {"at": at.isoformat()} if at is not None and at < month.end else {}
    asked |= {"version": version} if version is not None else {}
    asked |= {"cursor": cursor} if cursor else {}
    return f"{reverse('reports:behind', args=[place.code])}?{urlencode(asked)}"
