"""Beside a paper's way: discarding a draft, putting it to a leader, and one letter about several cases."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import role_required
from core.converters import LONGEST_NUMBER, row_of
from core.errors import Refusal
from core.timekeeping import now
from documents import rules as paper_rules
from papers import letters, rules
from papers.forms import DiscardForm, RaiseForm
from papers.services import beside
from papers.services.letters import draft_letter
from papers.views.cases import show_paper
from papers.views.shared import paper_or_404, reads_papers
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of

works_with_papers = role_required(*sorted(paper_rules.WRITERS))


@require_POST
@reads_papers
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    row, actor = paper_or_404(request, key), actor_of(request)
    if not rules.may_write(row, actor) or not paper_rules.discards(actor, row.paper):
        paper_rules.require_discarder(actor, row.paper)
        raise Refusal(_("您当前的岗位不能作废这份草稿。"), code="forbidden")
    form, status = DiscardForm(request.POST, auto_id="discard_%s"), 422
    if form.is_valid():
        try:
            beside.discard(actor=actor, row=row, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("草稿已作废。需要时可以重新拟写。"))
            return redirect(row.get_absolute_url())
    return show_paper(request, paper_or_404(request, key), given={"discard": form}, status=status)


@require_POST
@reads_papers
def put_to_leader(request: HttpRequest, key: UUID) -> HttpResponse:
    """报领导签发; by a leader also the other way round (``major`` = no)."""
    row, actor = paper_or_404(request, key), actor_of(request)
    if not (rules.may_write(row, actor) or paper_rules.leads_over(actor, row.paper.unit)):
        raise Refusal(_("您当前的岗位不能把这份文书报领导签发。"), code="forbidden")
    form, status = RaiseForm(request.POST, auto_id="raise_%s"), 422
    major = request.POST.get("major") != "no"
    if form.is_valid():
        try:
            beside.put_to_leader(actor=actor, row=row, major=major, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("已报领导签发。") if major else _("已改由单位负责人签发。"))
            return redirect(row.get_absolute_url())
    return show_paper(request, paper_or_404(request, key), given={"raising": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@works_with_papers
def letter(request: HttpRequest) -> HttpResponse:
    """合并转送函、交办函: what went to one unit on one day and has no letter yet, to be ticked."""
    actor, refused, status = actor_of(request), "", 200
    if request.method == "POST":
        try:
            row = draft_letter(actor=actor, share_ids=_ids(request.POST.getlist("share")))
        except Refusal as refusal:
            if refusal.code == "forbidden":
                raise
            refused, status = refusal.sentence, refusal.status
        else:
            messages.success(
                request, _("已拟好合并的%(paper)s，请核对后提交核稿。") % {"paper": row.get_kind_display()}
            )
            return redirect(row.get_absolute_url())
    groups = letters.groups_of(letters.waiting(actor, now())[: letters.MOST * 5])
    over_rows([share.petition for group in groups for share in group.shares], actor)
    context = {"groups": groups, "refused": refused, "most": letters.MOST}
    return render(request, "papers/letter.html", context, status=status)


def _ids(texts: list[str]) -> set[int]:
    """The ids that the form sent scattered; what is no such number stands for a share that there is not."""
    found = set()
    for text in texts:
        try:
            found.add(row_of(int(text)) if text.isascii() and len(text) <= LONGEST_NUMBER else -1)
        except (ValueError, OverflowError):
            found.add(-1)
    return found
