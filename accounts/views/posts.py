"""Posts on a person's page: give one, end one, a leader's charge."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import rules
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.forms import ChargeForm, EndPostForm, GrantForm
from accounts.middleware import StaffRequest
from accounts.models import Post, User
from accounts.services import posts as service
from accounts.views.asking import Tried, attempt, posted


@role_required(*rules.KEEPERS)
def post_grant(request: StaffRequest, pk: int) -> HttpResponse:
    user, actor = get_object_or_404(User, pk=pk), request.actor
    form = GrantForm(posted(request), roles=rules.gives(actor))
    status = 200
    if request.method == "POST":
        status, valid = 422, form.is_valid()
        tried = _grant_tried(request, form, user)
        if not valid and tried.detail["role"] in set(Role) - rules.gives(actor):
            tried.refused(_("这一角色不由该管理员授予。"))
        if valid:
            data = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
            made, status = attempt(form, lambda: service.grant_post(user=user, by=actor, **data), tried)
            if made:
                words = _("已授予%(name)s“%(post)s”。")
                messages.success(request, words % {"name": user.get_full_name(), "post": made.label})
                return redirect("accounts:person", pk=pk)
    return render(request, "accounts/post_grant.html", {"form": form, "person": user}, status=status)


def _grant_tried(request: StaffRequest, form: GrantForm, user: User) -> Tried:
    """Which post was to be given where, as far as the form says so. A role that is none is not repeated."""
    role, unit = request.POST.get("role", ""), form.cleaned_data.get("unit")
    known = role if role in Role.values else ""
    return Tried(
        request, "post.grant", user, {"user": user.pk, "unit": unit.pk if unit else None, "role": known}
    )


def _post_tried(request: StaffRequest, act: str, post: Post) -> Tried:
    detail = {"user": post.user_id, "unit": post.unit_id, "role": post.role}
    return Tried(request, act, post, detail)


def _post_or_404(pk: int) -> Post:
    post: Post = get_object_or_404(Post.objects.select_related("user", "unit"), pk=pk)
    return post


@role_required(*rules.KEEPERS)
def post_end(request: StaffRequest, pk: int) -> HttpResponse:
    post = _post_or_404(pk)
    form = EndPostForm(posted(request), post=post)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            on, tried = form.cleaned_data["on"], _post_tried(request, "post.end", post)
            done, status = attempt(form, lambda: service.end_post(post=post, by=request.actor, on=on), tried)
            if done:
                words = _("“%(post)s”自 %(day)s 起结束。")
                messages.success(request, words % {"post": post.label, "day": on.isoformat()})
                return redirect("accounts:person", pk=post.user_id)
    return render(request, "accounts/post_end.html", {"form": form, "post": post}, status=status)


@role_required(Role.SECURITY_ADMIN)
def post_charge(request: StaffRequest, pk: int) -> HttpResponse:
    post = _post_or_404(pk)
    chosen = list(post.charge_units.order_by("path").values_list("pk", flat=True))
    form = ChargeForm(
        posted(request),
        initial={"units": chosen},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            units = form.cleaned_data["units"]
            tried = _post_tried(request, "post.charge", post)
            done, status = attempt(
                form, lambda: service.set_charge(post=post, units=units, by=request.actor), tried
            )
            if done:
                messages.success(request, _("%(name)s的分管机构已保存。") % {"name": post.user})
                return redirect("accounts:person", pk=post.user_id)
    return render(request, "accounts/post_charge.html", {"form": form, "post": post}, status=status)
