"""What becomes of minutes, recordings and what follows from them when the people of a case or dispute are forgotten."""

from __future__ import annotations

from mediation.services import links, minutes, recording_files, wishes, write_ups
from mediation.services.matters import Matter


def forget(matter: Matter) -> int:
    """How many rows there were."""
    return sum(part.forget(matter) for part in (minutes, recording_files, wishes, links, write_ups))
