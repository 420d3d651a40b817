"""Who else may open a table. What it shows them is what they may see, not what its owner sees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from notifications.models import Notice
from notifications.services import withdraw
from tables import rules
from tables.models import SavedTable, TableShare
from tables.services.saving import locked

MOST_SHARES = 30


def share(
    *, actor: Actor, table: SavedTable, unit: Unit, below: bool, role: str, at: datetime | None = None
) -> TableShare:
    """Share with whoever reads statistics in a unit (``role``: only under that hat; ``""``: any). Shared with the same
    unit and hat already: ``below`` is changed.

    Raises:
        Refusal: ``"forbidden"``, ``"not_found"``, ``"invalid"``: a hat without statistics, too many.
    """
    if role and role not in rules.READERS:
        raise Refusal(_("这个岗位不使用统计表，请另选。"), code="invalid")
    with transaction.atomic():
        row = locked(table)
        rules.require_owner(row, actor)
        if row.shares.exclude(unit=unit, role=role).count() >= MOST_SHARES:
            raise Refusal(_("最多共享给 %(n)d 处，请用“包括下级单位”。") % {"n": MOST_SHARES}, code="invalid")
        made, _new = TableShare.objects.update_or_create(
            table=row, unit=unit, role=role, defaults={"below": below}
        )
        detail = {"title": row.title, "unit": unit.pk}
        audit.record(actor=actor, act="table.share", obj=row, detail=detail, at=at)
        _take_back(row)
    return made


def end(*, actor: Actor, table: SavedTable, share: int, at: datetime | None = None) -> None:
    """Take a share back, and with it what was told to those who may not open the table any more.

    Raises:
        Refusal: ``"forbidden"``, ``"not_found"``.
    """
    at = at or now()
    with transaction.atomic():
        row = locked(table)
        rules.require_owner(row, actor)
        found = row.shares.select_related("unit").filter(pk=share).first()
        if found is None:
            raise Refusal(_("这一处共享已经取消。"), code="not_found")
        detail = {"title": row.title, "unit": found.unit_id}
        found.delete()
        audit.record(actor=actor, act="table.unshare", obj=row, detail=detail, at=at)
        _take_back(row)


def _take_back(table: SavedTable) -> None:
    """Notices to whoever no post of theirs lets open it."""
    told = set(Notice.objects.filter(about=table.about).values_list("recipient_id", flat=True))
    lost = told - {post.user_id for post in rules.readers_of(table)} if told else set()
    if lost:
        withdraw(about=table.about, recipients=lost)
