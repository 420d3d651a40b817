"""Making files in the background. The job's row is the truth; a dead worker's claim runs out.

What kind of file is made how stands in ``services.making``, who holds a job in ``services.jobs``.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.enums import Act
from petitions.models import PetitionEvent
from reports.models import FOLDER, LIVE, ExportJob, ExportOf, ExportState, FileForm
from reports.periods import Month
from reports.selectors.case_rows import ListWish, listed
from reports.selectors.figures import require_unit
from reports.services import making
from reports.services.jobs import CLAIM, NotOurs, claim, finish, tick

__all__ = ["CLAIM", "cancel", "claim", "delete_old", "request_cases", "request_export", "run", "run_waiting"]

log = logging.getLogger(__name__)

#: Live jobs of one post: the queue is everybody's.
MOST_WAITING = 5
EXPORTERS = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.LEADER)
#: After one of these a reader may have to be shown less than before.
HIDING = (Act.SEAL, Act.NAME_COMPLAINED, Act.RECUSE, Act.EXCLUDE)
MONTH_FORMS = (FileForm.XLSX, FileForm.DOCX, FileForm.PDF, FileForm.CSV)
LIST_FORMS = (FileForm.XLSX, FileForm.CSV)


def request_export(
    *,
    actor: Actor,
    unit: Unit,
    month: Month,
    form: FileForm = FileForm.XLSX,
    at: datetime | None = None,
) -> ExportJob:
    """Ask for a month as a file. A second press while the first is waiting or running gives the same job.

    Raises:
        Refusal: the actor may not read that unit's figures; a month is not made in that form; too many jobs wait.
    """
    require_unit(actor, unit)
    if form not in MONTH_FORMS:
        raise Refusal(_("月报没有这种格式，请从月报页面上选。"), code="invalid")
    wish = {"what": ExportOf.MONTH, "form": form, "unit": unit, "month": month.first_day}
    detail = {"unit": unit.pk, "month": str(month), "form": form}
    return _ask(actor, wish, {}, "report.export", detail, at)


def request_cases(
    *, actor: Actor, wish: ListWish, form: FileForm, reason: str = "", at: datetime | None = None
) -> ExportJob:
    """Ask for a list of cases as a file. What names people, or is in their words, needs a reason, which goes on record.

    Raises:
        Refusal: the hat takes no lists out or has no such list; a filter cannot be read; no column; people without a
            reason, or of more cases than one file may name them of; too many jobs wait.
    """
    if actor.role not in EXPORTERS:
        raise Refusal(
            _("您当前的岗位不导出信访件清单，请由统计、信访或单位负责人岗位导出。"), code="forbidden"
        )
    if form not in LIST_FORMS:
        raise Refusal(_("清单没有这种格式，请选 XLSX 或 CSV。"), code="invalid")
    found = listed(actor, wish, at=at or now())
    if not found.columns:
        raise Refusal(_("请至少选一列。"), code="invalid")
    if wish.personal:
        if not reason:
            raise Refusal(_("选了信访人信息、内容或具体地点，请写明导出理由。"), code="invalid")
        most = settings.EXPORT_PEOPLE_MOST
        if found.cases.order_by()[: most + 1].count() > most:
            raise Refusal(
                _("带信访人信息、内容、具体地点的清单每次最多 %(n)d 件，请缩小筛选范围，或者不选这几列。")
                % {"n": most},
                code="too_many",
            )
    words = wish.words()
    key = salted_hmac("reports.exports.wish", f"{words}\n{reason}", algorithm="sha256").hexdigest()
    detail = {"view": wish.view, "form": form, "filters": sorted(wish.filters), "columns": list(wish.columns)}
    return _ask(
        actor,
        {"what": ExportOf.CASES, "form": form, "wish_key": key},
        {"wish": words, "reason": reason if wish.personal else ""},
        "report.export_cases",
        detail | ({"reason": reason} if wish.personal else {}),
        at,
    )


def _ask(
    actor: Actor,
    wish: dict[str, Any],
    more: dict[str, Any],
    act: str,
    detail: dict[str, Any],
    at: datetime | None,
) -> ExportJob:
    assert actor.user is not None and actor.post is not None
    live = ExportJob.objects.filter(post=actor.post, state__in=LIVE)
    same = live.filter(**wish)
    if (job := same.first()) is not None:
        return job
    if live.count() >= MOST_WAITING:
        raise Refusal(
            _("您已有 %(n)d 个导出在排队或生成，请等其中一个完成，或先取消一个。") % {"n": MOST_WAITING},
            code="too_many",
        )
    try:
        with transaction.atomic():
            job = ExportJob.objects.create(
                **wish, **more, post=actor.post, requested_by=actor.user, requested_at=at or now()
            )
            audit.record(actor=actor, act=act, obj=job, detail=detail)
            return job
    except IntegrityError:
        return same.get()  # the other press won


def cancel(*, actor: Actor, job: ExportJob, at: datetime | None = None) -> None:
    """Take back one's own job. What a worker has made of it by then is thrown away.

    Raises:
        Refusal: it is finished already, or was cancelled.
    """
    with transaction.atomic():
        mine = ExportJob.objects.filter(pk=job.pk, post=actor.post, state__in=LIVE)
        if not mine.update(state=ExportState.STOPPED, finished_at=at or now(), claimed_until=None, wish=b""):
            raise Refusal(_("这个导出已经结束，不用再取消。"), code="wrong_state")
        audit.record(actor=actor, act="report.export_cancel", obj=job)


def run_waiting(*, at: datetime | None = None, limit: int = 5) -> int:
    """Make the files that wait, and those whose worker died. How many were made."""
    made = 0
    for _turn in range(limit):
        job = claim(at or now())
        if job is None:
            break
        run(job)
        made += 1
    return made


def run(job: ExportJob) -> None:
    """Make the file as the asking post sees things, and keep it. A failure is kept with a sentence, not raised."""
    try:
        _require_post(job)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"made.{job.form}"
            making.make(job, Actor.of(job.post), path)
            tick(job, 95)
            with path.open("rb") as made:
                job.file.save(path.name, File(made), save=False)
    except NotOurs:
        log.info("export %s is cancelled or another worker's", job.pk)
    except Refusal as refusal:
        finish(job, ExportState.FAILED, error=str(refusal))
    except Exception:
        finish(job, ExportState.FAILED, error=_("生成时出错，请重新导出；多次出现请告诉系统管理员。"))
        raise
    else:
        finish(job, ExportState.DONE)


def _require_post(job: ExportJob) -> None:
    """Whoever has left the post since, or was locked out, gets no file."""
    held = Post.objects.current(local_day(now())).filter(pk=job.post_id, user__is_active=True)
    if not held.exists():
        raise Refusal(_("这个岗位已经结束，不再生成文件。"), code="forbidden")


def withdraw_outdated(job: ExportJob) -> bool:
    """Delete a list of cases made before somebody sealed a case, named who it complains of, or was kept out of one
    (条例 28, 30): the pages hide it from that moment on, and so must a file. Whether it was deleted.

    Which cases are in a file is kept nowhere, so any such act of the county ends it; it is made anew in a minute."""
    if job.what != ExportOf.CASES or job.state != ExportState.DONE:
        return False
    if not PetitionEvent.objects.filter(act__in=HIDING, at__gte=job.requested_at).exists():
        return False
    job.file.delete(save=False)
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.GONE, file="", wish=b"")
    return True


def delete_old(*, at: datetime | None = None) -> int:
    """Delete files that were made ``EXPORT_KEPT_DAYS`` days ago, and forget what was looked for. How many.

    Lists bear what people wrote; nobody comes back for them after some days (PIPL 19). Files that no row names are what
    a worker killed between file and row left behind."""
    at = at or now()
    before = at - timedelta(days=settings.EXPORT_KEPT_DAYS)
    gone = 0
    for job in ExportJob.objects.filter(finished_at__lt=before).exclude(file="", wish=b""):
        if job.file:
            job.file.delete(save=False)
        state = ExportState.GONE if job.state == ExportState.DONE else F("state")
        ExportJob.objects.filter(pk=job.pk).update(state=state, file="", wish=b"")
        gone += job.state == ExportState.DONE
    return gone + _delete_strays(at)


def _delete_strays(at: datetime) -> int:
    storage, removed = ExportJob._meta.get_field("file").storage, 0
    try:
        paths = {f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]}
    except FileNotFoundError:
        return 0  # nothing was ever made
    for path in paths - set(ExportJob.objects.filter(file__in=paths).values_list("file", flat=True)):
        if storage.get_modified_time(path) < at - timedelta(days=1):
            storage.delete(path)
            removed += 1
    return removed
