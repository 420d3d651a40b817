"""Opening what the rules find: in batches, each in a transaction of its own, as often as one likes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import local_day
from petitions.models import Petition
from petitions.services.stepping import lock
from supervision import finding
from supervision.enums import Opens
from supervision.models import Supervision, SupervisionRule
from supervision.services import inside, opening

BATCH = 200


@dataclass
class Swept:
    """How many were opened or proposed by each ground, and how many finds could not be."""

    made: dict[str, int] = field(default_factory=dict)
    passed: int = 0
    finished: bool = True


def rules_on(at: datetime) -> list[SupervisionRule]:
    """The rules in force and switched on that day. One query."""
    day = local_day(at)
    rows = SupervisionRule.objects.filter(enabled=True, valid_from__lte=day)
    return [row for row in rows if row.valid_until is None or row.valid_until > day]


def sweep(*, at: datetime, budget_seconds: float = 300.0) -> Swept:
    """Look at every rule. After downtime it finds what fell due meanwhile: it goes by how things are, not by when
    it ran last. Safe to run twice at once: a case is locked, looked at again, and a key is kept once by the database.
    """
    result, deadline = Swept(), time.monotonic() + budget_seconds
    for rule in rules_on(at):
        after = 0
        while found := finding.finds(rule, at, after=after, most=BATCH):
            for find in found:
                if time.monotonic() > deadline:
                    result.finished = False
                    return result
                if open_found(rule, find, at) is None:
                    result.passed += 1
                else:
                    result.made[rule.ground] = result.made.get(rule.ground, 0) + 1
            after = found[-1].pk
    return result


def open_found(rule: SupervisionRule, find: finding.Find, at: datetime) -> Supervision | None:
    """One find; None where another sweep was first, things have changed meanwhile, or nobody can be asked."""
    try:
        with transaction.atomic():
            case = lock(find.petition_id) if find.petition_id else None
            if not finding.still(rule, find, at):
                return None
            unit = _unit(case, find, at)
            if unit is None or (case is not None and case.sealed):
                return None
            row = opening.create(
                Supervision(
                    petition=case,
                    unit=unit,
                    ground=rule.ground,
                    ground_text=find.facts,
                    demand=rule.demand,
                    due_on=local_day(at) + timedelta(days=rule.days),
                    rule=rule,
                    rule_key=find.key,
                    found_at=at,
                )
            )
            if rule.opens == Opens.AT_ONCE:
                opening.demanded(row, Actor.system(), at)
            else:
                inside.on_record(row, Actor.system(), "propose", at)
            return row
    except Refusal:
        return None


def _unit(case: Petition | None, find: finding.Find, at: datetime) -> Unit | None:
    if case is None:
        assert find.unit_id is not None
        return Unit.objects.active(local_day(at)).filter(pk=find.unit_id).first()
    units = opening.units_to_press(case, None, at)
    wanted = find.unit_id or case.lead_unit_id
    return next((unit for unit in units if unit.pk == wanted), None)
