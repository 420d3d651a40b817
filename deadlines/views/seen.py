"""What is confirmed is what was seen: a form changed on the second look is shown what it would do once more."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def mark_of(*what: Any) -> str:
    """Stands for what was typed, on the page that says what it would do."""
    return sha256(repr(what).encode()).hexdigest()[:32]


def say_later(request: HttpRequest, later: int) -> None:
    """Of a change that reaches more clocks than one request moves."""
    if later:
        messages.info(
            request,
            _("涉及的在办期限很多，正在后台分批改，进度见期限规则、工作日历两页；还没改到的暂按原来的日期。"),
        )


def is_confirmed(request: HttpRequest, mark: str) -> bool:
    """Whether the button was pressed for just this; says so where something else was typed meanwhile."""
    if "confirmed" not in request.POST:
        return False
    if request.POST.get("seen", mark) == mark:
        return True
    messages.warning(request, _("内容有改动，还没有生效。下面是改动后的影响，请再看一遍。"))
    return False
