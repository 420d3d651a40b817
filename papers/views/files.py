"""A paper as a file: always saved, never shown, and on record who took it."""

from __future__ import annotations

from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import downloads
from core.errors import Refusal
from documents.docx import as_docx
from documents.rendering import content_of
from documents.services import printed
from papers.models import CasePaper
from papers.views.shared import on_record, paper_or_404, reads_papers

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def name_of(row: CasePaper, ending: str) -> str:
    """受理告知书-339999-2026-….pdf: nobody's name stands in it."""
    return f"{row.get_kind_display()}-{row.petition.number}.{ending}"


@require_safe
@reads_papers
def pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The very file that was issued."""
    row = paper_or_404(request, key)
    made = printed(row.paper)
    on_record(request, row, "paper.download")
    return cast(HttpResponse, downloads.download(BytesIO(made.pdf), name_of(row, "pdf"), "application/pdf"))


@require_safe
@reads_papers
def docx(request: HttpRequest, key: UUID) -> HttpResponse:
    """For work in a word processor while the paper is worked on; what is issued is the PDF."""
    row = paper_or_404(request, key)
    if row.paper.is_frozen:
        raise Refusal(_("文书已印发，请下载印发的 PDF。"), code="stale")
    if row.discarded_at is not None:
        raise Refusal(_("这份草稿已经作废，没有文件可用。"), code="stale")
    on_record(request, row, "paper.download")
    made = as_docx(content_of(row.paper))
    return cast(HttpResponse, downloads.download(BytesIO(made), name_of(row, "docx"), DOCX))
