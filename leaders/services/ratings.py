"""What this room reads of ratings: the one place that does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from petitions.enums import Rating, Status
from petitions.models import Petition


def low_rated(cases: QuerySet[Petition], since: datetime) -> Any:
    """Cases rated 不满意 since then, of the unit or of the office, once they are closed. Proposals are read by officers
    and the head of the petition office; those see no rating of an open case, neither their own nor a unit's
    (``petitions.rules.sees_evaluation``), and a proposal would tell them of it."""
    low = Q(evaluation__office_rating=Rating.DISSATISFIED) | Q(evaluation__unit_rating=Rating.DISSATISFIED)
    return cases.filter(low, evaluation__at__gte=since, status=Status.CLOSED)
