"""Who holds a sealed case that no discipline body here may take: by name, in office, and told of it (条例 30)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import holders, posts_held
from core.timekeeping import local_day
from notifications.services import notify
from petitions import rules
from petitions.enums import Act, ScopeReason
from petitions.models import Petition, PetitionEvent
from petitions.services import scope
from petitions.services.stepping import lock


def holders_of(case: Petition, at: datetime) -> list[int]:
    """User ids of those who hold the case by name and are in a post then that can (``rules.can_hold``)."""
    named = case.scopes.filter(user__isnull=False, reason=ScopeReason.REGISTERED).select_related("user")
    people = [row.user for row in named if row.user is not None]
    return sorted(
        person.pk
        for person in people
        if any(rules.can_hold(case, Actor.of(post)) for post in posts_held(person, at))
    )


def tell_holders(case: Petition, at: datetime) -> None:
    """Tell whoever has come to hold it, but for its registrar, who knows. Where nobody is in office to hold it, the
    first system administrator is told so, without a word about the case."""
    found = holders_of(case, at)
    if not found:
        _tell_that_nobody_holds(case, at)
    notify(
        recipients=[pk for pk in found if pk != case.registered_by_id],
        text=_("%(number)s 由您保管：本地没有可以接收的纪检监察机关，请按规定移送上级。")
        % {"number": case.number},
        link=case.get_absolute_url(),
        about=case.about,
        dedupe_key=f"held:{case.pk}:{local_day(at)}",
        level="soon",
        at=at,
    )


def _tell_that_nobody_holds(case: Petition, at: datetime) -> None:
    notify(
        recipients=[post.user_id for post in holders(Role.SYSTEM_ADMIN, at=at)[:1]],
        text=_("%(unit)s 有来件没有人可以经办，请尽快为该机构配备负责人或信访专员。")
        % {"unit": case.registered_unit.label},
        link=reverse("accounts:units"),
        dedupe_key=f"nobody_holds:{case.pk}:{local_day(at)}",
        level="late",
        at=at,
    )


def reappoint(at: datetime) -> int:
    """Give every case held by name whose holders have left to those in office now; how many. Once a day the system
    administrator hears of those nobody can hold. A case already handed upward needs no holder."""
    handed_up = PetitionEvent.objects.filter(petition=OuterRef("pk"), act=Act.REPORT_UP)
    held = Petition.objects.filter(sealed=True, lead_unit=None).exclude(Exists(handed_up))
    return sum(_reappoint(pk, at) for pk in list(held.order_by("pk").values_list("pk", flat=True)))


def _reappoint(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        case = lock(pk)
        if case.lead_unit is not None or holders_of(case, at):
            return False
        scope.rebuild(case, at=at)
        tell_holders(case, at)
        return bool(holders_of(case, at))
