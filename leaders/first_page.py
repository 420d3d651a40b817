"""What rooms above put on the leader's first page, said in ``AppConfig.ready``:

    first_page.add(todays_brief)

A line is words and an address, or None where there is nothing to say to this leader now.
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.actor import Actor

Line = Callable[[Actor], tuple[str, str] | None]
_lines: dict[str, Line] = {}


def add(line: Line) -> None:
    """Registering the same function again replaces it."""
    _lines[f"{line.__module__}.{line.__qualname__}"] = line


def lines(actor: Actor) -> list[tuple[str, str]]:
    """(words, address) of each that has something to say."""
    return [said for line in _lines.values() if (said := line(actor)) is not None]
