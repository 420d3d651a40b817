"""Talks among many: what residents read of them, the desk's list, one talk, and everything that is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.forms import FASTER, AsShown, BaseForm
from core.paging import paginate
from core.timekeeping import now
from mediation import talk_rules
from mediation import talk_selectors as selectors
from mediation.models import PublicTalk
from mediation.services import talk_matters, talk_minutes, talk_panel, talks
from mediation.talk_enums import TO_COME, PanelKind, TalkAct, TalkKind
from mediation.talk_forms import (
    CallOffForm,
    DraftForm,
    HoldForm,
    MoveForm,
    PublishForm,
    RaiseForm,
    SeatForm,
    TalkForm,
)
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt

A = TalkAct
Data = dict[str, Any]
READERS = (Role.CLERK, Role.PETITION_OFFICER, Role.UNIT_HEAD, Role.MEDIATOR, Role.INSPECTOR, Role.HANDLER)
FORMS: dict[TalkAct, type[BaseForm]] = {
    A.MOVE: MoveForm,
    A.CALL_OFF: CallOffForm,
    A.SEAT: SeatForm,
    A.HOLD: HoldForm,
    A.RAISE: RaiseForm,
    A.DRAFT: DraftForm,
    A.PUBLISH: PublishForm,
}


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    coming, over = selectors.public_talks(now())
    return render(request, "mediation/public_talks.html", {"coming": coming, "over": over})


@require_safe
def public_talk(request: HttpRequest, pk: int) -> HttpResponse:
    found = PublicTalk.objects.announced().select_related("unit", "room")
    talk = get_object_or_404(found, pk=pk)
    # What was changed before it was announced nobody had read of.
    changes = talk.changes.filter(at__gte=talk.announced_at)
    context = {"talk": talk, "changes": changes, "panel": talk.panel.all()}
    return render(request, "mediation/public_talk.html", context)


@require_safe
@role_required(*READERS)
def talk_list(request: HttpRequest) -> HttpResponse:
    actor, ended = actor_of(request), request.GET.get("view") == "ended"
    found = PublicTalk.objects.visible_to(actor).select_related("unit", "room")
    found = found.exclude(state__in=TO_COME) if ended else found.filter(state__in=TO_COME)
    order = ["-starts_at", "-id"] if ended else ["starts_at", "id"]
    context = {
        "page": paginate(found, order=order, cursor=request.GET.get("cursor")),
        "ended": ended,
        "may_convene": talk_rules.may(A.CONVENE, actor),
        "tabs": [
            {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
            for key, label in (("coming", _("将举行")), ("ended", _("已结束")))
        ],
    }
    return render(request, "mediation/talk_list.html", context)


@role_required(*talk_rules.CONVENERS)
def talk_add(request: HttpRequest) -> HttpResponse:
    form = TalkForm(request.POST if request.method == "POST" else None, initial={"token": new_token})
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        token, kind = data.pop("token"), TalkKind(data.pop("kind"))
        made, status = attempt(
            form,
            lambda: talks.convene(actor=actor_of(request), new=talks.NewTalk(kind=kind, **data), token=token),
        )
        if made is not None:
            messages.success(request, _("已召集。公告以后居民才能看到。"))
            return redirect(made.get_absolute_url())
    return render(request, "mediation/talk_form.html", {"form": form}, status=status)


def talk_or_404(request: HttpRequest, pk: int) -> PublicTalk:
    found = PublicTalk.objects.visible_to(actor_of(request)).select_related(
        "unit", "room", "drafted_by", "published_by", "held_by"
    )
    talk: PublicTalk = get_object_or_404(found, pk=pk)
    return talk


@require_safe
@staff_required
def talk_desk(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, talk_or_404(request, pk))


def _form(act: TalkAct, talk: PublicTalk, data: Any = None) -> BaseForm:
    """The form of an act, fresh or with what was typed."""
    initial: Data = {"revision": talk.revision}
    if act == A.MOVE:
        initial = {"starts_at": talk.starts_at, "room": talk.room_id, "place": talk.place}
    if act == A.DRAFT:
        initial["text"] = talk.public_text
    return FORMS[act](data, auto_id=f"{act.value}_%s", initial=initial)


def _show(
    request: HttpRequest,
    talk: PublicTalk,
    status: int = 200,
    given: tuple[TalkAct, BaseForm] | None = None,
) -> HttpResponse:
    """``given``: the act whose form comes back. One that is offered no more has its sentence above all."""
    context = selectors.talk_page(talk, actor_of(request), now())
    forms = {act.value: _form(act, talk) for act in FORMS if context["may"][act.value]}
    if talk.published_at is not None:
        forms.pop("publish", None)
    context["refused"] = None
    if given is not None:
        act, form = given
        if act.value in forms:
            forms[act.value] = form
        else:
            context["refused"] = form
    return render(request, "mediation/talk_desk.html", context | {"forms": forms}, status=status)


def _act(
    request: HttpRequest, pk: int, act: TalkAct, door: Callable[[PublicTalk, Actor, Data], Any], done: str
) -> HttpResponse:
    """The right, then the form, then ``door``; what is refused comes back with all that was typed."""
    talk, actor, status = talk_or_404(request, pk), actor_of(request), 422
    talk_rules.require(act, actor, talk)
    form = _form(act, talk, request.POST) if act in FORMS else BaseForm(request.POST)
    if form.is_valid():
        made, status = attempt(form, lambda: door(talk, actor, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, done)
            return redirect(talk.get_absolute_url())
    talk = talk_or_404(request, pk)
    if status == FASTER and isinstance(form, AsShown):
        form.now_at(talk.revision)
    return _show(request, talk, status, (act, form))


@require_POST
@staff_required
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talks.announce(talk=talk, actor=actor)

    return _act(request, pk, A.ANNOUNCE, door, _("已公告，居民可以看到。"))


@require_POST
@staff_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talks.move(talk=talk, actor=actor, **data)

    announced = talk_or_404(request, pk).announced_at is not None
    done = _("已改期，公告随即更新。") if announced else _("已改期。还没有公告，居民看不到。")
    return _act(request, pk, A.MOVE, door, done)


@require_POST
@staff_required
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talks.call_off(talk=talk, actor=actor, **data)

    return _act(request, pk, A.CALL_OFF, door, _("已取消，公告写明了理由。"))


@require_POST
@staff_required
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> Any:
        return talk_panel.seat(talk=talk, actor=actor, kind=PanelKind(data.pop("kind")), **data)

    return _act(request, pk, A.SEAT, door, _("已列入评议员名单。"))


@require_POST
@staff_required
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talk_minutes.hold(talk=talk, actor=actor, **data)

    return _act(request, pk, A.HOLD, door, _("已记录。请把说到的事项逐件登记。"))


@require_POST
@staff_required
def raise_matter(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> Any:
        return talk_matters.raise_matter(talk=talk, actor=actor, **data)

    return _act(request, pk, A.RAISE, door, _("已登记事项。"))


@require_POST
@staff_required
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talk_minutes.draft(talk=talk, actor=actor, **data)

    return _act(request, pk, A.DRAFT, door, _("已保存。请另一个人核对后公开。"))


@require_POST
@staff_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    def door(talk: PublicTalk, actor: Actor, data: Data) -> PublicTalk:
        return talk_minutes.publish(talk=talk, actor=actor, **data)

    return _act(request, pk, A.PUBLISH, door, _("纪要已公开。"))


@require_POST
@staff_required
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    talk, actor = talk_or_404(request, pk), actor_of(request)
    talk_rules.require(A.PUBLISH, actor, talk)
    form = BaseForm(request.POST)
    made, status = attempt(form, lambda: talk_minutes.take_down(talk=talk, actor=actor))
    if made is None:
        return _show(request, talk_or_404(request, pk), status, (A.PUBLISH, form))
    messages.success(request, _("已撤下，居民不再看到。"))
    return redirect(talk.get_absolute_url())
