"""Tabs over a list: how many wait in each, and which one opens. No query; counts come from the caller's selector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _


def chosen_of(views: Sequence[tuple[str, str]], asked: str | None, counts: Mapping[str, int]) -> str:
    """The tab that was asked for; else the first that has something, as far as it is counted; else the first."""
    keys = [key for key, _label in views]
    if asked in keys:
        return str(asked)
    return next((key for key in keys if counts.get(key)), keys[0])


def tabs_of(
    views: Sequence[tuple[str, str]],
    chosen: str,
    counts: Mapping[str, int],
    tones: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """For ``components/tabs.html``. What is not in ``counts``, as archives are not, has no figure; 0 is shown, because
    it says that nothing waits there. A tone colours a figure above 0."""
    return [
        {
            "label": _(label),
            "url": f"?view={key}",
            "active": key == chosen,
            "count": counts.get(key),
            "tone": (tones or {}).get(key) if counts.get(key) else None,
        }
        for key, label in views
    ]
