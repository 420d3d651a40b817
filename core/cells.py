"""Texts in tables that a spreadsheet will open: kept as text, whatever they begin with."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(value: object) -> str:
    """The text for a CSV cell: an apostrophe stands before what a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip("'").startswith(STARTS) else text


def from_text(text: str) -> str:
    """What ``as_text`` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(STARTS) else text
