"""What a case leaves behind beside the rows of ``bench.support.bulk``: the rows that the month's figures count.

Written by SQL for the cases of the newest years: a page reads one month, an own table one year. Shares of a county are made up, the order of events in one case is not: it is answered after it is
accepted, rated after it is served. Only closed cases have them, but for what happens on the first days. A figure whose
rows are missing would be measured as free: ``bench/month.py`` says how many figures a freeze kept rows of.

In every statement ``p`` is the case, whose id is its place in the order of registration.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import NOT_PROVIDED, Field, Model

from accounts.models import Post, User
from conference.models import Item, Meeting, Order, OrderClock, OrderReport
from core.timekeeping import SHANGHAI
from deadlines.models import Rule
from leaders.models import CasePackage, PackageCase, VisitRecord
from mediation.models import MediationCase, Room
from outcomes.models import ClosingCheck, Mark, ReturnVisit
from petitions.models import Evaluation, HandlingRecord, PetitionClock, PetitionEvent, Reply, Share
from reviews.models import Review
from supervision.models import Suggestion, Supervision

#: Cases registered since then, by the caller's choice, which ``write`` keeps in a table of the transaction.
NEW = "bench_new_cases"
#: Instants of one case. A refused one is decided where another is accepted, and has no answer.
DECIDED = "coalesce(p.accepted_at, p.registered_at + (least(p.closed_at, now()) - p.registered_at) * 0.2)"
FORWARDED = (
    f"(p.registered_at + ({DECIDED} - p.registered_at) * CASE WHEN p.id % 41 = 0 THEN 0.85 ELSE 0.3 END)"
)
RATED = "(p.served_at + (p.closed_at - p.served_at) / 3)"
OF_CLOSED = f"{NEW} p WHERE p.closed_at IS NOT NULL"
OF_ANSWERED = f"{OF_CLOSED} AND p.concluded_at IS NOT NULL"
OF_FORWARDED = f"{NEW} p WHERE p.lead_unit_id IS NOT NULL"

Columns = dict[str, str]


def write(cursor: CursorWrapper, *, office: int, departments: list[int], since: str) -> None:
    """All of it, in the caller's transaction; ``since``: how far back, as an interval of SQL."""
    cursor.execute(
        f"CREATE TEMPORARY TABLE {NEW} ON COMMIT DROP AS SELECT id, registered_at, accepted_at, concluded_at, served_at,"
        f" closed_at, registered_unit_id, lead_unit_id FROM petitions_petition WHERE registered_at > now() - {since}"
    )
    rules = {rule.code: rule.pk for rule in Rule.objects.order_by("valid_from")}
    for model, columns, source in (
        *_clocks(rules),
        *_events(),
        *_answers(),
        *_outcomes(),
        *_leaders(),
        *_pressure(departments, office, rules),
        *_mediations(),
    ):
        insert(cursor, model, columns, source)


def insert(cursor: CursorWrapper, model: type[Model], columns: Columns, source: str) -> None:
    """``INSERT … SELECT`` with the defaults of the fields that are not named, which only Django knows."""
    named = {field.column: _default(field) for field in model._meta.concrete_fields if not field.primary_key}
    assert columns.keys() <= named.keys() | {"id"}, columns.keys() - named.keys()
    wanted = {name: columns.get(name, default) for name, default in {**columns, **named}.items()}
    values = {name: value for name, value in wanted.items() if value is not None}
    quoted = connection.ops.quote_name
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(map(quoted, values))}) SELECT {', '.join(values.values())} FROM {source}"
    )


def _default(field: Field[Any, Any]) -> str | None:
    """As SQL; None: the database knows what to put there, or nothing."""
    if field.null or field.db_default is not NOT_PROVIDED:
        return None
    if field.get_internal_type() == "UUIDField":
        return "gen_random_uuid()"
    value = field.get_default()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(int(value))
    kinds = {
        "JSONField": f"'{'{}' if value == {} else '[]'}'::jsonb",
        "BinaryField": "''::bytea",
        "ArrayField": "'{}'",
    }
    return kinds.get(field.get_internal_type(), f"'{value or ''}'")


def _clock(rule: int, started: str, due: str, stopped: str, by: str, unit: str = "p.lead_unit_id") -> Columns:
    return {
        "petition_id": "p.id",
        "rule_id": str(rule),
        "unit_id": unit,
        "started_at": started,
        "raw_due_at": due,
        "due_at": due,
        "stopped_at": stopped,
        "stopped_by": f"'{by}'",
    }


def _clocks(rules: dict[str, int]) -> Iterator[tuple[type[Model], Columns, str]]:
    """Forwarding, 10-30-24 and the days for rating; the others are in ``bulk``."""
    day = "interval '1 day'"
    yield (
        PetitionClock,
        _clock(rules["forwarding"], "p.registered_at", f"p.registered_at + 15 * {day}", FORWARDED, "forward")
        | {"unit_id": "p.registered_unit_id"},
        OF_FORWARDED,
    )
    for code, act, due, stopped in (
        ("respond_10", "respond", "10 minutes", "CASE WHEN p.id % 8 = 0 THEN 45 ELSE 6 END"),
        ("call_30", "call", "30 minutes", "CASE WHEN p.id % 9 = 0 THEN 120 ELSE 20 END"),
        ("first_round_24", "first_round", "24 hours", "CASE WHEN p.id % 10 = 0 THEN 1800 ELSE 1200 END"),
    ):
        end = f"{FORWARDED} + {stopped} * interval '1 minute'"
        yield (
            PetitionClock,
            _clock(rules[code], FORWARDED, f"{FORWARDED} + interval '{due}'", end, act),
            OF_CLOSED,
        )
    window = _clock(rules["petitioner_window"], "p.served_at", f"p.served_at + 30 * {day}", "", "")
    ended = {"stopped_at": RATED, "stopped_by": "'evaluate'"}
    yield PetitionClock, window | ended, f"{OF_ANSWERED} AND p.id % 5 < 3"
    ended = {"stopped_at": "p.closed_at", "stopped_by": "'close'"}
    yield PetitionClock, window | ended, f"{OF_ANSWERED} AND p.id % 5 >= 3"


def _events() -> Iterator[tuple[type[Model], Columns, str]]:
    """Registering, forwarding and closing are in ``bulk``."""
    for act, at, before, after, source in (
        ("accept", "p.accepted_at", "forwarded", "accepted", f"{OF_CLOSED} AND p.accepted_at IS NOT NULL"),
        ("refuse", DECIDED, "forwarded", "refused", f"{OF_CLOSED} AND p.accepted_at IS NULL"),
        ("conclude", "p.concluded_at", "accepted", "concluded", OF_ANSWERED),
        ("serve", "p.served_at", "concluded", "served", OF_ANSWERED),
        ("evaluate", RATED, "served", "evaluated", f"{OF_ANSWERED} AND p.id % 5 < 3"),
    ):
        columns = {"petition_id": "p.id", "act": f"'{act}'", "at": at, "unit_id": "p.lead_unit_id"}
        columns |= {
            "who": "'承办人'",
            "from_status": f"'{before}'",
            "to_status": f"'{after}'",
            "public": "true",
        }
        yield PetitionEvent, columns, source


def _answers() -> Iterator[tuple[type[Model], Columns, str]]:
    yield (
        Share,
        {
            "petition_id": "p.id",
            "unit_id": "p.lead_unit_id",
            "role": "'lead'",
            "kind": "'forward'",
            "sent_at": FORWARDED,
            "sent_from_id": "p.registered_unit_id",
        },
        OF_FORWARDED,
    )
    yield (
        HandlingRecord,
        {
            "petition_id": "p.id",
            "kind": "'phone'",
            "at": f"{FORWARDED} + interval '15 minutes'",
            "unit_id": "p.lead_unit_id",
            "text": "'电话无人接听'",
            "call_outcome": "'not_reached'",
        },
        f"{OF_CLOSED} AND p.id % 18 = 0",
    )
    yield (
        Reply,
        {
            "petition_id": "p.id",
            "kind": "'opinion'",
            "text": "'经核实，已按规定处理。'",
            "basis": "'有关规定'",
            "unit_id": "p.lead_unit_id",
            "at": "p.concluded_at",
            "made_at": "p.concluded_at",
            "paper_number": "'B信复〔' || p.id || '〕'",
            "outcomes_then": "'[]'::jsonb",
        },
        OF_ANSWERED,
    )
    yield (
        Evaluation,
        {
            "petition_id": "p.id",
            "office_rating": "(ARRAY[0, 0, 0, 1, 3])[p.id / 5 % 5 + 1]",
            "unit_rating": "(ARRAY[0, 0, 1, 1, 3])[p.id / 25 % 5 + 1]",
            "at": RATED,
        },
        f"{OF_ANSWERED} AND p.id % 5 < 3",
    )


def _outcomes() -> Iterator[tuple[type[Model], Columns, str]]:
    """Marks, closing checks, return visits, reviews."""
    yield (
        Mark,
        {
            "petition_id": "p.id",
            "kind": "'resolved'",
            "on": "p.concluded_at::date",
            "how": "'said'",
            "evidence": "'信访人表示满意'",
            "at": "p.concluded_at",
            "who": "'承办人'",
        },
        f"{OF_ANSWERED} AND p.id % 2 = 0",
    )
    yield (
        ClosingCheck,
        {
            "petition_id": "r.petition_id",
            "reply_id": "r.id",
            "item": "item",
            "result": "CASE WHEN r.petition_id % 17 = 0 AND item = 'explained' THEN 'not_done' ELSE 'done' END",
            "note": "CASE WHEN r.petition_id % 17 = 0 AND item = 'explained' THEN '没有说明' ELSE '' END",
            "at": "r.at",
            "who": "'承办人'",
        },
        "petitions_reply r, unnest(ARRAY['solved', 'explained', 'helped', 'lawful']) AS item"
        " WHERE r.petition_id % 3 < 2 ORDER BY r.id",
    )
    handler = User.objects.get(username="handler").pk
    yield (
        ReturnVisit,
        {
            "petition_id": "p.id",
            "ordinal": "1",
            "ground": "'by_hand'",
            "opened_at": "p.served_at",
            "state": "'done'",
            "assignee_id": str(handler),
            "assigned_at": "p.served_at",
            "visited_on": "p.closed_at::date",
            "way": "'phone'",
            "result": "CASE WHEN p.id % 20 = 0 THEN 'not_reached' ELSE 'nothing' END",
            "ended_at": "least(p.closed_at + interval '10 days', now())",
        },
        f"{OF_ANSWERED} AND p.id % 4 = 0",
    )
    yield (
        Review,
        {
            "petition_id": "p.id",
            "level": "'review'",
            "body_id": "p.registered_unit_id",
            "reply_id": "r.id",
            "applied_at": "p.served_at",
            "channel": "'letter'",
            "reason": "'不服答复'",
            "state": "'served'",
            "outcome": "(ARRAY['upheld', 'upheld', 'upheld', 'redo'])[p.id % 4 + 1]",
            "text": "'经复查，决定如上。'",
            "basis": "'有关规定'",
            "decided_at": RATED,
            "served_at": RATED,
            "method": "'direct'",
        },
        f"petitions_reply r JOIN {OF_ANSWERED.replace(' WHERE', ' ON r.petition_id = p.id WHERE')} AND p.id % 90 = 0",
    )


def _leaders() -> Iterator[tuple[type[Model], Columns, str]]:
    leader = Post.objects.get(user__username="leader")
    hat = {"leader_id": str(leader.user_id), "post_id": str(leader.pk)}
    struck = "p.id % 1000 = 0"
    yield (
        CasePackage,
        {
            "petition_id": "p.id",
            **hat,
            "target_on": "(p.accepted_at + interval '90 days')::date",
            "reason": "'疑难复杂'",
            "assigned_at": "p.accepted_at",
            "state": f"CASE WHEN {struck} THEN 'struck_off' ELSE 'open' END",
            "evidence": f"CASE WHEN {struck} THEN '见回访记录' ELSE '' END",
            "struck_off_at": f"CASE WHEN {struck} THEN p.closed_at END",
        },
        f"{OF_ANSWERED} AND p.id % 500 = 0",
    )
    yield (
        PackageCase,
        {
            "package_id": "k.id",
            "petition_id": "k.petition_id",
            "entered_at": "k.assigned_at",
            "left_at": "k.struck_off_at",
            "left_why": "CASE WHEN k.struck_off_at IS NULL THEN '' ELSE 'struck_off' END",
        },
        "leaders_casepackage k",
    )
    yield (
        VisitRecord,
        {
            "petition_id": "p.id",
            **hat,
            "at": FORWARDED,
            "heads": "1 + p.id % 4",
            "said": "'已听取诉求'",
            "recorded_at": FORWARDED,
        },
        f"{OF_CLOSED} AND p.id % 60 = 0",
    )


def _pressure(
    departments: list[int], office: int, rules: dict[str, int]
) -> Iterator[tuple[type[Model], Columns, str]]:
    closed = "p.id % 4 <> 0"
    yield (
        Supervision,
        {
            "petition_id": "p.id",
            "unit_id": "p.lead_unit_id",
            "ground": "'late_answer'",
            "demand": "'请限期办结'",
            "due_on": "(p.accepted_at + interval '40 days')::date",
            "state": f"CASE WHEN {closed} THEN 'closed' ELSE 'open' END",
            "found_at": "p.accepted_at",
            "opened_at": "p.accepted_at",
            "ended_at": f"CASE WHEN {closed} THEN p.closed_at END",
        },
        f"{OF_ANSWERED} AND p.id % 83 = 0",
    )
    answered = "p.id % 3 <> 0"
    yield (
        Suggestion,
        {
            "petition_id": "p.id",
            "kind": "CASE WHEN p.id % 2 = 0 THEN 'improve' ELSE 'policy' END",
            "unit_id": f"(ARRAY{departments})[p.id % {len(departments)} + 1]",
            "title": "'关于改进工作的建议'",
            "facts": "'反映较多'",
            "basis": "'条例第四十条'",
            "text": "'建议完善'",
            "issued_at": "p.concluded_at",
            "adoption": f"CASE WHEN {answered} THEN 'adopted' ELSE '' END",
            "answer": f"CASE WHEN {answered} THEN '已采纳' ELSE '' END",
            "answered_at": f"CASE WHEN {answered} THEN p.closed_at END",
        },
        f"{OF_ANSWERED} AND p.id % 401 = 0",
    )
    chair = Post.objects.get(user__username="leader")
    meeting = Meeting.objects.create(
        title="联席会议", starts_at=datetime(2020, 1, 6, 9, tzinfo=SHANGHAI), place="一楼会议室", chair=chair,
        called_at=datetime(2020, 1, 2, 9, tzinfo=SHANGHAI),
    )  # fmt: skip
    named = f"{OF_ANSWERED} AND p.id % 701 = 0"
    yield (
        Item,
        {
            "meeting_id": str(meeting.pk),
            "ordinal": "row_number() OVER (ORDER BY p.id)",
            "kind": "'other'",
            "title": "'单位工作'",
            "text": "'有关情况'",
            "petition_id": "p.id",
        },
        named,
    )
    yield (
        Order,
        {
            "item_id": "i.id",
            "petition_id": "p.id",
            "kind": "'rectify'",
            "unit_id": "p.lead_unit_id",
            "facts": "'超期未办'",
            "basis": "'条例第三十九条'",
            "demand": "'限期整改'",
            "due_on": "p.concluded_at::date",
            "issued_at": "p.accepted_at",
            "issued_unit_id": str(office),
            "state": "'done'",
            "ended_at": "p.closed_at",
        },
        "conference_item i JOIN petitions_petition p ON p.id = i.petition_id",
    )
    yield (
        OrderClock,
        {
            "order_id": "o.id",
            "rule_id": str(rules["rectification"]),
            "started_at": "o.issued_at",
            "raw_due_at": "p.concluded_at",
            "due_at": "p.concluded_at",
            "stopped_at": "CASE WHEN o.id % 4 = 0 THEN p.served_at ELSE p.concluded_at - interval '1 hour' END",
        },
        "conference_order o JOIN petitions_petition p ON p.id = o.petition_id",
    )
    yield (
        OrderReport,
        {
            "order_id": "c.order_id",
            "text": "'已整改'",
            "at": "c.stopped_at",
            "who": "'承办人'",
            "accepted": "true",
            "replied_at": "c.stopped_at",
        },
        "conference_orderclock c",
    )


def _mediations() -> Iterator[tuple[type[Model], Columns, str]]:
    """One room for every unit; no sittings, of which a room has one at a time."""
    mediator = User.objects.get(username="handler").pk
    yield Room, {"unit_id": "u.id", "name": "'调解室'", "address": "'一楼'"}, "accounts_unit u"
    yield (
        MediationCase,
        {
            "petition_id": "p.id",
            "room_id": "room.id",
            "mediator_id": str(mediator),
            "state": "'ended'",
            "opened_at": "p.accepted_at",
            "result": "(ARRAY['agreed', 'agreed', 'not_agreed', 'withdrawn'])[p.id / 40 % 4 + 1]",
            "ended_at": "p.concluded_at",
        },
        f"mediation_room room JOIN {OF_ANSWERED.replace(' WHERE', ' ON room.unit_id = p.lead_unit_id WHERE')}"
        " AND p.id % 40 = 0",
    )
