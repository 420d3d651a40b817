"""Making the month's workbook in the background. The job's row is the truth; a dead worker's claim runs out."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.marking import EXPORT, Mark
from core.timekeeping import now
from reports import workbook
from reports.models import ExportJob, ExportState
from reports.periods import Month
from reports.selectors.changes import restated
from reports.selectors.figures import require_unit
from reports.selectors.frozen import latest
from reports.selectors.month import month_figures

CLAIM = timedelta(minutes=5)


def request_export(*, actor: Actor, unit: Unit, month: Month, at: datetime | None = None) -> ExportJob:
    """Ask for a workbook. A second press while the first is waiting or running gives the same job.

    Raises:
        Refusal: the actor may not read that unit's figures.
    """
    require_unit(actor, unit)
    assert actor.user is not None and actor.post is not None
    wish = {"post": actor.post, "unit": unit, "month": month.first_day}
    live = ExportJob.objects.filter(**wish, state__in=[ExportState.QUEUED, ExportState.RUNNING])
    job = live.first()
    if job is not None:
        return job
    try:
        with transaction.atomic():
            job = ExportJob.objects.create(**wish, requested_by=actor.user, requested_at=at or now())
            audit.record(
                actor=actor, act="report.export", obj=job, detail={"unit": unit.pk, "month": str(month)}
            )
            return job
    except IntegrityError:
        return live.get()  # the other press won


def run_waiting(*, at: datetime | None = None, limit: int = 5) -> int:
    """Make the workbooks that wait, and those whose worker died. How many were made."""
    made = 0
    for _turn in range(limit):
        job = claim(at or now())
        if job is None:
            break
        run(job)
        made += 1
    return made


def claim(at: datetime) -> ExportJob | None:
    """Take the oldest waiting job for five minutes; two workers never take the same one."""
    waiting = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, claimed_until__lt=at)
    with transaction.atomic():
        job = (
            ExportJob.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("post__user", "post__unit", "unit")
            .filter(waiting)
            .order_by("requested_at")
            .first()
        )
        if job is not None:
            job.state, job.claimed_until, job.progress = ExportState.RUNNING, at + CLAIM, 5
            job.save(update_fields=["state", "claimed_until", "progress"])
        return job


def run(job: ExportJob) -> None:
    """Count as the asking post sees it, write the file, keep it. A failure is kept with a sentence, not raised."""
    actor = Actor.of(job.post)
    try:
        month = Month.of(job.month)
        frozen = latest(job.unit, month)
        figures, changes = (
            restated(actor, job.unit, frozen)
            if frozen
            else (month_figures(actor=actor, unit=job.unit, month=month, tick=lambda n: _tick(job, n)), [])
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "month.xlsx"
            mark = Mark(EXPORT, job.requested_by_id, job.post_id, figures.made_at, str(job.pk))
            workbook.write(figures, path, provenance=actor.label, mark=mark, changes=changes)
            with path.open("rb") as made:
                job.file.save("month.xlsx", File(made), save=False)
    except Refusal as refusal:
        _finish(job, ExportState.FAILED, error=str(refusal))
    except Exception:
        _finish(job, ExportState.FAILED, error=_("生成时出错，请重新导出；多次出现请告诉系统管理员。"))
        raise
    else:
        _finish(job, ExportState.DONE)


def _tick(job: ExportJob, percent: int) -> None:
    ExportJob.objects.filter(pk=job.pk).update(progress=percent, claimed_until=now() + CLAIM)


def _finish(job: ExportJob, state: ExportState, *, error: str = "") -> None:
    job.state, job.error, job.finished_at, job.claimed_until = state, error[:200], now(), None
    job.progress = 100 if state == ExportState.DONE else job.progress
    job.save(update_fields=["state", "error", "finished_at", "claimed_until", "progress", "file"])
