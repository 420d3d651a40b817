"""The way in: name and password, then the second factor where the person has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import selectors
from accounts.enums import LoginEnd
from accounts.forms import CodeForm, LoginForm
from accounts.known_browsers import remember
from accounts.models import LoginSession, User
from accounts.services import logins, second_factor
from accounts.services.second_factor import Answer
from accounts.views.asking import posted
from core.throttle import client_address
from core.timekeeping import friendly_moment, now

HALF_KEY, HALF_SECONDS = "half", 5 * 60


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
        user = form.get_user()
        if second_factor.factor_of(user) is not None:
            begin_half(self.request, user, self.get_success_url())
            return redirect("accounts:second_factor_ask")
        response = super().form_valid(form)
        remember(self.request, response, user)
        tell_last_login(self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@dataclass(frozen=True)
class Half:
    """Somebody whose password was right and whose second factor is still to come: nobody is logged in yet."""

    user: User
    backend: str
    target: str


def begin_half(request: HttpRequest, user: User, target: str) -> None:
    request.session.cycle_key()
    request.session[HALF_KEY] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "at": now().timestamp(),
        "target": target,
    }


def half_of(request: HttpRequest) -> Half | None:
    """Who is half-way in; None after five minutes, for a closed account and where the password was changed since."""
    kept = request.session.get(HALF_KEY)
    if kept is None or now().timestamp() - kept["at"] > HALF_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Half(user, kept["backend"], kept["target"])


@never_cache
@sensitive_post_parameters()
def second_factor_ask(request: HttpRequest) -> HttpResponse:
    """The second step of the login: a code of the telephone, or a recovery code."""
    half = half_of(request)
    if half is None:
        request.session.pop(HALF_KEY, None)
        return redirect(settings.LOGIN_URL)
    form, status = CodeForm(posted(request)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            address = client_address(request)
            answer = second_factor.check(
                user=half.user, code=form.cleaned_data["code"], at=now(), address=address
            )
            if answer in {Answer.RIGHT, Answer.RECOVERY}:
                return _let_in(request, half, answer)
            form.add_error("code", second_factor.words_of(answer))
    return render(request, "accounts/second_factor_ask.html", {"form": form}, status=status)


def _let_in(request: HttpRequest, half: Half, answer: Answer) -> HttpResponse:
    del request.session[HALF_KEY]
    request.second_factor_passed = True  # type: ignore[attr-defined]
    login(request, half.user, backend=half.backend)
    tell_last_login(request)
    if answer == Answer.RECOVERY:
        words = _("用掉了一个恢复码，还剩 %(left)d 个。手机丢了的，请在“我的账号”换绑动态口令。")
        messages.warning(request, words % {"left": second_factor.codes_left(half.user)})
    response = HttpResponseRedirect(half.target)
    remember(request, response, half.user)
    return response


def tell_last_login(request: HttpRequest) -> None:
    """Say when and from where one was in last, and how many tries failed since: its owner sees what is not theirs."""
    here: LoginSession = request.login  # type: ignore[attr-defined]
    last = logins.previous(here.user, here)
    if last is not None:
        words = _("上次登录：%(when)s，%(address)s，%(device)s。")
        told = {"when": friendly_moment(last.started_at), "address": last.address, "device": last.device}
        messages.info(request, words % told)
    if here.failures_before:
        words = _("这次登录之前有 %(count)d 次失败的尝试；不是您本人的，请更改密码并告诉安全管理员。")
        messages.warning(request, words % {"count": here.failures_before})


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """A lock is answered as a wrong password is: nobody learns from it whether there is such an account."""
    return response
