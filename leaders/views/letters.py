"""A letter of a leader's inbox: read (each look on record), drafted, released, taken in hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import now
from leaders import inbox_rules
from leaders.forms.inboxes import DecideReplyForm, ReplyForm
from leaders.models import InboxLetter, Reading
from leaders.services import inboxes, replies
from petitions.models import Petition
from petitions.selectors.veiling import over_case
from petitions.views.asking import actor_of, attempt


def _letter_or_404(request: HttpRequest, pk: int) -> InboxLetter:
    found = InboxLetter.objects.visible_to(actor_of(request)).with_row_relations()
    found = found.select_related("inbox__post__user", "petition__category", "petition__place_unit")
    row: InboxLetter = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    row = _letter_or_404(request, pk)
    inboxes.look(letter=row, actor=actor_of(request))
    return _show(request, row)


def _show(
    request: HttpRequest,
    row: InboxLetter,
    *,
    draft: ReplyForm | None = None,
    decide: DecideReplyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, case = actor_of(request), row.petition
    found = list(row.replies.select_related("post__unit", "post__user", "decided_by"))
    last = found[-1] if found and found[-1].is_open else None
    releases = inbox_rules.may_release(row, actor)
    drafts = inbox_rules.may_draft(row, actor)
    waits = releases and last is not None and last.state == "draft"
    if waits and decide is None:
        assert last is not None
        decide = DecideReplyForm(initial={"text": last.text, "seen": replies.mark_of(last.text)})
    reading = Reading.objects.to_be_read_by(actor).filter(petition=case, inbox=row.inbox_id).first()
    context = {
        "letter": row,
        "case": case,
        "requests": list(case.requests.all()),
        "replies": found,
        "open": last,
        "releases": releases,
        "decide_form": decide if waits or decide else None,
        "draft_form": (draft or ReplyForm(initial={"text": last.text if last else ""}))
        if drafts and not waits
        else draft,
        "reading": reading,
        "reads_case": Petition.objects.visible_to(actor).filter(pk=case.pk).exists(),
    }
    over_case(context, case, actor)
    return render(request, "leaders/letter_detail.html", context, status=status)


@require_POST
@staff_required
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _letter_or_404(request, pk), actor_of(request)
    if not inbox_rules.may_draft(row, actor):
        raise Refusal(_("您当前的岗位不能代拟这封信的回复。"), code="forbidden")
    form, status = ReplyForm(request.POST), 422
    if form.is_valid():
        text = form.cleaned_data["text"]
        made, status = attempt(form, lambda: replies.draft_reply(letter=row, actor=actor, text=text))
        if made:
            messages.success(request, _("草稿已保存，领导签发后才会发出。"))
            return redirect(row)
    return _show(request, row, draft=form, status=status)


@require_POST
@role_required(Role.LEADER)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """签发, 退回补充 or 不发, by the leader in person."""
    row, actor = _letter_or_404(request, pk), actor_of(request)
    if not inbox_rules.may_release(row, actor):
        raise Refusal(_("以领导名义的回复，只能由领导本人签发。"), code="forbidden")
    form, status = DecideReplyForm(request.POST), 422
    if form.is_valid():
        done, status = attempt(form, lambda: _decide(row, actor, form.cleaned_data))
        if done:
            messages.success(request, done)
            return redirect(row)
    return _show(request, row, decide=form, status=status)


def _decide(row: InboxLetter, actor: Any, data: dict[str, Any]) -> str:
    match data["verdict"]:
        case "back":
            replies.ask_back(letter=row, actor=actor, words=data["words"])
            return _("已退回，请对方补充。")
        case "no":
            replies.drop_reply(letter=row, actor=actor, words=data["words"])
            return _("已决定不发，草稿留存。")
    replies.release_reply(letter=row, actor=actor, seen=data["seen"], text=data["text"])
    return _("已以您的名义发出，来信人在自己的页面上看得到。")


@require_POST
@role_required(Role.LEADER)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader takes the case in hand: reads it whole from now on, and writes the instruction."""
    row, actor = _letter_or_404(request, pk), actor_of(request)
    inboxes.take(letter=row, actor=actor, at=now())
    return redirect(reverse("leaders:instruct", args=[row.petition.number]))
