"""Handlers that config.urls names (400, 403, 404, 500, CSRF failure) and the large-type switch."""

import sys

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from core.errors import Refusal
from core.middleware import is_database_away
from core.pages import TROUBLES, Trouble, database_away, refusal_page, trouble_page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; 413 when the form's own text was too large; too many files or fields say so."""
    if isinstance(exception, RequestDataTooBig):
        return trouble_page(request, TROUBLES[413])
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        known = TROUBLES[400]
        sentence = "一次发送的文件或栏目太多，没有处理，也没有保存。"
        return trouble_page(request, Trouble(400, known.title, sentence, "请减少一些后再试。"))
    return trouble_page(request, TROUBLES[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 from PermissionDenied; a sentence given to the exception is not shown (it may say too much)."""
    return trouble_page(request, TROUBLES[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what does not exist and for what is outside one's scope."""
    return trouble_page(request, TROUBLES[404])


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when the database went away outside a view, in a middleware or the session."""
    raised = sys.exc_info()[1]
    if isinstance(raised, Refusal):
        return refusal_page(request, raised)
    if is_database_away(raised):
        return database_away(request)
    return trouble_page(request, TROUBLES[500])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old: usually a page left open past its session.

    The typed text is not repeated here: the request may not be the user's own.
    """
    sentence = "页面打开的时间太久，或浏览器没有保存本站的 Cookie，这一次没有提交。"
    advice = "请返回上一页，刷新后再提交；草稿会留在本机。"
    return trouble_page(request, Trouble(403, "页面需要刷新", sentence, advice))


@require_safe
def large_type(request: HttpRequest) -> HttpResponse:
    """Remember the large type for a year and go back. A link, so that it works without JavaScript."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = "1" if request.GET.get("on") == "1" else "0"
    # Not HttpOnly: large-type.js changes it without a reload. It holds no secret.
    response.set_cookie(
        "large_type", chosen, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure()
    )
    return response
