"""What this room tells the archives of a case, and what it empties when the people of the case are anonymised."""

from __future__ import annotations

from collections.abc import Collection

from outcomes.models import Execution, ReturnVisit, StageEvaluation
from petitions.models import Petition


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases in which something that was supported is not confirmed as done, or a visit is to be made. Two queries."""
    undone = Execution.objects.undone().filter(petition__in=case_ids)
    waiting = ReturnVisit.objects.waiting().filter(petition__in=case_ids)
    return {*undone.values_list("petition_id", flat=True), *waiting.values_list("petition_id", flat=True)}


def forget(petition: Petition) -> int:
    """Empty what visitors noted and what the petitioner said about a review; that there was a visit or a rating, when
    and with what result stays. Names that people wrote into reports stay, as in all texts."""
    noted = ReturnVisit.objects.filter(petition=petition).exclude(matter=b"", mood=b"", heart=b"")
    said = StageEvaluation.objects.filter(petition=petition).exclude(comment=b"")
    return noted.update(matter=b"", mood=b"", heart=b"") + said.update(comment=b"")
