"""Recording a talk: on a reception day or off it, on a known case or a new matter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.receptions import PromiseFormSet, ReceiveForm
from leaders.models import VisitDay, VisitRecord
from leaders.selectors.days import leader_posts
from leaders.services.receptions import NewMatter, NewPromise, Talk, receive, receive_new
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services.codes import new_token
from petitions.services.registering import NewPerson
from petitions.views.asking import actor_of, attempt, case_or_404, require_step

RECEIVERS = (Role.LEADER, Role.PETITION_OFFICER, Role.CLERK)


@role_required(*RECEIVERS)
def receive_any(request: HttpRequest) -> HttpResponse:
    """Known by number, or new."""
    return _receive(request, case=None, day=None)


@role_required(*RECEIVERS)
def receive_case(request: HttpRequest, number: str) -> HttpResponse:
    """From the case page. A case that takes no record shows no form; what was typed comes back with the sentence."""
    case, actor = case_or_404(request, number), actor_of(request)
    require_step(case, Act.RECEIVE, actor)
    rules.require(LeaderAct.RECEIVE, actor, petition=case)
    if request.method != "POST":
        petition_rules.require(case, Act.RECEIVE, actor)
    return _receive(request, case=case, day=None)


@role_required(*RECEIVERS)
def receive_on_day(request: HttpRequest, pk: int) -> HttpResponse:
    """From a reception day: its leader is the one who received."""
    actor = actor_of(request)
    day = get_object_or_404(VisitDay.objects.visible_to(actor).with_row_relations(), pk=pk)
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post)
    return _receive(request, case=None, day=day)


def _receive(request: HttpRequest, *, case: Petition | None, day: VisitDay | None) -> HttpResponse:
    actor = actor_of(request)
    posts = leader_posts(actor, local_day(now()))
    if day is not None:
        posts = Post.objects.filter(pk=day.post_id).select_related("user", "unit")
    initial = {"token": new_token()}
    form = ReceiveForm(request.POST or None, posts=posts, known=case is not None, initial=initial)
    promises = PromiseFormSet(request.POST or None, prefix="promise")
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid() and promises.is_valid():
        record, status = attempt(form, lambda: _save(request, actor, case, day, form, promises))
        if record:
            return redirect(day or record.petition)
    context = {"form": form, "promises": promises, "case": case, "day": day}
    return render(request, "leaders/receive.html", context, status=status)


def _save(
    request: HttpRequest,
    actor: Actor,
    case: Petition | None,
    day: VisitDay | None,
    form: ReceiveForm,
    promises: Any,
) -> VisitRecord:
    data = form.cleaned_data
    talk = Talk(
        post=data["post"],
        said=data["said"],
        heads=data["heads"],
        day=day,
        promises=[
            NewPromise(**{key: row.cleaned_data[key] for key in ("text", "to_whom", "due_on", "task")})
            for row in promises
            if row.cleaned_data.get("text")
        ],
    )
    case = case or _known(actor, data.get("number", ""))
    if case is not None:
        record = receive(petition=case, actor=actor, talk=talk, token=data["token"])
        messages.success(request, _("已记入 %(number)s。") % {"number": case.number})
        return record
    record, registered = receive_new(actor=actor, talk=talk, matter=_matter(data), token=data["token"])
    messages.success(
        request,
        _("已登记，编号 %(number)s，查询码 %(code)s，请告诉来访人并记下。")
        % {"number": registered.petition.number, "code": registered.query_code},
    )
    return record


def _known(actor: Actor, number: str) -> Petition | None:
    if not number:
        return None
    case: Petition | None = (
        Petition.objects.visible_to(actor).filter(number=number.strip(), sealed=False).first()
    )
    if case is None:
        raise Refusal(_("没有找到这个编号的信访件。新反映的事项请不填编号。"), code="invalid")
    return case


def _matter(data: dict[str, Any]) -> NewMatter:
    person = None
    if data["name"] or data["phone"]:
        person = NewPerson(name=data["name"], phone=data["phone"])
    return NewMatter(subject=data["subject"], body=data["body"], person=person)
