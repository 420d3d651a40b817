"""The daily brief: the archive, one day's page, and its editing."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actor import Actor
from accounts.decorators import role_required
from core.errors import Refusal
from core.paging import paginate
from core.text import clean_text
from petitions.views.asking import actor_of, attempt
from reports import brief_rules
from reports.brief_forms import BriefForm
from reports.models import Brief
from reports.selectors import briefs as reading
from reports.services import briefs

PAGE_SIZE, LONGEST_WORDS = 20, 50


@require_GET
@role_required(*brief_rules.READERS)
def archive(request: HttpRequest) -> HttpResponse:
    """All briefs this reader may see, the newest first; ``q`` searches their lines."""
    actor = actor_of(request)
    brief_rules.require_reader(actor)
    words = clean_text(request.GET.get("q", ""))[:LONGEST_WORDS]
    page = paginate(
        reading.search(actor, words), order=("-day",), cursor=request.GET.get("cursor"), size=PAGE_SIZE
    )
    return render(request, "reports/briefs.html", {"page": page, "words": words})


@require_GET
@role_required(*brief_rules.READERS)
def brief(request: HttpRequest, pk: int) -> HttpResponse:
    """One day's brief. That a leader opened it is kept."""
    actor = actor_of(request)
    brief_rules.require_reader(actor)
    row = _brief(request, pk)
    briefs.read(brief=row, actor=actor)
    context = {
        "brief": row,
        "parts": reading.parts(row, actor),
        "makes": brief_rules.makes(actor),
        "may_sign": brief_rules.may_sign(row, actor),
        "readings": row.readings.select_related("reader__user", "reader__unit")
        if brief_rules.makes(actor)
        else [],
    }
    response = render(request, "reports/brief.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "POST"])
@role_required(*brief_rules.MAKERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All lines in boxes; what was typed comes back with the sentence where it is refused."""
    actor = actor_of(request)
    brief_rules.require_maker(actor)
    row = _brief(request, pk)
    items = reading.editable(row, actor)
    form, status = BriefForm(request.POST or None, brief=row, items=items), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            _done, status = attempt(
                form,
                lambda: briefs.save(
                    brief=row,
                    actor=actor,
                    revision=form.cleaned_data["revision"],
                    texts=form.texts(),
                    added=form.added(),
                ),
            )
            if status == 200:
                messages.success(request, _("日报已保存。"))
                return redirect(row)
            if status == 409:
                form.look_again(_brief(request, pk))
    elif row.is_signed:
        return redirect(row)
    context = {"brief": row, "form": form, "stale": status == 409, "parts": reading.parts(row, actor)}
    return render(request, "reports/brief_edit.html", context, status=status)


@require_POST
@role_required(*brief_rules.MAKERS)
def gather(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the lines anew up to now."""
    return _act(
        request, pk, lambda row, actor: briefs.gather_again(brief=row, actor=actor), _("已重新汇总。")
    )


@require_POST
@role_required(*brief_rules.MAKERS)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda row, actor: briefs.sign(brief=row, actor=actor), _("日报已签发。"))


def _act(request: HttpRequest, pk: int, door: Callable[[Brief, Actor], None], said: str) -> HttpResponse:
    actor = actor_of(request)
    brief_rules.require_maker(actor)
    row = _brief(request, pk)
    try:
        door(row, actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(row)


def _brief(request: HttpRequest, pk: int) -> Brief:
    row: Brief = get_object_or_404(reading.visible_to(actor_of(request)), pk=pk)
    return row
