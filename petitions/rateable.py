"""What of a case the petitioner may rate beside the answer itself (条例 21): rooms above name what they served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Unit
from petitions.models import Petition


@dataclass(frozen=True)
class Served:
    """One service of one body. ``stage``: the word under which it is rated; ``at``: when it counts as received."""

    stage: str
    unit: Unit
    at: datetime


_rooms: dict[str, Callable[[Petition], list[Served]]] = {}


def name_served(room: str, served: Callable[[Petition], list[Served]]) -> None:
    """``served(petition)``: what bodies of the room have served in this case. Registering again replaces it."""
    _rooms[room] = served


def served_in(petition: Petition) -> list[Served]:
    """All of it, in the order of service."""
    found = [one for served in _rooms.values() for one in served(petition)]
    return sorted(found, key=lambda one: one.at)
