"""What people in the fictional county bring forward, and how one case gets its words.

A matter is a set of phrasings with slots; a case draws one of each and fills the slots once, so that its subject,
body, requests, notes and reply speak of the same street, month and sum. Nothing here is taken from any real case.
"""

from __future__ import annotations

from dataclasses import dataclass

from petitions.enums import Kind, Path


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One kind of trouble. Texts are lines, one phrasing each; ``{slots}`` are those of ``demo.slots``.

    ``leaf`` is the third level of the category. ``units`` are keys of ``demo.county`` that may lead, "town" standing
    for the town of the place; ``wrong`` is a unit it is now and then sent to by mistake. ``peak`` are the months in
    which it comes up twice as often, ``joint`` the share of cases in which several people stand together.
    """

    key: str
    leaf: str
    units: str
    co: str = ""
    wrong: str = ""
    kind: Kind = Kind.APPEAL
    path: Path = Path.PETITION
    weight: float = 1.0
    peak: tuple[int, ...] = ()
    joint: float = 0.1
    rural: bool | None = None
    subjects: str
    facts: str
    effects: str
    asks: str
    found: str
    granted: str
    explained: str
    declined: str = ""
    basis: str
    notes: str

    def lines(self, name: str) -> list[str]:
        """The phrasings of one part."""
        return getattr(self, name).strip().split("\n")

    def keys(self, name: str) -> list[str]:
        """Unit keys of ``units``, ``co`` or ``wrong``."""
        return getattr(self, name).split()


def all_matters() -> tuple[Matter, ...]:
    """Every matter, in a fixed order: the order is part of what a seed means."""
    from demo.texts import city, countryside, homes, livelihood, nature, schooling, trade

    return (
        *city.MATTERS,
        *homes.MATTERS,
        *countryside.MATTERS,
        *nature.MATTERS,
        *livelihood.MATTERS,
        *schooling.MATTERS,
        *trade.MATTERS,
    )
