"""The body calls a hearing, decides who stands aside, or calls it off."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import staff_required
from reviews.enums import ReviewAct, ToldHow
from reviews.models import CalledHearing
from reviews.services import hearings
from reviews.views.cases import act


@require_POST
@staff_required
def call(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, told_how: str, **rest: Any) -> CalledHearing:
        posts = [post for name in ("chair", *SEATS) if (post := rest.pop(name)) is not None]
        return hearings.call(told_how=ToldHow(told_how), posts=posts, **rest)

    return act(request, number, ReviewAct.CALL_HEARING, door, _("听证已通知，办理单位和听证人员已收到提醒。"))


#: Beside the chair.
SEATS = ("second", "third", "fourth", "fifth")


@require_POST
@staff_required
def recusal(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, granted: str, **rest: Any) -> Any:
        return hearings.decide_recusal(granted=granted == "yes", **rest)

    return act(request, number, ReviewAct.HEARING_RECUSAL, door, _("回避的决定已登记。"))


@require_POST
@staff_required
def call_off(request: HttpRequest, number: str) -> HttpResponse:
    def door(**data: Any) -> bool:
        hearings.call_off(**data)
        return True

    return act(request, number, ReviewAct.CALL_OFF_HEARING, door, _("听证已取消。"))
