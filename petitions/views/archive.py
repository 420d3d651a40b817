"""到期鉴定: the petition office's list of cases whose term is over, and the two people's words on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from petitions import archive_rules
from petitions.forms.archive import AGREE, DecideForm, ProposeForm
from petitions.models import Petition
from petitions.selectors import archive
from petitions.services import anonymising
from petitions.views.asking import actor_of

MOST_AT_ONCE = 100
reviews_archives = role_required(Role.PETITION_OFFICER, Role.UNIT_HEAD)


@dataclass(frozen=True)
class Result:
    """What became of one case; ``sentence`` says why not."""

    petition: Petition
    done: bool
    sentence: str = ""


@require_safe
@reviews_archives
def archive_list(request: HttpRequest) -> HttpResponse:
    """One of four views, paged by key; a view that does not exist answers 422."""
    actor, today = actor_of(request), local_day(now())
    if not archive_rules.reviews(actor):
        raise PermissionDenied
    asked = request.GET.get("view") or ("proposed" if archive_rules.decides(actor) else "due")
    known = asked in dict(archive.VIEWS)
    view = asked if known else "due"
    act = {"due": archive_rules.proposes, "proposed": archive_rules.decides}.get(view)
    context = {
        "view": view,
        "view_label": dict(archive.VIEWS)[view],
        "trouble": "" if known else _("没有这个视图，请从上面的标签中选择。"),
        "tabs": archive.tabs(actor, view, reverse("petitions:archive"), today),
        "page": archive.page_of(actor, view, today, request.GET.get("cursor")),
        "may_act": act is not None and act(actor),
    }
    return _private(render(request, "petitions/archive_list.html", context, status=200 if known else 422))


@require_http_methods(["GET", "HEAD", "POST"])
@reviews_archives
def propose(request: HttpRequest) -> HttpResponse:
    """GET shows the ticked cases and asks why; POST proposes one after the other and tells each outcome."""
    if not archive_rules.proposes(actor_of(request)):
        raise PermissionDenied
    return _bulk(request, ProposeForm, "due", _propose_one)


@require_http_methods(["GET", "HEAD", "POST"])
@reviews_archives
def decide(request: HttpRequest) -> HttpResponse:
    """GET shows the proposed cases and asks for the decision; POST carries it out case by case."""
    if not archive_rules.decides(actor_of(request)):
        raise PermissionDenied
    return _bulk(request, DecideForm, "proposed", _decide_one)


def _bulk(
    request: HttpRequest,
    form_class: type[Any],
    view: str,
    one_case: Callable[[Actor, Petition, dict[str, Any]], None],
) -> HttpResponse:
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(map(clean_text, asked.getlist("number"))))
    rows = archive.chosen(actor, numbers[:MOST_AT_ONCE], view, local_day(now()))
    form = form_class(request.POST if request.method == "POST" else None)
    context = {"rows": rows, "form": form, "view": view, "asked": len(numbers), "most": MOST_AT_ONCE}
    if not rows or not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound or not rows else 200
        return _private(render(request, "petitions/archive_bulk.html", context, status=status))
    results = [_one(actor, row.petition, form.cleaned_data, one_case) for row in rows]
    context |= {"results": results, "done": sum(one.done for one in results), "word": _word(view, form)}
    return _private(render(request, "petitions/archive_result.html", context))


def _one(
    actor: Actor,
    petition: Petition,
    data: dict[str, Any],
    one_case: Callable[[Actor, Petition, dict[str, Any]], None],
) -> Result:
    try:
        one_case(actor, petition, data)
    except Refusal as refusal:
        return Result(petition, False, refusal.sentence)
    return Result(petition, True)


def _propose_one(actor: Actor, petition: Petition, data: dict[str, Any]) -> None:
    anonymising.propose(petition=petition, actor=actor, reason=data["reason"])


def _decide_one(actor: Actor, petition: Petition, data: dict[str, Any]) -> None:
    anonymising.decide(
        petition=petition,
        actor=actor,
        agree=data["agree"] == AGREE,
        decision=data["decision"],
        texts_too=data["texts_too"],
    )


def _word(view: str, form: Any) -> str:
    if view == "due":
        return _("已提出")
    return _("已去标识") if form.cleaned_data["agree"] == AGREE else _("已退回")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response
