"""Hot matters: the list, one matter with what is done to it, joint tasks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required
from core.forms import BaseForm
from core.paging import paginate
from core.timekeeping import local_day, now
from matters import rules, selectors
from matters.enums import MatterAct
from matters.forms import EndForm, LinkForm, MergeForm, NameForm, ReportForm, SuggestForm, TaskForm
from matters.models import JointTask, Matter, TaskPart
from matters.selectors import Hot
from matters.services import keeping, tasking
from petitions.views.asking import actor_of, attempt
from supervision.enums import SuggestionKind
from supervision.models import Suggestion

MOST_CASES = 200


@require_safe
@role_required(*rules.READERS)
def matter_list(request: HttpRequest) -> HttpResponse:
    """Those that rise first; ``view=rising`` leaves the others out."""
    actor = actor_of(request)
    rules.require_reader(actor)
    rising = request.GET.get("view") == "rising"
    tabs = [
        {"label": label, "url": f"?view={key}", "active": (key == "rising") == rising, "count": None}
        for key, label in (("all", _("全部")), ("rising", _("正在上升")))
    ]
    context = {"rows": selectors.board(actor, now(), rising=rising), "rising": rising, "tabs": tabs}
    return render(request, "matters/list.html", context)


@require_safe
@role_required(*rules.READERS)
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of one that was merged into another leads there."""
    rules.require_reader(actor_of(request))
    other = Matter.objects.filter(merged=pk).first()
    if other is not None:
        return redirect(_hot_or_404(request, other.pk).matter)
    return _show(request, _hot_or_404(request, pk))


def _hot_or_404(request: HttpRequest, pk: int) -> Hot:
    """A matter this person sees."""
    actor = actor_of(request)
    rules.require_reader(actor)
    hot = selectors.one(actor, pk, now())
    if hot is None:
        raise Http404
    return hot


def _show(
    request: HttpRequest, hot: Hot, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor, today = actor_of(request), local_day(now())
    cases = selectors.cases_of(actor, hot.matter).order_by("-registered_at", "-pk")
    days = selectors.by_day(cases, today)
    context: dict[str, Any] = {
        "hot": hot,
        "cases": list(cases[:MOST_CASES]),
        "days": days,
        "most": max(count for _day, count in days) or 1,
        "keeps": rules.keeps(actor),
        "tasks": selectors.tasks(actor).filter(matter=hot.matter),
        "suggestions": Suggestion.objects.visible_to(actor).filter(
            pk__in=hot.matter.suggestions.values("pk")
        ),
        "events": selectors.events_of(actor, hot.matter)[:50],
        "forms": {},
    }
    if context["keeps"]:
        context["forms"] = {
            "name": NameForm(initial={"words": hot.matter.name}, auto_id="name_%s"),
            "link": LinkForm(auto_id="link_%s"),
            "merge": MergeForm(auto_id="merge_%s", others=_others(actor, hot)),
            **(given or {}),
        }
    response = render(request, "matters/matter.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@role_required(*rules.MAKERS)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rules.require(MatterAct.NAME, actor)
    hot, form, status = _hot_or_404(request, pk), NameForm(request.POST, auto_id="name_%s"), 422
    if form.is_valid():
        _done, status = attempt(
            form, lambda: keeping.name(matter=hot.matter, actor=actor, words=form.cleaned_data["words"])
        )
        if status == 200:
            messages.success(request, _("名称已保存。"))
            return redirect(hot.matter)
    return _show(request, _hot_or_404(request, pk), {"name": form}, status)


def _others(actor: Actor, hot: Hot, chosen: str = "") -> list[tuple[int, str]]:
    """What the matter may be merged into: the others on this reader's list, as they are called there. ``chosen``: the
    key that was sent; it may have left the top of the list meanwhile."""
    found = {one.matter.pk: one for one in selectors.board(actor, now()) if one.matter != hot.matter}
    key = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else hot.matter.pk
    if key != hot.matter.pk and key not in found and (one := selectors.one(actor, key, now())) is not None:
        found[key] = one
    said = _("%(name)s（%(n)d 件）")
    return [(pk, said % {"name": one.called, "n": one.total}) for pk, one in found.items()]


@require_POST
@role_required(*rules.MAKERS)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Into another matter, which is shown then."""
    actor = actor_of(request)
    rules.require(MatterAct.MERGE, actor)
    hot = _hot_or_404(request, pk)
    others = _others(actor, hot, request.POST.get("into", ""))
    form, status = MergeForm(request.POST, auto_id="merge_%s", others=others), 422
    if form.is_valid():
        into, reason = get_object_or_404(Matter, pk=form.cleaned_data["into"]), form.cleaned_data["reason"]
        row, status = attempt(
            form, lambda: keeping.merge(matter=hot.matter, into=into, actor=actor, reason=reason)
        )
        if row is not None:
            messages.success(request, _("已并入，件、联合任务和建议都在这里。"))
            return redirect(row)
    return _show(request, _hot_or_404(request, pk), {"merge": form}, status)


@require_POST
@role_required(*rules.MAKERS)
def link(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rules.require(MatterAct.LINK, actor)
    hot, form, status = _hot_or_404(request, pk), LinkForm(request.POST, auto_id="link_%s"), 422
    if form.is_valid():
        case, status = attempt(
            form, lambda: keeping.link(matter=hot.matter, actor=actor, number=form.cleaned_data["number"])
        )
        if case is not None:
            messages.success(request, _("%(number)s 已归入。") % {"number": case.number})
            return redirect(hot.matter)
    return _show(request, _hot_or_404(request, pk), {"link": form}, status)


@require_POST
@role_required(*rules.MAKERS)
def unlink(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    actor = actor_of(request)
    rules.require(MatterAct.UNLINK, actor)
    hot = _hot_or_404(request, pk)
    case = get_object_or_404(selectors.cases_of(actor, hot.matter), number=number)
    keeping.unlink(matter=hot.matter, actor=actor, case=case)
    messages.success(request, _("%(number)s 已移出，夜间归集不会再归入。") % {"number": case.number})
    left = selectors.one(actor, pk, now())
    return redirect(left.matter if left is not None else "matters:list")


@require_http_methods(["GET", "POST"])
@role_required(*rules.MAKERS)
def task_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask several units to settle the matter together."""
    actor = actor_of(request)
    rules.require(MatterAct.TASK, actor)
    hot = _hot_or_404(request, pk)
    form, status = TaskForm(initial={"title": hot.matter.name}), 200
    if request.method == "POST":
        form, status = TaskForm(request.POST), 422
        if form.is_valid():
            data = {**form.cleaned_data, "units": list(form.cleaned_data["units"])}
            made, status = attempt(form, lambda: tasking.open_task(matter=hot.matter, actor=actor, **data))
            if made is not None:
                messages.success(request, _("联合任务已发出，各单位会收到提醒。"))
                return redirect(made)
    return render(request, "matters/task_form.html", {"hot": hot, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*rules.MAKERS)
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """改进工作 or 完善政策 (条例 40), with the counts of the matter to begin with."""
    actor = actor_of(request)
    rules.require(MatterAct.SUGGEST, actor)
    hot = _hot_or_404(request, pk)
    if request.method == "GET":
        said = _("近 %(days)d 天反映“%(name)s”的信访件 %(n)d 件，最近 7 天 %(week)d 件。")
        days = settings.MATTER_WINDOW_DAYS
        facts = said % {"days": days, "name": hot.called, "n": hot.recent, "week": hot.week}
        form, status = SuggestForm(initial={"title": hot.matter.name, "facts": facts}), 200
    else:
        form, status = SuggestForm(request.POST), 422
        if form.is_valid():
            data = {**form.cleaned_data, "kind": SuggestionKind(form.cleaned_data["kind"])}
            made, status = attempt(form, lambda: tasking.suggest(matter=hot.matter, actor=actor, **data))
            if made is not None:
                messages.success(request, _("已提出，%(unit)s会收到提醒。") % {"unit": made.unit.label})
                return redirect(made)
    return render(request, "matters/suggest_form.html", {"hot": hot, "form": form}, status=status)


@require_safe
@role_required(*rules.TASK_READERS)
def task_list(request: HttpRequest) -> HttpResponse:
    """Open ones by their day; what has ended behind a tab."""
    actor, ended = actor_of(request), request.GET.get("view") == "ended"
    found = selectors.tasks(actor).filter(ended_at__isnull=not ended)
    order = ["-due_on", "-id"] if ended else ["due_on", "id"]
    context = {
        "page": paginate(found, order=order, cursor=request.GET.get("cursor")),
        "ended": ended,
        "today": local_day(now()),
        "tabs": [
            {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
            for key, label in (("open", _("正在办理")), ("ended", _("已了结")))
        ],
    }
    return render(request, "matters/task_list.html", context)


@require_safe
@role_required(*rules.TASK_READERS)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    return _show_task(request, _task_or_404(request, pk))


def _task_or_404(request: HttpRequest, pk: int) -> JointTask:
    row: JointTask = get_object_or_404(selectors.tasks(actor_of(request)), pk=pk)
    return row


def _show_task(
    request: HttpRequest, row: JointTask, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    parts = list(row.parts.select_related("unit", "reported_by__user"))
    mine = _own_part(row, actor)
    context: dict[str, Any] = {
        "task": row,
        "parts": parts,
        "late": row.is_open and row.due_on < local_day(now()),
        "hot": selectors.one(actor, row.matter_id, now()),
        "forms": {},
    }
    if row.is_open and mine is not None and rules.may(MatterAct.REPORT, actor, mine.unit):
        context["forms"]["report"] = ReportForm(initial={"text": mine.report}, auto_id="report_%s")
    if row.is_open and rules.keeps(actor):
        context["forms"]["end"] = EndForm(auto_id="end_%s")
    context["forms"] |= given or {}
    return render(request, "matters/task.html", context, status=status)


def _own_part(row: JointTask, actor: Actor) -> TaskPart | None:
    found: TaskPart | None = row.parts.select_related("unit").filter(unit=actor.unit).first()
    return found


@require_POST
@role_required(*rules.WORKERS)
def task_report(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _task_or_404(request, pk), actor_of(request)
    part = _own_part(row, actor)
    if part is None:
        raise PermissionDenied
    rules.require(MatterAct.REPORT, actor, part.unit)
    form, status = ReportForm(request.POST, auto_id="report_%s"), 422
    if form.is_valid():
        _done, status = attempt(
            form, lambda: tasking.report(part=part, actor=actor, text=form.cleaned_data["text"])
        )
        if status == 200:
            messages.success(request, _("已反馈。"))
            return redirect(row)
    return _show_task(request, _task_or_404(request, pk), {"report": form}, status)


@require_POST
@role_required(*rules.MAKERS)
def task_end(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _task_or_404(request, pk), actor_of(request)
    rules.require(MatterAct.END, actor)
    form, status = EndForm(request.POST, auto_id="end_%s"), 422
    if form.is_valid():
        _done, status = attempt(
            form, lambda: tasking.end_task(task=row, actor=actor, result=form.cleaned_data["result"])
        )
        if status == 200:
            messages.success(request, _("联合任务已了结。"))
            return redirect(row)
    return _show_task(request, _task_or_404(request, pk), {"end": form}, status)
