"""Posts that an alert was for and that nobody holds: the alert goes one up, and the system administrator is told.

Once per post and day, by the key. The sentence names a unit and a post and nothing of what the alert was about: who
administers reads no cases, and it is the same for every case.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.in_office import InOffice
from accounts.models import Post, Unit
from core.timekeeping import local_day
from deadlines.enums import Lamp
from deadlines.ladder import AlertLine
from petitions.models import Petition
from petitions.services import telling


class Vacancies:
    """Gathers the empty posts of one batch; ``lines`` are written with the batch's alerts, in the same statement."""

    def __init__(self, staff: InOffice) -> None:
        self._staff = staff
        self._found: dict[tuple[int | None, Role], Unit | None] = {}

    def note(self, unit: Unit | None, role: Role) -> None:
        """Nobody holds that role in the unit; without one, nobody in any petition office."""
        self._found[(unit.pk if unit else None, role)] = unit

    def lines(self) -> list[AlertLine]:
        if not self._found:
            return []
        admins = sorted({post.user_id for post in self._staff.anywhere(Role.SYSTEM_ADMIN)})
        day = local_day(self._staff.at).isoformat()
        return [
            AlertLine(
                recipients=admins,
                text=_words(unit, role),
                link=reverse("accounts:unit_edit", args=[pk]) if pk else reverse("accounts:units"),
                dedupe_key=f"vacant:{pk or '-'}:{role.value}:{day}",
                level=Lamp.YELLOW.value,
            )
            for (pk, role), unit in self._found.items()
        ]


def last_resort(case: Petition | None, staff: InOffice) -> list[int]:
    """User ids where nobody of the ladder may be told: leaders who read the case, else a system administrator who is
    neither recused nor of what is complained of. Of a sealed case nobody outside its route (条例 30)."""
    admins: list[Post | int] = list(staff.anywhere(Role.SYSTEM_ADMIN))
    if case is None:
        return sorted({post.user_id for post in staff.anywhere(Role.SYSTEM_ADMIN)})
    if case.sealed:
        return []
    leaders = sorted({post.user_id for post in staff.anywhere(Role.LEADER) if reads(post, case)})
    return leaders or telling.who_may_know(case, admins, at=staff.at)


def reads(post: Post, case: Petition) -> bool:
    """Whether the case is read under that post. One query."""
    return bool(Petition.objects.visible_to(Actor.of(post)).filter(pk=case.pk).exists())


def _words(unit: Unit | None, role: Role) -> str:
    if unit is None:
        return _("信访部门没有人担任“%(role)s”，到期提醒已改报上一级，请配备人员。") % {"role": role.label}
    if role == Role.LEADER:
        return _("“%(unit)s”没有分管领导，到期提醒已改报上一级，请配备人员。") % {"unit": unit.label}
    return _("“%(unit)s”没有人担任“%(role)s”，到期提醒已改报上一级，请配备人员。") % {
        "unit": unit.label,
        "role": role.label,
    }
