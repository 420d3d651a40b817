"""Prints docs/indicators.md from the definitions, so that the page can never say anything else than the code counts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.definitions import DEFINITIONS, Definition
from reports.further_definitions import NOT_COUNTED

HEAD = """# Indicators

Printed by `manage.py print_indicators > docs/indicators.md` from `reports/definitions.py`; a test holds the two
together. The words are those of the page and of the file. Each rate is one `Figure` (`reports/selectors/figures.py`):
its rows are counted for the page, listed behind the number and copied when the month is frozen, so the three cannot
differ. Sealed cases (检举控告) are in no figure. A zero denominator is "—", never 0 % or 100 %; shares are rounded half
up; of several units parts and wholes are added, never averaged. What was registered and how it was rated stand in the
line of the unit that leads the case today (as it was frozen: that led it then); deadlines and decisions in that of the
unit they bind or that decided.

## Freezing

The petition office freezes a month that is over (`reports/services/freezing.py`). Every counted row of every figure is
copied within the database, from one state of the cases, with the definitions in their version; triggers refuse any
change. The page, the lists and the file then show what was frozen, and beside it each number that is another one today.
A correction is a second version with a reason; the first stays. What is frozen is what the person who froze could read:
a case that complains of the petition office is not in it. Readers of that office see all frozen rows, whatever became
of the cases since, and in the lists the cases that they may read today; everybody else sees the rows of cases that they
may read today. Rates of ratings that may not be told to a reader one by one are left out of what changed.

Rows of another room (a package, a suggestion, a reception, a decision) are kept with their id there and read by that
room's own rules. A month that was frozen before a figure was defined says nothing of it; one frozen before purpose,
path and place were kept says so where it is told apart by them.

## Pages

`/reports/month/` is the table of the district, its tab "其他指标" (`/reports/month/indicators/`) the figures beside
it by unit, with 初次化解率 by channel and the summary of mediation as that room tells it (small numbers withheld,
counted today). The other tabs (`/reports/month/volumes/?by=`) tell what was registered apart by channel, category,
purpose, path, first or repeated and place, each beside the month before, the same month of the year before and the
mean of the same month of those of the three years before that have cases at all; those months are told as they were
frozen, the others counted today (`selectors/volumes.py`). `/reports/definitions/` tells each definition with a number
of the reader's own month and its list. All of it is in the workbook.

## Files

The month leaves as XLSX, as a text in DOCX or PDF, and as CSV (`reports/services/making.py`); a test reads all of them
back and compares their numbers. A frozen month's files hold what was frozen, any other's are marked 暂定. Each bears
who took it, in a line and in a sealed code (`docs/security.md`).

- XLSX (`workbook.py`): the table under merged headings, definitions, cells by unit, channel and category, further
  indicators, volumes beside the months before, what changed since freezing; rates and changes are numbers shown as per
  cent (— where there is nothing to divide by), their numerators and denominators stand on a sheet of their own;
  each sheet with its print area and page numbers.
- DOCX and PDF (`narrative.py`): the 信访情况通报 in the house layout: total against the month and the year before,
  channels, purposes, paths, largest categories, timeliness and what is overdue, further work, a table of units, what
  changed since freezing, and the definitions of its figures as an annex. It judges nothing: more or fewer petitions are
  no merit (domain G).
- CSV (`month_csv.py`): a line for each unit and indicator with its code, numerator, denominator and the version of its
  definition; for programs, which need not know the columns.
- The form of the upper level, filled: [forms.md](forms.md).

初次化解率 waits for `FIRST_RESOLVED_DAYS` days after each closing: a month whose days still run is marked 暂定, and a
frozen one stays marked as it was. Whether a case came back is what its reader may know: what complains of the
reader's own office is left out of it (条例 28), so a unit's own page may say more than the district's of the same
line.

## Definitions

| code | version | name | unit | what is counted | basis and period |
|---|---|---|---|---|---|
"""
APART = """
Formulas of other places (the last three) are counted where `REPORT_VARIANTS` is set, beside ours and never instead.

## Petitions and hotline requests

Everything registered here is a petition (条例 19), whatever its channel: 来电 is a petition by telephone (national code
600), not a ticket of a hotline. There are no hotline requests in this system, so no rate can mix the two; one that
becomes a petition is registered as one. 10-30-24 stands apart: its three clocks bind the
offices within the day and are in no rate with the days of the Regulation. A dispute that came to a mediation room from
12345 and never became a petition is in the figures of mediation alone.

## Not counted

| indicator | not counted, because |
|---|---|
"""


class Command(BaseCommand):
    help = "Print docs/indicators.md from the definitions"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")


def page() -> str:
    """The whole file."""
    rows = "".join(f"{_row(one)}\n" for one in DEFINITIONS)
    return HEAD + rows + APART + "".join(f"| {name} | {why} |\n" for name, why in NOT_COUNTED)


def _row(one: Definition) -> str:
    cells = (one.code, one.version, one.name, one.unit, one.formula, one.basis)
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
