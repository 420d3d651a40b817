"""From a list to the form that begins something on a case, by the case's number."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.services.stepping import RELATIONS
from supervision.forms import BeginForm

#: The list asks with this; it changes nothing, so that it is a plain GET.
ASKED = "number"


def asked_for(request: HttpRequest, act: Act, actor: Actor) -> tuple[BeginForm, Petition | None]:
    """The form above the list, and the case to go on with: None where none was asked for, none is found, or the act is
    not to be done to it; the form then says why, and keeps what was typed."""
    if ASKED not in request.GET:
        return BeginForm(), None
    form = BeginForm(request.GET)
    if not form.is_valid():
        return form, None
    cases = unsealed_cases(actor).select_related(*RELATIONS)
    case: Petition | None = cases.filter(number=form.cleaned_data["number"].upper()).first()
    if case is None:
        form.add_error("number", _("没有找到这个编号的信访件，或者不由您办理。请核对编号。"))
        return form, None
    try:
        petition_rules.require(case, act, actor)
    except Refusal as refusal:
        form.add_error("number", refusal.sentence)
        return form, None
    return form, case
