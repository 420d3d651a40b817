"""Figures of what became of cases: whether people came back, what was solved, how long it took (domain C).

A case counts in the month in which it was closed, if it was answered and is closed still; whether it was solved is what
the marks say by the moment of counting. None of it is a mark of a person, and none is better for fewer petitions.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from core.timekeeping import SHANGHAI
from outcomes.enums import CheckResult, MarkKind, VisitResult, VisitState
from outcomes.models import ClosingCheck, Mark, ReturnVisit
from petitions.enums import Act, Channel, Kind, Outcome, ShareRole, Status
from petitions.models import Petition, PetitionEvent, PetitionRequest, Share
from petitions.querysets import PetitionQuerySet
from reports.rates import Joint, Mean
from reports.selectors.reading import VISITS, Figure, Reading, registered

#: 网信: what came over the net, also where somebody at the counter typed it in.
ONLINE = (Channel.ONLINE, Channel.TYPED_IN, Channel.MESSAGE_BOARD)
GRASSROOTS = (UnitKind.TOWN, UnitKind.VILLAGE)
#: The unit has said whether it takes the case, or where else it goes.
DECIDED = (Act.ACCEPT, Act.REFUSE, Act.GUIDE)
#: What was made was made, or entered as made, by one of these.
MADE_BY = (Act.CONCLUDE, Act.MAKE_OPINION, Act.SERVE)
UNIT_DAYS = 30
CLOSED_ON = _("办结时间")


def days_between(later: str, earlier: str) -> Any:
    """Whole days in Asia/Shanghai between the dates of two columns."""
    dates = (TruncDate(later, tzinfo=SHANGHAI), TruncDate(earlier, tzinfo=SHANGHAI))
    return Func(*dates, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())


def midnight_after(column: str, days: int) -> Any:
    """The instant at which, in Asia/Shanghai, the ``days``-th day after the date of a column is over."""
    return Func(
        column,
        template="((((%(expressions)s) AT TIME ZONE 'Asia/Shanghai')::date + %(days)s)::timestamp"
        " AT TIME ZONE 'Asia/Shanghai')",
        days=days + 1,
        output_field=DateTimeField(),
    )


def closed(reading: Reading) -> PetitionQuerySet:
    """Cases that were answered, closed in the month and not opened again."""
    month = reading.month
    events = PetitionEvent.objects.filter(act=Act.CLOSE, at__gte=month.start, at__lt=month.end)
    return reading.cases.filter(
        pk__in=events.values("petition"),  # found by its index
        status=Status.CLOSED,
        closed_at__gte=month.start,
        closed_at__lt=month.end,
        closed_at__lte=reading.at,
        concluded_at__isnull=False,
    )


def _again(reading: Reading) -> PetitionQuerySet:
    """Unsealed cases that repeat the one outside, whoever leads them, but what a reader keeps out of (条例 28)."""
    every = Petition.objects.filter(sealed=False)
    open_to_them = every if reading.actor is None else Petition.objects.not_against(reading.actor)
    return open_to_them.filter(repeat_of=OuterRef("pk"), registered_at__lte=reading.at)


def _watched(reading: Reading) -> QuerySet[Any]:
    """First cases that were closed, each with whether it came back within the days after its closing."""
    rows = closed(reading).filter(first_here=True)
    rows = rows.annotate(watched_until=midnight_after("closed_at", settings.FIRST_RESOLVED_DAYS))
    within = _again(reading).filter(
        registered_at__gt=OuterRef("closed_at"), registered_at__lt=OuterRef("watched_until")
    )
    return rows.annotate(came_back=Exists(within))


def watch_runs(reading: Reading) -> bool:
    """The days after the closings of the month are not over: fewer can be told to have stayed settled than now."""
    return reading.month.end + timedelta(days=settings.FIRST_RESOLVED_DAYS) > reading.at


def _once(reading: Reading) -> QuerySet[Any]:
    return closed(reading).filter(first_here=True).annotate(came_back=Exists(_again(reading)))


def resolved_by(reading: Reading, petition: str) -> Any:
    """化解 stands on record at the moment of counting."""
    stands = Q(ended_at=None) | Q(ended_at__gt=reading.at)
    marks = Mark.objects.filter(stands, kind=MarkKind.RESOLVED, at__lte=reading.at)
    return Exists(marks.filter(petition=OuterRef(petition)))


def _demands(reading: Reading) -> QuerySet[Any]:
    rows = closed(reading).filter(kind=Kind.APPEAL, accepted_at__isnull=False)
    return rows.annotate(resolved=resolved_by(reading, "pk"))


def _at_the_grassroots(reading: Reading) -> QuerySet[Any]:
    """What a town or village registered; ``stayed``: nobody else ever led it."""
    elsewhere = Share.objects.filter(petition=OuterRef("pk"), role=ShareRole.LEAD).exclude(
        unit__kind__in=GRASSROOTS
    )
    rows = _demands(reading).filter(registered_unit__kind__in=GRASSROOTS)
    return rows.annotate(stayed=~Exists(elsewhere))


def _checked(reading: Reading) -> QuerySet[Any]:
    """Cases whose answer in force was checked (条例 27); the newest word on each item counts."""
    checks = ClosingCheck.objects.filter(reply__petition=OuterRef("pk"), at__lte=reading.at)
    newer = ClosingCheck.objects.filter(
        reply=OuterRef("reply"), item=OuterRef("item"), pk__gt=OuterRef("pk"), at__lte=reading.at
    )
    missing = checks.filter(~Exists(newer), result=CheckResult.NOT_DONE)
    rows = closed(reading).filter(Exists(checks), kind=Kind.APPEAL)
    return rows.annotate(done=~Exists(missing))


def _accepting(reading: Reading) -> QuerySet[Any]:
    """First cases that reached a unit and whose thirtieth day after registration fell into the month and is over."""
    month, days = reading.month, timedelta(days=UNIT_DAYS)
    rows = reading.cases.filter(
        registered_at__gte=month.start - days,
        registered_at__lt=month.end - days,
        first_here=True,
        lead_unit__isnull=False,
    ).annotate(thirty=midnight_after("registered_at", UNIT_DAYS))
    said = PetitionEvent.objects.filter(petition=OuterRef("pk"), act__in=DECIDED, at__lt=OuterRef("thirty"))
    return rows.filter(thirty__lte=reading.at).annotate(in_time=Exists(said))


def _visited(reading: Reading) -> QuerySet[Any]:
    """Return visits to closed cases: of others not everybody reads the result."""
    month = reading.month
    return ReturnVisit.objects.filter(
        state=VisitState.DONE,
        petition__status=Status.CLOSED,
        petition__in=reading.cases,
        ended_at__gte=month.start,
        ended_at__lt=month.end,
        ended_at__lte=reading.at,
    )


def _joint(reading: Reading) -> QuerySet[Any]:
    return registered(reading).exclude(channel__in=VISITS).filter(head_count__gt=1)


def _joint_mass(reading: Reading) -> QuerySet[Any]:
    return _joint(reading).filter(head_count__gte=settings.MASS_VISIT_HEADS)


def _requests(reading: Reading) -> QuerySet[Any]:
    """Requests with what was said to each (条例 32), of answers in force that were made in the month."""
    month = reading.month
    events = PetitionEvent.objects.filter(act__in=MADE_BY, at__gte=month.start)
    rows = PetitionRequest.objects.annotate(made=F("petition__reply__made_at")).filter(
        reading.within("petition__reply__unit"),
        petition__in=reading.seen,
        made__gte=month.start,
        made__lt=month.end,
        made__lte=reading.at,
    )
    return rows.filter(petition__in=events.values("petition")).exclude(outcome="")  # found by its index


def _first(act: Act) -> Any:
    """Rows of an act's events of the month: of each case the first."""

    def rows(reading: Reading) -> QuerySet[Any]:
        month = reading.month
        events = PetitionEvent.objects.filter(
            reading.within("unit"),
            act=act,
            at__gte=month.start,
            at__lt=month.end,
            at__lte=reading.at,
            petition__in=reading.seen,
        )
        earlier = PetitionEvent.objects.filter(petition=OuterRef("petition"), act=act, at__lt=OuterRef("at"))
        return events.filter(~Exists(earlier))

    return rows


def _of_closed(code: str, rows: Any, part: Q, part_word: Any, rest_word: Any, **more: Any) -> Figure:
    return Figure(
        code=code,
        rows=rows,
        part=part,
        part_word=part_word,
        rest_word=rest_word,
        unit="lead_unit_id",
        case="",
        moment="closed_at",
        moment_word=CLOSED_ON,
        rest_is_miss=False,
        in_table=False,
        **more,
    )


def _mean(code: str, act: Act, moment_word: Any) -> Figure:
    return Figure(
        code=code,
        rows=_first(act),
        part=Q(pk__in=[]),
        part_word="",
        rest_word="",
        moment="at",
        moment_word=moment_word,
        weight=days_between("at", "petition__registered_at"),
        rest_is_miss=False,
        in_table=False,
        adds=Mean,
    )


def _joint_figure(code: str, rows: Any) -> Figure:
    return Figure(
        code=code,
        rows=rows,
        part=Q(pk__in=[]),
        part_word="",
        rest_word="",
        unit="lead_unit_id",
        case="",
        moment="registered_at",
        moment_word=_("登记时间"),
        weight=F("head_count"),
        rest_is_miss=False,
        in_table=False,
        adds=Joint,
    )


def _request_figure(code: str, outcome: Outcome) -> Figure:
    return Figure(
        code=code,
        rows=_requests,
        part=Q(outcome=outcome),
        part_word=outcome.label,
        rest_word=_("其他结论"),
        unit="petition__reply__unit_id",
        moment="made",
        moment_word=_("作出时间"),
        row_word=_("项诉求"),
        rest_is_miss=False,
        in_table=False,
    )


BACK, STAYED = _("又来的"), _("没有再来")
OUTCOMES = (
    _of_closed("first_resolved", _watched, Q(came_back=False), STAYED, BACK, provisional=watch_runs),
    _of_closed("settled_once", _once, Q(came_back=False), STAYED, BACK),
    _of_closed("demands_resolved", _demands, Q(resolved=True), _("化解"), _("没有登记化解")),
    _of_closed(
        "grassroots_resolved",
        _at_the_grassroots,
        Q(resolved=True, stayed=True),
        _("就地化解"),
        _("往上转或者没有登记化解"),
    ),
    _of_closed("well_handled", _checked, Q(done=True), _("都做到"), _("有没有做到的")),
)
JOINT = (_joint_figure("joint", _joint), _joint_figure("joint_mass", _joint_mass))
REQUESTS = tuple(_request_figure(f"requests_{outcome.value}", outcome) for outcome in Outcome)
TIMES = (
    Figure(
        code="unit_acceptance",
        rows=_accepting,
        part=Q(in_time=True),
        part_word=_("按期"),
        rest_word=_("未按期"),
        unit="lead_unit_id",
        case="",
        moment="thirty",
        moment_word=_("第 30 日满"),
        in_table=False,
    ),
    _mean("days_to_acceptance", Act.ACCEPT, _("受理时间")),
    _mean("days_to_answer", Act.CONCLUDE, _("答复时间")),
)
REST = (
    Figure(
        code="online_share",
        rows=lambda reading: registered(reading).exclude(channel__in=VISITS),
        part=Q(channel__in=ONLINE),
        part_word=_("网信"),
        rest_word=_("其他"),
        unit="lead_unit_id",
        case="",
        moment="registered_at",
        moment_word=_("登记时间"),
        rest_is_miss=False,
        in_table=False,
    ),
    Figure(
        code="visited_back",
        rows=_visited,
        part=~Q(result=VisitResult.NOT_REACHED),
        part_word=_("见到、通上话"),
        rest_word=_("多次联系未果"),
        unit="petition__lead_unit_id",
        moment="ended_at",
        moment_word=_("回访登记时间"),
        rest_is_miss=False,
        in_table=False,
    ),
)
__all__ = [
    "DECIDED",
    "JOINT",
    "OUTCOMES",
    "REQUESTS",
    "REST",
    "TIMES",
    "closed",
    "days_between",
    "resolved_by",
    "watch_runs",
]
