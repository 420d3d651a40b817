"""One's own second factor: take it up, new recovery codes, do without."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import check_password
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import rules
from accounts.forms import CodeForm, EnrolForm
from accounts.middleware import SignedInRequest
from accounts.models import SecondFactor
from accounts.services import logins
from accounts.services import second_factor as service
from accounts.signals import person
from accounts.views.asking import posted
from core import throttle
from core.errors import Refusal
from core.timekeeping import now

TRIES, TRIES_SECONDS = 10, 15 * 60


@never_cache
@login_required
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Where one's second factor stands; without one, the square code to take it up."""
    user = request.user
    factor = service.factor_of(user)
    must = rules.must_have_second_factor(user.current_posts)
    if factor is None:
        return _enrol(request, must)
    if not request.login.second_factor:
        # Taken up elsewhere in the same moment: this login was made without it, and ends.
        logins.log_out(request.login)
        return redirect(settings.LOGIN_URL)
    context = {"factor": factor, "left": service.codes_left(user), "must": must}
    return render(request, "accounts/second_factor.html", context)


def _enrol(request: SignedInRequest, must: bool) -> HttpResponse:
    form, at = EnrolForm(posted(request)), now()
    factor = service.enrolling(request.user, at)
    if request.method == "POST" and form.is_valid():
        throttle.require(f"enrol:{request.user.pk}", TRIES, TRIES_SECONDS)
        if not check_password(form.cleaned_data["password"], request.user.password):
            form.add_error("password", _("密码不对，请重新填写。"))
        else:
            try:
                codes = service.enrol(
                    user=request.user,
                    code=form.cleaned_data["code"],
                    actor=request.actor or person(request.user),
                    login=request.login,
                    at=at,
                )
            except Refusal as refusal:
                form.add_error("code", refusal.sentence)
            else:
                return _show_codes(request, codes, fresh=True)
    context = {"form": form, "must": must, "secret": in_fours(factor.secret), "square": square(factor)}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/second_factor_enrol.html", context, status=status)


def _show_codes(request: SignedInRequest, codes: list[str], *, fresh: bool) -> HttpResponse:
    """The page that shows recovery codes, once."""
    context = {"codes": codes, "fresh": fresh, "home": resolve_url(settings.LOGIN_REDIRECT_URL)}
    return render(request, "accounts/recovery_codes.html", context)


def square(factor: SecondFactor) -> str:
    """The square code as a data: address, which the content policy allows for pictures; it lies in no file."""
    made = segno.make(service.otpauth_url(factor), error="m", micro=False)
    return str(made.svg_data_uri(scale=5, border=4, light="white"))


def in_fours(secret: str) -> str:
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


@never_cache
@login_required
def second_factor_codes(request: SignedInRequest) -> HttpResponse:
    """New recovery codes, against a code."""
    return _act(request, "codes")


@never_cache
@login_required
def second_factor_remove(request: SignedInRequest) -> HttpResponse:
    """Do without a second factor, against a code; whoever must have one is led to a new one (a new telephone)."""
    return _act(request, "remove")


def _act(request: SignedInRequest, what: str) -> HttpResponse:
    user = request.user
    if service.factor_of(user) is None:
        return redirect("accounts:second_factor")
    form, at, status = CodeForm(posted(request)), now(), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            actor = request.actor or person(user)
            address = throttle.client_address(request)
            try:
                service.require_code(user=user, code=form.cleaned_data["code"], at=at, address=address)
            except Refusal as refusal:
                form.add_error("code", refusal.sentence)
            else:
                if what == "codes":
                    codes = service.new_codes(user=user, actor=actor, at=at)
                    return _show_codes(request, codes, fresh=False)
                service.remove(user=user, actor=actor, at=at)
                messages.success(request, _("动态口令已停用。"))
                return redirect("accounts:profile")
    context = {"form": form, "what": what, "must": rules.must_have_second_factor(user.current_posts)}
    return render(request, "accounts/second_factor_act.html", context, status=status)
