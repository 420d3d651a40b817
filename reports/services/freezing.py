"""Freezing a month: what is reported is kept, row by row, and never changes again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.services import audit
from core.db import one_moment
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import full_moment, now
from mediation.figure_periods import Period
from mediation.figures import counted, open_to_office, rooms_of
from mediation.models import MediationCase
from petitions.models import PetitionClock
from petitions.querysets import mass_visits
from reports.definitions import shown_definitions
from reports.models import Freeze, FrozenMediation, FrozenRow, FrozenUnit
from reports.periods import Month
from reports.selectors.figures import FIGURES, Figure, Reading, default_unit, shown
from reports.selectors.frozen import REGISTERED, latest
from reports.selectors.reading import office_reading

#: Who answers for the district's figures.
FREEZERS = frozenset({Role.STATISTICIAN, Role.PETITION_OFFICER})
LONGEST_REASON = 200
TRUE, FALSE = Value(True), Value(False)
NONE = Cast(Value(None), BigIntegerField())


def may_freeze(actor: Actor) -> bool:
    """The petition office freezes the district's month, and nobody else does."""
    return actor.role in FREEZERS and actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE


def freeze(
    *, actor: Actor, month: Month, reason: str = "", seen: int | None = None, at: datetime | None = None
) -> Freeze:
    """Keep every counted row of every figure of the district's month as the actor's office reads it at ``at``: the same
    rows whoever of it presses, for what one of them is recused from (回避) is counted too.

    A month that is frozen is frozen once more only with a reason; the earlier version stays. ``seen``: the version that
    was on the page of whoever asks (0: none), so that a second press makes no third version.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: the month is not over, or frozen and no reason given;
            ``"stale"`` (409): somebody else froze it at the same time, or since ``seen``.
    """
    if not may_freeze(actor):
        raise Refusal(_("只有区信访部门的统计、信访专员岗位可以冻结月报。"), code="forbidden")
    at, reason = at or now(), clean_text(reason)
    if month.end > at:
        raise Refusal(
            _("%(month)s还没有结束，下月 1 日起才能冻结。") % {"month": month.label}, code="invalid"
        )
    if len(reason) > LONGEST_REASON:
        raise Refusal(_("重报原因最多 %(n)d 字。") % {"n": LONGEST_REASON}, code="invalid")
    unit = default_unit(actor)
    with transaction.atomic():
        one_moment()  # all figures from one state of the cases, however long it takes
        before = latest(unit, month)
        _check_reason(before, reason, month, seen)
        row = Freeze(
            unit=unit,
            month=month.first_day,
            version=before.version + 1 if before else 1,
            reason=reason,
            frozen_at=at,
            frozen_by=actor.post,
            definitions=[],
            mediation_kept=True,
        )
        reading = office_reading(actor, unit, month, at=at)
        row.definitions = _definitions(reading)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Refusal(_("刚才已有人冻结了这个月，请刷新后查看。"), code="stale") from error
        _keep_units(row)
        _keep_mediations(row, actor, month)
        rows = sum(_keep(row, FIGURES[code], reading) for code in kept_codes())
        audit.record(
            actor=actor,
            act="report.freeze",
            obj=row,
            detail={"month": str(month), "version": row.version, "rows": rows},
            at=at,
        )
    return row


def _check_reason(before: Freeze | None, reason: str, month: Month, seen: int | None) -> None:
    if before is not None and not reason:
        raise Refusal(
            _("%(month)s已由%(who)s于%(at)s冻结。要重报的，请写明原因。")
            % {
                "month": month.label,
                "who": before.frozen_by.user.get_full_name(),
                "at": full_moment(before.frozen_at),
            },
            code="invalid",
        )
    if before is not None and seen is not None and seen != before.version:
        raise Refusal(_("刚才已有人重报了这个月，请看过现在的版本再重报。"), code="stale")
    if before is None and reason:
        raise Refusal(_("这个月还没有冻结过，第一次冻结不用写原因。"), code="invalid")


def kept_codes() -> tuple[str, ...]:
    return ("repeat_rate", "unreached", *shown())


def _definitions(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "version": one.version,
            "name": str(one.name),
            "unit": str(one.unit),
            "part": str(one.part),
            "whole": str(one.whole),
            "counts": str(one.counts),
            "note": str(one.note),
            "formula": one.formula,
            "basis": str(one.basis),
            "set_to": one.set_to,
            "provisional": one.code in FIGURES and FIGURES[one.code].provisional(reading),
        }
        for one in shown_definitions()
    ]


def _keep_units(row: Freeze) -> None:
    """Copy the tree within the database: all of it, for rows name units above and beside the district's, too."""
    columns = "code, name, short_name, kind, path"
    copy = (
        f"INSERT INTO {FrozenUnit._meta.db_table} (freeze_id, unit_id, {columns}) "  # noqa: S608 - our own names
        f"SELECT %s, id, {columns} FROM {Unit._meta.db_table}"
    )
    with connection.cursor() as cursor:
        cursor.execute(copy, [row.pk])


def _keep_mediations(row: Freeze, actor: Actor, month: Month) -> None:
    """What counted in the rooms' figures of the month, as the actor's office reads it."""
    rows = MediationCase.objects.filter(open_to_office(actor), room__in=rooms_of(actor).values("pk"))
    found = counted(rows, Period(month.year, month.month, 1)).values(
        *("room", "opened_at", "ended_at", "result", "first_held", "place", "last_place", "again"),
        mediation=F("pk"),
        unit_id=F("room__unit"),
    )
    FrozenMediation.objects.bulk_create(FrozenMediation(freeze=row, **one) for one in found)


def _keep(row: Freeze, figure: Figure, reading: Reading) -> int:
    """Copy a figure's rows within the database; how many."""
    counted = figure.counted(reading)
    of_clock, volumes = counted.model is PetitionClock, figure.code == REGISTERED
    kept: dict[str, Any] = {
        "petition_id": F(figure.case or "pk"),
        "item": F("pk") if figure.items else NONE,
        "unit_id": F(figure.unit),
        "channel": Coalesce(F(figure.of_channel), Value("")),
        "moment": F(figure.moment),
        "met": F("hit"),
        "met_at": F(figure.done or figure.moment),
        "stopped_by": F("stopped_by") if of_clock else Value(""),
        "weight": F("counts"),
        "level1": Coalesce(F("category__level1"), Value("")) if volumes else Value(""),
        "batches": F("batch_count") if volumes else Value(0),
        "heads": F("head_count") if volumes else Value(0),
        "mass": Case(When(mass_visits(), then=TRUE), default=FALSE) if volumes else FALSE,
        "kind": F("kind") if volumes else Value(""),
        "path": F("path") if volumes else NONE,
        "place_id": F("place_unit_id") if volumes else NONE,
    }
    # Under names of their own: those of the columns may be names of fields of what is counted.
    named = counted.annotate(**{f"kept_{name}": value for name, value in kept.items()})
    copied = named.order_by().values_list(*(f"kept_{name}" for name in kept))
    sql, values = copied.query.sql_with_params()
    into = f"INSERT INTO {FrozenRow._meta.db_table} (freeze_id, figure, {', '.join(kept)})"
    copy = f"{into} SELECT %s, %s, counted.* FROM ({sql}) AS counted"  # noqa: S608 - names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.execute(copy, [row.pk, figure.code, *values])
        return int(cursor.rowcount)
