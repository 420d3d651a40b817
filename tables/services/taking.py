"""Taking a table out as a file, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from accounts.actor import Actor
from accounts.services import audit
from core.marking import EXPORT, Mark
from core.timekeeping import now
from core.workbooks import XLSX
from tables import files, rules
from tables.models import SavedTable
from tables.selectors.counting import count, view_of
from tables.selectors.standing import frozen_months, sentence


@dataclass(frozen=True)
class Taken:
    name: str
    content: bytes
    content_type: str


def take(*, actor: Actor, table: SavedTable, form: str, day: date, at: datetime | None = None) -> Taken:
    """What the actor is shown of the table on ``day``, as ``"xlsx"`` or ``"csv"``.

    Raises:
        Refusal: ``"forbidden"``; whatever the table's page refuses.
    """
    at = at or now()
    rules.require_reader(actor)
    assert actor.user is not None and actor.post is not None
    found = count(view_of(actor, table.shape, day=day, at=at))
    mark = Mark(EXPORT, actor.user.pk, actor.post.pk, at)
    write, kind = (files.as_xlsx, XLSX) if form == "xlsx" else (files.as_csv, "text/csv; charset=utf-8")
    content = write(
        found, table, standing=sentence(frozen_months(found.view)), provenance=actor.label, mark=mark
    )
    detail = {"title": table.title, "form": form, "span": found.view.span.label}
    audit.record(actor=actor, act="table.download", obj=table, detail=detail, at=at)
    return Taken(f"{table.title}（{found.view.span.label}）.{form}", content, kind)
