"""What the acts share: units and people by key, cases by index, categories by leaf; each read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from accounts.actor import Actor
from accounts.models import Unit
from core.timekeeping import local_day
from demo.draft import Draft
from demo.people import Staff
from demo.workdays import Office
from petitions.models import Petition


@dataclass
class World:
    seed: int
    until: datetime
    office: Office
    units: dict[str, Unit]
    staff: Staff
    categories: dict[str, int]
    drafts: list[Draft]
    petitions: dict[int, Petition] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)

    outside: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.keys = {unit.pk: key for key, unit in self.units.items()}

    def actor(self, key: str) -> Actor:
        return self.staff.actor(key)

    def holder(self, draft: Draft, by: str = "lead") -> Actor:
        """The handler of the unit that holds the case now, always the same one; an officer where none does."""
        petition = self.petitions[draft.index]
        if by == "lead" and petition.lead_unit_id is not None:
            handlers = self.staff.handlers(self.keys[petition.lead_unit_id])
            return handlers[draft.index % len(handlers)]
        return self.actor("officer")

    def head(self, draft: Draft) -> Actor:
        lead = self.petitions[draft.index].lead_unit_id
        assert lead is not None
        return self.actor(f"{self.keys[lead]}_head")

    def has_head(self, key: str) -> bool:
        return f"{key}_head" in self.staff.actors

    def lead_key(self, draft: Draft) -> str:
        lead = self.petitions[draft.index].lead_unit_id
        return self.keys[lead] if lead is not None else ""

    def outside_number(self, draft: Draft, at: datetime) -> str:
        """文号 of an opinion that the unit wrote in its own office system, as most of the county still does."""
        unit, year = self.units[self.lead_key(draft)], local_day(at).year
        self.outside[unit.label, year] += 1
        return f"{unit.label}信意〔{year}〕{self.outside[unit.label, year]}号"

    def reviewer(self, draft: Draft) -> str:
        unit = self.units[self.lead_key(draft)].review_superior
        if unit is None:
            return ""
        return unit.name
