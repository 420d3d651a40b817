"""One paper: its page, with the sheet beside the form, and what is done to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from documents import rules as paper_rules
from documents.enums import PaperKind, PaperState
from documents.models import Paper
from documents.rendering import content_of, pictures, unprintable
from documents.services.drafting import kept
from papers import due, rules
from papers.enums import Step
from papers.forms import DiscardForm, PaperForm, RaiseForm, SendBackForm, ServeForm, subject_id
from papers.models import CasePaper
from papers.people import Value
from papers.selectors import PaperRow
from papers.services import drafting, serving
from papers.views.shared import on_record, paper_or_404, reads_papers
from petitions import rules as case_rules
from petitions.models import Petition
from petitions.selectors import case as cases
from petitions.services.codes import new_token
from petitions.views.asking import actor_of

PPI = 110
DOORS: dict[str, tuple[Callable[..., CasePaper], Any]] = {
    Step.CHECK: (drafting.check, _lazy("已核稿，等待签发。")),
    Step.APPROVE: (drafting.approve, _lazy("已签发，可以编号印发。")),
    Step.ISSUE: (drafting.issue, _lazy("已印发，文书不再改变。")),
    Step.ARCHIVE: (drafting.archive, _lazy("已归档。")),
}


@require_POST
@reads_papers
def draft(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """拟写 what the case asks for. A double click leads to the same draft."""
    actor = actor_of(request)
    petition = cases.find(actor, number)
    if kind not in PaperKind.values:
        raise Http404
    wanted = due.find(petition, kind, subject_id(request.POST.get("subject", "")))
    if wanted is None:
        raise Refusal(
            _("本件现在不需要%(paper)s，或者它针对的那一步已经变了。") % {"paper": PaperKind(kind).label},
            code="stale" if rules.writes_somewhere(petition, actor) else "forbidden",
        )
    token = clean_text(request.POST.get("token", ""))[:64]
    row = drafting.draft(actor=actor, petition=petition, due=wanted, token=token)
    return redirect(row.get_absolute_url())


@require_safe
@reads_papers
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    row = paper_or_404(request, key)
    on_record(request, row, "paper.look")
    return show_paper(request, row)


def _edits(row: CasePaper, request: HttpRequest) -> bool:
    writes = rules.may_write(row, actor_of(request)) and due.may_have(row.petition, row.kind)
    return row.paper.state == PaperState.DRAFT and writes


def show_paper(
    request: HttpRequest,
    row: CasePaper,
    *,
    form: PaperForm | None = None,
    given: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, paper = actor_of(request), row.paper
    if form is None and _edits(row, request):
        form = PaperForm(paper.template, paper.fields)
        form.initial["revision"] = row.revision
    step = rules.next_step(row, actor)
    knows = case_rules.knows_petitioner(row.petition, actor)
    context: dict[str, Any] = {
        "row": row,
        "paper": paper,
        "petition": row.petition,
        "reads_case": Petition.objects.visible_to(actor).filter(pk=row.petition_id).exists(),
        "shown": PaperRow(row, step),
        "step": step,
        "waits": "" if step else rules.waits_for(row),
        "no_word": rules.lacks_word(row),
        "sets_word": paper_rules.keeps_word(actor, paper.unit),
        "form": form,
        "pictures": sheets(paper),
        "unprintable": "" if paper.is_frozen else unprintable(content_of(paper), at=now()),
        "lacking": paper_rules.lacking_of(paper.template, paper.fields) if not paper.is_frozen else [],
        "may_send_back": rules.may_send_back(row, actor),
        "may_correct": rules.may_correct(row, actor),
        "may_discard": rules.may_discard(row, actor),
        "may_raise": rules.may_raise(row, actor),
        "discard": DiscardForm(auto_id="discard_%s"),
        "raising": RaiseForm(auto_id="raise_%s"),
        "letter_cases": row.cases if row.share_id and row.letter_cases.exists() else [],
        "may_serve": _may_serve(row, request),
        "deliveries": list(paper.deliveries.select_related("by")) if knows or not row.named else [],
        "send_back": SendBackForm(auto_id="back_%s"),
        "serve": _serve_form(row, request),
        "token": new_token(),
        "correction": getattr(paper, "correction", None),
    }
    response = render(request, "papers/paper.html", context | dict(given or {}), status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _may_serve(row: CasePaper, request: HttpRequest) -> bool:
    """Also after the first service: further representatives of a joint petition are served each."""
    open_now = row.paper.state in {PaperState.ISSUED, PaperState.SERVED} and row.paper.template.service
    return open_now and rules.may_write(row, actor_of(request)) and due.may_have(row.petition, row.kind)


def _serve_form(row: CasePaper, request: HttpRequest) -> ServeForm | None:
    if not _may_serve(row, request):
        return None
    known = case_rules.knows_petitioner(row.petition, actor_of(request))
    served = {one.recipient for one in row.paper.deliveries.all()}
    people = (
        [one for one in row.petition.persons.all() if one.name and one.name not in served] if known else []
    )
    first = people[0] if people else None
    return ServeForm(recipient=first.name if first else "", place=first.address if first else "")


def sheets(paper: Paper, values: Mapping[str, Value] | None = None) -> list[str]:
    """Each page as a picture for the page itself. ``values``: what is being typed, in place of what is kept."""
    if paper.forgotten_at is not None:
        return []
    if values is not None:
        paper.fields_text = kept(paper.template, values)
    return [
        f"data:image/png;base64,{b64encode(page).decode()}" for page in pictures(content_of(paper), ppi=PPI)
    ]


@sensitive_post_parameters()
@require_POST
@reads_papers
def preview(request: HttpRequest, key: UUID) -> HttpResponse:
    """The sheet with what is being typed; nothing is kept."""
    row = paper_or_404(request, key)
    if not _edits(row, request):
        raise Refusal(_("此件现在不能修改。"), code="forbidden")
    form = PaperForm(row.paper.template, row.paper.fields, request.POST)
    form.is_valid()
    found = sheets(row.paper, form.values)
    lacks = unprintable(content_of(row.paper), at=now())
    response = render(request, "papers/_sheets.html", {"pictures": found, "unprintable": lacks})
    response["Cache-Control"] = "no-store, private"
    return response


@sensitive_post_parameters()
@require_POST
@reads_papers
def save(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep the draft; with ``submit`` hand it in. What is missing then is said at its field, and the draft is kept."""
    row, actor = paper_or_404(request, key), actor_of(request)
    if not rules.may_write(row, actor):
        raise Refusal(
            _("只有%(unit)s的工作人员可以修改。") % {"unit": row.paper.unit.label}, code="forbidden"
        )
    form = PaperForm(row.paper.template, row.paper.fields, request.POST)
    if not form.is_valid():
        return show_paper(request, row, form=form, status=422)
    submit = request.POST.get("then") == "submit"
    words = {"fields": form.values, "revision": form.cleaned_data["revision"]}
    try:
        drafting.save(actor=actor, row=row, submit=submit, **words)
    except Refusal as refusal:
        return _not_saved(request, key, form, words, refusal)
    messages.success(request, _("已提交核稿。") if submit else _("文稿已保存。"))
    return redirect(row.get_absolute_url())


def _not_saved(
    request: HttpRequest, key: UUID, form: PaperForm, words: dict[str, Any], refusal: Refusal
) -> HttpResponse:
    row = paper_or_404(request, key)
    if refusal.code == "incomplete":
        row = drafting.save(actor=actor_of(request), row=row, **words)
        row = paper_or_404(request, key)
        lacking = paper_rules.lacking_of(row.paper.template, form.values)
        form.mark(lacking)
        form.add_error(None, _("文稿已保存，但还不能提交核稿。") + ("" if lacking else refusal.sentence))
    else:
        form.add_error(None, refusal.sentence)
    if not _edits(row, request):
        raise refusal
    form.now_at(row.revision)
    return show_paper(request, row, form=form, status=422 if refusal.code == "incomplete" else refusal.status)


@require_POST
@reads_papers
def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    """核稿, 签发, 印发, 归档, 更正: one press each."""
    row, actor = paper_or_404(request, key), actor_of(request)
    if step == Step.CORRECT:
        made = drafting.correct(actor=actor, row=row)
        messages.success(request, _("已拟好更正件，请修改后提交核稿。"))
        return redirect(made.get_absolute_url())
    if step not in DOORS:
        raise Http404
    door, words = DOORS[step]
    try:
        done = door(actor=actor, row=row)
    except Refusal as refusal:
        if refusal.code != "incomplete":
            raise
        return show_paper(
            request, paper_or_404(request, key), given={"refused": refusal.sentence}, status=422
        )
    messages.success(request, _("%(number)s %(words)s") % {"number": done.paper.number, "words": words})
    return _back(request, key, row)


@require_POST
@reads_papers
def send_back(request: HttpRequest, key: UUID) -> HttpResponse:
    row, actor = paper_or_404(request, key), actor_of(request)
    if not (rules.may_write(row, actor) or rules.may_sign(row, actor)):
        raise Refusal(_("您当前的岗位不能退回这份文书。"), code="forbidden")
    form = SendBackForm(request.POST, auto_id="back_%s")
    if not form.is_valid():
        return show_paper(request, row, given={"send_back": form}, status=422)
    drafting.send_back(actor=actor, row=row, note=form.cleaned_data["note"])
    messages.success(request, _("已退回拟稿人修改。"))
    return redirect(row.get_absolute_url())


@sensitive_post_parameters()
@require_POST
@reads_papers
def serve(request: HttpRequest, key: UUID) -> HttpResponse:
    row, actor = paper_or_404(request, key), actor_of(request)
    if not rules.may_write(row, actor):
        raise Refusal(_("由%(unit)s登记送达。") % {"unit": row.paper.unit.label}, code="forbidden")
    form, status = ServeForm(request.POST), 422
    if form.is_valid():
        try:
            serving.serve(actor=actor, row=row, new=form.new(row.paper.issued_at))
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("送达情况已登记。"))
            return _back(request, key, row)
    return show_paper(request, row, given={"serve": form}, status=status)


def _back(request: HttpRequest, key: UUID, row: CasePaper) -> HttpResponse:
    """One may read a paper no longer than one works at it."""
    try:
        paper_or_404(request, key)
    except Http404:
        return redirect("papers:list")
    return redirect(row.get_absolute_url())


@require_POST
@reads_papers
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """A 送达回证 of this paper, to be printed and signed by hand."""
    row, actor = paper_or_404(request, key), actor_of(request)
    if not row.paper.is_frozen or not row.paper.template.service:
        if not rules.may_write(row, actor):
            raise Refusal(_("由%(unit)s出具。") % {"unit": row.paper.unit.label}, code="forbidden")
        raise Refusal(_("须送达的文书印发以后才有送达回证。"), code="stale")
    token = clean_text(request.POST.get("token", ""))[:64]
    made = drafting.draft(actor=actor, petition=row.petition, due=due.record_of(row.paper), token=token)
    return redirect(made.get_absolute_url())
