"""What the keepers' views share: a door tried for a form, and a refusal shown on it with all that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict

from accounts.middleware import StaffRequest
from accounts.models import Post, Unit, User
from accounts.services import refusals
from core.errors import Refusal
from core.forms import BaseForm

T = TypeVar("T")
#: Which box a refusal belongs to, where the form has it; the others stand above the form.
FIELDS_OF_CODE = {
    "code_twice": ("code",),
    "name_twice": ("name",),
    "username_twice": ("username",),
    "cycle": ("parent",),
    "no_parent": ("parent",),
    "no_reason": ("reason", "basis"),
    "no_successor": ("successors",),
    "own_reviewer": ("review_superior",),
    "end_before_start": ("valid_until", "on"),
    "still_used": ("valid_until",),
    "unit_closed": ("unit",),
    "no_charge": ("charge_units",),
    "leave_days": ("last",),
    "leave_first": ("first",),
    "leave_substitute": ("substitute",),
}


#: Refusals that are no slip of the pen: somebody tried what the rule of three administrators keeps from them.
RULE_CODES = frozenset({"forbidden", "roles_apart"})


@dataclass(frozen=True)
class Tried:
    """What an administrator is trying, to whom: for the audit log, should the rules refuse it."""

    request: StaffRequest
    act: str
    on: User | Post | Unit
    detail: Mapping[str, Any] = field(default_factory=dict)

    def refused(self, because: str) -> None:
        refusals.write(self.request, act=self.act, obj=self.on, detail={**self.detail, "refused": because})


def attempt(form: BaseForm, door: Callable[[], T], tried: Tried | None = None) -> tuple[T | None, int]:
    """What the door gave and 200; or None, the sentence on the form, and 422 (403 where one may not)."""
    try:
        return door(), 200
    except Refusal as refusal:
        if tried is not None and refusal.code in RULE_CODES:
            tried.refused(str(refusal.sentence))
        wanted = FIELDS_OF_CODE.get(refusal.code, ())
        form.add_error(next((name for name in wanted if name in form.fields), None), refusal.sentence)
        return None, 403 if refusal.code == "forbidden" else 422


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, or None for a look; a form sent empty is still a form sent."""
    return request.POST if request.method == "POST" else None
