"""What is about to be sent to the petitioner, or to a unit that may be complained of, looked at once more before it
goes. Works without scripts: the look is a page
of its own (or stands in the dialog) that carries every word along, back to the form as well as onward."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from core.converters import scattered
from core.htmx import render_page
from petitions.enums import Outcome
from petitions.forms.acts import SendForm
from petitions.forms.base import ActForm
from petitions.forms.handling import ConcludeForm
from petitions.models import Petition
from petitions.services.answering import review_body_of
from petitions.workflow import Step


def is_due(request: HttpRequest, form: ActForm) -> bool:
    """A form in order that nobody has looked at yet, or that is wanted back: an answer, or a doubtful lead."""
    if "confirmed" in request.POST or not isinstance(form, (ConcludeForm, SendForm)) or not form.is_valid():
        return False
    return isinstance(form, ConcludeForm) or form.doubtful


def wants_back(request: HttpRequest) -> bool:
    return "edit" in request.POST


def show(request: HttpRequest, petition: Petition, step: Step, form: ActForm) -> HttpResponse:
    """The valid form as the petitioner will read it: paper, each request's outcome, basis, where to go next. Of a
    doubtful lead, the doubt alone."""
    if isinstance(form, SendForm):
        context = {"petition": petition, "act": step.act, "form": form, "doubt": True}
        return render_page(request, "petitions/petition_look.html", "petitions/_petition_doubt.html", context)
    assert isinstance(form, ConcludeForm)
    unit = petition.lead_unit
    body = review_body_of(unit) if form.on_path_six and unit is not None else None
    context = {
        "petition": petition,
        "act": step.act,
        "form": form,
        "outcomes": _outcomes(form),
        "without_outcome": [request for request in form.requests if not _chosen(form, request.pk)],
        "review_body": body,
        "length": len(form.cleaned_data["text"]),
    }
    return render_page(request, "petitions/petition_look.html", "petitions/_petition_look.html", context)


def _chosen(form: ConcludeForm, pk: int) -> str:
    return str(form.cleaned_data.get(f"outcome_{scattered(pk)}") or "")


def _outcomes(form: ConcludeForm) -> list[dict[str, Any]]:
    return [
        {
            "asked": request.text,
            "outcome": Outcome(_chosen(form, request.pk)).label,
            "opinion": form.cleaned_data.get(f"opinion_{scattered(request.pk)}", ""),
        }
        for request in form.requests
        if _chosen(form, request.pk)
    ]
