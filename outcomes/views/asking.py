"""What the pages of this room share: the case one may read, and doing what a form holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from core.forms import BaseForm
from petitions.models import Petition

T = TypeVar("T")
READERS = (Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR)
RELATED = ("lead_unit", "registered_unit", "complained_unit", "responsible")


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def case_or_404(request: HttpRequest, number: str) -> Petition:
    """A case the person may read; sealed ones are not here for anybody (条例 30)."""
    cases: Any = Petition.objects.visible_to(actor_of(request)).filter(sealed=False)
    found: Petition = get_object_or_404(cases.select_related(*RELATED), number=number)
    return found


def attempt(form: BaseForm, door: Callable[[], T]) -> tuple[T | None, int]:
    """What the door gave, and the status: 200, or the refusal's with its sentence put on the form."""
    try:
        return door(), 200
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return None, refusal.status
