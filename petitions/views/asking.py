"""What the views of this room and of those above share: who asks, which case, and a refusal shown on the form with all
that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.actor import Actor
from core.errors import Refusal
from core.forms import BaseForm
from petitions import rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.services.stepping import RELATIONS

T = TypeVar("T")


def actor_of(request: HttpRequest) -> Actor:
    """The person with the hat on; the decorator has seen to it that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def case_or_404(request: HttpRequest, number: str, *related: str) -> Petition:
    """A case the person may read, with its units and what is ``related``; sealed ones are not in the rooms above for
    anybody (条例 30)."""
    cases: Any = unsealed_cases(actor_of(request)).select_related(*RELATIONS, *related)
    case: Petition = get_object_or_404(cases, number=number)
    return case


def require_step(case: Petition, act: Act, actor: Actor) -> None:
    """Refuse whoever may not do the act, before the form is looked at. That the case's state does not allow it (409)
    is left to the service, whose sentence stands on the form beside what was typed.

    Raises Refusal (code "forbidden", 403).
    """
    try:
        rules.require(case, act, actor)
    except Refusal as refusal:
        if refusal.code == "forbidden":
            raise


def attempt(form: BaseForm, door: Callable[[], T]) -> tuple[T | None, int]:
    """What the door gave, and the status: 200, or the refusal's with its sentence put on the form."""
    try:
        return door(), 200
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return None, refusal.status
