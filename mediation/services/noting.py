"""A line in a case's history where many sat together. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from datetime import datetime

from accounts.actor import Actor
from petitions import rules as petition_rules
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import following
from petitions.services.stepping import record_event


def note(case: Petition, actor: Actor, text: str, at: datetime) -> None:
    """Of a locked case, where its state and the actor's post take a line; what is noted must never depend on either."""
    if any(step.act == Act.MEDIATE for step in petition_rules.allowed_acts(case, actor)):
        following.remark(petition=case, act=Act.MEDIATE, actor=actor, text=text, at=at)


def always(case: Petition, actor: Actor, text: str, at: datetime, *, public: bool = False) -> None:
    """Of a locked case, whoever acts and whatever state it is in: a party agrees or stops agreeing on the own page, and
    a mediation may outlive the answer. Whoever reads the history must not think that it goes on. Moves nothing.
    ``public``: the petitioner reads the line too."""
    told = text if public else ""
    record_event(
        case, Act.MEDIATE, actor, at, before=Status(case.status), public=public, text=text, public_text=told
    )
