"""What a rule may be conditioned on: facts of a matter, named by the rooms above. Here they are plain words.

Whoever starts a clock passes its facts (``{"channel": "phone", "unit": "17"}``; a test looks that none is forgotten, or
a condition would never hold); a rule holds for it when every
condition of the rule is among them. Of several rules that hold, the one with more conditions wins; of equally many,
the one that names the fact registered first. Two rules with the same conditions never hold on the same day (exclusion
constraint), so that nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Unit

Facts = Mapping[str, str]
#: The one fact whose values are rows: ids of units. The duty hours of a clock are those of this unit too.
UNIT = "unit"


@dataclass(frozen=True)
class Fact:
    """``choices``: value → word; empty for the unit, which is looked up."""

    name: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)


_facts: dict[str, Fact] = {}


def register(facts: Iterable[Fact]) -> None:
    """The facts, the closest to a matter first."""
    _facts.update({fact.name: fact for fact in facts})


def known() -> list[Fact]:
    """In their order."""
    return list(_facts.values())


def hold(conditions: Facts, facts: Facts) -> bool:
    return all(facts.get(name) == value for name, value in conditions.items())


def closeness(conditions: Facts) -> tuple[int, ...]:
    """A key by which the rule that comes closest to a matter sorts first."""
    places = {name: place for place, name in enumerate(_facts)}
    return (-len(conditions), *sorted(places.get(name, len(places)) for name in conditions))


def phrase(conditions: Facts) -> str:
    """信访形式为来电、责任单位为城管局; nothing without conditions. One query where a unit is named."""
    parts = [
        f"{fact.label}为{_word(fact, conditions[fact.name])}" for fact in known() if fact.name in conditions
    ]
    return "、".join(parts)


def _word(fact: Fact, value: str) -> str:
    if fact.name != UNIT:
        return fact.choices.get(value, value)
    unit = Unit.objects.filter(pk=int(value)).first() if value.isdecimal() else None
    return unit.label if unit is not None else "已撤销的单位"
