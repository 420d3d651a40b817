"""The petitioner reads the papers that were served on them, as they were issued."""

from __future__ import annotations

from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.services import audit
from core import downloads
from documents.services import printed
from papers import selectors
from papers.views.files import name_of
from petitions.models import Petition
from petitions.views.public_mine import with_own_case


@require_safe
@with_own_case
def mine_paper(request: HttpRequest, petition: Petition, key: UUID) -> HttpResponse:
    """The very file that was issued; a paper of another case, or one not served yet, is not there."""
    row = get_object_or_404(selectors.own_papers(petition), paper__key=key)
    made = printed(row.paper)
    audit.record(actor=Actor.petitioner(), act="paper.own", obj=row.paper)
    return cast(HttpResponse, downloads.download(BytesIO(made.pdf), name_of(row, "pdf"), "application/pdf"))
