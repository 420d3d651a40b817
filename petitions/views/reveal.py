"""One masked field of one person, opened with a reason and on record (PIPL 6, 28; domain E)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import AuditOutcome
from accounts.services import audit, refusals
from core import throttle
from core.htmx import render_page
from petitions import rules
from petitions.archive_enums import LookKind
from petitions.forms.reveal import FIELDS, RevealForm
from petitions.models import PetitionPerson
from petitions.selectors import case
from petitions.services.looking import count_look
from petitions.views.asking import actor_of
from petitions.views.desk import reads_cases

#: Fields one person may open in an hour; handling a case needs a few.
MOST_AN_HOUR = 60


@require_http_methods(["GET", "HEAD", "POST"])
@reads_cases
def reveal(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """GET asks what and why; POST shows that one field once. Never kept by a cache, never without a log entry."""
    actor = actor_of(request)
    petition = case.find(actor, number)
    person = petition.persons.filter(ordinal=ordinal).first()
    if person is None:
        raise Http404
    if not rules.may_reveal(petition, actor):
        audit.record(
            actor=actor,
            act="petition.reveal",
            obj=petition,
            detail={"person": person.pk},
            outcome=AuditOutcome.REFUSED,
        )
        refusals.on_record(request)
        raise PermissionDenied
    form = RevealForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"petition": petition, "person": person, "form": form}
    status = 200
    if form.is_bound:
        if form.is_valid():
            throttle.require(f"reveal:{request.user.pk}", MOST_AN_HOUR, 3600)
            context |= _open(request, petition, person, form)
        else:
            status = 422
    response = render_page(
        request, "petitions/petition_reveal.html", "petitions/_petition_reveal.html", context, status=status
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _open(request: HttpRequest, petition: Any, person: PetitionPerson, form: RevealForm) -> dict[str, Any]:
    field, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
    actor = actor_of(request)
    with transaction.atomic():
        audit.record(
            actor=actor,
            act="petition.reveal",
            obj=petition,
            detail={"person": person.pk, "field": field, "reason": reason},
        )
        count_look(actor=actor, petition=petition, kind=LookKind.FIELD, reason=reason)
    value = getattr(person, field)
    return {"shown": value or _("没有登记"), "shown_label": dict(FIELDS)[field]}
