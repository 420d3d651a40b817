"""Prints docs/indicators.md from the definitions, so that the page can never say anything else than the code counts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.definitions import DEFINITIONS, Definition

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

## Definitions

| code | version | name | unit | what is counted | basis and period |
|---|---|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Print docs/indicators.md from the definitions"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")


def page() -> str:
    """The whole file."""
    return HEAD + "".join(f"{_row(one)}\n" for one in DEFINITIONS)


def _row(one: Definition) -> str:
    cells = (one.code, one.version, one.name, one.unit, one.formula, one.basis)
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
