"""Clocks of codes that the district added: they start and stop after acts of the case's table that it chose.

``stepping`` asks here once an act is done. Whether there is any such code is read with the row of the case as it is
locked, so that a district without one pays no query for it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, QuerySet

from core.bulk import made_here
from deadlines.models import Clock, Rule
from deadlines.rulebook import Rulebook, rulebook
from petitions.enums import Act, Status
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.workflow import EVERY_CLOCK, ClockCode

#: The name under which a locked case says whether there is any code of the district's own.
THERE_ARE = "own_codes"


def asked_with(rows: QuerySet[Petition]) -> QuerySet[Petition]:
    """The rows of cases, with whether there is any such code at all: no query of its own."""
    return rows.annotate(**{THERE_ARE: Exists(Rule.objects.exclude(start_acts=[]))})


def concern(petition: Petition, act: str) -> bool:
    """Whether the act starts or stops a clock of the district's own, of this case as ``stepping`` locked it."""
    if made_here(Petition, petition.pk) is None and not getattr(petition, THERE_ARE, True):
        return False
    book = rulebook()
    return act in book.own_starts or act in book.own_stops


def ended_by(rule: Rule, act: str, stops: Collection[str], petition: Petition) -> bool:
    """Whether the act stops a clock under ``rule``: one of its stop steps, or one after which nothing is waited for any
    more, since the case was refused, sealed or closed."""
    if not rule.own:
        return False
    ends = EVERY_CLOCK - {ClockCode.NOTICE} <= set(stops)
    return ends or act in rule.stop_acts or not Status(petition.status).is_open


def started_by(
    petition: Petition, act: str, at: datetime, book: Rulebook, running: Collection[Clock]
) -> list[str]:
    """The codes whose clock starts with the act. One that runs goes on: its days do not begin again."""
    offered = book.own_starts.get(act)
    if not offered or not Status(petition.status).is_open:
        return []
    there = {book.by_id[clock.rule_id].code for clock in running}
    known = facts_of(petition, petition.lead_unit or petition.registered_unit)
    found = []
    for code in sorted(offered - there):
        rule = book.in_force(code, at, known)
        if rule is not None and act in rule.start_acts:
            found.append(code)
    return found


def at_arrival(petition: Petition, book: Rulebook) -> list[str]:
    """The codes that start when a case is registered."""
    return started_by(petition, Act.REGISTER, petition.registered_at, book, ())


def stop_acts(rule: Any) -> tuple[Act, ...]:
    """Where an alert about such a clock may lead."""
    return tuple(Act(act) for act in rule.stop_acts if act in Act)
