"""Where the requests for missing material (补正) stand: open, answered by a supplement, or the day passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.timekeeping import local_day
from petitions.enums import Act, MaterialState
from petitions.models import MaterialRequest, Petition


@dataclass
class Asked:
    """One request as it stands. ``items`` and ``how`` may be laid under a veil for a reader."""

    row: MaterialRequest
    items: str
    how: str
    state: MaterialState
    answered_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state == MaterialState.OPEN

    @property
    def tone(self) -> str:
        """Colour word of the mark."""
        return {"open": "soon", "answered": "done", "passed": "plain"}[self.state]


def requests_of(petition: Petition, at: datetime) -> list[Asked]:
    """Newest first. The first supplement after a request answers it, also after its day: late is still brought. One
    query on most cases, two where something was asked."""
    rows = list(petition.material_requests.select_related("unit").order_by("-at", "-id"))
    if not rows:
        return []
    brought = list(
        petition.events.filter(act=Act.SUPPLEMENT).order_by("at", "id").values_list("at", flat=True)
    )
    found = []
    for row in rows:
        answered = next((moment for moment in brought if moment >= row.at), None)
        state = MaterialState.OPEN if local_day(at) <= row.due_on else MaterialState.PASSED
        if answered is not None:
            state = MaterialState.ANSWERED
        found.append(Asked(row, row.items, row.how, state, answered))
    return found


def open_request(petition: Petition, at: datetime) -> Asked | None:
    """The newest one that still waits for the petitioner."""
    return next((asked for asked in requests_of(petition, at) if asked.open), None)
