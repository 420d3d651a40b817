"""What the deadline engine is told of a case when one of its clocks starts, so that rules may depend on it."""

from __future__ import annotations

from accounts.enums import UnitKind
from accounts.models import Unit
from deadlines import facts
from deadlines.facts import Fact
from petitions.enums import Channel, Kind, Path, Urgency
from petitions.models import Petition

LEVELS = {"district": "区县", "town": "乡镇（街道）", "village": "村（社区）"}
#: Bodies of no level of their own have none.
LEVEL_OF = {
    UnitKind.TOWN: "town",
    UnitKind.VILLAGE: "village",
    **dict.fromkeys(
        (UnitKind.DISTRICT, UnitKind.PETITION_OFFICE, UnitKind.DEPARTMENT, UnitKind.PARTY_BODY), "district"
    ),
}
#: The closest to a case first.
FACTS = (
    Fact(facts.UNIT, "责任单位"),
    Fact("level", "责任单位层级", LEVELS),
    Fact("path", "办理路径", {str(value): str(word) for value, word in Path.choices}),
    Fact("kind", "信访目的", {str(value): str(word) for value, word in Kind.choices}),
    Fact("channel", "信访形式", {str(value): str(word) for value, word in Channel.choices}),
    Fact("urgency", "紧急程度", {str(value): str(word) for value, word in Urgency.choices}),
)


def offer() -> None:
    facts.register(FACTS)


def facts_of(petition: Petition | None, unit: Unit | None) -> dict[str, str]:
    """Of a case, where there is one, and the unit that its clock binds; without what is not settled yet. No queries."""
    found = {
        facts.UNIT: unit and unit.pk,
        "level": unit and LEVEL_OF.get(UnitKind(unit.kind)),
    }
    if petition is not None:
        found |= {
            "path": petition.path,
            "kind": petition.kind,
            "channel": petition.channel,
            "urgency": petition.urgency,
        }
    return {name: str(value) for name, value in found.items() if value}
