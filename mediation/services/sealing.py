"""A case that turns out to be a 检举控告 leaves mediation at once (条例 30)."""

from __future__ import annotations

from datetime import datetime

from mediation.enums import Result, State
from mediation.models import MediationCase
from mediation.services import inside
from petitions.models import Petition


def let_go(petition: Petition, at: datetime) -> None:
    """End what is open; nobody here is told of the case again."""
    for mediation in (
        MediationCase.objects.select_for_update().filter(petition=petition).exclude(state=State.ENDED)
    ):
        mediation.petition = petition
        inside.finish(mediation, Result.SUSPENDED, at)
