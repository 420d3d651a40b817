"""What this room tells the archives of a case: its papers name its people."""

from __future__ import annotations

from core.timekeeping import now
from documents.services import forget as forget_papers
from papers.models import CasePaper
from petitions.models import Petition


def forget(petition: Petition) -> int:
    """Empty what the case's papers say, their files and whom they were served on; how many papers there were. A letter
    about several cases goes with the first of them: it names them all."""
    of_case = CasePaper.objects.on_case(petition).values_list("paper_id", flat=True)
    return forget_papers(papers=of_case, at=now())
