"""The rungs of a ladder of alerts in the rooms above: a unit's people, its leaders, then the petition office.

Posts are looked up when an alert falls due, not when its clock began. Whoever is recused or complained of is not told;
the next rung is told instead, so that no alert is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.enums import Role
from accounts.in_office import InOffice, away_among
from accounts.models import Post, Unit
from deadlines.rules_table import UPWARD
from petitions import rules
from petitions.models import Petition
from petitions.services import telling
from petitions.services.vacant import Vacancies, last_resort

OFFICE = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR})
OF_THE_UNIT = frozenset({Role.HANDLER, Role.UNIT_HEAD})


class Rungs:
    """Posts by (unit, rung), each looked up once per batch.

    ``look_up(unit, role, at)`` gives the room's posts of the rungs below the petition office.
    """

    def __init__(self, at: datetime, look_up: Callable[[Unit, Role, datetime], list[Post]]) -> None:
        self.at = at
        self.staff = InOffice(at)
        self.vacancies = Vacancies(self.staff)
        self._look_up = look_up
        self._known: dict[tuple[int | None, str], list[Post]] = {}

    def told_of(self, case: Petition | None, unit: Unit, role: Role) -> list[int]:
        """User ids of the first rung from ``role`` up in which somebody may know of it, else ``vacant.last_resort``. A
        rung that nobody holds is gathered in ``vacancies``."""
        own_part = case is not None and rules.answers_own_part(case, unit)
        away: set[int] = set()
        for rung in UPWARD[UPWARD.index(role) :] if role in UPWARD else UPWARD:
            posts = self._of(unit, rung)
            if not posts and (case is None or not case.sealed):
                self.vacancies.note(None if rung in OFFICE else unit, rung)
            stood_in_for = away_among(posts)
            there = [post for post in posts if post.pk not in stood_in_for]
            own = own_part and rung in OF_THE_UNIT
            # Whoever is away may read it too, and somebody who is there is told.
            away |= set(self._who_may_know(case, [post for post in posts if post.pk in stood_in_for], own))
            if told := self._who_may_know(case, there, own):
                return sorted({*told, *away})
        return sorted({*away, *last_resort(case, self.staff)})

    def _who_may_know(self, case: Petition | None, posts: list[Post], own_part: bool) -> list[int]:
        if case is None:
            return sorted({post.user_id for post in posts})
        return telling.who_may_know(case, posts, own_part=own_part, at=self.at) if posts else []

    def _of(self, unit: Unit, role: Role) -> list[Post]:
        key = (None if role in OFFICE else unit.pk, role)
        if key not in self._known:
            self._known[key] = (
                self.staff.office(role) if role in OFFICE else self._look_up(unit, role, self.at)
            )
        return self._known[key]
