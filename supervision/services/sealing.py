"""A case that turns out to be a 检举控告 leaves this room: it follows the discipline route (条例 30)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from petitions.models import Petition
from supervision.enums import State
from supervision.models import Supervision, UrgentResponse
from supervision.services import inside


def let_go(petition: Petition, at: datetime) -> None:
    """End what is live and stop every clock; the rows stay, and ``visible_to`` hides them."""
    for row in Supervision.objects.select_for_update(of=("self",)).live().filter(petition=petition):
        inside.stop_clock(row, at)
        row.state, row.ended_at = State.LAPSED, at
        row.save(update_fields=["state", "ended_at"])
    # What was called by it reads nothing any more: the rights by grant have fallen with the seal.
    UrgentResponse.objects.open().filter(petition=petition).update(
        cleared_at=Greatest("started_at", Value(at)), result=_("已转纪检监察程序")
    )
