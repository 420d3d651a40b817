"""Texts in tables that a spreadsheet will open: kept as text, whatever they begin with."""

from __future__ import annotations

import re

#: Digits that a spreadsheet would make a number of: it shows twelve as 1.2E+11, loses the sixteenth, drops a first 0.
LONG = re.compile(r"'*(\d{12,}|[0０]\d+)")
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(value: object) -> str:
    """The text for a CSV cell: an apostrophe stands before what a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip("'").startswith(STARTS) else text


def as_digits(value: object) -> str:
    """``as_text``, and an apostrophe before numbers that are names (of a person, a case), so that they stay whole."""
    text = as_text(value)
    return f"'{text}" if LONG.fullmatch(text) else text


def from_text(text: str) -> str:
    """What ``as_text`` or ``as_digits`` was given."""
    if text.startswith("'") and LONG.fullmatch(text):
        return text[1:]
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(STARTS) else text
