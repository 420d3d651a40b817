"""Who holds which post at one moment, for a whole batch of alerts: a few queries, however many units there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.enums import Role, UnitKind
from accounts.models import DutyShift, Post, Unit
from accounts.selectors import every_post
from core.bulk import current_load
from core.timekeeping import local_day

#: Whoever is on a duty roster answers for the unit, or takes in what arrives.
ON_DUTY = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.CLERK)
#: Roles that are looked for in every unit, not in one.
ANYWHERE = (Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR, Role.SYSTEM_ADMIN)


def away_among(posts: Iterable[Post]) -> set[int]:
    """Ids of those posts whose holders are away: another of the posts is held in their place."""
    return {post.stands_in_for_id for post in posts if post.stands_in_for_id is not None}


class InOffice:
    """Posts held ``at`` that moment (an aware instant; posts are held by days of Asia/Shanghai).

    ``prepare`` reads the posts of the given units and of those above them in one query; a unit that was not prepared
    costs one more. The roles of ``ANYWHERE`` are read once, in two.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: set[int] = set()
        self._of_unit: dict[int, list[Post]] = {}
        self._all: list[Post] | None = None
        self._charges: dict[int, set[int]] = {}
        self._duty: set[tuple[int, int]] | None = None

    def prepare(self, units: Iterable[Unit]) -> None:
        wanted = {pk for unit in units for pk in unit.ancestor_ids} - self._known
        if not wanted:
            return
        self._known |= wanted
        for post in self._held_in(wanted):
            self._of_unit.setdefault(post.unit_id, []).append(post)

    def in_unit(self, unit: Unit) -> list[Post]:
        """Every post in exactly that unit."""
        self.prepare([unit])
        return self._of_unit.get(unit.pk, [])

    def on_duty(self, unit: Unit) -> list[Post]:
        """The posts in the unit of whoever is on duty there now, and of whoever stands in for them; empty where the
        roster has nobody, or somebody who has left. One query for all units."""
        if self._duty is None:
            now_on = DutyShift.objects.filter(starts_at__lte=self.at, ends_at__gt=self.at)
            self._duty = set(now_on.values_list("unit_id", "user_id"))
        posts = self.in_unit(unit)
        own = {post.pk for post in posts if (unit.pk, post.user_id) in self._duty and post.role in ON_DUTY}
        return [post for post in posts if post.pk in own or post.stands_in_for_id in own]

    def of(self, role: Role, unit: Unit) -> list[Post]:
        return [post for post in self.in_unit(unit) if post.role == role]

    def heads_above(self, unit: Unit) -> list[list[Post]]:
        """The heads of each unit above this one that has any, the nearest first; the district itself left out."""
        self.prepare([unit])
        above = [self._of_unit.get(pk, []) for pk in reversed(unit.ancestor_ids[:-1])]
        heads = [
            [post for post in posts if post.role == Role.UNIT_HEAD and post.unit.kind != UnitKind.DISTRICT]
            for posts in above
        ]
        return [found for found in heads if found]

    def anywhere(self, role: Role) -> list[Post]:
        """Posts of one of the roles ``ANYWHERE``, in whatever unit."""
        return [post for post in self._everywhere() if post.role == role]

    def office(self, role: Role) -> list[Post]:
        """Posts with that role in a petition office."""
        return [post for post in self.anywhere(role) if post.unit.kind == UnitKind.PETITION_OFFICE]

    def in_charge_of(self, unit: Unit) -> list[Post]:
        """Leaders' posts in charge of the unit or of one above it."""
        leaders = self.anywhere(Role.LEADER)
        above = set(unit.ancestor_ids)
        return [post for post in leaders if self._charges[post.pk] & above]

    def _everywhere(self) -> list[Post]:
        if self._all is None:
            self._all = self._held_as(ANYWHERE)
            self._charges = {
                post.pk: {unit.pk for unit in post.charge_units.all()}
                for post in self._all
                if post.role == Role.LEADER
            }
        return self._all

    def _held_in(self, units: set[int]) -> Iterable[Post]:
        if current_load() is not None:
            return [
                post for post in every_post() if post.unit_id in units and post.held_on(local_day(self.at))
            ]
        return self._current().filter(unit__in=units)

    def _held_as(self, roles: Sequence[Role]) -> list[Post]:
        if current_load() is not None:
            return [post for post in every_post() if post.role in roles and post.held_on(local_day(self.at))]
        return list(self._current().filter(role__in=roles).prefetch_related("charge_units"))

    def _current(self) -> QuerySet[Post]:
        held: QuerySet[Post] = Post.objects.current(local_day(self.at))
        return held.select_related("user", "unit").order_by("id")
