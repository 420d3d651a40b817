"""Login, hats and one's own page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import selectors
from accounts.actor import Actor
from accounts.forms import OwnPasswordForm
from accounts.middleware import SESSION_KEY, SignedInRequest
from accounts.models import Post
from accounts.services import audit
from accounts.signals import person


class LoginView(auth_views.LoginView):
    """The login page. On the trial it lists one account per kind of user."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trial = bool(getattr(settings, "IS_TRIAL", False))
        return super().get_context_data(
            demo_accounts=selectors.demo_accounts() if trial else [],
            trial_password=getattr(settings, "TRIAL_PASSWORD", "") if trial else "",
            **kwargs,
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class LogoutView(auth_views.LogoutView):
    """By POST only."""


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        form.user.must_change_password = False  # saved with the password
        response = super().form_valid(form)
        actor: Actor = self.request.actor or person(form.user)  # type: ignore[attr-defined]
        audit.record(actor=actor, act="password.change", obj=form.user)
        messages.success(self.request, _("密码已更改，其他地方的登录已全部失效。"))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this name from this address."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    posts = Post.objects.filter(user=request.user).select_related("unit").order_by("-valid_from", "-pk")
    return render(request, "accounts/profile.html", {"posts": posts})


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
