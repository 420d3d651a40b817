"""What the rules find. Each is one query over what is kept anyway; nobody is scored, no sealed case is looked at.

A find has a key of its own (rule and row), so that it is opened once, whenever and how often the sweep runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from core.timekeeping import SHANGHAI, han_date, local_day
from deadlines.enums import RuleCode
from petitions import extensions
from petitions.enums import Rating, ShareRole, Status
from petitions.models import Evaluation, Objection, Petition, PetitionClock, Share
from petitions.workflow import REPORTING
from supervision.enums import Ground
from supervision.models import Supervision, SupervisionRule

IN_HAND = (Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED)
ANSWERED = (Status.SERVED, Status.EVALUATED, Status.CLOSED)
#: A case closed within the window was registered at most so much before it.
LONGEST_LIFE = timedelta(days=400)


@dataclass(frozen=True)
class Find:
    """``pk`` orders the finds of a rule. ``petition_id`` None: the unit as a whole. ``unit_id`` None: the lead unit."""

    pk: int
    key: str
    petition_id: int | None
    unit_id: int | None
    facts: str


Finder = Callable[[SupervisionRule, datetime], Any]


def finds(rule: SupervisionRule, at: datetime, *, after: int, most: int) -> list[Find]:
    """The next finds of this rule that were not opened yet, in the order of their rows. One query."""
    ground = Ground(rule.ground)
    if ground is Ground.LOW_RATING:
        return [find for find in _ratings(rule, at) if find.pk > after][:most]
    rows = _new(FINDERS[ground](rule, at), ground).filter(pk__gt=after).order_by("pk")[:most]
    return [READ[ground](row) for row in rows]


def still(rule: SupervisionRule, find: Find, at: datetime) -> bool:
    """Whether it is still so; asked under the case's lock."""
    ground = Ground(rule.ground)
    if ground is Ground.LOW_RATING:
        return True
    return bool(_new(FINDERS[ground](rule, at), ground).filter(pk=find.pk).exists())


def _new(rows: Any, ground: Ground) -> Any:
    """Without what was found before, and what is being supervised on that ground already."""
    case = "pk" if rows.model is Petition else "petition"
    # Finds of this ground were cases once: a row of another kind with the same id is not one of those.
    kind = "execution:" if ground is Ground.NOT_EXECUTED else ""
    key = Concat(Value(f"{ground.value}:{kind}"), Cast("pk", CharField()))
    live = Supervision.objects.live().filter(petition=OuterRef(case), ground=ground)
    if rows.model is Share:
        live = live.filter(unit=OuterRef("unit"))
    return (
        rows.annotate(find_key=key)
        .exclude(Exists(Supervision.objects.filter(rule_key=OuterRef("find_key"))))
        .exclude(Exists(live))
    )


def _late(codes: tuple[str, ...], statuses: tuple[Status, ...]) -> Finder:
    def find(rule: SupervisionRule, at: datetime) -> Any:
        return PetitionClock.objects.filter(
            rule__code__in=codes,
            stopped_at=None,
            due_at__lt=at - timedelta(days=rule.threshold),
            petition__sealed=False,
            petition__joined_to=None,  # answered together with the original
            petition__status__in=statuses,
        ).select_related("rule")

    return find


def _not_executed(rule: SupervisionRule, at: datetime) -> Any:
    """Supported and served, the day for carrying it out has passed, and the unit has not reported it. What it wrote
    into the case's history meanwhile is no report; a later day that was lawfully set is waited for."""
    rows = extensions.found_with(extensions.UNEXECUTED, at)
    if rows is None:
        return PetitionClock.objects.none()
    return rows.filter(
        petition__sealed=False,
        petition__joined_to=None,
        petition__status__in=ANSWERED,
        petition__served_at__lt=at - timedelta(days=rule.threshold),
        due_on__gt=local_day(at - timedelta(days=rule.window_days or 365)),
    )


def _passing_on(rule: SupervisionRule, at: datetime) -> Any:
    often = Objection.objects.values("petition").annotate(n=Count("pk")).filter(n__gte=rule.threshold)
    cases = often.order_by().values("petition")
    return Petition.objects.filter(pk__in=cases, sealed=False, status__in=IN_HAND)


def _co_silence(rule: SupervisionRule, at: datetime) -> Any:
    """A co-unit that was sent it so long ago and whose own day has passed, that of an answer returned for more too."""
    return (
        Share.objects.filter(
            role=ShareRole.CO,
            ended_at=None,
            answered_at=None,
            sent_at__lt=at - timedelta(days=rule.threshold),
            petition__sealed=False,
            petition__joined_to=None,  # answered with its original
            petition__status__in=IN_HAND,
        )
        .filter(Q(feedback_due_on=None) | Q(feedback_due_on__lt=local_day(at)))
        .select_related("unit")
    )


def _repeated(rule: SupervisionRule, at: datetime) -> Any:
    """The latest repeat in hand of a matter that came again and again; found once for the matter in its latest case."""
    since = at - timedelta(days=rule.window_days or 365)
    often = (
        Petition.objects.filter(repeat_of__isnull=False, registered_at__gt=since)
        .order_by()
        .values("repeat_of")
        .annotate(n=Count("pk"))
        .filter(n__gte=rule.threshold)
        .values("repeat_of")
    )
    in_hand = Q(sealed=False, joined_to=None, status__in=IN_HAND)
    later = Petition.objects.filter(in_hand, repeat_of=OuterRef("repeat_of"), pk__gt=OuterRef("pk"))
    supervised = Supervision.objects.filter(
        petition__repeat_of=OuterRef("repeat_of"), ground=Ground.REPEATED, found_at__gt=since
    )
    rows = Petition.objects.filter(in_hand, repeat_of__in=often)
    return rows.exclude(Exists(later)).exclude(Exists(supervised))


def _ratings(rule: SupervisionRule, at: datetime) -> Iterator[Find]:
    """Units whose ratings of closed cases are low: percent alone, never which case nor whose."""
    since = at - timedelta(days=rule.window_days or 90)
    local = at.astimezone(SHANGHAI)
    quarter = f"{local.year}Q{(local.month - 1) // 3 + 1}"
    rows = (
        Evaluation.objects.filter(
            petition__status=Status.CLOSED,
            petition__sealed=False,
            petition__closed_at__gt=since,
            petition__registered_at__gt=since - LONGEST_LIFE,
            petition__lead_unit__isnull=False,
        )
        .order_by()
        .values("petition__lead_unit")
        .annotate(n=Count("pk"), bad=Count("pk", filter=Q(unit_rating=Rating.DISSATISFIED)))
        .filter(n__gte=rule.least or 5, bad__gt=0, bad__gte=F("n") * rule.threshold / 100.0)
        .order_by("petition__lead_unit")
    )
    found = {f"{Ground.LOW_RATING.value}:{row['petition__lead_unit']}:{quarter}": row for row in rows}
    done = set(Supervision.objects.filter(rule_key__in=found).values_list("rule_key", flat=True))
    for key, row in found.items():
        if key not in done:
            facts = _("%(window)d 天内办结的件中，%(n)d 件有评价，对单位“不满意”达到 %(percent)d%% 以上。")
            words = {"window": rule.window_days or 90, "n": row["n"], "percent": rule.threshold}
            unit = row["petition__lead_unit"]
            yield Find(unit, key, None, unit, facts % words)


def _of_clock(row: Any) -> Find:
    facts = _("%(name)s应于%(day)s前完成，至今没有办理。") % {
        "name": row.rule.name,
        "day": han_date(row.due_at),
    }
    return Find(row.pk, row.find_key, row.petition_id, None, facts)


def _of_execution(row: Any) -> Find:
    facts = _("支持的第 %(n)d 项诉求应于%(day)s前落实，至今没有反馈落实情况。") % {
        "n": row.request.ordinal,
        "day": han_date(row.due_on),
    }
    return Find(row.pk, row.find_key, row.petition_id, None, facts)


def _of_case(words: str) -> Callable[[Any], Find]:
    return lambda row: Find(row.pk, row.find_key, row.pk, None, str(words))


def _of_share(row: Any) -> Find:
    facts = _("%(day)s转请协办，至今没有反馈。") % {"day": han_date(row.sent_at)}
    return Find(row.pk, row.find_key, row.petition_id, row.unit_id, facts)


FINDERS: dict[Ground, Finder] = {
    Ground.LATE_NOTICE: _late(
        (RuleCode.NOTICE,),
        # Decided is not told: the fifteen days are for both (条例 23).
        (Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED, Status.CONCLUDED, Status.REFUSED),
    ),
    Ground.LATE_ANSWER: _late(
        (RuleCode.CONCLUSION, RuleCode.SIMPLE_CONCLUSION, RuleCode.FEEDBACK),
        # The set date of what was assigned is kept by the report, which comes after the answer.
        (*IN_HAND, *REPORTING),
    ),
    Ground.NOT_EXECUTED: _not_executed,
    Ground.PASSING_ON: _passing_on,
    Ground.CO_SILENCE: _co_silence,
    Ground.REPEATED: _repeated,
}
READ: dict[Ground, Callable[[Any], Find]] = {
    Ground.LATE_NOTICE: _of_clock,
    Ground.LATE_ANSWER: _of_clock,
    Ground.NOT_EXECUTED: _of_execution,
    Ground.PASSING_ON: _of_case("本件多次提出异议。"),
    Ground.CO_SILENCE: _of_share,
    Ground.REPEATED: _of_case("同一事项多次信访。"),
}
