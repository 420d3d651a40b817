"""The way in: name and password, then the second factor where the person has one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import selectors
from accounts.enums import LoginEnd
from accounts.forms import LoginForm
from accounts.models import LoginSession
from accounts.services import logins
from core.timekeeping import friendly_moment


def words_of_leaving(why: str) -> str:
    """What the login page says to somebody who was put out; empty for everybody else."""
    minutes, hours = settings.SESSION_IDLE_MINUTES, settings.SESSION_ABSOLUTE_HOURS
    return {
        LoginEnd.IDLE: _("您有 %(n)d 分钟没有操作，系统已为您退出。请重新登录。") % {"n": minutes},
        LoginEnd.TOO_LONG: _("这次登录已满 %(n)d 小时，系统已为您退出。请重新登录。") % {"n": hours},
        LoginEnd.OWNER: _(
            "这里的登录已从别处结束。如果不是您本人操作的，请登录后立即更改密码，并告诉安全管理员。"
        ),
        LoginEnd.SECOND_FACTOR: _("您的动态口令已经变更，请重新登录。"),
        LoginEnd.PASSWORD: _("您的密码已经更改，请用新密码登录。"),
        LoginEnd.GONE: _("登录已失效，请重新登录。"),
    }.get(LoginEnd(why) if why in LoginEnd.values else LoginEnd.LOGOUT, "")


class LoginView(auth_views.LoginView):
    """The login page. On the trial it lists one account per kind of user."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trial = bool(getattr(settings, "IS_TRIAL", False))
        asked = self.request.method == "GET"
        return super().get_context_data(
            left=words_of_leaving(self.request.session.pop(logins.LEFT_KEY, "")) if asked else "",
            demo_accounts=selectors.demo_accounts() if trial else [],
            trial_password=getattr(settings, "TRIAL_PASSWORD", "") if trial else "",
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        tell_last_login(self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def tell_last_login(request: HttpRequest) -> None:
    """Say when and from where one was in last, and how many tries failed since: its owner sees what is not theirs."""
    here: LoginSession = request.login  # type: ignore[attr-defined]
    last = logins.previous(here.user, here)
    if last is not None:
        words = _("上次登录：%(when)s，%(address)s，%(device)s。")
        told = {"when": friendly_moment(last.started_at), "address": last.address, "device": last.device}
        messages.info(request, words % told)
    if here.failures_before:
        words = _("到这次登录之间有 %(count)d 次登录失败；不是您本人的，请更改密码并告诉安全管理员。")
        messages.warning(request, words % {"count": here.failures_before})


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """A lock is answered as a wrong password is: nobody learns from it whether there is such an account."""
    return response
