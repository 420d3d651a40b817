"""The daily brief: the archive, one day's page, and its editing."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.paging import paginate
from core.text import clean_text
from core.timekeeping import now
from petitions.views.asking import actor_of, attempt
from reports import brief_paper, brief_rules
from reports.brief_forms import BriefForm, CorrectForm
from reports.models import Brief
from reports.selectors import briefs as reading
from reports.selectors.bulletin import what_to_do, why
from reports.services import briefs

PAGE_SIZE, LONGEST_WORDS = 20, 50
PDF = "application/pdf"


@require_GET
@role_required(*brief_rules.READERS)
def archive(request: HttpRequest) -> HttpResponse:
    """All briefs this reader may see, the newest first; ``q`` searches their lines."""
    actor = actor_of(request)
    brief_rules.require_reader(actor)
    words = clean_text(request.GET.get("q", ""))[:LONGEST_WORDS]
    cursor, order = request.GET.get("cursor"), ("-day", "-kind", "-version")
    page = paginate(reading.search(actor, words), order=order, cursor=cursor, size=PAGE_SIZE)
    return render(request, "reports/briefs.html", {"page": page, "words": words})


@require_GET
@role_required(*brief_rules.READERS)
def brief(request: HttpRequest, pk: int) -> HttpResponse:
    """One day's brief. That a leader opened it is kept."""
    actor = actor_of(request)
    brief_rules.require_reader(actor)
    row = _brief(request, pk)
    briefs.read(brief=row, actor=actor)
    return _show(request, row)


def _show(
    request: HttpRequest, row: Brief, form: CorrectForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    newer = reading.newer(row, actor)
    may_correct = brief_rules.makes(actor) and row.is_signed and newer is None
    context = {
        "brief": row,
        "newer": newer,
        "left_out": reading.LEFT_OUT,
        "correct": form or (CorrectForm(auto_id="correct_%s") if may_correct else None),
        "parts": reading.parts(row, actor),
        "makes": brief_rules.makes(actor),
        "may_sign": brief_rules.may_sign(row, actor),
        "readings": row.readings.select_related("reader__user", "reader__unit")
        if brief_rules.makes(actor)
        else [],
    }
    response = render(request, "reports/brief.html", context, status=status)
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
                    edits=form.edits(),
                    added=form.added(),
                ),
            )
            if status == 200:
                messages.success(request, _("已保存。"))
                return redirect(row)
            if status == 409:
                form = form.over(reading.editable(row, actor))
    elif row.is_signed:
        return redirect(row)
    return render(request, "reports/brief_edit.html", {"brief": row, "form": form}, status=status)


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
    """Sign what was on the page: where somebody has changed it since, it is read once more first."""
    read = request.POST.get("revision", "")

    def door(row: Brief, actor: Actor) -> None:
        row.revision = int(read) if read.isdecimal() and len(read) < 9 else -1
        briefs.sign(brief=row, actor=actor)

    return _act(request, pk, door, _("已签发。"))


@require_POST
@role_required(*brief_rules.MAKERS)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a new version of a signed one; what was typed comes back where it is refused."""
    actor = actor_of(request)
    brief_rules.require_maker(actor)
    row, form, status = _brief(request, pk), CorrectForm(request.POST, auto_id="correct_%s"), 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        made, status = attempt(form, lambda: briefs.correct(brief=row, actor=actor, reason=reason))
        if made is not None:
            messages.success(request, _("已另出一版，请更正后由另一位同事签发。原来的一版仍可查看。"))
            return redirect("reports:brief_edit", made.pk)
    return _show(request, row, form, status)


@require_GET
@role_required(*brief_rules.READERS)
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The brief with this reader's lines as a sheet. That it was taken is on record."""
    actor = actor_of(request)
    brief_rules.require_reader(actor)
    row = _brief(request, pk)
    made = brief_paper.sheet(row, reading.parts(row, actor), now(), newer=reading.newer(row, actor))
    briefs.read(brief=row, actor=actor)
    audit.record(actor=actor, act="brief.pdf", obj=row, detail={"day": str(row.day), "version": row.version})
    return downloads.download(BytesIO(made.pdf), f"{row.get_kind_display()}-{row.day}.pdf", PDF)


@require_GET
@role_required(*brief_rules.WARNING_READERS)
def warnings(request: HttpRequest) -> HttpResponse:
    """Warnings of units: open ones first, then what was mended, with what to do."""
    actor = actor_of(request)
    found = reading.warnings(actor)
    page = paginate(found, order=("-warned_at", "-id"), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    rows = [(one, why(one), what_to_do(one)) for one in page.items]
    return render(request, "reports/warnings.html", {"page": page, "rows": rows})


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
