"""Hats, one's own page, one's password, and where one is logged in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.enums import LoginEnd
from accounts.forms import OwnPasswordForm
from accounts.middleware import SESSION_KEY, SignedInRequest
from accounts.models import LoginSession, Post, User
from accounts.password_rules import expires_on, is_too_old
from accounts.services import audit, logins, second_factor
from accounts.signals import person
from core import throttle
from core.errors import Refusal
from core.timekeeping import now


class LogoutView(auth_views.LogoutView):
    """By POST only."""


#: Wrong tries at one's own old password: who sits at a desk left open does not guess it.
TRIES, TRIES_SECONDS = 10, 15 * 60


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if throttle.spent(self._tries(), TRIES_SECONDS) >= TRIES:
            raise Refusal(_("原密码输错次数过多，请过 15 分钟再试。密码没有更改。"), code="throttled")
        return super().post(request, *args, **kwargs)

    def _tries(self) -> str:
        return f"password:{self.request.user.pk}"

    def form_valid(self, form: Any) -> HttpResponse:
        form.user.must_change_password = False  # saved with the password
        response = super().form_valid(form)
        logins.end_all(form.user, LoginEnd.PASSWORD, but=self.request.login)  # type: ignore[attr-defined]
        actor: Actor = self.request.actor or person(form.user)  # type: ignore[attr-defined]
        audit.record(actor=actor, act="password.change", obj=form.user)
        messages.success(self.request, _("密码已更改，其他地方的登录已全部失效。"))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        first, old = user.must_change_password, is_too_old(user)
        return super().get_context_data(
            first=first, old=old, must=first or old, days=settings.PASSWORD_MAX_DAYS, **kwargs
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        if "old_password" in form.errors:
            throttle.allow(self._tries(), TRIES, TRIES_SECONDS)
        return self.render_to_response(self.get_context_data(form=form), status=422)


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """One's own account: posts, the last login, where one is logged in now."""
    posts = Post.objects.filter(user=request.user).select_related("unit").order_by("-valid_from", "-pk")
    context = {
        "posts": posts,
        "here": request.login,
        "last": logins.previous(request.user, request.login),
        "live": logins.live(request.user, now()),
        "factor": second_factor.factor_of(request.user),
        "password_until": expires_on(request.user),
    }
    return render(request, "accounts/profile.html", context)


def _own_actor(request: SignedInRequest) -> Actor:
    return request.actor or person(request.user)


@login_required
@require_POST
def end_login(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put out one other login of one's own; this one is ended by logging out."""
    row = get_object_or_404(LoginSession.objects.exclude(pk=request.login.pk), pk=pk, user=request.user)
    logins.end_own(row=row, actor=_own_actor(request))
    messages.success(request, _("已结束那一处的登录。"))
    return redirect("accounts:profile")


@login_required
@require_POST
def end_other_logins(request: SignedInRequest) -> HttpResponse:
    count = logins.end_others(row=request.login, actor=_own_actor(request))
    words = _("已结束其他 %(count)d 处登录。") if count else _("没有其他登录。")
    messages.success(request, words % {"count": count} if count else words)
    return redirect("accounts:profile")


@login_required
@require_POST
def switch_post(request: SignedInRequest) -> HttpResponse:
    """Put on another of one's own hats, then go back to where one was."""
    wanted = request.POST.get("post", "")
    post = next((post for post in request.user.current_posts if str(post.pk) == wanted), None)
    if post is None:
        raise Http404
    request.session[SESSION_KEY] = post.pk
    audit.record(actor=Actor.of(post), act="post.switch", obj=post)
    messages.success(request, _("现在以“%(post)s”的身份办理。") % {"post": post.label})
    target = request.POST.get("next", "")
    if not (target.startswith("/") and url_has_allowed_host_and_scheme(target, None)):
        target = resolve_url(settings.LOGIN_REDIRECT_URL)
    return HttpResponseRedirect(target)
