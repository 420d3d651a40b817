"""Rates: a numerator over a denominator, never a bare percentage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

NOTHING = "—"  # a zero denominator is neither 0 % nor 100 % (domain C)


@dataclass(frozen=True)
class Rate:
    """``part`` of ``whole``."""

    part: int
    whole: int

    @property
    def value(self) -> Decimal | None:
        """The share with four decimals, half up; None where there is nothing to divide by."""
        if self.whole == 0:
            return None
        return (Decimal(self.part) / Decimal(self.whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """As printed: 98.87%, or a dash."""
        if self.whole == 0:
            return NOTHING
        percent = (Decimal(self.part) * 100 / Decimal(self.whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{percent}%"

    @property
    def rest(self) -> int:
        """What is in the denominator and not in the numerator."""
        return self.whole - self.part

    def __add__(self, other: Rate) -> Rate:
        """Of both together: parts and wholes are added, shares never averaged."""
        return type(self)(self.part + other.part, self.whole + other.whole)

    def __str__(self) -> str:
        return self.text


class Mean(Rate):
    """``part`` days over ``whole`` cases: of several units days and cases are added, never means (domain C)."""

    @property
    def days(self) -> Decimal | None:
        """With one decimal, half up."""
        if self.whole == 0:
            return None
        return (Decimal(self.part) / Decimal(self.whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """As printed: 12.5 天, or a dash."""
        return NOTHING if self.days is None else _("%(n)s 天") % {"n": self.days}


class Tally(Rate):
    """``whole`` batches of ``part`` people: two units of count, no share."""

    @property
    def text(self) -> str:
        if self.whole == 0:
            return NOTHING
        return _("%(batches)s 批 %(heads)s 人次") % {"batches": f"{self.whole:,}", "heads": f"{self.part:,}"}


NO_RATE = Rate(0, 0)


def change_text(now: int, before: int) -> str:
    """Change against a base, signed, half up; a dash where the base is zero."""
    share = change(now, before)
    return NOTHING if share is None else f"{(share * 100).quantize(Decimal('0.1')):+}%"


def change(now: int, before: int) -> Decimal | None:
    """The same as a share with three decimals; None where the base is zero."""
    if before == 0:
        return None
    return (Decimal(now - before) / Decimal(before)).quantize(Decimal("0.001"), ROUND_HALF_UP)
