"""Who asked for what they may not have: written down even though nothing else is.

One entry for each answer 403 or 404 that somebody logged in gets from a page, after whatever the page did was rolled
back. It names the page, and the number or id in the address; nothing that was typed into a form, and no part of the
address that may be words of a person. What is hidden and what does not exist are written alike: neither the entry nor
its cost tells one from the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.enums import AuditOutcome
from accounts.models import AuditEntry, User
from accounts.services import audit

ACT_OF_STATUS = {403: "request.forbidden", 404: "request.not_found"}
_ON_RECORD = "refusal_on_record"


@dataclass(frozen=True)
class Named:
    """What a part of an address names: a model by its label, where the part looks like one of its numbers."""

    object_type: str
    looks: re.Pattern[str]


_named: dict[str, Named] = {}


def name_part(part: str, object_type: str, looks: str) -> None:
    """``name_part("number", "petitions.petition", pattern)``, called in ``AppConfig.ready``."""
    _named[part] = Named(object_type, re.compile(looks))


def on_record(request: HttpRequest) -> None:
    """The view has written the refusal down itself, with more than is known here."""
    setattr(request, _ON_RECORD, True)


def write(request: HttpRequest, *, act: str, obj: Model, detail: dict[str, Any]) -> None:
    """An act that was refused, with what it was tried on and why, in place of the general entry of the answer. Call
    it after the refused act was rolled back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    audit.record(actor=actor, act=act, obj=obj, detail=detail, outcome=AuditOutcome.REFUSED)
    on_record(request)


def note(request: HttpRequest, status: int) -> AuditEntry | None:
    """One entry for an answer with that status; None for other answers, strangers and addresses of no page."""
    user, match = request.user, request.resolver_match
    act = ACT_OF_STATUS.get(status)
    if act is None or match is None or not isinstance(user, User) or getattr(request, _ON_RECORD, False):
        return None
    object_type, object_id = _asked_for(match.kwargs)
    entry = audit.build(
        actor=getattr(request, "actor", None) or Actor.bare(user),
        act=act,
        detail={"door": match.view_name, "method": request.method},
        outcome=AuditOutcome.REFUSED,
    )
    entry.object_type, entry.object_id = object_type, object_id
    entry.save(force_insert=True)
    return entry


def _asked_for(kwargs: dict[str, object]) -> tuple[str, str]:
    for part, value in kwargs.items():
        named = _named.get(part)
        if named is not None:
            return (named.object_type, str(value)) if named.looks.fullmatch(str(value)) else ("", "")
    ids = [str(value) for value in kwargs.values() if isinstance(value, (int, UUID))]
    return "", "/".join(ids)[:60]
