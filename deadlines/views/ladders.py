"""What was typed into the rows of a ladder."""

from __future__ import annotations

from typing import Any

from deadlines.rules_table import Rung


def ladder_of(rungs: Any) -> list[Rung]:
    """The rungs; a row without a number is none."""
    return [rung for one in rungs.forms if (rung := one.rung()) is not None]
