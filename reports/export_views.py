"""Files made in the background: asked for, watched, cancelled, fetched. One's own alone, under the hat that asked."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.htmx import is_htmx
from core.timekeeping import now
from core.workbooks import XLSX
from petitions.rules import CONTACT_ROLES
from petitions.selectors import desk
from reports import asking
from reports.export_forms import ListExportForm
from reports.models import ExportJob, ExportOf, ExportState, FileForm
from reports.selectors.case_rows import Listed, ListWish, listed
from reports.services import exports

LATEST = 20
CONTENT_TYPES = {
    FileForm.XLSX: XLSX,
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileForm.PDF: "application/pdf",
}


def own_jobs(actor: Actor) -> QuerySet[ExportJob]:
    """The newest first."""
    return ExportJob.objects.filter(post=actor.post).select_related("unit").order_by("-requested_at")


@require_GET
@role_required(*exports.EXPORTERS)
def jobs(request: HttpRequest) -> HttpResponse:
    """What this hat asked for lately, each with its progress."""
    return render(request, "reports/exports.html", {"jobs": own_jobs(request.actor)[:LATEST]})  # type: ignore[attr-defined]


@require_POST
@role_required(*exports.EXPORTERS)
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the month as a file; a second press gives the same job."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        wanted = asking.month_of(request.POST.get("month", ""))
        unit = asking.unit_of(request.POST.get("unit", ""))
        form = asking.form_of(request.POST.get("form", FileForm.XLSX))
        job = exports.request_export(actor=actor, unit=unit, month=wanted, form=form)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:month")
    return redirect(f"{reverse('reports:month')}?month={wanted}&unit={unit.pk}#job-{job.pk}")


@require_http_methods(["GET", "POST"])
@role_required(*exports.EXPORTERS)
def cases(request: HttpRequest) -> HttpResponse:
    """Choose the columns of the list that the address names, by view and filters; POST asks for the file."""
    actor = request.actor  # type: ignore[attr-defined]
    wish = ListWish.asked(request.GET)
    form = ListExportForm(
        request.POST if request.method == "POST" else None, names_people=actor.role in CONTACT_ROLES
    )
    problem = ""
    found: Listed | None = None
    try:
        found = listed(actor, wish, at=now())
        if form.is_bound and form.is_valid():
            whole = ListWish(wish.view, wish.filters, tuple(form.chosen))
            job = exports.request_cases(
                actor=actor,
                wish=whole,
                form=asking.form_of(form.cleaned_data["form"]),
                reason=form.cleaned_data.get("reason", ""),
            )
            return redirect(f"{reverse('reports:exports')}#job-{job.pk}")
    except Refusal as refusal:
        problem = refusal.sentence
    context = {
        "form": form,
        "problem": problem,
        "list": found,
        "found": desk.found(found.cases) if found else None,
        "back": f"{reverse('petitions:list')}?{request.GET.urlencode()}",
    }
    status = 422 if problem or form.errors else 200
    return render(request, "reports/case_export.html", context, status=status)


@require_GET
@staff_required
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Progress of one's own job, as a fragment that asks again by itself until it is done."""
    found = _own_job(request, pk)
    if is_htmx(request):
        return render(request, "reports/_job.html", {"job": found})
    if found.what == ExportOf.MONTH:
        return redirect(f"{reverse('reports:month')}?month={found.month:%Y-%m}&unit={found.unit_id}")
    return redirect("reports:exports")


@require_POST
@staff_required
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back one's own job."""
    found = _own_job(request, pk)
    try:
        exports.cancel(actor=request.actor, job=found)  # type: ignore[attr-defined]
        messages.success(request, _("已取消“%(title)s”的导出。") % {"title": found.title})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("reports:exports")


@require_GET
@staff_required
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse | FileResponse | StreamingHttpResponse:
    """One's own finished file, or the rest of it where a download broke off. Logged each time."""
    found = _own_job(request, pk)
    if found.state != ExportState.DONE:
        raise Http404
    if exports.withdraw_outdated(found):
        messages.error(
            request, _("这份清单生成以后，有信访件的查看范围变了，文件已删除。请重新导出，大约一分钟。")
        )
        return redirect("reports:exports")
    audit.record(actor=request.actor, act="report.download", obj=found)  # type: ignore[attr-defined]
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = CONTENT_TYPES[FileForm(found.form)]
    return downloads.resumable(
        request, opened, found.file.size, found.download_name, kind, tag=f"{found.pk.hex}-{found.attempt}"
    )


def _own_job(request: HttpRequest, pk: uuid.UUID) -> ExportJob:
    return get_object_or_404(own_jobs(request.actor), pk=pk)  # type: ignore[attr-defined]
