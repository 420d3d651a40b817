"""A case that turns out to be a 检举控告 leaves this room: it follows the discipline route (条例 30)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from deadlines import services as deadlines
from petitions.models import Petition
from supervision.enums import State
from supervision.models import Suggestion, SuggestionClock, Supervision, UrgentResponse
from supervision.services import inside


def let_go(petition: Petition, at: datetime) -> None:
    """End what is live and stop every clock; the rows stay, and ``visible_to`` hides them."""
    for row in Supervision.objects.select_for_update(of=("self",)).live().filter(petition=petition):
        inside.stop_clock(row, at)
        row.state, row.ended_at = State.LAPSED, at
        row.save(update_fields=["state", "ended_at"])
    _let_suggestions_go(petition, at)
    # What was called by it reads nothing any more: the rights by grant have fallen with the seal.
    UrgentResponse.objects.open().filter(petition=petition).update(
        cleared_at=Greatest("started_at", Value(at)), result=_("已转纪检监察程序")
    )


def _let_suggestions_go(petition: Petition, at: datetime) -> None:
    """Nobody outside the discipline route reads them any more, so nobody is asked to answer."""
    rows = Suggestion.objects.open().outside_the_seal().filter(petition=petition)
    pks = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    if pks:
        deadlines.stop_all(SuggestionClock.objects.filter(suggestion__in=pks), at)
        Suggestion.objects.filter(pk__in=pks).update(lapsed_at=at)
