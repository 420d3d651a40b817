"""Definitions of the figures of 复查 and 复核 (条例 35, 36): the same for both, each under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reports.defining import Definition

OF_THE_ANSWER = _("计入意见被复查复核的单位；已转其他程序的不计")


def _words(text: Any, **named: Promise) -> Promise:
    found: Promise = format_lazy(text, **named)
    return found


def _of_level(prefix: str, level: Promise, article: Promise, days: Promise) -> Iterator[Definition]:
    def said(text: Any) -> Promise:
        return _words(text, level=level, article=article)

    received = said(_("{article}；收到申请的时间在本月"))
    decided = said(_("{article}；作出{level}意见的时间在本月"))
    yield Definition(
        f"{prefix}_asked",
        said(_("{level}申请")),
        _("件"),
        received,
        counts=said(_("收到的{level}申请件数，包括后来不予受理、撤回的")),
        note=_words(
            _("{unit}；向上级机关提出、由信访局登记的也计，同一件再次申请的另计"), unit=OF_THE_ANSWER
        ),
    )
    yield Definition(
        f"{prefix}_declined",
        said(_("{level}申请不予受理率")),
        _("%"),
        received,
        part=said(_("统计时已经不予受理的{level}申请件数")),
        whole=said(_("收到的、没有撤回的{level}申请件数")),
        note=_words(_("未作不予受理的，计为受理；{unit}"), unit=OF_THE_ANSWER),
    )
    yield Definition(
        f"{prefix}_in_time",
        said(_("{level}按期作出率")),
        _("%"),
        said(_("{article}；期限截止日在本月且已到期")),
        part=said(_("期限内作出{level}意见的件数")),
        whole=_words(_("{level}期限（{days}）落在本月的件数"), level=level, days=days),
        note=_("计入作出意见的机关；期限内撤回、不予受理的不计，由上级机关办理的不计，已转其他程序的不计"),
    )
    for code, name, outcome in (
        ("upheld", _("{level}维持率"), _("维持")),
        ("changed", _("{level}变更率"), _("变更")),
        ("revoked", _("{level}撤销率"), _("撤销")),
        ("redo", _("{level}责令重新办理率"), _("责令重新办理")),
    ):
        yield Definition(
            f"{prefix}_{code}",
            said(name),
            _("%"),
            decided,
            part=_words(_("结论为“{outcome}”的件数"), outcome=outcome),
            whole=said(_("作出{level}意见的件数")),
            note=_words(_("{unit}；上级机关作出、由信访局登记的也计"), unit=OF_THE_ANSWER),
        )


REVIEWED: tuple[Definition, ...] = (
    *_of_level("review", _("复查"), _("条例第三十五条"), _("30 日")),
    *_of_level("final", _("复核"), _("条例第三十六条"), _("30 日，听证所需时间不算")),
)
