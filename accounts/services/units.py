"""Make and move units; the path is kept here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import local_day

#: Key of the advisory lock that lets one move (or load of divisions) change paths at a time.
TREE_LOCK = 7_140_232


def path_of(parent_path: str, pk: int) -> str:
    return f"{parent_path}{pk:06d}."


def next_ids(count: int) -> list[int]:
    """Ids for units about to be made; a path needs its own id before the row is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_unit', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def lock_tree() -> None:
    """Hold off other moves until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def create_unit(
    *,
    name: str,
    kind: UnitKind | str,
    parent: Unit | None = None,
    code: str = "",
    short_name: str = "",
    review_superior: Unit | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    phone: str = "",
) -> Unit:
    """A new unit under ``parent`` (a root without one). Raises IntegrityError for a code in use."""
    with transaction.atomic():
        # A lock on the parent's row: its path cannot change before this row is in.
        above = Unit.objects.select_for_update(no_key=True).get(pk=parent.pk).path if parent else ""
        pk = next_ids(1)[0]
        return Unit.objects.create(
            pk=pk,
            path=path_of(above, pk),
            parent=parent,
            name=name,
            kind=kind,
            code=code,
            short_name=short_name,
            review_superior=review_superior,
            valid_from=valid_from,
            valid_until=valid_until,
            phone=phone,
        )


def move_unit(*, unit: Unit, parent: Unit | None) -> Unit:
    """Hang the unit, with all below it, under another parent: one UPDATE of paths.

    Raises Refusal when the new parent is the unit itself or stands below it.
    """
    with transaction.atomic():
        lock_tree()
        wanted = [unit.pk] + ([parent.pk] if parent else [])
        rows = {
            row.pk: row
            for row in Unit.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        }
        moving, above = rows[unit.pk], rows[parent.pk] if parent else None
        if above is not None and above.is_within(moving):
            raise Refusal(_("不能把机构移到它自己或其下级之下。"), code="cycle")
        old = moving.path
        new = path_of(above.path if above else "", moving.pk)
        # Waits for children being made below: each holds its parent's row until it is in.
        list(Unit.objects.subtree(moving).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        Unit.objects.subtree(moving).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
        Unit.objects.filter(pk=moving.pk).update(parent=above)
        moving.path, moving.parent = new, above
        return moving


def check_active(units: Iterable[Unit], at: datetime) -> None:
    """Units that are in the tree on the day (Asia/Shanghai) of ``at``. Raises Refusal, naming one that is not."""
    wanted = {unit.pk: unit for unit in units}
    there = set(Unit.objects.active(local_day(at)).filter(pk__in=wanted).values_list("pk", flat=True))
    for pk, unit in wanted.items():
        if pk not in there:
            raise Refusal(
                _("%(unit)s不在现有机构中，请选承接其职责的单位。") % {"unit": unit.label}, code="invalid"
            )
