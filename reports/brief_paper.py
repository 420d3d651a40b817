"""A brief or bulletin as a sheet in the house layout: set by the typesetter of all papers, with its reader's lines
alone, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.timekeeping import full_moment
from documents.enums import Layout
from documents.rendering import Printed, render
from reports.models import Brief
from reports.selectors.briefs import LEFT_OUT, Part

FIGURES = "一二三四五六七八九十"


def sheet(brief: Brief, parts: Sequence[Part], at: datetime, *, newer: Brief | None = None) -> Printed:
    """What the page says, its notes too. ``newer``: the version that took its place.

    Raises Refusal (code "incomplete"): a sign that no typeface at hand has."""
    words = {"since": full_moment(brief.since), "until": full_moment(brief.until)}
    lines = [_line(_("%(since)s至%(until)s") % words)]
    if not brief.is_signed:
        lines.append(_line(_("（尚未签发，仅供核对。）")))
    if brief.version > 1:
        said = {"n": brief.version, "reason": brief.reason}
        lines.append(_line(_("本期第 %(n)d 版，代替以前各版。更正原因：%(reason)s") % said))
    if newer is not None:
        said = {"n": newer.version}
        lines.append(_line(_("这一期有第 %(n)d 版，请看那一版。这里是更正以前的内容。") % said))
    if not parts:
        lines.append(_line(_("这一期没有内容。")))
    for place, part in enumerate(parts):
        lines.append(_line(f"{FIGURES[place]}、{part.section.label}", "h1"))
        lines += [_line(f"{n}. {one.item.text}") for n, one in enumerate(part.lines, start=1)]
        if part.others:
            lines.append(_line(_("另有 %(n)d 条是您分管范围以外的件，这里不列。") % {"n": part.others}))
    lines.append(_line(_("注：%(said)s") % {"said": LEFT_OUT}))
    if brief.signed_by is not None:
        lines.append(_line(_("签发：%(who)s") % {"who": brief.signed_by.user.get_full_name()}))
    return render(
        {
            "layout": Layout.NOTICE,
            "title": f"{brief.unit.name}{brief.get_kind_display()}",
            "unit": brief.unit.name,
            "number": "",
            "day": f"{brief.day.year}年{brief.day.month}月{brief.day.day}日",
            "signer": "",
            "to": "",
            "attachments": [],
            "cc": "",
            "lines": lines,
        },
        at=at,
    )


def _line(text: str, kind: str = "p") -> dict[str, Any]:
    return {"kind": kind, "text": text, "label": "", "cells": []}
