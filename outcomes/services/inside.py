"""What the doors of this room share. Nothing outside ``outcomes.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock


def locked_case(petition_id: int) -> Petition:
    """The case, locked. Raises Refusal for one that was sealed meanwhile."""
    case = lock(petition_id)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此办理。"), code="forbidden")
    return case


def on_record(case: Petition, row: Any, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, act=f"outcome.{act}", obj=row, detail={"case": case.audit_name, **detail}, at=at
    )


def tell(
    case: Petition, people: Iterable[Post | int], text: str, *, link: str, key: str, at: datetime
) -> None:
    """``text`` takes the case's number; neither subject nor name (domain G)."""
    telling.notify_about(
        case, people, text=text % {"number": case.number}, link=link, dedupe_key=key, level="soon", at=at
    )
