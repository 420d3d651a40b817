"""机关代字 and templates: kept by the system administrator, a unit's own words by its head too."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import local_day, now
from documents.enums import PaperKind
from documents.models import PaperSeries, PaperTemplate
from documents.rules import KEEPERS, WRITERS
from documents.services import new_version, set_word
from papers.forms import TemplateForm, WordForm
from petitions.views.asking import actor_of

reads_templates = role_required(*sorted(WRITERS), Role.SYSTEM_ADMIN)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*sorted(KEEPERS))
def words(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    units = Unit.objects.active(local_day(now()))
    if actor.role != Role.SYSTEM_ADMIN:
        assert actor.unit is not None
        units = units.filter(pk=actor.unit.pk)
    form = WordForm(request.POST if request.method == "POST" else None, units=units.order_by("path"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                set_word(actor=actor, unit=form.units[data["unit"]], word=data["word"], series=data["series"])
            except Refusal as refusal:
                form.add_error("word", refusal.sentence)
            else:
                messages.success(request, _("机关代字已设定。"))
                return redirect("papers:words")
    rows = PaperSeries.objects.filter(unit__in=units).select_related("unit").order_by("unit__path", "series")
    return render(request, "papers/words.html", {"form": form, "rows": rows}, status=status)


@require_safe
@reads_templates
def templates(request: HttpRequest) -> HttpResponse:
    today = local_day(now())
    rows = [one for one in PaperTemplate.objects.order_by("kind", "-version") if one.valid_from <= today]
    latest = {row.kind: row for row in reversed(rows)}
    ordered = [latest[kind] for kind in PaperKind.values if kind in latest]
    keeps = actor_of(request).role == Role.SYSTEM_ADMIN
    return render(request, "papers/templates.html", {"rows": ordered, "keeps": keeps})


def _last(kind: str) -> PaperTemplate:
    found = PaperTemplate.objects.filter(kind=kind).order_by("-version").first()
    if found is None:
        raise Http404
    return found


@require_safe
@reads_templates
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """All versions of one kind, the newest first."""
    versions = list(PaperTemplate.objects.filter(kind=kind).order_by("-version"))
    if not versions:
        raise Http404
    keeps = actor_of(request).role == Role.SYSTEM_ADMIN
    context = {"versions": versions, "last": versions[0], "keeps": keeps}
    return render(request, "papers/template.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def template_new(request: HttpRequest, kind: str) -> HttpResponse:
    last, status = _last(kind), 200
    form = TemplateForm(request.POST if request.method == "POST" else None, template=last)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                new_version(
                    actor=actor_of(request),
                    kind=kind,
                    title=data["title"],
                    body=data["body"],
                    fields=data["fields_text"],
                    valid_from=data["valid_from"],
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("新版本已登记，自启用日期起使用。"))
                return redirect("papers:template", kind=kind)
    return render(request, "papers/template_new.html", {"form": form, "last": last}, status=status)
