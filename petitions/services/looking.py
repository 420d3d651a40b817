"""Counts looks at what is protected, and tells the security administrators of an unusual number. Never refuses one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from accounts.selectors import holders
from core.timekeeping import SHANGHAI, local_day, now
from notifications.services import notify
from petitions.archive_enums import LookKind
from petitions.models import Look, Petition

HOUR = timedelta(hours=1)


class Looks(NamedTuple):
    """How often one person looked in the hour up to now, and since midnight (Asia/Shanghai)."""

    hour: int
    day: int


def count_look(
    *, actor: Actor, petition: Petition, kind: LookKind, reason: str = "", at: datetime | None = None
) -> None:
    """Keep one look of a person, and tell of it when it is one too many; in the caller's transaction if there is one.

    A person's looks queue behind one another, so each is counted with all before it. A sealed case that is opened
    again within the hour is the same look.
    """
    if actor.user is None:
        return
    at = at or now()
    with transaction.atomic():
        list(User.objects.select_for_update(no_key=True).filter(pk=actor.user.pk).values_list("pk"))
        mine = Look.objects.filter(user=actor.user)
        seen = mine.filter(petition=petition, kind=LookKind.SEALED, at__gt=at - HOUR)
        if kind == LookKind.SEALED and seen.exists():
            return
        mine.create(
            user=actor.user, petition=petition, kind=kind, who=actor.label[:120], reason=reason[:200], at=at
        )
        _tell(actor, _counted(actor.user, at), at)


def count_looks(
    *, actor: Actor, petitions: Sequence[Petition], reason: str, at: datetime | None = None
) -> None:
    """Keep a look at the people of each of these cases, taken out in one file, and tell of them as of single ones."""
    if actor.user is None or not petitions:
        return
    at = at or now()
    with transaction.atomic():
        list(User.objects.select_for_update(no_key=True).filter(pk=actor.user.pk).values_list("pk"))
        kept = {"user": actor.user, "kind": LookKind.FIELD, "who": actor.label[:120], "reason": reason[:200]}
        Look.objects.bulk_create([Look(petition=petition, at=at, **kept) for petition in petitions], 1000)
        _tell(actor, _counted(actor.user, at), at)


def _counted(user: User, at: datetime) -> Looks:
    midnight = datetime.combine(local_day(at), time.min, SHANGHAI)
    since = Look.objects.filter(user=user, at__gte=min(midnight, at - HOUR))
    found = since.aggregate(
        hour=Count("pk", filter=Q(at__gt=at - HOUR)), day=Count("pk", filter=Q(at__gte=midnight))
    )
    return Looks(**found)


def _tell(actor: Actor, looks: Looks, at: datetime) -> None:
    steps = (
        ("hour", looks.hour, settings.LOOKS_PER_HOUR, _("%(who)s 一小时内查看受保护信息 %(n)d 次")),
        ("day", looks.day, settings.LOOKS_PER_DAY, _("%(who)s 今天查看受保护信息 %(n)d 次")),
    )
    for step, number, line, words in steps:
        if number > line:
            _notify(actor, step, words % {"who": actor.label, "n": number}, line, at)


def _notify(actor: Actor, step: str, words: str, line: int, at: datetime) -> None:
    """Once per person, step and day; the key holds that, whoever counts at the same moment."""
    assert actor.user is not None
    day = local_day(at)
    notify(
        recipients=[post.user_id for post in holders(Role.SECURITY_ADMIN, at=at)],
        text=words + _("（提醒线 %(line)d 次），请向本人了解原因。") % {"line": line},
        link=f"{reverse('petitions:looks')}?on={day:%Y-%m-%d}",
        dedupe_key=f"looks:{actor.user.pk}:{day}:{step}",
        level="late",
        at=at,
    )
