"""Who is away and who stands in: one's own leave, that of one's unit, and of a person in an administrator's hands."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import rules, selectors
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.forms.leave import LeaveForm
from accounts.middleware import StaffRequest
from accounts.models import Post, User
from accounts.services import standing_in
from accounts.views.asking import Tried, attempt, posted
from core.timekeeping import local_day, now


@staff_required
def leave(request: StaffRequest) -> HttpResponse:
    """One's own posts; under the hat of a unit's head also those of the unit."""
    mine = Q(user=request.user)
    if request.actor.role == Role.UNIT_HEAD:
        mine |= Q(unit=request.post.unit)
    shown = Post.objects.filter(mine | Q(stand_ins__user=request.user))
    return _page(request, Post.objects.filter(mine), shown, None)


@role_required(*rules.KEEPERS)
def person_leave(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    posts = Post.objects.filter(user=person)
    return _page(request, posts, posts, person)


def _page(
    request: StaffRequest, posts: QuerySet[Post], shown: QuerySet[Post], person: User | None
) -> HttpResponse:
    today = local_day(now())
    held = posts.current(today).filter(stands_in_for=None).select_related("user", "unit")  # type: ignore[attr-defined]
    offered = [post for post in held if rules.enters_leave(request.actor, post)]
    form = LeaveForm(posted(request), posts=_those(offered), colleagues=_colleagues(offered))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            tried = Tried(request, "leave.begin", data["post"])
            done, status = attempt(form, lambda: standing_in.begin(by=request.actor, **data), tried)
            if done:
                words = _("已登记：%(first)s 至 %(last)s 由%(name)s代班。")
                told = {
                    "first": data["first"],
                    "last": data["last"],
                    "name": data["substitute"].get_full_name(),
                }
                messages.success(request, words % told)
                return redirect(request.path)
    rows = selectors.leaves(shown, today)
    for row in rows:
        row.may_end = _may_end(request, row)  # type: ignore[attr-defined]
        row.to_come = row.valid_from > today  # type: ignore[attr-defined]
    context = {"form": form, "offered": offered, "rows": rows, "person": person}
    return render(request, "accounts/leave.html", context, status=status)


def _those(posts: Iterable[Post]) -> QuerySet[Post]:
    found: QuerySet[Post] = Post.objects.filter(pk__in=[post.pk for post in posts])
    return found.select_related("user", "unit").order_by("unit__path", "user__name", "pk")


def _colleagues(posts: Iterable[Post]) -> QuerySet[User]:
    today, units = local_day(now()), {post.unit_id for post in posts}
    own = Post.objects.current(today).filter(unit__in=units, stands_in_for=None)
    return User.objects.filter(pk__in=own.values("user")).order_by("name", "pk")


def _may_end(request: StaffRequest, row: Post) -> bool:
    held = row.stands_in_for
    if held is None:
        return False
    return rules.is_self(request.actor, held.user) or rules.enters_leave(request.actor, held)


@require_POST
@staff_required
def leave_end(request: StaffRequest, pk: int) -> HttpResponse:
    rows = Post.objects.filter(stands_in_for__isnull=False).select_related(
        "user", "unit", "stands_in_for__user", "stands_in_for__unit"
    )
    row: Post = get_object_or_404(rows, pk=pk)
    if not _may_end(request, row):
        raise Http404
    standing_in.end(stand_in=row, by=request.actor)
    messages.success(request, _("%(name)s的代班已结束。") % {"name": row.user.get_full_name()})
    assert row.stands_in_for is not None
    if request.actor.role in rules.KEEPERS:
        return redirect("accounts:person_leave", pk=row.stands_in_for.user_id)
    return redirect("accounts:leave")
