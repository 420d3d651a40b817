"""What the views of this room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.decorators import role_required
from accounts.services import audit
from papers import rules
from papers.models import CasePaper
from petitions.selectors import desk
from petitions.views.asking import actor_of
from petitions.views.desk import look_on_record

reads_papers = role_required(*desk.READER_ROLES)
#: What a page of one paper and the rules about it look at.
RELATED = (
    *("paper__template", "paper__unit", "paper__drafted_by", "paper__checked_by", "paper__approved_by"),
    *("paper__issued_by", "paper__corrects__template", "petition__lead_unit", "petition__registered_unit"),
    *("petition__complained_unit", "review__reply__unit", "review__body", "review__first__body"),
    *("review__first__reply__unit", "proof_of__of_case"),
)


def paper_or_404(request: HttpRequest, key: UUID) -> CasePaper:
    """A paper this person may read; one that there is not and one they may not look the same."""
    actor = actor_of(request)
    rows: Any = CasePaper.objects.visible_to(actor).select_related(*RELATED)
    found: CasePaper | None = rows.filter(paper__key=key).first()
    if found is None or not rules.reads(found, actor):
        raise Http404
    return found


def on_record(request: HttpRequest, row: CasePaper, act: str) -> None:
    """Who looked at a paper, or took it along; of a sealed case its look is counted as well (条例 30)."""
    if row.petition.sealed:
        look_on_record(request, row.petition, "paper")
    audit.record(actor=actor_of(request), act=act, obj=row.paper, detail={"kind": row.kind})
