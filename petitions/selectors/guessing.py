"""Which units and staff a petitioner's own words (城管局张三) may mean: a guess to look at, never a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.selectors import district_of, with_posts_on
from core.timekeeping import local_day
from petitions.selectors import staff

#: Signs of an abbreviation, and with what the longer ones end.
LEAST, MOST = 2, 8
ENDS = "局委办院所站队厅会镇乡街道村社区"
MOST_SHOWN = 5


@dataclass(frozen=True)
class Guess:
    """``said`` are the words; ``people`` say where they work."""

    said: str = ""
    units: tuple[Unit, ...] = ()
    people: tuple[str, ...] = ()

    def means(self, unit: Unit) -> bool:
        """Whether the words may mean the unit, or one it stands below."""
        return any(unit.is_within(one) for one in self.units)


def guess(text: str, near: Unit, at: datetime) -> Guess:
    """Units and staff in office in the district of ``near`` that the text may name. Four queries, none without text."""
    if not text:
        return Guess()
    district = district_of(near) or near
    units = (
        Unit.objects.subtree(district).active(local_day(at)).exclude(kind=UnitKind.DISTRICT).order_by("path")
    )
    found = tuple(unit for unit in units if _names(text, unit))[:MOST_SHOWN]
    people = with_posts_on(staff.all_named_in(text, near, at), local_day(at))[:MOST_SHOWN]
    return Guess(text, found, tuple(staff.label_of(one, at) for one in people))


def _names(text: str, unit: Unit) -> bool:
    names = {name for name in (unit.name, unit.short_name) if name}
    return any(
        name in text or any(_abbreviates(part, name) for part in _parts(text, name[0])) for name in names
    )


def _parts(text: str, first: str) -> Iterator[str]:
    for start, sign in enumerate(text):
        if sign == first:
            yield from (
                text[start : start + size] for size in range(LEAST, MOST + 1) if start + size <= len(text)
            )


def _abbreviates(part: str, name: str) -> bool:
    """城管局 and 城管 for 城市管理局: its signs in order, the first one first. Of two signs only such as do not stand
    side by side in the name (住房 is a word, 住建 is not) and without the ending of a body, of more only with one."""
    rest = iter(name)
    if len(part) >= len(name) or not all(sign in rest for sign in part):
        return False
    ended = part[-1] in ENDS
    return not ended and part not in name if len(part) == LEAST else ended
