"""Give and end posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actor import Actor
from accounts.enums import POSTLESS_ROLES, SEPARATED_ROLES, Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services import audit, standing_in
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

    Raises Refusal for a role that ``by`` does not give (``rules.GIVES``), for one held twice at the
    same time, for administrators' roles that must stay apart from one another and from every other
    (GB/T 22239-2019 8.1.4), for a closed unit or account, and for dates in the wrong order.
    """
    start = valid_from or local_day(now())
    units = list(charge_units)
    _refuse_nonsense(unit, role, start, valid_until, units)
    _require_giver(by, role, user, unit)
    with transaction.atomic():
        if not User.objects.select_for_update().get(pk=user.pk).is_active:
            raise Refusal(_("此人的账号已停用，请先恢复账号。"), code="inactive")
        _refuse_clashes(user, unit, role, start, valid_until)
        post = Post.objects.create(
            user=user,
            unit=unit,
            role=role,
            title=title,
            valid_from=start,
            valid_until=valid_until,
        )
        post.charge_units.set(units)
        detail: dict[str, Any] = {"user": user.pk, "unit": unit.pk, "role": role}
        if units:
            detail["charge"] = sorted(row.pk for row in units)
        audit.record(actor=by, act="post.grant", obj=post, detail=detail)
    user.__dict__.pop("current_posts", None)
    return post


def _require_giver(by: Actor, role: Role | str, user: User, unit: Unit) -> None:
    if rules.may_give(by, role, user, unit):
        return
    if rules.is_self(by, user):
        raise Refusal(_("不能授予或结束自己的岗位，请由另一位管理员办理。"), code="forbidden")
    giver = rules.giver_of(role, unit)
    if unit.kind == UnitKind.DISCIPLINE and giver:
        words = _("“%(unit)s”是纪检监察机关，其岗位可以查看密存的检举控告，由%(giver)s授予和结束。")
        raise Refusal(words % {"unit": unit.label, "giver": giver.label}, code="forbidden")
    if unit.kind in rules.READS_DISTRICT and giver:
        words = _("“%(unit)s”的岗位关系到全区县的信访件，由%(giver)s授予和结束。")
        raise Refusal(words % {"unit": unit.label, "giver": giver.label}, code="forbidden")
    raise Refusal(
        _("“%(role)s”岗位由%(giver)s授予和结束。")
        % {"role": Role(role).label, "giver": giver.label if giver else _("无人")},
        code="forbidden",
    )


def _refuse_nonsense(unit: Unit, role: Role, start: date, end: date | None, charge: list[Unit]) -> None:
    if role in POSTLESS_ROLES:
        raise Refusal(_("该角色不能作为岗位授予。"), code="invalid")
    if end is not None and end <= start:
        raise Refusal(_("离任日期必须晚于任职日期。"), code="end_before_start")
    if unit.valid_until is not None and unit.valid_until <= start:
        raise Refusal(_("“%(unit)s”在任职日期已停用。") % {"unit": unit.label}, code="unit_closed")
    if charge and role != Role.LEADER:
        raise Refusal(_("只有领导岗位有分管机构。"), code="no_charge")


def _refuse_clashes(user: User, unit: Unit, role: Role, start: date, end: date | None) -> None:
    own = Post.objects.filter(user=user, stands_in_for=None)
    held = own.filter(Q(valid_until=None) | Q(valid_until__gt=start))
    if end is not None:
        held = held.filter(valid_from__lt=end)
    if held.filter(unit=unit, role=role).exists():
        raise Refusal(_("此人在同一时段已在该机构担任同一角色。"), code="post_twice")
    others = Post.objects.filter(user=user).filter(Q(valid_until=None) | Q(valid_until__gt=start))
    if end is not None:
        others = others.filter(valid_from__lt=end)
    others = others.exclude(role=role)
    if role in SEPARATED_ROLES and others.filter(role__in=SEPARATED_ROLES).exists():
        raise Refusal(
            _("系统管理员、安全管理员、审计员三者不得由同一人同时担任。"),
            code="roles_apart",
        )
    # Whoever administers reads no cases, under no other hat either (GB/T 22239-2019 8.1.7.2 b: not beside other work).
    if others.exists() if role in SEPARATED_ROLES else others.filter(role__in=SEPARATED_ROLES).exists():
        raise Refusal(
            _("管理员和审计员不得同时担任办理信访件的岗位，请先结束一方的岗位。"),
            code="roles_apart",
        )


def end_post(*, post: Post, by: Actor, on: date | None = None) -> Post:
    """End a post: ``on`` (today by default) is the first day it is no longer held.

    Raises Refusal for a role that ``by`` does not end, for a post that is over, and for a day that is
    not after its first or lies after the end it already has.
    """
    last = on or local_day(now())
    with transaction.atomic():
        locked = _held_for_change(post, by)
        if last <= locked.valid_from:
            raise Refusal(_("离任日期必须晚于任职日期。"), code="end_before_start")
        if locked.valid_until is not None and last > locked.valid_until:
            raise Refusal(
                _("离任日期不能晚于原定的 %(day)s。") % {"day": locked.valid_until.isoformat()},
                code="end_before_start",
            )
        locked.valid_until = last
        locked.save(update_fields=["valid_until"])
        audit.record(actor=by, act="post.end", obj=locked, detail={"on": last.isoformat()})
        standing_in.follow_end(locked, by)
    return locked


def set_charge(*, post: Post, units: Iterable[Unit], by: Actor) -> Post:
    """Put a leader in charge of exactly these units (分管); all below them belong to the charge.

    Raises Refusal for a post that is no leader's or is over, and for an actor who does not give leaders' posts.
    """
    wanted = {unit.pk for unit in units}
    with transaction.atomic():
        locked = _held_for_change(post, by)
        if locked.role != Role.LEADER:
            raise Refusal(_("只有领导岗位有分管机构。"), code="no_charge")
        before = set(locked.charge_units.values_list("pk", flat=True))
        if before != wanted:
            locked.charge_units.set(wanted)
            detail = {"added": sorted(wanted - before), "removed": sorted(before - wanted)}
            audit.record(actor=by, act="post.charge", obj=locked, detail=detail)
    return locked


def _held_for_change(post: Post, by: Actor) -> Post:
    """The post's row, locked, if ``by`` may change it and it is not over."""
    found: Post = Post.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=post.pk)
    _require_giver(by, found.role, found.user, found.unit)
    if found.valid_until is not None and found.valid_until <= local_day(now()):
        raise Refusal(
            _("该岗位已于 %(day)s 结束。") % {"day": found.valid_until.isoformat()},
            code="stale",
        )
    return found
