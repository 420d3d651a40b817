"""What the system administrator does to the tree of units on the screens; each with its audit entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import rules, selectors
from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.services import audit
from accounts.services.units import create_unit, move_unit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now

LONGEST_REASON = 200
FIELDS = ("name", "short_name", "code", "phone", "kind", "review_superior", "valid_from", "valid_until")


def add_unit(
    *,
    by: Actor,
    parent: Unit,
    name: str,
    kind: UnitKind | str,
    short_name: str = "",
    code: str = "",
    review_superior: Unit | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    phone: str = "",
) -> Unit:
    """A new unit below ``parent``.

    Raises Refusal for a code in use, a name already there below the same parent (a form sent twice),
    dates in the wrong order, and anybody but the system administrator.
    """
    _require_keeper(by)
    _refuse_dates(valid_from, valid_until)
    with transaction.atomic():
        above = Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=parent.pk)
        _refuse_name(above, name)
        _refuse_code(code)
        try:
            with transaction.atomic():
                unit = create_unit(
                    name=name,
                    kind=kind,
                    parent=above,
                    code=code,
                    short_name=short_name,
                    review_superior=review_superior,
                    valid_from=valid_from,
                    valid_until=valid_until,
                    phone=phone,
                )
        except IntegrityError:
            raise _code_taken(code) from None
        audit.record(actor=by, act="unit.add", obj=unit, detail={"parent": above.pk, "kind": str(kind)})
    return unit


def change_unit(*, unit: Unit, by: Actor, parent: Unit | None, **wanted: Any) -> Unit:
    """Give a unit these values (keys are ``FIELDS``; without ``phone`` it keeps its own) and hang it below ``parent``
    (None: it is a root).

    Raises Refusal for a code or sibling's name in use, a parent below the unit itself, a reviewer that
    is the unit itself, dates in the wrong order, a closing day before all posts and units below end, a kind that
    makes it a discipline body or ends that (``change_kind``), and one that makes it a petition office or the district
    or ends that while anybody has a post there: who reads the whole district is the security administrator's to say.
    """
    _require_keeper(by)
    _refuse_dates(wanted["valid_from"], wanted["valid_until"])
    if wanted["review_superior"] == unit:
        raise Refusal(_("复查机关不能是机构自己。"), code="own_reviewer")
    with transaction.atomic():
        # First, so that the lock on the whole tree comes before the one on this row.
        before = Unit.objects.get(pk=unit.pk).parent_id
        if before != (parent.pk if parent else None):
            _move(unit, parent, by, before)
        locked = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        wanted.setdefault("phone", locked.phone)
        changed = [field for field in FIELDS if getattr(locked, field) != wanted[field]]
        if not rules.is_program(by) and rules.opens_sealed_cases(*({locked.kind} ^ {wanted["kind"]})):
            raise Refusal(
                _("机构性质改为或不再是“纪检监察机关”，关系到密存的检举控告，由安全管理员办理。"),
                code="forbidden",
            )
        if not rules.is_program(by) and rules.opens_district(*({locked.kind} ^ {wanted["kind"]})):
            _refuse_staffed(locked)
        if "name" in changed or before != locked.parent_id:
            _refuse_name(parent, wanted["name"], but=locked)
        _refuse_code(wanted["code"], but=locked)
        if "valid_until" in changed:
            _refuse_closing(locked, wanted["valid_until"])
        _save(locked, changed, wanted, by)
    return locked


def change_kind(*, unit: Unit, by: Actor, kind: UnitKind, reason: str) -> Unit:
    """Make a unit a discipline body, or end its being one: by the security administrator alone, because it opens or
    closes sealed cases to everybody with a post there (条例 30). All other changes go through ``change_unit``.

    Raises Refusal: another actor, no reason, a kind that has nothing to do with it, one the unit has already, or a unit
    in which the actor has a post.
    """
    if not (rules.is_program(by) or by.role == Role.SECURITY_ADMIN):
        raise Refusal(_("机构性质改为或不再是“纪检监察机关”，由安全管理员办理。"), code="forbidden")
    why = clean_text(reason)
    if not why:
        raise Refusal(_("请写明理由。"), code="no_reason")
    if len(why) > LONGEST_REASON:
        raise Refusal(_("理由最多 %(most)d 字，请精简。") % {"most": LONGEST_REASON}, code="no_reason")
    with transaction.atomic():
        locked = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        before = UnitKind(locked.kind)
        if before == kind:
            words = _("没有生效：“%(unit)s”已经是“%(kind)s”。")
            raise Refusal(words % {"unit": locked.label, "kind": before.label}, code="stale")
        if not rules.opens_sealed_cases(before, kind):
            raise Refusal(_("其他机构性质由系统管理员维护。"), code="forbidden")
        if by.user is not None and selectors.ever_in(by.user, locked):
            raise Refusal(_("您在该机构有岗位，请由另一位安全管理员办理。"), code="forbidden")
        locked.kind = kind
        locked.save(update_fields=["kind"])
        detail = {"was": before, "kind": kind, "reason": why}
        audit.record(actor=by, act="unit.discipline", obj=locked, detail=detail)
    return locked


def _save(unit: Unit, changed: list[str], wanted: dict[str, Any], by: Actor) -> None:
    if not changed:
        return
    for field in changed:
        setattr(unit, field, wanted[field])
    try:
        with transaction.atomic():
            unit.save(update_fields=changed)
    except IntegrityError:
        raise _code_taken(wanted["code"]) from None
    detail = {field: wanted[field] for field in changed if field != "review_superior"}
    if "review_superior" in changed:
        detail["review_superior"] = unit.review_superior_id
    audit.record(actor=by, act="unit.change", obj=unit, detail=detail)


def _move(unit: Unit, parent: Unit | None, by: Actor, before: int | None) -> None:
    if parent is None:
        raise Refusal(_("请选择上级机构。"), code="no_parent")
    move_unit(unit=unit, parent=parent)
    audit.record(actor=by, act="unit.move", obj=unit, detail={"from": before, "to": parent.pk})


def _require_keeper(by: Actor) -> None:
    if not (rules.is_program(by) or by.role == Role.SYSTEM_ADMIN):
        raise Refusal(_("机构由系统管理员维护。"), code="forbidden")


def _refuse_dates(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end <= start:
        raise Refusal(_("停用日期必须晚于启用日期。"), code="end_before_start")


def _refuse_name(parent: Unit | None, name: str, but: Unit | None = None) -> None:
    same = Unit.objects.filter(parent=parent, name=name)
    if same.exclude(pk=but.pk if but else 0).exists():
        where = parent.label if parent else _("最上级")
        words = _("“%(parent)s”之下已有“%(name)s”。")
        raise Refusal(words % {"parent": where, "name": name}, code="name_twice")


def _refuse_code(code: str, but: Unit | None = None) -> None:
    if code and Unit.objects.filter(code=code).exclude(pk=but.pk if but else 0).exists():
        raise _code_taken(code)


def _code_taken(code: str) -> Refusal:
    owner = Unit.objects.filter(code=code).first()
    words = _("统计代码 %(code)s 已由“%(unit)s”使用。")
    return Refusal(words % {"code": code, "unit": owner.name if owner else "—"}, code="code_twice")


def _refuse_staffed(unit: Unit) -> None:
    """No post is carried into, or out of, the security administrator's hands by another kind of its unit."""
    posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=local_day(now())), unit=unit).count()
    if posts:
        words = _(
            "信访部门和区县的岗位能看全区县的信访件，机构性质改为或不再是这两种之前，"
            "请先由授予岗位的管理员结束该机构的 %(count)d 个在任岗位。"
        )
        raise Refusal(words % {"count": posts}, code="forbidden")


def _refuse_closing(unit: Unit, day: date | None) -> None:
    """Nothing may outlive the unit: neither a unit below nor a post in it."""
    if day is None:
        return
    longer = Q(valid_until=None) | Q(valid_until__gt=day)
    below = Unit.objects.subtree(unit).exclude(pk=unit.pk).filter(longer).count()
    if below:
        words = _("还有 %(count)d 个下级机构在这一天之后仍在用，请先停用或移走。")
        raise Refusal(words % {"count": below}, code="still_used")
    posts = Post.objects.filter(longer, unit=unit).count()
    if posts:
        words = _("还有 %(count)d 个岗位在这一天之后仍在任，请先结束这些岗位。")
        raise Refusal(words % {"count": posts}, code="still_used")
