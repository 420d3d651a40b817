"""A line in a case's history where many sat together. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from datetime import datetime

from accounts.actor import Actor
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import following


def note(case: Petition, actor: Actor, text: str, at: datetime) -> None:
    """Of a locked case, where its state and the actor's post take a line; what is noted must never depend on either."""
    if any(step.act == Act.MEDIATE for step in petition_rules.allowed_acts(case, actor)):
        following.remark(petition=case, act=Act.MEDIATE, actor=actor, text=text, at=at)
