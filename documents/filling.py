"""From a template's text and a paper's fields to the lines that are set. Pure; knows neither database nor typesetter.

A template's only sign is ``{name}``. Values are put in once and never read again, so that braces in them mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refusal
from documents.enums import Layout

Value = str | list[str]
#: Supplied by the room itself: 发文机关, 文号, 成文日期.
SUPPLIED = frozenset({"unit", "number", "date"})
#: Set by the layout at their own places, wherever a template declares them.
PLACED = ("to", "attachments", "cc")
NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
BRACE = re.compile(r"[{}]")
HEAD_1 = re.compile(r"[一二三四五六七八九十]{1,3}、")
HEAD_2 = re.compile(r"（[一二三四五六七八九十]{1,3}）")
#: Lists that are set as a table where each item has the same number of parts; the first item is the table's head.
TABLES = frozenset({"cases"})
PART = " | "
FEWEST_PARTS = 3
#: 二、办理期限：自受理之日起60日内。 A heading with its words behind it is a paragraph.
SAYS = re.compile("：.")
#: Longer than one line of 28 signs it is a paragraph that happens to be counted.
LONGEST_HEADING = 28

#: A heading with one field and nothing else behind it.
BEHIND_HEADING = re.compile(r"(?P<head>[^{}：]+)：\{(?P<name>\w+)\}")


@dataclass(frozen=True)
class Line:
    """``kind``: p, h1 (黑体), h2 (楷体), row with its ``label``, or table with its ``cells``, the head first."""

    kind: str
    text: str
    label: str = ""
    cells: tuple[tuple[str, ...], ...] = ()

    @property
    def row(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "label": self.label, "cells": self.cells}


@dataclass(frozen=True)
class Filled:
    title: str
    lines: list[Line]
    to: str
    attachments: list[str]
    cc: str

    @property
    def data(self) -> dict[str, Any]:
        """For the typesetter; everything is text."""
        return {
            "title": self.title,
            "lines": [line.row for line in self.lines],
            "to": self.to,
            "attachments": self.attachments,
            "cc": self.cc,
        }


def names_in(text: str) -> list[str]:
    return NAME.findall(text)


def require_sound(*, title: str, body: str, declared: Sequence[str]) -> None:
    """Refuse a template that names a field nobody declared, declares one it does not use, or holds anything between
    braces that is not a field's name: expressions, loops, attributes are code.

    Raises Refusal (code "invalid").
    """
    if not title.strip() or not body.strip():
        raise Refusal(_("模板的标题和正文都要填写。"), code="invalid")
    twice = {name for name in declared if list(declared).count(name) > 1}
    if twice:
        raise Refusal(
            _("字段%(names)s写了两次，请删去一个。") % {"names": "、".join(sorted(twice))}, code="invalid"
        )
    for place, line in enumerate([title, *body.split("\n")]):
        where = _("标题") if place == 0 else _("正文第%(line)d行") % {"line": place}
        if BRACE.search(NAME.sub("", line)):
            raise Refusal(
                _("%(where)s的大括号里只能写字段名，如{to}；不能写公式、循环等代码。") % {"where": where},
                code="invalid",
            )
    used = set(names_in(title) + names_in(body))
    for name in sorted(used - set(declared) - SUPPLIED):
        raise Refusal(
            _("模板用了字段{%(name)s}，但字段表里没有它，请补上或改正。") % {"name": name}, code="invalid"
        )
    for name in sorted(set(declared) - used - set(PLACED)):
        raise Refusal(
            _("字段表里有{%(name)s}，但标题和正文都没有用到，印出来会缺这一项。") % {"name": name},
            code="invalid",
        )


def as_text(value: Value | None) -> str:
    """In the middle of a sentence: a list is joined."""
    return "；".join(value) if isinstance(value, list) else value or ""


def fill(*, layout: str, title: str, body: str, values: Mapping[str, Value]) -> Filled:
    """``values`` hold the supplied ones too. A line all of whose fields are empty is left out,
    but for a form's."""
    attachments = values.get("attachments") or []
    return Filled(
        title=_put(title, values).replace("\n", ""),
        lines=[line for text in body.split("\n") for line in _lines(text, layout, values)],
        to=as_text(values.get("to")),
        attachments=[attachments] if isinstance(attachments, str) else list(attachments),
        cc=as_text(values.get("cc")),
    )


def _put(text: str, values: Mapping[str, Value]) -> str:
    return NAME.sub(lambda found: as_text(values.get(found[1])), text)


def _lines(text: str, layout: str, values: Mapping[str, Value]) -> Iterable[Line]:
    names = names_in(text)
    label, colon, rest = text.partition("：")
    if layout == Layout.FORM and colon:  # an empty cell stays: it is filled in by hand
        return [Line("row", _cell(rest, values), label.strip())]
    if not text.strip() or (names and not any(values.get(name) for name in names)):
        return []
    only = NAME.fullmatch(text.strip())
    value = values.get(only[1]) if only else None
    if only and isinstance(value, list) and (cells := cells_of(only[1], value)):
        return [Line("table", "", cells=cells)]
    if (behind := BEHIND_HEADING.fullmatch(text.strip())) is not None:
        items = values.get(behind["name"])
        if isinstance(items, list) and len(items) > 1:
            # Several things stand one below another under their heading, one alone in its paragraph.
            return [_line(behind["head"]), *(_line(one) for one in _numbered(items))]
    whole = _numbered(value) if isinstance(value, list) else _put(text, values).split("\n")
    return [_line(one.strip()) for one in whole if one.strip()]


def cells_of(name: str, items: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The table that a list is, with the place of each line before it; empty where it is none."""
    split = [tuple(part.strip() for part in item.split(PART)) for item in items]
    parts = {len(one) for one in split}
    if name not in TABLES or len(split) < 2 or len(parts) != 1 or min(parts) < FEWEST_PARTS:
        return ()
    head, *rows = split
    return ((_("序号"), *head), *((str(place), *one) for place, one in enumerate(rows, 1)))


def _cell(text: str, values: Mapping[str, Value]) -> str:
    """In a cell a list stands one below another."""
    only = NAME.fullmatch(text.strip())
    value = values.get(only[1]) if only else None
    return "\n".join(_numbered(value)) if isinstance(value, list) else _put(text, values).strip()


def _numbered(items: list[str]) -> list[str]:
    return [f"{place}. {item}" for place, item in enumerate(items, 1)] if len(items) > 1 else list(items)


def _line(text: str) -> Line:
    if len(text) <= LONGEST_HEADING and "。" not in text[:-1] and not SAYS.search(text):
        if HEAD_1.match(text):
            return Line("h1", text)
        if HEAD_2.match(text):
            return Line("h2", text)
    return Line("p", text)
