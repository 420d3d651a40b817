"""Own tables: one's own and shared ones, one table, its making, its sharing and its schedule."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import role_required
from core import downloads
from core.errors import Refusal
from core.htmx import is_htmx
from core.paging import paginate
from core.timekeeping import local_day, now
from petitions.views.asking import actor_of, attempt
from tables import asking, rules
from tables.enums import Period
from tables.forms import PreviewForm, ScheduleForm, ShareForm, TableForm
from tables.models import SavedTable
from tables.selectors import behind as listing
from tables.selectors import showing
from tables.selectors.counting import count, require_shown, view_of
from tables.services import saving, scheduling, sharing, taking

PAGE_SIZE = 30
#: What a new table begins with.
FIRST = {"rows": "unit", "columns": "channel", "period": Period.LAST_MONTH, "measures": ["count"]}


@require_GET
@role_required(*rules.READERS)
def tables(request: HttpRequest) -> HttpResponse:
    """One's own tables and those shared with the hat that is on, the latest first."""
    actor = actor_of(request)
    found = rules.visible_to(actor).select_related("owner__user", "owner__unit", "schedule")
    page = paginate(found, order=("-changed_at",), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    return render(request, "tables/list.html", {"page": page, "mine": actor.post})


@require_http_methods(["GET", "POST"])
@role_required(*rules.READERS)
def new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = (
        TableForm(request.POST, actor=actor)
        if request.method == "POST"
        else TableForm(actor=actor, initial=FIRST)
    )
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@role_required(*rules.READERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    table = asking.table_of(actor, pk)
    rules.require_owner(table, actor)
    form = TableForm(request.POST, actor=actor) if request.method == "POST" else TableForm.of(table, actor)
    return _form(request, form, table)


def _form(request: HttpRequest, form: TableForm, table: SavedTable | None) -> HttpResponse:
    """The form, or after a good one the table. What was typed comes back with the sentence where it is refused."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved, status = attempt(
                form,
                lambda: saving.save(
                    actor=actor_of(request), title=form.cleaned_data["title"], shape=form.shape, table=table
                ),
            )
            if saved is not None:
                messages.success(request, _("统计表已保存。"))
                return redirect(saved)
    return render(request, "tables/form.html", {"form": form, "table": table}, status=status)


@require_GET
@role_required(*rules.READERS)
def preview(request: HttpRequest) -> HttpResponse:
    """What the form asks for, counted now: a fragment of the page with the form."""
    if not is_htmx(request):
        return redirect("tables:new")
    actor = actor_of(request)
    form, context = PreviewForm(request.GET, actor=actor), {}
    if form.is_valid():
        try:
            today = local_day(now())
            view = view_of(actor, form.shape, day=today)
            require_shown(view)
            context = showing.context(count(view), None, today)
        except Refusal as refusal:
            context = {"problem": refusal.sentence}
    else:
        context = {"problem": next(iter(form.errors.values()))[0]}
    return render(request, "tables/_grid.html", context)


@require_GET
@role_required(*rules.READERS)
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """The table as this reader may see it, counted now."""
    return _table(request, asking.table_of(actor_of(request), pk))


def _table(request: HttpRequest, row: SavedTable, **forms: Any) -> HttpResponse:
    """``forms``: those that came back refused, and the ``status`` then."""
    actor, status = actor_of(request), forms.pop("status", 200)
    context: dict[str, Any] = {
        "table": row,
        "owns": rules.owns(row, actor),
        "deletes": rules.deletes(row, actor),
        "forms": asking.FORMS.items(),
    }
    try:
        day = asking.day_of(request.GET)
        context |= showing.context(count(view_of(actor, row.shape, day=day)), row, day)
    except Refusal as refusal:
        context["problem"] = refusal.sentence
        status = refusal.status if status == 200 else status
    if context["owns"]:
        schedule = getattr(row, "schedule", None)
        names = ("every", "weekday", "day", "hour", "told")
        initial = {name: getattr(schedule, name) for name in names} if schedule else None
        context |= {
            "shares": row.shares.select_related("unit").order_by("unit__path", "role"),
            "share_form": ShareForm(),
            "schedule": schedule,
            "schedule_form": ScheduleForm(initial=initial),
        }
    return render(request, "tables/table.html", {**context, **forms}, status=status)


@require_GET
@role_required(*rules.READERS)
def behind(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The cases behind one number of the table."""
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    measure, side = asking.number_of(row, code, request.GET)
    day = asking.day_of(request.GET)
    view = view_of(actor, row.shape, day=day, at=asking.at_of(request.GET))
    line, column = request.GET.get("row", ""), request.GET.get("column", "")
    found = listing.behind(
        view, measure, row=line, column=column, side=side, cursor=request.GET.get("cursor")
    )
    context = {
        "table": row,
        "found": found,
        "measure": measure,
        "heading": view.heading,
        "back": f"{reverse('tables:table', args=[row.pk])}?day={day}",
        "tabs": showing.sides(request.GET, measure, found, side),
    }
    return render(request, "tables/behind.html", context)


@require_GET
@role_required(*rules.READERS)
def file(request: HttpRequest, pk: int, form: str) -> FileResponse:
    """The table as a file, counted now. Logged each time."""
    actor = actor_of(request)
    row, form = asking.table_of(actor, pk), asking.form_of(form)
    made = taking.take(actor=actor, table=row, form=form, day=asking.day_of(request.GET))
    return downloads.download(io.BytesIO(made.content), made.name, made.content_type)


@require_POST
@role_required(*rules.READERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    saving.delete(actor=actor, table=row)
    messages.success(request, _("已删除统计表“%(title)s”。") % {"title": row.title})
    return redirect("tables:list")


@require_POST
@role_required(*rules.READERS)
def share(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    rules.require_owner(row, actor)
    form = ShareForm(request.POST)
    if form.is_valid():
        return _after(
            request,
            row,
            "share_form",
            form,
            lambda: sharing.share(actor=actor, table=row, **form.cleaned_data),
            _("已共享。对方看到的是其自己权限内的数。"),
        )
    return _table(request, row, share_form=form, status=422)


@require_POST
@role_required(*rules.READERS)
def unshare(request: HttpRequest, pk: int, share: int) -> HttpResponse:
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    sharing.end(actor=actor, table=row, share=share)
    messages.success(request, _("已取消这一处共享。"))
    return redirect(row)


@require_POST
@role_required(*rules.READERS)
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    rules.require_owner(row, actor)
    form = ScheduleForm(request.POST)
    if form.is_valid():
        return _after(
            request,
            row,
            "schedule_form",
            form,
            lambda: scheduling.plan(actor=actor, table=row, **form.cleaned_data),
            _("已设定定时通知。"),
        )
    return _table(request, row, schedule_form=form, status=422)


@require_POST
@role_required(*rules.READERS)
def unschedule(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = asking.table_of(actor, pk)
    scheduling.stop(actor=actor, table=row)
    messages.success(request, _("已停止定时通知。"))
    return redirect(row)


def _after(
    request: HttpRequest, row: SavedTable, name: str, form: Any, door: Callable[[], Any], words: str
) -> HttpResponse:
    """The table again: with what was done, or with the form and why it was refused."""
    _done, status = attempt(form, door)
    if status != 200:
        return _table(request, row, **{name: form, "status": status})
    messages.success(request, words)
    return redirect(row)
