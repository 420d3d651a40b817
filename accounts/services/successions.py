"""Which unit takes over what another did when that is split, merged or abolished (条例 24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit, UnitSuccession
from accounts.services import audit
from accounts.signals_upward import unit_followed
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now


def record(
    *, unit: Unit, successors: Sequence[Unit], basis: str, by: Actor, at: datetime | None = None
) -> list[UnitSuccession]:
    """Say who takes over from the unit on its ``valid_until``; what was said before is replaced.

    Raises Refusal: anybody but the system administrator; a unit without a last day; no successor, the unit itself, one
    not in use on that day; one of another nature where the unit's nature opens sealed cases or the whole district; no
    basis; or its cases have begun to go over.
    """
    if not (rules.is_program(by) or by.role == Role.SYSTEM_ADMIN):
        raise Refusal(_("机构由系统管理员维护。"), code="forbidden")
    if by.user is None:
        raise Refusal(_("请以本人的账号登记承继机构。"), code="forbidden")
    words = clean_text(basis)
    if not words:
        raise Refusal(_("请写明依据，如机构改革方案的文号。"), code="no_reason")
    with transaction.atomic():
        locked = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        _check(locked, successors)
        before = UnitSuccession.objects.filter(unit=locked)
        if before.exclude(followed_at=None).exists():
            raise Refusal(_("没有生效：该机构的信访件已经移交承继机构，不能再更改。"), code="stale")
        before.delete()
        rows = [
            UnitSuccession(
                unit=locked,
                successor=one,
                basis=words[:200],
                recorded_at=at or now(),
                recorded_by=by.user,
            )
            for one in dict.fromkeys(successors)
        ]
        UnitSuccession.objects.bulk_create(rows)
        detail = {"successors": [one.pk for one in successors], "basis": words[:200]}
        audit.record(actor=by, act="unit.succession", obj=locked, detail=detail, at=at)
    return rows


def _check(unit: Unit, successors: Sequence[Unit]) -> None:
    if unit.valid_until is None:
        raise Refusal(_("请先填写该机构的停用日期，自那一天起由承继机构办理。"), code="invalid")
    if not successors:
        raise Refusal(_("请选择承继机构。"), code="no_successor")
    for one in successors:
        if one.pk == unit.pk:
            raise Refusal(_("承继机构不能是机构自己。"), code="no_successor")
        if not Unit.objects.active(unit.valid_until).filter(pk=one.pk).exists():
            words = _("“%(unit)s”在%(day)s不在使用，不能承继。")
            raise Refusal(
                words % {"unit": one.name, "day": unit.valid_until.isoformat()}, code="no_successor"
            )
        opens = rules.opens_sealed_cases(unit.kind, one.kind) or rules.opens_district(unit.kind, one.kind)
        if opens and one.kind != unit.kind:
            raise Refusal(
                _("“%(unit)s”的性质与该机构不同：纪检监察机关、信访部门和区县只能由同性质的机构承继。")
                % {"unit": one.name},
                code="no_successor",
            )


def followed(unit: Unit, at: datetime) -> None:
    """All cases of the unit have gone over to its successors; rooms above hand over what hangs on no case."""
    with transaction.atomic():
        UnitSuccession.objects.filter(unit=unit, followed_at=None).update(followed_at=at)
        unit_followed.send(sender=Unit, unit=unit, at=at)


def to_follow(at: datetime) -> list[Unit]:
    """Units whose last day is over and whose cases have not all gone over yet, by key. One query."""
    return list(
        Unit.objects.filter(
            valid_until__lte=local_day(at), succeeded_by__isnull=False, succeeded_by__followed_at=None
        )
        .distinct()
        .order_by("pk")
    )
