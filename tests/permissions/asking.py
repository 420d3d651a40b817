"""Asks one door as one person, leaves nothing behind, and says what came of it."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from deadlines.models import CalendarTable, Rule
from petitions.models import Attachment
from supervision.models import SupervisionRule
from tests.permissions.town import Town

WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', re.IGNORECASE)
#: Written by a refusal too, as they must be: who was refused is on record; a session keeps its message.
ON_RECORD = {"accounts_auditentry", "accounts_auditpending", "accounts_loginsession", "django_session"}
#: New in every answer, and says nothing: tokens of forms, nonces, places in a list, who printed.
NEW_EACH_TIME = re.compile(
    rb'(csrfmiddlewaretoken" value="|"X-CSRFToken": "|nonce="|name="token" value="|cursor='
    rb'|class="print-mark" aria-hidden="true">)[^"&<]+'
)
NOTHING = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Answer:
    """``said``: the status, or where a redirect leads: 登录 (log in), 查询 (number and code), 转到 (elsewhere)."""

    said: str
    body: bytes
    written: frozenset[str]
    queries: int

    @property
    def steady(self) -> bytes:
        """The body without what is new each time; of a workbook the texts."""
        return NEW_EACH_TIME.sub(rb"\1", _texts(self.body) if self.body.startswith(b"PK\x03") else self.body)


def _texts(workbook: bytes) -> bytes:
    """All strings of its sheets but the line and the code that say who took it and when."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        texts = re.findall(rb"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml"))
    return b"\n".join(text for text in texts if "导出".encode() not in text and not text.startswith(b"HY"))


def doors_of(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Every url name of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else prefix
            yield from doors_of(pattern.url_patterns, inner)


#: What hangs on a case and has an address by its own id.
HANGING = {
    "leaders:package": ["package"],
    "leaders:strike_off": ["package"],
    "leaders:package_enter": ["package"],
    "leaders:package_leave": ["package"],
    "leaders:package_decide": ["package"],
    "leaders:package_visit_back": ["package"],
    "leaders:package_note": ["package"],
    "leaders:package_reach": ["package"],
    "leaders:package_plan": ["package"],
    "leaders:package_join": ["package"],
    "leaders:package_part": ["package"],
    "leaders:package_inquire": ["package"],
    "leaders:package_find": ["package"],
    "leaders:package_hand_over": ["package"],
    "leaders:package_clock": ["package", "package_clock"],
    "leaders:instruction": ["instruction"],
    "leaders:report": ["instruction"],
    "leaders:name_doer": ["instruction"],
    "leaders:acknowledge": ["instruction"],
    "leaders:instruction_clock": ["instruction", "instruction_clock"],
    "supervision:detail": ["supervision"],
    "supervision:confirm": ["supervision"],
    "supervision:dismiss": ["supervision"],
    "supervision:effort": ["supervision"],
    "supervision:effort_file": ["supervision", "effort"],
    "supervision:feed_back": ["supervision"],
    "supervision:decide": ["supervision"],
    **{
        f"supervision:{name}": ["urgent"]
        for name in ("urgent", "acknowledge", "arrive", "note", "report_up", "clear")
    },
    "supervision:put_on_list": ["supervision"],
    "supervision:tick": ["supervision", "milestone"],
    "supervision:clock": ["supervision", "supervision_clock"],
    **{
        f"mediation:{name}": ["begun"]
        for name in ("session", "session_agenda", "session_attend", "session_minute", "session_propose")
    },
    "mediation:recording_notice": ["begun"],
    "mediation:session_link": ["session"],
    "mediation:wish": ["party"],
    "mediation:wish_back": ["party"],
    "mediation:session_leave": ["begun", "attendee"],
    "mediation:session_apart": ["begun", "party"],
    "mediation:session_answer": ["begun", "proposal"],
    "mediation:recording": ["recording"],
    **{f"mediation:recording_{name}": ["recording"] for name in ("file", "consent", "start", "stop", "keep")},
    "mediation:recording_take_back": ["recording", "recording_consent"],
    **{
        f"conference:{name}": ["dispute"]
        for name in ("dispute", "dispute_raise", "dispute_agree", "dispute_decide")
    },
}
PAPERS = (
    "paper",
    "docx",
    "pdf",
    "preview",
    "save",
    "serve",
    "send_back",
    "record",
    "discard",
    "put_to_leader",
)
FOLLOWING = {
    "outcomes:execution": ["execution"],
    "outcomes:execution_due": ["execution"],
    "outcomes:execution_report": ["execution"],
    "outcomes:execution_confirm": ["execution"],
    "outcomes:visit": ["visit"],
    "outcomes:unmark": ["mark"],
    "outcomes:visit_assign": ["visit"],
    "outcomes:visit_record": ["visit"],
    "outcomes:clock": ["execution", "execution_clock"],
}
#: What is done to a hearing; after the case's number the ids of these.
HEARINGS = {
    **{f"hearings:{name}": ["hearing"] for name in ("hearing", "seat", "tell", "record", "decide")},
    **{f"hearings:{name}": ["hearing"] for name in ("postpone", "call_off")},
    **{f"hearings:{name}": ["hearing", "member"] for name in ("leave", "ask_recusal")},
    "hearings:decide_recusal": ["hearing", "asked"],
    "hearings:answer_expert": ["question"],
}
SESSIONS = ("mediation:cancel", "mediation:hold", "mediation:move")
PARTIES = ("mediation:party", "mediation:party_leave", "mediation:party_slip")


def args_of(town: Town, door: str, case: str = "") -> list[Any]:
    """The arguments of a door's address for a case, or for what hangs on none."""
    if door in HANGING:
        return [town.hanging[case][name] for name in HANGING[door]]
    if not case:
        return _plain_args(town).get(door, list)()
    if door == "papers:step":
        return [town.papers[case], "archive"]
    if door.startswith("papers:") and door.removeprefix("papers:") in PAPERS:
        return [town.papers[case]]
    number, petition = town.cases[case].number, town.cases[case]
    match door:
        case "petitions:act":
            return [number, "note"]
        case "petitions:clock":
            return [number, petition.clocks.first().pk]
        case "reviews:clock":  # of a case that nobody asked to review: the id of another clock
            return [number, town.hanging.get(case, {}).get("review_clock") or petition.clocks.first().pk]
        case "reviews:care_done":  # nothing of the kind hangs on a case here
            return [number, petition.pk]
        case "papers:draft":
            return [number, "supplement"]
        case "petitions:reveal":
            return [number, petition.persons.first().ordinal]
        case "petitions:attachment":
            return [number, Attachment.objects.filter(petition=petition).first().token]
    if door in FOLLOWING:  # of a case whose answer supported nothing yet: the ids of others
        hanging = town.hanging.get(case, {})
        return [number, *(hanging.get(name) or petition.pk for name in FOLLOWING[door])]
    if door in HEARINGS:
        return [number, *(town.hearings[case][name] for name in HEARINGS[door])]
    if door in PARTIES:
        return [number, town.hanging[case]["party"]]
    if door in SESSIONS:
        return [number, town.hanging[case]["session"]]
    return [number]


def _plain_args(town: Town) -> dict[str, Callable[[], list[Any]]]:
    person, unit = [town.users["外单位"].pk], [town.cast.units.xiling.pk]
    return {
        "accounts:unit_edit": lambda: unit,
        "accounts:unit_kind": lambda: unit,
        "accounts:unit_succession": lambda: unit,
        "accounts:person": lambda: person,
        "accounts:person_edit": lambda: person,
        "accounts:person_password": lambda: person,
        "accounts:person_second_factor": lambda: person,
        "accounts:person_active": lambda: person,
        "accounts:post_grant": lambda: person,
        "accounts:post_end": lambda: [town.cast.post("outsider").pk],
        "accounts:post_charge": lambda: [town.cast.post("leader").pk],
        "accounts:end_login": lambda: [town.login.pk],
        "accounts:person_leave": lambda: person,
        "accounts:leave_end": lambda: [town.stand_in.pk],
        "accounts:duty_hand_over": lambda: [town.shift.pk],
        "accounts:duty_take_over": lambda: [town.shift.pk],
        "hearings:mine_recusal": lambda: [town.hearings["本局"]["member"]],
        "leaders:proposal": lambda: [town.proposal.pk],
        "leaders:proposal_decline": lambda: [town.proposal.pk],
        "leaders:day": lambda: [town.day.pk],
        "leaders:day_change": lambda: [town.day.pk],
        "leaders:day_cancel": lambda: [town.day.pk],
        "leaders:public_day": lambda: [town.open_day.pk],
        "leaders:day_bookings": lambda: [town.open_day.pk],
        "leaders:day_book": lambda: [town.open_day.pk],
        "leaders:day_replace": lambda: [town.day.pk],
        "leaders:booking_cancel": lambda: [town.booking.pk],
        "leaders:booking_told": lambda: [town.booking.pk],
        "leaders:personal_calendar": lambda: [town.feed],
        "leaders:day_cases": lambda: [town.open_day.pk],
        "leaders:day_pre_read": lambda: [town.open_day.pk],
        "leaders:day_case_drop": lambda: [town.day_case.pk],
        **{
            f"leaders:{name}": lambda: [town.open_day.pk]
            for name in ("day_desk", "day_call", "day_read", "day_stage")
        },
        "leaders:booking_turn": lambda: [town.booking.pk],
        "leaders:receive_booking": lambda: [town.booking.pk],
        "leaders:day_case_turn": lambda: [town.day_case.pk],
        "leaders:receive_picked": lambda: [town.day_case.pk],
        "leaders:record": lambda: [town.record.pk],
        "leaders:promise_done": lambda: [town.record.promises.get().pk],
        "leaders:site_change": lambda: [town.site.pk],
        "leaders:rule_end": lambda: [town.day_rule.pk],
        "leaders:receive_on_day": lambda: [town.day.pk],
        "leaders:public_area": lambda: [town.area.unit_id],
        "leaders:area_end": lambda: [town.area.pk],
        "leaders:inbox_public": lambda: [town.box.slug],
        **{
            f"leaders:{name}": lambda: [town.box.pk]
            for name in ("inbox", "inbox_change", "inbox_sheet", "delegate_add")
        },
        "leaders:delegate_end": lambda: [town.box.pk, town.delegate.pk],
        **{f"leaders:{name}": lambda: [town.letter.pk] for name in ("letter", "draft", "decide", "take")},
        "leaders:reading": lambda: [town.reading.pk],
        "leaders:extension": lambda: [town.ask.pk],
        "leaders:extension_decide": lambda: [town.ask.pk],
        "leaders:read": lambda: [town.reading.pk],
        "leaders:reading_clock": lambda: [town.reading.pk, town.reading.clocks.first().pk],
        "mediation:room": lambda: [town.room.pk],
        "mediation:room_file": lambda: [town.room.pk],
        **{
            f"mediation:dispute_{name}": lambda: [town.dispute.number]
            for name in ("take_up", "answer", "register", "relate", "keep_out", "contact")
        },
        "mediation:room_change": lambda: [town.room.pk],
        "mediation:room_duty": lambda: [town.room.pk],
        **{
            f"mediation:write_up{name}": lambda: [town.write_up.pk]
            for name in ("", "_change", "_clean", "_publish", "_withdraw")
        },
        "mediation:room_desk": lambda: [town.room.pk],
        "mediation:duty_keep": lambda: [town.room.pk],
        "mediation:mediator_change": lambda: [town.cast.mediator.pk],
        "mediation:pool_change": lambda: [town.pool.pk],
        "mediation:hand_over": lambda: [town.duty.pk],
        "mediation:take_over": lambda: [town.duty.pk],
        "mediation:feed": lambda: [town.session_feed],
        **{
            f"mediation:{name}": lambda: [town.sittings["called"].pk]
            for name in ("sitting", "sitting_cancel", "sitting_answer", "sitting_hold")
        },
        **{
            f"mediation:{name}": lambda: [town.sittings["held"].pk]
            for name in ("sitting_again", "sitting_undertake")
        },
        **{
            f"mediation:undertaking_{name}": lambda: [town.sittings["held"].pk, town.undertaking.pk]
            for name in ("report", "review")
        },
        "mediation:agreement_add": lambda: [town.unwritten.pk],
        **{
            f"mediation:agreement{name}": lambda: [town.agreements["draft"].pk]
            for name in ("", "_change", "_sign", "_discard", "_paper", "_contacts")
        },
        "mediation:agreement_record": lambda: [town.agreements["oral"].pk],
        "mediation:agreement_file": lambda: [
            town.agreements["held"].pk,
            town.agreements["held"].files.get().pk,
        ],
        "mediation:duty": lambda: [
            town.agreements["held"].pk,
            town.agreements["held"].duties.first().pk,
        ],
        "mediation:agreement_visit": lambda: [
            town.agreements["held"].pk,
            town.agreements["held"].visits.first().pk,
        ],
        "mediation:confirmation_apply": lambda: [town.agreements["held"].pk],
        "mediation:confirmation_paper": lambda: [town.agreements["held"].pk],
        "mediation:confirmation_result": lambda: [town.agreements["asked"].pk],
        "mediation:agreement_again": lambda: [town.agreements["broken"].pk],
        "mediation:talk": lambda: [town.talks["announced"].pk],
        "mediation:talk_desk": lambda: [town.talks["held"].pk],
        "mediation:talk_announce": lambda: [town.talks["planned"].pk],
        **{
            f"mediation:talk_{name}": lambda: [town.talks["announced"].pk]
            for name in ("move", "call_off", "seat", "hold")
        },
        **{
            f"mediation:talk_{name}": lambda: [town.talks["held"].pk]
            for name in ("raise", "draft", "publish", "take_down")
        },
        "mediation:talk_matter": lambda: [town.talks["held"].pk, town.matter.pk],
        "notifications:open": lambda: [town.notice.pk],
        "petitions:mine_attachment": lambda: [
            Attachment.objects.filter(petition=town.cases["本局"]).first().token
        ],
        "papers:mine_paper": lambda: [NOTHING],  # nothing was served on the petitioner here
        "deadlines:retry_message": lambda: [1],  # nothing was given up here
        "deadlines:rule": lambda: ["conclusion"],
        "deadlines:rule_new": lambda: ["conclusion"],
        "deadlines:rule_end": lambda: ["call_30", Rule.objects.get(code="call_30").pk],
        "deadlines:calendar_take_back": lambda: [CalendarTable.objects.order_by("pk").first().pk],
        "deadlines:rule_withdraw": lambda: ["call_30", Rule.objects.get(code="call_30").pk],
        "papers:template": lambda: ["acceptance"],
        "papers:template_new": lambda: ["acceptance"],
        "reports:behind": lambda: ["forwarding"],
        **{
            f"conference:{name}": lambda: [town.meeting.pk]
            for name in ("meeting", "item_add", "cancel", "move", "minutes", "issue", "correct")
        },
        **{
            f"conference:{name}": lambda: [town.order.pk]
            for name in ("order", "order_talk", "order_report", "order_review")
        },
        "conference:order_add": lambda: [town.item.pk],
        "conference:clock": lambda: [town.order.pk, town.order.clocks.first().pk],
        "supervision:suggestion": lambda: [town.suggestion.pk],
        "supervision:suggestion_answer": lambda: [town.suggestion.pk],
        "supervision:suggestion_clock": lambda: [town.suggestion.pk, town.suggestion.clocks.first().pk],
        "supervision:rule": lambda: [SupervisionRule.objects.first().pk],
        **{
            f"matters:{name}": lambda: [town.hot_matter.pk]
            for name in ("matter", "name", "link", "merge", "task_add", "suggest")
        },
        "matters:unlink": lambda: [town.hot_matter.pk, town.cases["本局"].number],
        **{f"matters:{name}": lambda: [town.joint_task.pk] for name in ("task", "task_report", "task_end")},
        **{
            f"reports:{name}": lambda: [town.signed_brief.pk]
            for name in ("brief", "brief_correct", "brief_pdf")
        },
        **{f"reports:brief_{act}": lambda: [town.brief.pk] for act in ("edit", "gather", "sign")},
        **{
            f"tables:{act}": lambda: [town.table.pk]
            for act in ("table", "edit", "delete", "share", "schedule", "unschedule")
        },
        "tables:behind": lambda: [town.table.pk, "count"],
        "tables:file": lambda: [town.table.pk, "xlsx"],
        "tables:unshare": lambda: [town.table.pk, town.table.shares.get().pk],
        "reports:wall": lambda: [town.wall[1]],
        "reports:wall_end": lambda: [town.wall[0].pk],
        **{f"reports:{name}": lambda: ["2026-08"] for name in ("publish", "withdraw", "public_month")},
        "reports:job": lambda: [town.job.pk],
        "reports:download": lambda: [town.job.pk],
        "reports:job_cancel": lambda: [town.job.pk],
    }


def elsewhere(args: list[Any]) -> list[list[Any]]:
    """The same address with one part changed to what does not exist, one part at a time; never one that exists."""
    found = []
    for place, value in enumerate(args):
        if isinstance(value, uuid.UUID):
            other: Any = NOTHING
        elif isinstance(value, int):
            other = value + 5_000_000
        elif re.fullmatch(r"([0-9]{6}-|TJ)[0-9]{4}-J?[0-9]+", value):
            other = re.sub(r"[0-9]+$", lambda tail: "9" * len(tail.group()), value)
        else:
            continue
        found.append([*args[:place], other, *args[place + 1 :]])
    return found


@contextmanager
def _recorded() -> Iterator[list[str]]:
    said: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield said


def ask(client: Client, address: str, method: str = "GET", **how: Any) -> Answer:
    """One request, rolled back afterwards. POST sends a form with nothing in it unless ``data`` is given."""
    send = client.post if method == "POST" else client.get
    with transaction.atomic(), _recorded() as sql:
        response = send(address, **how)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    tables = {found.group(2) for found in map(WRITES.match, sql) if found}
    # Once a minute a login is marked as in use; that tells nothing of what was asked.
    asked = [one for one in sql if 'UPDATE "accounts_loginsession"' not in one]
    return Answer(_said(response), body, frozenset(tables - ON_RECORD), len(asked))


def _said(response: Any) -> str:
    where = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    if not where:
        return str(response.status_code)
    if where.startswith(reverse("accounts:login")):
        return "登录"
    asked = (reverse("petitions:query"), reverse("mediation:dispute_query"))
    return "查询" if where.startswith(asked) else "转到"
