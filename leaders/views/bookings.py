"""Bookings at the desk: the line of a day, asking by telephone, numbers for those who come, calls, another leader."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import BookingState, LeaderAct
from leaders.forms.bookings import DeskBookingForm, ReplaceForm
from leaders.models import Booking, VisitDay
from leaders.reception_enums import Turn
from leaders.selectors import bookings as selectors
from leaders.selectors.days import leader_posts
from leaders.services import bookings as service
from leaders.services import replacing
from leaders.views.asking import telling
from petitions.models import Petition
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt

DESKS = (Role.CLERK, Role.PETITION_OFFICER)


def _day_or_404(request: HttpRequest, pk: int) -> VisitDay:
    found = VisitDay.objects.visible_to(actor_of(request)).with_row_relations()
    day: VisitDay = get_object_or_404(found, pk=pk)
    return day


@never_cache
@require_safe
@role_required(*DESKS, Role.LEADER)
def day_bookings(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _day_or_404(request, pk), DeskBookingForm())


def _show(request: HttpRequest, day: VisitDay, form: DeskBookingForm, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), now()
    if not selectors.may_see(actor, day):
        raise PermissionDenied
    may_book = rules.may(LeaderAct.BOOK, actor, unit=day.place_unit)
    open_day = day.cancelled_at is None
    context = {
        "day": day,
        "line": selectors.line_of(day, actor),
        "form": form,
        "token": request.POST.get("token") or new_token(),
        "may_act": may_book,
        "takes": may_book and open_day and day.slots is not None and day.published and day.starts_at > at,
        "walks_in": may_book and open_day and day.day == local_day(at),
    }
    return render(request, "leaders/day_bookings.html", context, status=status)


@require_POST
@role_required(*DESKS)
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """By telephone, or, with the other button, somebody who stands before the desk."""
    actor, day = actor_of(request), _day_or_404(request, pk)
    rules.require(LeaderAct.BOOK, actor, unit=day.place_unit)
    form, status = DeskBookingForm(request.POST), 422
    if form.is_valid():
        done, status = attempt(form, lambda: _book(request, day, form))
        if done:
            messages.success(request, done)
            return redirect("leaders:day_bookings", day.pk)
    return _show(request, day, form, status)


def _book(request: HttpRequest, day: VisitDay, form: DeskBookingForm) -> str:
    actor, token = actor_of(request), request.POST.get("token", "")[:64] or new_token()
    new = form.booking(_known(request, form.cleaned_data["number"]))
    if "walk_in" in request.POST:
        came = service.walk_in(day=day, actor=actor, new=new, token=token)
        if came.turn == Turn.OTHER:
            return _(
                "已取号：%(n)d 号。这件事接访领导须回避（条例第二十八条），请改由其他领导或接待人员接待。"
            ) % {"n": came.ordinal}
        return _("已取号：%(n)d 号。") % {"n": came.ordinal}
    done = service.book(day=day, actor=actor, new=new, token=token)
    words = {
        "number": done.booking.number,
        "code": f"{done.code[:5]}-{done.code[5:]}",
        "state": done.booking.get_state_display(),
    }
    return _("%(state)s。预约号 %(number)s，查询码 %(code)s，请告诉来电人并请其记下。") % words


def _known(request: HttpRequest, number: str) -> Petition | None:
    if not number:
        return None
    found: Petition | None = (
        Petition.objects.visible_to(actor_of(request)).filter(number=number, sealed=False).first()
    )
    if found is None:
        raise Refusal(_("没有找到这个编号的信访件。新的事项请不填编号。"), code="invalid")
    return found


def _booking_or_404(request: HttpRequest, pk: int) -> Booking:
    found = Booking.objects.visible_to(actor_of(request))
    found = found.select_related("day__place_unit", "petition__complained_unit")
    booking: Booking = get_object_or_404(found, pk=pk)
    return booking


@require_POST
@role_required(*DESKS)
def booking_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    booking, actor = _booking_or_404(request, pk), actor_of(request)
    with telling(request):
        service.cancel_booking(booking=booking, actor=actor)
        messages.success(request, _("已取消，名额给候补的第一位。"))
    return redirect("leaders:day_bookings", booking.day_id)


@require_POST
@role_required(*DESKS)
def booking_told(request: HttpRequest, pk: int) -> HttpResponse:
    booking, what = _booking_or_404(request, pk), request.POST.get("what", "")
    with telling(request):
        service.mark_told(booking=booking, actor=actor_of(request), what=what)
        messages.success(request, _("已记下：电话已告知。"))
    return redirect("leaders:calls")


@never_cache
@require_safe
@role_required(*DESKS)
def calls(request: HttpRequest) -> HttpResponse:
    """Whom to call, with what to say."""
    page = paginate(
        selectors.calls(actor_of(request)), order=["asked_at", "id"], cursor=request.GET.get("cursor")
    )
    return render(request, "leaders/calls.html", {"page": page, "offered": BookingState.OFFERED})


@role_required(Role.PETITION_OFFICER)
def day_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Another leader takes the day, or two exchange theirs."""
    day, actor, at = _day_or_404(request, pk), actor_of(request), now()
    rules.require(LeaderAct.PLAN_DAY, actor, leader=day.post)
    coming = VisitDay.objects.visible_to(actor).filter(cancelled_at=None, starts_at__gt=at)
    form = ReplaceForm(
        request.POST or None,
        posts=leader_posts(actor, local_day(at)).exclude(user=day.leader_id),
        days=coming.exclude(leader=day.leader_id).select_related("leader").order_by("starts_at", "pk"),
        initial={"post": day.deputy_id},
    )
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        done, status = attempt(form, lambda: _replace(request, day, form))
        if done:
            messages.success(request, _("已换人，两位领导、陪同单位和预约人都会知道。"))
            return redirect(day)
    return render(request, "leaders/day_replace.html", {"form": form, "day": day}, status=status)


def _replace(request: HttpRequest, day: VisitDay, form: ReplaceForm) -> bool:
    actor, data = actor_of(request), form.cleaned_data
    if data["post"] is not None:
        replacing.substitute(day=day, actor=actor, post=data["post"], reason=data["reason"])
    else:
        replacing.swap(day=day, other=data["other"], actor=actor, reason=data["reason"])
    return True
