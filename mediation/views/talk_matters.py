"""What becomes of the matters that were raised in a talk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.decorators import staff_required
from core.forms import BaseForm
from mediation import talk_rules, talk_selectors
from mediation.models import PublicTalk, TalkMatter
from mediation.services import talk_matters
from mediation.talk_enums import UNSETTLED, Fate, TalkAct
from mediation.talk_forms import LinkForm, RegisterForm, SettleForm
from mediation.views.talks import talk_or_404
from petitions.services.codes import new_token
from petitions.services.registering import NewPerson, Registered
from petitions.views.asking import actor_of, attempt

A = TalkAct


def _matter_or_404(request: HttpRequest, pk: int, matter: int) -> TalkMatter:
    """Of a talk that this person reads whole; whoever may not do anything to it is told so by the rules."""
    talk = talk_or_404(request, pk)
    found: TalkMatter = get_object_or_404(
        talk.matters.select_related("unit", "petition"), pk=matter, talk__in=_seen(request)
    )
    found.talk = talk
    return found


def _seen(request: HttpRequest) -> Any:
    return PublicTalk.objects.of_offices(actor_of(request)).values("pk")


@never_cache
@staff_required
def matter(request: HttpRequest, pk: int, matter: int) -> HttpResponse:
    """One matter with the three ways on. ``do`` of a sent form says which."""
    found, actor = _matter_or_404(request, pk, matter), actor_of(request)
    talk_rules.require(A.SETTLE, actor, found.talk)
    if request.method == "POST":
        do = request.POST.get("do", "")
        return {"link": _link, "register": _register}.get(do, _settle)(request, found)
    return _page(request, found)


def _forms(found: TalkMatter, actor: Any) -> dict[str, BaseForm]:
    if found.fate not in UNSETTLED:
        return {}
    forms: dict[str, BaseForm] = {
        "settle": SettleForm(auto_id="settle_%s"),
        "link": LinkForm(auto_id="link_%s"),
    }
    if talk_rules.may(A.REGISTER, actor, found.talk):
        initial = {"body": found.text, "token": new_token()}
        forms["register"] = RegisterForm(auto_id="register_%s", initial=initial)
    return forms


def _page(
    request: HttpRequest, found: TalkMatter, name: str = "", form: BaseForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    rows = [one for one in talk_selectors.matters_of(found.talk, actor) if one.row.pk == found.pk]
    forms = _forms(rows[0].row, actor) if rows else {}
    refused = None
    if form is not None:
        if name in forms:
            forms[name] = form
        else:
            refused = form
    context = {"talk": found.talk, "one": rows[0], "forms": forms, "refused": refused}
    return render(request, "mediation/talk_matter.html", context, status=status)


def _settle(request: HttpRequest, found: TalkMatter) -> HttpResponse:
    form, status = SettleForm(request.POST, auto_id="settle_%s"), 422
    if form.is_valid():
        data = dict(form.cleaned_data)
        fate = Fate(data.pop("fate"))
        made, status = attempt(
            form, lambda: talk_matters.settle(matter=found, actor=actor_of(request), fate=fate, **data)
        )
        if made is not None:
            messages.success(request, _("已登记去向。"))
            return redirect(found.talk.get_absolute_url())
    return _page(request, found, "settle", form, status)


def _link(request: HttpRequest, found: TalkMatter) -> HttpResponse:
    form, status = LinkForm(request.POST, auto_id="link_%s"), 422
    if form.is_valid():
        made, status = attempt(
            form,
            lambda: talk_matters.link_case(
                matter=found, actor=actor_of(request), number=form.cleaned_data["number"]
            ),
        )
        if made is not None:
            messages.success(request, _("已关联信访件。"))
            return redirect(found.talk.get_absolute_url())
    return _page(request, found, "link", form, status)


def _register(request: HttpRequest, found: TalkMatter) -> HttpResponse:
    actor = actor_of(request)
    talk_rules.require(A.REGISTER, actor, found.talk)
    form, status = RegisterForm(request.POST, auto_id="register_%s"), 422
    if form.is_valid():
        data = form.cleaned_data
        person = None
        if data["name"] or data["phone"]:
            person = NewPerson(name=data["name"], phone=data["phone"])

        def door() -> Registered:
            return talk_matters.register_case(
                matter=found,
                actor=actor,
                subject=data["subject"],
                body=data["body"],
                person=person,
                token=data["token"],
            )

        made, status = attempt(form, door)
        if made is not None:
            words = {"number": made.petition.number, "code": made.query_code}
            messages.success(
                request, _("已登记，编号 %(number)s，查询码 %(code)s，请告诉本人并记下。") % words
            )
            return redirect(found.talk.get_absolute_url())
    return _page(request, found, "register", form, status)
