"""How each kind of file is made for a job of ``services.exports``, as the asking post sees things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from accounts.actor import Actor
from core.heavy import heavy_read, unhurried
from core.marking import EXPORT, Mark
from core.timekeeping import now
from core.workbooks import taken_by
from documents.docx import as_docx
from documents.rendering import render
from petitions.services.looking import count_looks
from reports import case_file, month_csv, narrative, workbook
from reports.models import ExportJob, ExportOf, FileForm
from reports.periods import Month
from reports.selectors.case_rows import ListWish, listed, rows_of
from reports.selectors.changes import Change, restated
from reports.selectors.compared import compared
from reports.selectors.figures import shown
from reports.selectors.frozen import latest, reading_for
from reports.selectors.month import MonthFigures, month_figures
from reports.selectors.volumes import Volumes, volumes
from reports.services.jobs import tick


def make(job: ExportJob, actor: Actor, path: Path) -> None:
    """Write the file. Raises what the selectors refuse, and ``NotOurs`` where the job was cancelled."""
    if job.what == ExportOf.CASES:
        _cases(job, actor, path)
    else:
        _month(job, actor, path)


def _mark(job: ExportJob) -> Mark:
    return Mark(EXPORT, job.requested_by_id, job.post_id, now(), str(job.pk))


def _month(job: ExportJob, actor: Actor, path: Path) -> None:
    assert job.unit is not None and job.month is not None
    month = Month.of(job.month)
    frozen = latest(job.unit, month)
    with unhurried():
        figures, changes = (
            restated(actor, job.unit, frozen, shown(), tick=lambda n: tick(job, n))
            if frozen
            else (
                month_figures(
                    actor=actor, unit=job.unit, month=month, codes=shown(), tick=lambda n: tick(job, n)
                ),
                [],
            )
        )
        apart = volumes(reading_for(actor, job.unit, month, freeze=frozen))
        wide = job.form == FileForm.XLSX
        beside = compared(actor, job.unit, figures, ("repeat_rate", *shown())) if wide else None
    mark = Mark(EXPORT, job.requested_by_id, job.post_id, figures.made_at, str(job.pk))
    if job.form == FileForm.XLSX:
        workbook.write(
            figures, path, provenance=actor.label, mark=mark, changes=changes, apart=apart, beside=beside
        )
    elif job.form == FileForm.CSV:
        month_csv.write(figures, path, provenance=actor.label, mark=mark)
    else:
        _text(job, figures, apart, changes, path, mark)


def _text(
    job: ExportJob,
    figures: MonthFigures,
    apart: Volumes,
    changes: Sequence[Change],
    path: Path,
    mark: Mark,
) -> None:
    """The month in words, signed by the unit of whoever asked."""
    actor = Actor.of(job.post)
    content = narrative.content(
        figures,
        apart,
        changes,
        unit=job.post.unit.name,
        taken=taken_by(actor.label, mark),
        mark=mark.code(),
    )
    made = render(content, at=figures.made_at).pdf if job.form == FileForm.PDF else as_docx(content)
    path.write_bytes(made)


def _cases(job: ExportJob, actor: Actor, path: Path) -> None:
    with unhurried():
        _write_cases(job, actor, path)


@heavy_read
def _write_cases(job: ExportJob, actor: Actor, path: Path) -> None:
    """Begun anew where a replica fails: the file is written over, looks that were counted stay counted."""
    found = listed(actor, ListWish.read(job.wish), at=now())
    total = found.cases.order_by().count()
    tick(job, 5, rows=0)
    rows = rows_of(
        found,
        actor,
        most=total,
        looked=lambda cases: count_looks(actor=actor, petitions=cases, reason=job.reason),
        tick=lambda done: tick(job, 5 + 90 * done // max(total, done), rows=done),
    )
    if job.form == FileForm.CSV:
        case_file.write_csv(path, found, rows, provenance=actor.label, mark=_mark(job))
    else:
        case_file.write_xlsx(path, found, rows, total, provenance=actor.label, mark=_mark(job))
