"""The papers of a desk: to write, to check, to sign, to issue, to serve; and several as one file for the printer."""

from __future__ import annotations

from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import local_day, now
from documents.rules import KEEPERS, WRITERS
from documents.services import batch
from documents.services.issuing import LARGEST_BATCH
from papers.models import CasePaper
from papers.selectors import in_view, rows_of, views_of
from papers.views.shared import on_record
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of

works_with_papers = role_required(*sorted(WRITERS))


@require_safe
@works_with_papers
def paper_list(request: HttpRequest) -> HttpResponse:
    """What is oldest comes first; of issued ones, what is newest."""
    actor = actor_of(request)
    views = views_of(actor)
    view = next((one for one in views if one.key == request.GET.get("view")), views[0])
    order = ["-paper__issued_at", "-id"] if view.key == "issued" else ["paper__drafted_at", "id"]
    page = paginate(in_view(view.key, actor), order=order, cursor=request.GET.get("cursor"))
    over_rows([row.petition for row in page.items], actor)
    context = {
        "view": view,
        "page": page,
        "rows": rows_of(page.items, actor),
        "may_print": view.key in {"serve", "issued"},
        "keeps_words": actor.role in KEEPERS,
        "tabs": [
            {"label": one.label, "url": f"?view={one.key}", "active": one == view, "count": None}
            for one in views
        ],
    }
    return render(request, "papers/paper_list.html", context)


@require_POST
@works_with_papers
def together(request: HttpRequest) -> HttpResponse:
    """Several issued papers behind one another in one PDF."""
    actor = actor_of(request)
    keys = [found for text in request.POST.getlist("key") if (found := _uuid(text)) is not None]
    if len(keys) > LARGEST_BATCH:
        raise Refusal(
            _("一次最多合并打印%(most)d件，请分批打印。") % {"most": LARGEST_BATCH}, code="too_large"
        )
    seen = CasePaper.objects.visible_to(actor).with_row_relations().filter(paper__key__in=keys)
    rows = list(seen.order_by("paper__issued_at", "id"))
    made = batch([row.paper for row in rows])
    for row in rows:
        on_record(request, row, "paper.download")
    audit.record(actor=actor, act="paper.print", detail={"papers": len(rows)})
    name = _("文书-%(day)s-%(n)d件.pdf") % {"day": local_day(now()).isoformat(), "n": len(rows)}
    return cast(HttpResponse, downloads.download(BytesIO(made), name, "application/pdf"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
