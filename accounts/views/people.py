"""People: list, one person with all posts, a new person, corrections, password, closing the account."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import rules, selectors
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.filters import PersonFilter
from accounts.forms import PersonForm, PersonNewForm
from accounts.middleware import StaffRequest
from accounts.models import User
from accounts.services import people as service
from accounts.services import second_factor
from accounts.views.asking import Tried, attempt, posted
from core.errors import Refusal
from core.forms import BaseForm
from core.paging import capped_count, paginate
from core.timekeeping import local_day, now


@require_safe
@role_required(*rules.KEEPERS)
def person_list(request: StaffRequest) -> HttpResponse:
    found = PersonFilter(request.GET, queryset=User.objects.all())
    valid = found.is_valid()
    rows = found.qs if valid else User.objects.none()
    page = paginate(
        selectors.with_posts_on(rows, local_day(now())),
        order=["username"],
        cursor=request.GET.get("cursor"),
    )
    context = {
        "filter": found,
        "page": page,
        "count": capped_count(rows),
        "searching": any(request.GET.get(name) for name in found.filters),
        "may_add": request.actor.role == Role.SYSTEM_ADMIN,
    }
    return render(request, "accounts/person_list.html", context, status=200 if valid else 422)


@require_safe
@role_required(*rules.KEEPERS)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    actor, today = request.actor, local_day(now())
    posts = selectors.posts_of(user)
    keeper = rules.keeper_of(selectors.posts_held_or_to_come(user))
    for post in posts:
        post.is_over = post.valid_until is not None and post.valid_until <= today  # type: ignore[attr-defined]
        post.in_my_hands = rules.may_give(actor, post.role, user, post.unit)  # type: ignore[attr-defined]
    context = {
        "person": user,
        "posts": posts,
        "today": today,
        "keeper": keeper,
        "factor": second_factor.factor_of(user),
        "may_reset_factor": actor.role == Role.SECURITY_ADMIN and not rules.is_self(actor, user),
        "is_self": rules.is_self(actor, user),
        "may_keep": actor.role == keeper and not rules.is_self(actor, user),
        "may_grant": user.is_active and not rules.is_self(actor, user),
    }
    return render(request, "accounts/person_detail.html", context)


def _first_password(request: StaffRequest, user: User, password: str, *, fresh: bool) -> HttpResponse:
    """The page that shows a first password, once: it is kept nowhere, nor by the browser."""
    context = {"person": user, "first_password": password, "fresh": fresh}
    return render(request, "accounts/first_password.html", context)


@never_cache
@role_required(Role.SYSTEM_ADMIN)
def person_add(request: StaffRequest) -> HttpResponse:
    form = PersonNewForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            made, status = attempt(form, lambda: service.add_person(by=request.actor, **data))
            if made:
                return _first_password(request, *made, fresh=True)
    return render(request, "accounts/person_form.html", {"form": form}, status=status)


@role_required(*rules.KEEPERS)
def person_edit(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    initial = {field: getattr(user, field) for field in service.DETAILS}
    form = PersonForm(posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            tried = Tried(request, "person.change", user)
            done, status = attempt(
                form, lambda: service.change_person(user=user, by=request.actor, **data), tried
            )
            if done:
                messages.success(request, _("%(name)s的资料已保存。") % {"name": done.get_full_name()})
                return redirect("accounts:person", pk=pk)
    return render(request, "accounts/person_form.html", {"form": form, "person": user}, status=status)


@never_cache
@role_required(*rules.KEEPERS)
def person_password(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks, then gives a new first password."""
    user = get_object_or_404(User, pk=pk)
    tried = Tried(request, "password.reset", user)
    _look_as_keeper(user, tried)
    form = BaseForm(posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        password, status = attempt(form, lambda: service.reset_password(user=user, by=request.actor), tried)
        if password:
            return _first_password(request, user, password, fresh=False)
    return _ask(request, form, user, "password", status)


@role_required(Role.SECURITY_ADMIN)
def person_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks, then takes away the second factor of somebody who lost it."""
    user = get_object_or_404(User, pk=pk)
    form = BaseForm(posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():

        def door() -> bool:
            second_factor.reset(user=user, by=request.actor)
            return True

        done, status = attempt(form, door, Tried(request, "second_factor.reset", user))
        if done:
            messages.success(request, _("%(name)s的动态口令已重置。") % {"name": user.get_full_name()})
            return redirect("accounts:person", pk=pk)
    return _ask(request, form, user, "second_factor", status)


@role_required(*rules.KEEPERS)
def person_active(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks, then closes the account or opens it again: what the button said, not merely the other state."""
    user = get_object_or_404(User, pk=pk)
    active = request.POST.get("active") == "1" if request.method == "POST" else not user.is_active
    tried = Tried(request, "person.activate" if active else "person.deactivate", user)
    _look_as_keeper(user, tried)
    form = BaseForm(posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        door = partial(service.set_active, user=user, by=request.actor, active=active)
        done, status = attempt(form, door, tried)
        if done:
            words = _("%(name)s的账号已恢复。") if active else _("%(name)s的账号已停用。")
            messages.success(request, words % {"name": done.get_full_name()})
            return redirect("accounts:person", pk=pk)
    return _ask(request, form, user, "active", status)


def _look_as_keeper(user: User, tried: Tried) -> None:
    """Who may not do it is not asked whether to: a look gets 403 and is on record like the act itself."""
    if tried.request.method == "POST":
        return
    try:
        service.require_keeper(user=user, by=tried.request.actor)
    except Refusal as refusal:
        tried.refused(str(refusal.sentence))
        raise PermissionDenied from None


def _ask(request: StaffRequest, form: BaseForm, user: User, what: str, status: int) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "person": user, "what": what}
    return render(request, "accounts/person_ask.html", context, status=status)
