"""Training material: the list, writing one, one's page and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.forms import FASTER, AsShown, BaseForm
from core.paging import paginate
from mediation.models import WriteUp
from mediation.services import write_ups
from mediation.write_up_enums import WriteUpState
from mediation.write_up_forms import ChangeForm, CheckForm, WriteForm
from mediation.write_up_querysets import READERS
from petitions.views.asking import actor_of, attempt

S = WriteUpState


@require_safe
@role_required(*READERS)
def write_up_list(request: HttpRequest) -> HttpResponse:
    working = request.GET.get("view") == "working"
    found = WriteUp.objects.visible_to(actor_of(request))
    found = found.exclude(state=S.PUBLISHED) if working else found.filter(state=S.PUBLISHED)
    context = {
        "page": paginate(found, order=["-id"], cursor=request.GET.get("cursor")),
        "may_write": actor_of(request).role == Role.MEDIATOR,
        "tabs": [
            {"label": label, "url": f"?view={key}", "active": (key == "working") == working, "count": None}
            for key, label in (("published", _("已发布")), ("working", _("正在写")))
        ],
    }
    return render(request, "mediation/write_up_list.html", context)


@role_required(Role.MEDIATOR)
def write_up_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = WriteForm(request.POST if request.method == "POST" else None, actor=actor)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: write_ups.write(actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("已保存。先去掉姓名，再由另一个人核对。"))
            return redirect(made.get_absolute_url())
    return render(request, "mediation/write_up_form.html", {"form": form}, status=status)


def write_up_or_404(request: HttpRequest, pk: int) -> WriteUp:
    found = WriteUp.objects.visible_to(actor_of(request))
    row: WriteUp = get_object_or_404(
        found.select_related("mediation", "written_by", "cleaned_by", "published_by"), pk=pk
    )
    return row


@require_safe
@role_required(*READERS)
def write_up(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, write_up_or_404(request, pk))


def _show(
    request: HttpRequest, row: WriteUp, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    mine, seen = write_ups.may_change(row, actor_of(request)), {"revision": row.revision}
    forms: dict[str, BaseForm] = {}
    if mine and row.state in {S.DRAFT, S.CLEANED}:
        forms["change"] = ChangeForm(
            initial={**seen, "title": row.title, "words": row.words}, auto_id="change_%s"
        )
        name = "clean" if row.state == S.DRAFT else "publish"
        forms[name] = CheckForm(initial=seen, auto_id=f"{name}_%s")
    late = [form for name, form in (given or {}).items() if name not in forms]
    context = {"row": row, "mine": mine, "forms": forms | (given or {}), "refused": next(iter(late), None)}
    return render(request, "mediation/write_up.html", context, status=status)


def _act(
    request: HttpRequest, pk: int, name: str, form: BaseForm, door: Callable[[WriteUp], Any], done: str
) -> HttpResponse:
    row, status = write_up_or_404(request, pk), 422
    write_ups.require_own(row, actor_of(request))
    if form.is_valid():
        made, status = attempt(form, lambda: door(row))
        if made is not None:
            messages.success(request, done)
            return redirect(row.get_absolute_url())
    row = write_up_or_404(request, pk)
    if status == FASTER and isinstance(form, AsShown):
        form.now_at(row.revision)
    return _show(request, row, {name: form}, status)


@require_POST
@role_required(*READERS)
def write_up_change(request: HttpRequest, pk: int) -> HttpResponse:
    form = ChangeForm(request.POST, auto_id="change_%s")
    return _act(
        request,
        pk,
        "change",
        form,
        lambda row: write_ups.change(write_up=row, actor=actor_of(request), **form.cleaned_data),
        _("已保存。先去掉姓名，再由另一个人核对。"),
    )


@require_POST
@role_required(*READERS)
def write_up_clean(request: HttpRequest, pk: int) -> HttpResponse:
    form = CheckForm(request.POST, auto_id="clean_%s")
    return _act(
        request,
        pk,
        "clean",
        form,
        lambda row: write_ups.clean(
            write_up=row, actor=actor_of(request), revision=form.cleaned_data["revision"]
        ),
        _("已去掉姓名，请另一个人核对。"),
    )


@require_POST
@role_required(*READERS)
def write_up_publish(request: HttpRequest, pk: int) -> HttpResponse:
    form = CheckForm(request.POST, auto_id="publish_%s")
    return _act(
        request,
        pk,
        "publish",
        form,
        lambda row: write_ups.publish(
            write_up=row, actor=actor_of(request), revision=form.cleaned_data["revision"]
        ),
        _("已发布，全体调解员可以看。"),
    )


@require_POST
@role_required(*READERS)
def write_up_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    form = BaseForm(request.POST)
    return _act(
        request,
        pk,
        "withdraw",
        form,
        lambda row: write_ups.withdraw(write_up=row, actor=actor_of(request)),
        _("已撤下。"),
    )
