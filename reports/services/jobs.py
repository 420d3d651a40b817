"""Who holds a job, how far it is, and how it ended.

A job that was cancelled, or that another worker has taken over, writes nothing any more: its maker learns of it at the
next ``tick``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.timekeeping import now
from reports.models import ExportJob, ExportState

#: Longer than any one statement may take (``REPORT_JOB_SECONDS``), or a second worker would begin beside the first.
CLAIM = timedelta(seconds=settings.REPORT_JOB_SECONDS, minutes=5)
#: A job whose workers die one after another is given up and said so, not tried for ever.
MOST_ATTEMPTS = 3


class NotOurs(Exception):
    """The job was cancelled or is another worker's by now."""


def claim(at: datetime) -> ExportJob | None:
    """Take the oldest waiting job for ``CLAIM``; two workers never take the same one."""
    waiting = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, claimed_until__lt=at)
    with transaction.atomic():
        worn = ExportJob.objects.filter(waiting, attempt__gte=MOST_ATTEMPTS)
        worn.update(
            state=ExportState.FAILED,
            error=_("生成多次中断，请缩小范围重新导出；仍不行请告诉系统管理员。"),
            finished_at=at,
            claimed_until=None,
        )
        job = (
            ExportJob.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("post__user", "post__unit", "unit")
            .filter(waiting)
            .order_by("requested_at")
            .first()
        )
        if job is not None:
            job.state, job.claimed_until, job.progress = ExportState.RUNNING, at + CLAIM, 5
            job.attempt += 1
            job.save(update_fields=["state", "claimed_until", "progress", "attempt"])
        return job


def tick(job: ExportJob, percent: int, rows: int | None = None) -> None:
    """Say how far it is, and hold the job for ``CLAIM`` more.

    Raises:
        NotOurs: it was cancelled, or another worker has it.
    """
    told = {"progress": percent, "claimed_until": now() + CLAIM} | ({} if rows is None else {"rows": rows})
    if not _mine(job).update(**told):
        raise NotOurs


def _mine(job: ExportJob) -> Any:
    return ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING, attempt=job.attempt)


def finish(job: ExportJob, state: ExportState, *, error: str = "") -> None:
    """Only the worker whose job it still is says how it ended; another one's file is taken away again."""
    done = state == ExportState.DONE
    told = {"state": state, "error": error[:200], "finished_at": now(), "claimed_until": None}
    told |= {"progress": 100, "file": job.file.name} if done else {}
    if _mine(job).update(**told):
        for name, value in told.items():
            setattr(job, name, value)
    elif done and not ExportJob.objects.filter(pk=job.pk, file=job.file.name).exclude(file="").exists():
        job.file.delete(save=False)
