"""Fills the upper level's form from a month. The form itself is not kept: what is made of it is, as any export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.marking import EXPORT, Mark
from core.named_cells import Filled, fill
from core.timekeeping import now
from core.uploads import prepare_files, size_text
from core.workbooks import PROPERTY
from reports.models import ExportJob, ExportOf, ExportState, FileForm
from reports.periods import Month
from reports.selectors.figures import require_unit, shown
from reports.selectors.frozen import latest, reading_for
from reports.selectors.month import month_figures
from reports.selectors.volumes import volumes
from reports.upper_names import PREFIX, values

FILLERS = (Role.STATISTICIAN, Role.PETITION_OFFICER)
MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class FilledForm:
    """The file that waits to be fetched, and what became of the names of the form."""

    job: ExportJob
    told: Filled


def fill_form(
    *, actor: Actor, unit: Unit, month: Month, file: UploadedFile, at: datetime | None = None
) -> FilledForm:
    """Put the month's numbers, as they were frozen where it is, into the named cells of ``file``.

    Raises:
        Refusal: ``"forbidden"``; ``"not_found"``: figures the actor may not read; ``"too_large"``; ``"invalid"``: the
            file is no XLSX, holds what a form must not, or none of our names; ``"unavailable"``: counting took too
            long, or the scanner does not answer.
    """
    if actor.role not in FILLERS:
        raise Refusal(_("上级报表由统计岗位和信访专员填报。"), code="forbidden")
    require_unit(actor, unit)
    content = _content(file)
    frozen = latest(unit, month)
    figures = month_figures(actor=actor, unit=unit, month=month, freeze=frozen, codes=shown())
    apart = volumes(reading_for(actor, unit, month, freeze=frozen))
    at = at or now()
    assert actor.user is not None and actor.post is not None
    job = ExportJob(
        what=ExportOf.FORM,
        form=FileForm.XLSX,
        unit=unit,
        month=month.first_day,
        post=actor.post,
        requested_by=actor.user,
        requested_at=at,
        finished_at=at,
        state=ExportState.DONE,
        progress=100,
    )
    mark = Mark(EXPORT, actor.user.pk, actor.post.pk, figures.made_at, str(job.pk))
    told = fill(content, values(figures, apart), prefix=PREFIX, hidden=(PROPERTY, mark.code()))
    if not told.filled:
        raise _nothing(told)
    with transaction.atomic():
        job.file.save("form.xlsx", ContentFile(told.content), save=False)
        job.save(force_insert=True)
        detail = {"unit": unit.pk, "month": str(month), "filled": len(told.filled)}
        audit.record(actor=actor, act="report.fill_form", obj=job, detail=detail)
    return FilledForm(job, told)


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        said = _("报表有 %(size)s，超过 %(most)s 的上限，没有接收。请去掉图片和多余的工作表再传。")
        raise Refusal(
            said % {"size": size_text(file.size or 0), "most": size_text(MOST_BYTES)}, code="too_large"
        )
    [ready] = prepare_files([file])
    if ready.facts.extension != "xlsx":
        raise Refusal(_("这不是 XLSX 表格。请在表格软件里另存为 XLSX（不带宏）再传。"), code="invalid")
    ready.seek(0)
    content: bytes = ready.read()
    return content


def _nothing(told: Filled) -> Refusal:
    if told.left:
        said = _(
            "报表里的名称 %(names)s 指向的是多个单元格或者公式，没有可以填的格。请让每个名称指向一个空格。"
        )
        return Refusal(said % {"names": _few(told.left)}, code="invalid")
    if told.unknown:
        said = _("报表里的名称 %(names)s 都不认识。可以用的名称如 HY_month、HY_count、HY_conclusion_rate，")
        words = said % {"names": _few(told.unknown)}
    else:
        words = _(
            "报表里没有可以填的名称。请在表格软件的“名称管理器”里给要填的格起名，"
            "如 HY_month、HY_count、HY_conclusion_rate，"
        )
    return Refusal(words + _("全部名称列在本页下面。"), code="invalid")


def _few(names: list[str]) -> str:
    return "、".join(names[:5]) + (_(" 等 %(n)d 个") % {"n": len(names)} if len(names) > 5 else "")
