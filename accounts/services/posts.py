"""Give and end posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import POSTLESS_ROLES, SEPARATED_ROLES, Role
from accounts.models import Post, Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now


def grant_post(
    *,
    user: User,
    unit: Unit,
    role: Role,
    by: Actor,
    title: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    charge_units: Iterable[Unit] = (),
) -> Post:
    """Give a person a role in a unit from ``valid_from`` (today by default) until before ``valid_until``.

    Raises Refusal for a role held twice at the same time, for administrators' roles that must stay
    apart (GB/T 22239-2019 8.1.4) and for dates in the wrong order.
    """
    start = valid_from or local_day(now())
    if role in POSTLESS_ROLES:
        raise Refusal(_("该角色不能作为岗位授予。"), code="invalid")
    if valid_until is not None and valid_until <= start:
        raise Refusal(_("离任日期必须晚于任职日期。"), code="invalid")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        _refuse_clashes(user, unit, role, start, valid_until)
        post = Post.objects.create(
            user=user,
            unit=unit,
            role=role,
            title=title,
            valid_from=start,
            valid_until=valid_until,
        )
        post.charge_units.set(charge_units)
        audit.record(
            actor=by,
            act="post.grant",
            obj=post,
            detail={"user": user.pk, "unit": unit.pk, "role": role},
        )
    user.__dict__.pop("current_posts", None)
    return post


def _refuse_clashes(user: User, unit: Unit, role: Role, start: date, end: date | None) -> None:
    held = Post.objects.filter(user=user).filter(Q(valid_until=None) | Q(valid_until__gt=start))
    if end is not None:
        held = held.filter(valid_from__lt=end)
    if held.filter(unit=unit, role=role).exists():
        raise Refusal(_("此人在同一时段已在该机构担任同一角色。"), code="post_twice")
    if role in SEPARATED_ROLES and held.filter(role__in=SEPARATED_ROLES).exclude(role=role).exists():
        raise Refusal(
            _("系统管理员、安全管理员、审计员三者不得由同一人同时担任。"),
            code="roles_apart",
        )


def end_post(*, post: Post, by: Actor, on: date | None = None) -> Post:
    """End a post: ``on`` (today by default) is the first day it is no longer held."""
    last = on or local_day(now())
    with transaction.atomic():
        locked = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        if last <= locked.valid_from:
            raise Refusal(_("离任日期必须晚于任职日期。"), code="invalid")
        locked.valid_until = last
        locked.save(update_fields=["valid_until"])
        audit.record(actor=by, act="post.end", obj=locked, detail={"on": last.isoformat()})
    return locked
