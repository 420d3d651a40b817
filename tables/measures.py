"""What a table can count: figures of the month (``reports``), under the names and definitions of its page.

There is no second definition of any of them: 件次 and repeats are those of the figure of the repeat rate, pieces are
its 件次 of what is no visit, batches those of visits, heads the people of these; rates are the month's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from petitions.querysets import mass_visits
from reports.definitions import BY_CODE, Definition
from reports.selectors.figures import FIGURES, RATES, VISITS, Figure

#: Of which figure everything that is registered is counted.
REGISTERED = "repeat_rate"
VOLUMES = ("count", "pieces", "batches", "heads", "mass_batches", "mass_heads", "repeats")
OF_HEADS = ("heads", "mass_heads")


@dataclass(frozen=True)
class Measure:
    """A volume of what was registered, or a rate."""

    code: str

    @property
    def is_rate(self) -> bool:
        return self.code not in VOLUMES

    @property
    def figure(self) -> Figure:
        """Whose rows are counted."""
        return FIGURES[self.code if self.is_rate else REGISTERED]

    @property
    def counts(self) -> Q:
        """Which of the rows of its figure are counted."""
        visit = Q(channel__in=VISITS)
        if self.is_rate or self.code == "count":
            return Q()
        if self.code == "repeats":
            return Q(hit=True)
        if self.code == "pieces":
            return ~visit
        return mass_visits() if self.code.startswith("mass") else visit

    @property
    def adds(self) -> str:
        """What of a row is added up: its people, or what it counts (件次)."""
        return "head_count" if self.code in OF_HEADS else "counts"

    @property
    def definition(self) -> Definition:
        return BY_CODE[self.code]

    @property
    def name(self) -> str:
        return str(self.definition.name)


MEASURES = {code: Measure(code) for code in (*VOLUMES, REGISTERED, *RATES)}
