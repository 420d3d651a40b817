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
from accounts.views.asking import attempt, posted


@role_required(*rules.KEEPERS)
def post_grant(request: StaffRequest, pk: int) -> HttpResponse:
    user, actor = get_object_or_404(User, pk=pk), request.actor
    form = GrantForm(posted(request), roles=rules.gives(actor))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
            made, status = attempt(form, lambda: service.grant_post(user=user, by=actor, **data))
            if made:
                words = _("已授予%(name)s“%(post)s”。")
                messages.success(request, words % {"name": user.get_full_name(), "post": made.label})
                return redirect("accounts:person", pk=pk)
    return render(request, "accounts/post_grant.html", {"form": form, "person": user}, status=status)


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
            on = form.cleaned_data["on"]
            done, status = attempt(form, lambda: service.end_post(post=post, by=request.actor, on=on))
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
            done, status = attempt(form, lambda: service.set_charge(post=post, units=units, by=request.actor))
            if done:
                messages.success(request, _("%(name)s的分管机构已保存。") % {"name": post.user})
                return redirect("accounts:person", pk=post.user_id)
    return render(request, "accounts/post_charge.html", {"form": form, "post": post}, status=status)
