"""What a definition of a figure is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _now

Words = str | Promise


@dataclass(frozen=True)
class Definition:
    """A count says what is counted (``formula``), a rate names its numerator ``part`` and denominator ``whole``.

    ``basis``: the article, and which instant has to fall in the month. ``note``: what is left out, and why.
    ``version`` grows whenever what is counted changes; a frozen month keeps the words and versions it was counted by.
    """

    code: str
    name: Words
    unit: Words
    basis: Words
    counts: Words = ""
    part: Words = ""
    whole: Words = ""
    note: Words = ""
    version: int = 1
    setting: str = ""
    """The county's own number that it counts by, of the settings."""
    set_in: Words = ""
    """The unit of that number, days where nothing is said."""

    @property
    def set_to(self) -> str:
        """That number, as the page and a frozen month tell it."""
        if not self.setting:
            return ""
        return _now("本地设定：%(n)d %(unit)s") % {
            "n": getattr(settings, self.setting),
            "unit": self.set_in or _now("日"),
        }

    @property
    def formula(self) -> str:
        """In one sentence: what is counted, or numerator ÷ denominator; then the note."""
        text = str(self.counts) or _now("%(part)s ÷ %(whole)s") % {"part": self.part, "whole": self.whole}
        return f"{text}。{self.note}" if self.note else text
