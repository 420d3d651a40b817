"""What a conference decided against units: the register with filters and its export, one decision with the unit's
reports, issuing one."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.services import audit
from conference import rules, selectors, workbook
from conference.enums import ConferenceAct, OrderKind, OrderState
from conference.forms import OrderForm, RegisterForm, ReportForm, ReviewForm, TalkForm
from conference.models import Item, Order, OrderClock
from conference.querysets import sees_all
from conference.services import answering, ordering
from conference.views.meetings import tabs_of
from core import downloads
from core.forms import FASTER, BaseForm
from core.marking import EXPORT, Mark
from core.paging import paginate
from core.timekeeping import local_day, now
from core.workbooks import XLSX
from deadlines.selectors import explain
from petitions.selectors.desk import WORKERS
from petitions.views.asking import actor_of, attempt
from supervision.models import Supervision

A = ConferenceAct
ORDER = ["-issued_at", "-id"]


def _found(request: HttpRequest, form: RegisterForm) -> Any:
    found = Order.objects.visible_to(actor_of(request)).with_row_relations()
    form.is_valid()
    wanted = form.cleaned_data
    if wanted.get("kind"):
        found = found.filter(kind=wanted["kind"])
    if wanted.get("unit"):
        found = found.filter(unit=wanted["unit"])
    if wanted.get("year"):
        found = found.filter(issued_at__year=wanted["year"])
    if state := wanted.get("state"):
        late = {"state": OrderState.OPEN, "due_on__lt": local_day(now())}
        found = found.filter(**late) if state == "late" else found.filter(state=state)
    return found


@require_safe
@role_required(*WORKERS)
def register(request: HttpRequest) -> HttpResponse:
    """Everything for whoever keeps, inspects or presides; for a unit what it has to answer."""
    actor = actor_of(request)
    form = RegisterForm(request.GET)
    page = paginate(_found(request, form), order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": selectors.order_rows(page.items, actor),
        "form": form,
        "filters": request.GET.urlencode(),
        "tabs": tabs_of("orders"),
        "may_export": sees_all(actor),
    }
    return render(request, "conference/order_list.html", context)


@require_safe
@staff_required
def export(request: HttpRequest) -> HttpResponseBase:
    """What the register shows this reader, filtered alike; marked and on record. At most ``MOST_ROWS`` rows."""
    actor, form = actor_of(request), RegisterForm(request.GET)
    if not sees_all(actor):
        raise PermissionDenied
    assert actor.user is not None and actor.post is not None
    rows = list(_found(request, form).order_by(*ORDER)[: workbook.MOST_ROWS])
    mark = Mark(EXPORT, actor.user.pk, actor.post.pk, now(), "orders")
    content = workbook.register(selectors.order_rows(rows, actor), provenance=actor.label, mark=mark)
    filters = sorted(name for name, value in form.cleaned_data.items() if value)
    audit.record(actor=actor, act="conference.export", detail={"filters": filters, "rows": len(rows)})
    return downloads.download(BytesIO(content), f"联席会议决定登记册-{local_day(now())}.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def add(request: HttpRequest, item: int) -> HttpResponse:
    actor = actor_of(request)
    items: Any = Item.objects.visible_to(actor).select_related("meeting", "unit", "petition__complained_unit")
    row: Item = get_object_or_404(items, pk=item)
    rules.require(A.ORDER, actor, item=row)
    cover = selectors.cover_of(row.petition, actor)
    form = OrderForm(request.POST or None, item=row, cover=cover)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: ordering.issue(item=row, actor=actor, new=form.new()))
        if made:
            messages.success(request, _("已下达，%(unit)s会收到提醒。") % {"unit": made.unit.label})
            return redirect(made)
    context = {"form": form, "item": row, "title": cover(row.title)}
    return render(request, "conference/order_form.html", context, status=status)


def or_404(request: HttpRequest, pk: int) -> Order:
    found = Order.objects.visible_to(actor_of(request)).with_row_relations()
    row: Order = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def order(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, or_404(request, pk))


def _show(
    request: HttpRequest, row: Order, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    cover = selectors.cover_of(row.petition, actor)
    pressed = Supervision.objects.visible_to(actor).filter(pk=row.supervision_id).first()
    reports = row.reports.all() if _reads_reports(row, actor) else []
    context = {
        "one": selectors.order_rows([row], actor)[0],
        "row": row,
        "circulated": row.circulated.order_by("path"),
        "pressed": pressed,
        "reads_reports": _reads_reports(row, actor),
        "reports": [(report, cover(report.text), cover(report.reply)) for report in reports],
        "forms": _forms(row, actor) | (given or {}),
    }
    return render(request, "conference/order.html", context, status=status)


def _reads_reports(row: Order, actor: Actor) -> bool:
    """Whom a 通报 was sent to reads the notice, and not what the unit answered."""
    assert actor.unit is not None
    return sees_all(actor) or row.unit.is_within(actor.unit)


def _forms(row: Order, actor: Actor) -> dict[str, BaseForm]:
    found: dict[str, BaseForm] = {}
    if row.state == OrderState.OPEN and rules.may(A.ANSWER, actor, order=row):
        found["report"] = ReportForm(auto_id="report_%s")
    if row.state == OrderState.REPORTED and rules.may(A.REVIEW, actor, order=row):
        found["review"] = ReviewForm(initial={"nth": row.reports.count()}, auto_id="review_%s")
    talks = row.kind == OrderKind.TALK and row.is_open and row.talked_on is None
    if talks and rules.may(A.TALK, actor, order=row):
        found["talk"] = TalkForm(auto_id="talk_%s")
    return found


def _act(
    request: HttpRequest,
    pk: int,
    name: str,
    act: ConferenceAct,
    form: BaseForm,
    door: Callable[[Order], Any],
    sentence: str,
) -> HttpResponse:
    row, status = or_404(request, pk), 422
    rules.require(act, actor_of(request), order=row)
    if form.is_valid():
        done, status = attempt(form, lambda: door(row))
        if done:
            messages.success(request, sentence)
            return redirect(row)
    row = or_404(request, pk)
    if isinstance(form, ReviewForm) and status == FASTER:
        form.now_at(row.reports.count())
    return _show(request, row, {name: form}, status)


@require_POST
@staff_required
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    form = TalkForm(request.POST, auto_id="talk_%s")

    def door(row: Order) -> Order:
        return ordering.record_talk(order=row, actor=actor_of(request), **form.cleaned_data)

    return _act(request, pk, "talk", A.TALK, form, door, _("约谈情况已登记。"))


@require_POST
@staff_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReportForm(request.POST, auto_id="report_%s")

    def door(row: Order) -> Any:
        return answering.report(order=row, actor=actor_of(request), **form.cleaned_data)

    return _act(request, pk, "report", A.ANSWER, form, door, _("已报告，等待审核。"))


@require_POST
@staff_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReviewForm(request.POST, auto_id="review_%s")

    def door(row: Order) -> Order:
        data = {**form.cleaned_data, "done": form.cleaned_data["done"] == "yes"}
        return answering.review(order=row, actor=actor_of(request), **data)

    return _act(request, pk, "review", A.REVIEW, form, door, _("已审核，单位会收到提醒。"))


@require_safe
@staff_required
def clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    row = or_404(request, pk)
    found = get_object_or_404(OrderClock.objects.select_related("rule"), pk=clock, order=row)
    context = {"explanation": explain(found), "clock": found, "back": row.get_absolute_url()}
    return render(request, "conference/clock.html", context)
