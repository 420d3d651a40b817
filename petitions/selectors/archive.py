"""The petition office's list of closed cases by term, and the archive block of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from core.paging import Page, capped_count, paginate
from petitions import archive_rules, extensions
from petitions.enums import Status
from petitions.models import ArchiveFile, ArchiveHold, ArchiveProposal, Petition

VIEWS = (("due", _("期满待提")), ("proposed", _("待决定")), ("held", _("已暂缓")), ("done", _("已去标识")))
PAGE_SIZE = 40
HELD = Exists(ArchiveHold.objects.filter(petition=OuterRef("pk"), lifted_at=None))
PROPOSED = Exists(ArchiveProposal.objects.filter(petition=OuterRef("pk"), outcome=""))


@dataclass(frozen=True)
class HoldLine:
    """A hold as this reader may see it: who set it and why may be nobody else's to know."""

    pk: int
    kind: str
    who: str
    reason: str
    at: Any
    open: bool
    lifted_who: str
    lifted_at: Any
    lift_reason: str
    may_lift: bool


@dataclass(frozen=True)
class Row:
    """One case of the list. ``obstacle`` says why it cannot be chosen."""

    file: ArchiveFile
    petition: Petition
    proposal: ArchiveProposal | None
    hold: HoldLine | None
    obstacle: str


def files(actor: Actor, view: str, today: date) -> QuerySet[ArchiveFile]:
    """Archive files of closed cases that are not sealed, in one of the four views."""
    cases = archive_rules.readable(actor).filter(status=Status.CLOSED, sealed=False)
    rows = ArchiveFile.objects.filter(petition__in=cases)
    if view == "done":
        return rows.filter(done_at__isnull=False)
    rows = rows.filter(done_at=None)
    if view == "held":
        return rows.filter(HELD)
    if view == "proposed":
        return rows.filter(PROPOSED)
    return rows.filter(~HELD, ~PROPOSED, over_on__lte=today)


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any
    url: str
    count: str
    active: bool
    tone: str = ""


def tabs(actor: Actor, active: str, base_url: str, today: date) -> list[Tab]:
    """The four views; work to be done is counted."""
    return [
        Tab(
            key,
            label,
            f"{base_url}?view={key}",
            capped_count(files(actor, key, today)) if key in {"due", "proposed"} else "",
            key == active,
        )
        for key, label in VIEWS
    ]


def page_of(actor: Actor, view: str, today: date, cursor: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """One page by term, longest over first, with proposals and holds. The same queries for any number of rows."""
    rows = files(actor, view, today).select_related("petition__lead_unit", "class_by").defer("petition__body")
    page = paginate(rows, order=["over_on", "pk"], cursor=cursor, size=size)
    return Page(rows_of(page.items, actor), page.next_cursor, page.prev_cursor)


def rows_of(found: Sequence[ArchiveFile], actor: Actor) -> list[Row]:
    ids = [file.pk for file in found]
    waiting = {one.petition_id: one for one in ArchiveProposal.objects.filter(petition__in=ids, outcome="")}
    holds = {
        one.petition_id: one
        for one in ArchiveHold.objects.filter(petition__in=ids, lifted_at=None).select_related("set_unit")
    }
    unfinished = extensions.unfinished(ids)
    return [
        Row(
            file=file,
            petition=file.petition,
            proposal=waiting.get(file.pk),
            hold=hold_line(holds[file.pk], actor) if file.pk in holds else None,
            obstacle=str(_("有未了的包案、批示、调解、复查复核、落实或回访"))
            if file.pk in unfinished
            else "",
        )
        for file in found
    ]


def chosen(actor: Actor, numbers: Sequence[str], view: str, today: date) -> list[Row]:
    """The ticked cases of one view that this actor reads, in the list's order."""
    rows = files(actor, view, today).filter(petition__number__in=numbers)
    return rows_of(
        list(rows.select_related("petition__lead_unit", "class_by").order_by("over_on", "pk")), actor
    )


def hold_line(hold: ArchiveHold, actor: Actor) -> HoldLine:
    known = archive_rules.knows_setter(hold, actor)
    return HoldLine(
        pk=hold.pk,
        kind=str(hold.get_kind_display()),
        who=hold.set_who if known else "",
        reason=hold.reason if known else "",
        at=hold.set_at,
        open=hold.is_open,
        lifted_who=hold.lifted_who if known else "",
        lifted_at=hold.lifted_at,
        lift_reason=hold.lift_reason if known else "",
        may_lift=archive_rules.lifts(hold, actor),
    )


@dataclass(frozen=True)
class Block:
    """What the case page shows: nothing for an open case that nobody holds, to whoever may not hold it."""

    file: ArchiveFile | None
    holds: list[HoldLine] = field(default_factory=list)
    opens: bool = False

    @property
    def shown(self) -> bool:
        return self.file is not None or bool(self.holds) or self.opens


def block_of(petition: Petition, actor: Actor) -> Block:
    """Two queries at most; one for an open case."""
    closed = petition.status == Status.CLOSED
    file = ArchiveFile.objects.filter(petition=petition).first() if closed else None
    holds = ArchiveHold.objects.filter(Q(petition=petition), lifted_at=None).select_related("set_unit")
    return Block(file, [hold_line(one, actor) for one in holds], archive_rules.opens_page(actor))


def holds_of(petition: Petition, actor: Actor) -> list[HoldLine]:
    """Every hold of a case, open ones first."""
    found = petition.archive_holds.select_related("set_unit")
    return sorted((hold_line(one, actor) for one in found), key=lambda line: not line.open)
