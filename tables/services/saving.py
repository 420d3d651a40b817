"""Saving and deleting own tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from notifications.services import withdraw
from reviews.services.publishing import NUMBERS
from tables import rules
from tables.models import LONGEST_TITLE, SavedTable
from tables.selectors.counting import require_shown, view_of
from tables.shape import Shape

#: Of one post: whoever needs more deletes some.
MOST_TABLES = 50


def save(
    *, actor: Actor, title: str, shape: Shape, table: SavedTable | None = None, at: datetime | None = None
) -> SavedTable:
    """Make a table of one's own, or change one.

    Raises:
        Refusal: ``"forbidden"``: not theirs, or it shows what they may not see; ``"invalid"``; ``"not_found"``: deleted
            meanwhile, or a unit whose figures they do not read.
    """
    at = at or now()
    rules.require_reader(actor)
    title = _checked(title)
    require_shown(view_of(actor, shape, day=local_day(at), at=at))
    with transaction.atomic():
        if table is None:
            assert actor.post is not None
            if SavedTable.objects.filter(owner=actor.post).count() >= MOST_TABLES:
                raise Refusal(
                    _("您已有 %(n)d 张统计表，请先删除不用的。") % {"n": MOST_TABLES}, code="invalid"
                )
            row = SavedTable(owner=actor.post, made_at=at)
        else:
            row = locked(table)
            rules.require_owner(row, actor)
        row.title, row.changed_at = title, at
        for name, value in _columns(shape).items():
            setattr(row, name, value)
        row.save()
        audit.record(actor=actor, act="table.save", obj=row, detail={"title": title}, at=at)
    return row


def delete(*, actor: Actor, table: SavedTable, at: datetime | None = None) -> None:
    """Delete a table with its shares and its schedule, and take back what was told of it. One that an ended post left
    behind goes by the hand of a statistician of its unit or of the petition office.

    Raises:
        Refusal: ``"forbidden"``; ``"not_found"``: somebody deleted it meanwhile.
    """
    with transaction.atomic():
        row = locked(table)
        rules.require_deletes(row, actor)
        detail = {"title": row.title, **({} if rules.owns(row, actor) else {"owner": row.owner_id})}
        audit.record(actor=actor, act="table.delete", obj=row, detail=detail, at=at)
        row.shares.all().delete()
        if hasattr(row, "schedule"):
            row.schedule.delete()
        withdraw(about=row.about)
        row.delete()


def locked(table: SavedTable) -> SavedTable:
    """The row, held until the transaction ends: a turn that runs meanwhile is told first, or not at all.

    Raises:
        Refusal: ``"not_found"``: it was deleted.
    """
    row = (
        SavedTable.objects.select_for_update(of=("self",))
        .select_related("owner", "unit", "place")
        .filter(pk=table.pk)
        .first()
    )
    if row is None:
        raise Refusal(_("这张统计表已经删除。"), code="not_found")
    return row


def _columns(shape: Shape) -> dict[str, Any]:
    names = (
        "rows",
        "columns",
        "period",
        "since",
        "until",
        "unit",
        "place",
        "channel",
        "kind",
        "path",
        "status",
    )
    fixed = {name: getattr(shape, name) for name in names}
    return {**fixed, "category": shape.category, "measures": list(shape.measures)}


def _checked(title: str) -> str:
    title = clean_text(title)
    if not title:
        raise Refusal(_("请填写标题。"), code="invalid")
    if len(title) > LONGEST_TITLE:
        raise Refusal(
            _("标题最多 %(most)d 字，现在有 %(n)d 字，请精简。") % {"most": LONGEST_TITLE, "n": len(title)},
            code="invalid",
        )
    if found := NUMBERS.search(title):
        raise Refusal(
            _("“%(number)s”像是某个人的号码。标题里不写电话、身份证号，请删去后再保存。")
            % {"number": found[0]},
            code="invalid",
        )
    return title
