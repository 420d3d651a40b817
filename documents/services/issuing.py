"""编号、印发: the number, the file, the hash, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.sealing import Unreadable
from core.timekeeping import local_day, now
from documents import rules
from documents.enums import PaperState, Series
from documents.freezing import freeze, printed_of
from documents.models import Paper
from documents.rendering import Printed, content_of, render, together
from documents.selectors import series_of
from documents.services.drafting import lock
from documents.services.series import next_serial

#: Papers of one file for the printer; more take memory for nothing.
LARGEST_BATCH = 60


def issue(*, actor: Actor, paper: Paper, at: datetime | None = None) -> Paper:
    """Number a signed paper (a slip: a draft), make its file and freeze it. The year is that of ``at``.

    The counter's row is held from the number to the end of the transaction, so that a refusal or a fault gives the
    number back; the file is made in between, in some hundredths of a second.

    Raises Refusal: not of that unit, not signed, something required missing, the unit has no 机关代字.
    """
    at = at or now()
    with transaction.atomic():
        row = lock(paper)
        rules.require_records(actor, row)
        ready = PaperState.APPROVED if row.template.approval else PaperState.DRAFT
        if row.state != ready:
            raise Refusal(_("文书签发后才能编号印发，且只能印发一次。"), code="stale")
        rules.require_complete(row.template, row.fields)
        if row.approved_at and at < row.approved_at:
            raise Refusal(_("印发时间不能早于签发时间。"), code="invalid")
        row.state, row.issued_by, row.issued_at = PaperState.ISSUED, actor.user, at
        _number(row)
        frozen = freeze(row, render(content_of(row), at=at))
        row.save(
            update_fields=[
                *("state", "issued_by", "issued_at", "content_hash"),
                *("series", "word", "year", "serial"),
            ]
        )
        frozen.save(force_insert=True)
        detail = {"kind": row.kind, "number": row.number, "hash": row.content_hash}
        audit.record(actor=actor, act="paper.issue", obj=row, detail=detail, at=at)
    return row


def printed(paper: Paper) -> Printed:
    """The file as it was issued. Raises Refusal (code "damaged") where it no longer is, and for a draft."""
    if not paper.is_frozen:
        raise Refusal(_("此件尚未印发，只能预览。"))
    if paper.forgotten_at is not None:
        raise Refusal(_("此件的内容已按档案规定去标识，没有文件可用。"), code="stale")
    try:
        return printed_of(paper)
    except Unreadable:
        raise Refusal(_("此件的存档与印发时不一致，不能使用，请联系安全管理员。"), code="damaged") from None


def batch(papers: Sequence[Paper], *, duplex: bool = True) -> bytes:
    """Several issued papers as one PDF for the printer, in the order given. Who may read them, the caller asks.

    Raises Refusal: none, more than LARGEST_BATCH, one that is not issued or no longer what was issued.
    """
    if not papers:
        raise Refusal(_("请先选择要打印的文书。"), code="invalid")
    if len(papers) > LARGEST_BATCH:
        raise Refusal(
            _("一次最多合并打印%(most)d件，请分批打印。") % {"most": LARGEST_BATCH}, code="too_large"
        )
    return together([printed(paper) for paper in papers], duplex=duplex)


def _number(row: Paper) -> None:
    wanted = row.template.series
    if wanted == Series.NONE:
        return
    series = series_of(row.unit, wanted)
    if series is None:
        raise Refusal(
            _("%(unit)s还没有设定机关代字，不能编文号。请由单位负责人或系统管理员先设定。")
            % {"unit": row.unit.label},
            code="no_word",
        )
    assert row.issued_at is not None
    row.series, row.word, row.year = series, series.word, local_day(row.issued_at).year
    row.serial = next_serial(series, row.year)
