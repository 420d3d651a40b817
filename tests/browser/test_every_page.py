"""Every page of the site, as the role that works with it, on a phone and at a desk.

Opens with 200, says nothing on the console, keeps the content policy, does not scroll sideways, has one h1 and a
title, no half-width punctuation in its Chinese, and axe finds nothing serious or critical. The table below names
every address; one that is missing from it fails the test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from core.timekeeping import now
from deadlines.models import CalendarTable, Rule
from petitions.enums import Act, Status
from petitions.views.acts import DOORS
from supervision.models import SupervisionRule
from tests.browser.world import Town

pytestmark = pytest.mark.browser
in_town = pytest.mark.django_db(transaction=True, serialized_rollback=True)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = {390: 844, 1366: 768}
POST_ONLY = {
    "accounts:end_login",
    "accounts:duty_hand_over",
    "accounts:duty_take_over",
    "accounts:end_other_logins",
    "accounts:leave_end",
    "accounts:logout",
    "accounts:switch_post",
    "conference:cancel",
    "conference:move",
    "conference:correct",
    "conference:dispute_agree",
    "conference:dispute_decide",
    "conference:dispute_raise",
    "conference:issue",
    "conference:item_add",
    "conference:order_report",
    "conference:order_review",
    "conference:order_talk",
    "core:large_type",
    "leaders:acknowledge",
    "leaders:area_end",
    "leaders:day_call",
    "leaders:day_cancel",
    "leaders:day_case_turn",
    "leaders:day_read",
    "leaders:day_stage",
    "leaders:booking_turn",
    "leaders:promise_done",
    "leaders:booking_cancel",
    "leaders:booking_told",
    "leaders:day_book",
    "leaders:day_case_drop",
    "leaders:personal_calendar",
    "leaders:public_calendar",
    "leaders:my_booking_cancel",
    "leaders:my_booking_leave",
    "leaders:my_booking_take",
    "leaders:decide",
    "leaders:delegate_add",
    "leaders:delegate_end",
    "leaders:extension_decide",
    "leaders:draft",
    "leaders:read",
    "leaders:take",
    "leaders:name_doer",
    "leaders:report",
    "leaders:rule_end",
    "leaders:package_enter",
    "leaders:package_leave",
    "leaders:package_decide",
    "leaders:package_visit_back",
    "leaders:package_note",
    "leaders:package_reach",
    "leaders:package_plan",
    "leaders:package_join",
    "leaders:package_part",
    "leaders:package_inquire",
    "leaders:package_find",
    "leaders:package_hand_over",
    "leaders:proposal_decline",
    "leaders:package_rule",
    "leaders:round_add",
    "leaders:strike_off",
    "mediation:cancel",
    "mediation:consent",
    "mediation:bar",
    "mediation:dispute_take_up",
    "mediation:dispute_answer",
    "mediation:dispute_register",
    "mediation:dispute_relate",
    "mediation:dispute_keep_out",
    "mediation:own_agree",
    "mediation:own_decline",
    "mediation:own_leave",
    "mediation:own_petition",
    "mediation:own_not_recorded",
    "mediation:side_agree",
    "mediation:side_decline",
    "mediation:side_not_recorded",
    "mediation:side_leave",
    "mediation:party_slip",
    "mediation:duty_keep",
    "mediation:feed",
    "mediation:hand_over",
    "mediation:take_over",
    "mediation:end",
    "mediation:mine_agree",
    "mediation:mine_decline",
    "mediation:mine_not_recorded",
    "mediation:hand_on",
    "mediation:party_add",
    "mediation:party_leave",
    "mediation:hold",
    "mediation:open_now",
    "mediation:wish_back",
    "mediation:session_agenda",
    "mediation:write_up_change",
    "mediation:write_up_clean",
    "mediation:write_up_publish",
    "mediation:write_up_withdraw",
    "mediation:session_link",
    "mediation:session_attend",
    "mediation:session_leave",
    "mediation:session_minute",
    "mediation:session_propose",
    "mediation:session_answer",
    "mediation:recording_notice",
    "mediation:recording_consent",
    "mediation:recording_start",
    "mediation:recording_stop",
    "mediation:recording_keep",
    "mediation:recording_take_back",
    "mediation:recording_file",
    "mediation:open",
    "mediation:withdraw",
    "mediation:agreement_again",
    "mediation:agreement_record",
    "mediation:agreement_discard",
    "mediation:agreement_sign",
    "mediation:agreement_visit",
    "mediation:confirmation_apply",
    "mediation:confirmation_result",
    "mediation:sitting_answer",
    "mediation:sitting_cancel",
    "mediation:sitting_hold",
    "mediation:sitting_undertake",
    "mediation:talk_announce",
    "mediation:talk_call_off",
    "mediation:talk_draft",
    "mediation:talk_hold",
    "mediation:talk_move",
    "mediation:talk_publish",
    "mediation:talk_raise",
    "mediation:talk_seat",
    "mediation:talk_take_down",
    "notifications:read_all",
    "notifications:mail",
    "deadlines:retry_message",
    "deadlines:rule_withdraw",
    "hearings:answer_expert",
    "hearings:ask_expert",
    "hearings:ask_recusal",
    "hearings:call_off",
    "hearings:decide",
    "hearings:decide_recusal",
    "hearings:leave",
    "hearings:postpone",
    "hearings:prepare",
    "hearings:record",
    "hearings:seat",
    "hearings:tell",
    "papers:discard",
    "papers:draft",
    "papers:preview",
    "papers:put_to_leader",
    "papers:record",
    "papers:save",
    "papers:send_back",
    "papers:serve",
    "papers:step",
    "papers:together",
    "petitions:mine_evaluate",
    "petitions:mine_leave",
    "petitions:mine_supplement",
    "petitions:register_similar",
    "outcomes:check",
    "outcomes:execution_confirm",
    "outcomes:execution_due",
    "outcomes:execution_report",
    "outcomes:mark",
    "outcomes:mine_evaluate",
    "outcomes:unmark",
    "outcomes:visit_assign",
    "outcomes:visit_open",
    "outcomes:visit_record",
    "matters:link",
    "matters:merge",
    "matters:name",
    "matters:task_end",
    "matters:task_report",
    "matters:unlink",
    "reports:export",
    "reports:job_cancel",
    "reports:brief_gather",
    "reports:brief_sign",
    "reports:brief_correct",
    "reports:freeze",
    "tables:delete",
    "tables:schedule",
    "tables:share",
    "tables:unschedule",
    "tables:unshare",
    "reports:wall_end",
    "reports:publish",
    "reports:withdraw",
    "reviews:apply",
    "reviews:decide",
    "reviews:care",
    "reviews:care_done",
    "reviews:elsewhere",
    "reviews:elsewhere_outcome",
    "reviews:hearing",
    "reviews:hearing_call",
    "reviews:hearing_recusal",
    "reviews:hearing_call_off",
    "reviews:prepare",
    "reviews:publish",
    "reviews:mine_withdraw",
    "reviews:not_admit",
    "reviews:serve",
    "reviews:withdraw",
    "supervision:acknowledge",
    "supervision:arrive",
    "supervision:clear",
    "supervision:confirm",
    "supervision:decide",
    "supervision:dismiss",
    "supervision:effort",
    "supervision:feed_back",
    "supervision:note",
    "supervision:put_on_list",
    "supervision:report_up",
    "supervision:suggestion_answer",
    "supervision:tick",
}
#: Answers to GET that are no page of their own: data, files, and addresses that only lead on.
NO_PAGE = {
    "healthz",
    "accounts:unit_search",
    "accounts:second_factor_ask",  # between two steps of a login: tests/browser/test_logging_in.py
    "conference:orders_export",
    "notifications:open",
    "mediation:agreement_file",
    "mediation:agreement_paper",
    "mediation:confirmation_paper",
    "papers:docx",
    "papers:pdf",
    "petitions:attachment",
    "papers:mine_paper",
    "petitions:mine_attachment",
    "petitions:category_options",
    "petitions:person_options",
    "petitions:place_options",
    "petitions:unit_options",
    "reports:divisions",
    "reports:brief_pdf",
    "reports:download",
    "reports:job",
    "tables:file",
    "tables:preview",  # a part of the page with the form
    "supervision:effort_file",
    "supervision:suggestions_export",
}
OFFICER_ACTS = (
    Act.FORWARD, Act.ASSIGN, Act.CLASSIFY, Act.AGREE_OBJECTION, Act.REJECT_OBJECTION, Act.LINK, Act.UNLINK,
    Act.SUCCEED, Act.SEAL, Act.EXCLUDE, Act.READMIT, Act.ASK_LOWERING, Act.AGREE_LOWERING, Act.REJECT_LOWERING,
    Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.CHANGE_WAY, Act.GUIDE, Act.CO_WEIGH,
    Act.CORRECT_FIRST,
)  # fmt: skip
HEAD_ACTS = (Act.EXTEND,)
CO_ACTS = (Act.CO_ANSWER, Act.CO_OBJECT)
#: Of whoever holds an accusation that no discipline body here may take.
HOLDER_ACTS = (Act.REPORT_UP,)
#: Of the discipline body, on a sealed case.
BODY_ACTS = (Act.NAME_COMPLAINED,)


@dataclass(frozen=True)
class Page:
    """An address: the url's name, its arguments in this town, what follows the question mark."""

    name: str
    args: Callable[[Town], list] = field(default=lambda town: [])
    query: str = ""

    def address(self, town: Town) -> str:
        return reverse(self.name, args=self.args(town)) + self.query


def acts(*wanted: Act) -> list[Page]:
    return [
        Page("petitions:act", lambda town, act=act: [town.case_with(act).number, act.value]) for act in wanted
    ]


def rich(name: str, query: str = "") -> Page:
    return Page(name, lambda town: [town.rich.number], query)


def paper(state: str) -> Page:
    return Page("papers:paper", lambda town: [town.papers[state].paper.key])


UNIT_ACTS = tuple(
    act for act in DOORS if act not in {*OFFICER_ACTS, *HEAD_ACTS, *CO_ACTS, *HOLDER_ACTS, *BODY_ACTS}
)
LISTS = [
    Page("petitions:list"),
    Page("petitions:list", query="?view=late"),
    Page("petitions:list", query="?view=all"),
]
KEEPERS = [
    Page("accounts:people"),
    Page("accounts:person", lambda town: [town.cast.handler.pk]),
    Page("accounts:person_edit", lambda town: [town.cast.handler.pk]),
    Page("accounts:person_password", lambda town: [town.cast.handler.pk]),
    Page("accounts:person_active", lambda town: [town.cast.handler.pk]),
    Page("accounts:post_grant", lambda town: [town.cast.handler.pk]),
    Page("accounts:person_leave", lambda town: [town.cast.handler.pk]),
    Page("accounts:post_end", lambda town: [town.cast.post("handler").pk]),
    Page("accounts:units"),
]
#: role: the pages it works with. The first of a resident and of a clerk show what their sessions just did.
PAGES: dict[str, list[Page]] = {
    "resident": [
        Page("petitions:receipt"),
        Page("petitions:mine"),
        Page("reviews:mine_apply"),
        Page("hearings:mine_recusal", lambda town: [town.own_member.pk]),
        Page("reviews:published"),
        Page("reports:wall", lambda town: [town.wall[1]]),
        Page("petitions:landing"),
        Page("petitions:file"),
        Page("petitions:query"),
        Page("leaders:public_visits"),
        Page("leaders:public_day", lambda town: [town.open_day.pk]),
        Page("leaders:my_booking"),
        Page("leaders:public_areas"),
        Page("leaders:public_area", lambda town: [town.area.unit_id]),
        Page("leaders:public_inboxes"),
        Page("leaders:inbox_public", lambda town: [town.box.slug]),
        Page("mediation:rooms"),
        Page("mediation:room", lambda town: [town.room.pk]),
        Page("mediation:room_file", lambda town: [town.room.pk]),
        Page("mediation:dispute_receipt"),
        Page("mediation:dispute_query"),
        Page("mediation:own"),
        Page("mediation:side"),
        Page("mediation:talks"),
        Page("mediation:talk", lambda town: [town.talks["announced"].pk]),
        Page("mediation:talk", lambda town: [town.talks["held"].pk]),
        Page("reports:public_months"),
        Page("reports:public_month", lambda town: ["2026-08"]),
        Page("reports:public_month", lambda town: ["2026-09"]),
        Page("accounts:login"),
    ],
    "clerk": [
        Page("petitions:register_receipt"),
        Page("petitions:register"),
        LISTS[0],
        rich("petitions:detail"),
        Page("leaders:receive"),
    ],
    "petition_officer": [
        Page("reports:home"),
        Page("reports:walls"),
        Page("reports:briefs"),
        Page("reports:brief", lambda town: [town.brief.pk]),
        Page("reports:brief_edit", lambda town: [town.brief.pk]),
        Page("reports:brief", lambda town: [town.corrected_brief.pk]),
        Page("reports:brief", lambda town: [town.bulletin.pk]),
        Page("reports:warnings"),
        Page("reports:publishing"),
        Page("matters:list"),
        Page("matters:matter", lambda town: [town.hot_matter.pk]),
        Page("matters:task_add", lambda town: [town.hot_matter.pk]),
        Page("matters:suggest", lambda town: [town.hot_matter.pk]),
        Page("matters:tasks"),
        Page("matters:task", lambda town: [town.joint_task.pk]),
        *LISTS,
        *(Page("petitions:list", query=f"?view={view}") for view in ("objected", "rating", "closed")),
        *(
            Page("petitions:detail", lambda town, n=n: [list(town.cases.values())[n].number])
            for n in range(9)
        ),
        Page("petitions:list", query="?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%8F%A5"),
        Page("petitions:bulk_forward", query="?number={registered}"),
        Page("papers:letter"),
        Page("papers:paper", lambda town: [town.letter.paper.key]),
        *acts(*OFFICER_ACTS, *HOLDER_ACTS),
        *(Page("petitions:archive", query=f"?view={view}") for view in ("due", "proposed", "held", "done")),
        Page("petitions:archive_propose", query="?number={due}"),
        Page("petitions:archive_case", lambda town: [town.archived["due"].number]),
        Page("petitions:archive_case", lambda town: [town.archived["held"].number]),
        Page("petitions:detail", lambda town: [town.archived["done"].number]),
        Page("outcomes:case", lambda town: [town.reported.petition.number]),
        Page("outcomes:visits"),
        Page("outcomes:visits", query="?view=mine"),
        Page("outcomes:visit", lambda town: town.visits["waiting"]),
        Page("outcomes:visit", lambda town: town.visits["made"]),
        Page("outcomes:executions"),
        Page("outcomes:executions", query="?view=late"),
        Page("outcomes:executions", query="?view=ended"),
        Page("outcomes:execution", lambda town: [town.reported.petition.number, town.reported.pk]),
        Page("outcomes:clock", lambda town: [*town.executed, town.promised.clocks.first().pk]),
        Page("reviews:list"),
        Page("reviews:list", query="?view=ended"),
        Page("reviews:list", query="?view=care"),
        Page("reviews:case", lambda town: [town.ended_for_good.number]),
        Page("reviews:case", lambda town: [town.reviewed.petition.number]),
        Page("reviews:clock", lambda town: [town.reviewed.petition.number, town.reviewed.clocks.first().pk]),
        Page("petitions:detail", lambda town: [town.reviewed.petition.number]),
        Page("conference:meetings"),
        Page("conference:call"),
        Page("conference:meeting", lambda town: [town.meetings["planned"].pk]),
        Page("conference:meeting", lambda town: [town.meetings["begun"].pk]),
        Page("conference:minutes", lambda town: [town.meetings["begun"].pk]),
        Page("conference:meeting", lambda town: [town.meetings["issued"].pk]),
        Page("conference:disputes"),
        Page("conference:disputes", query="?view=ended"),
        Page("conference:dispute", lambda town: [town.dispute.pk]),
        Page("conference:dispute_open", lambda town: [town.cases[Status.REGISTERED].number]),
        Page("petitions:detail", lambda town: [town.dispute.petition.number]),
        Page("leaders:areas"),
        Page("leaders:area_add"),
        Page("leaders:inboxes"),
        Page("leaders:inbox_add"),
        Page("leaders:inbox", lambda town: [town.box.pk]),
        Page("leaders:inbox_change", lambda town: [town.box.pk]),
        Page("leaders:inbox_sheet", lambda town: [town.box.pk]),
        Page("leaders:readings"),
        Page("leaders:reading_units"),
        Page("leaders:package_add"),
        Page("leaders:package_figures"),
        Page("leaders:proposals"),
        Page("leaders:proposal", lambda town: [town.proposal.pk]),
        Page("leaders:packages"),
        Page("leaders:days"),
        Page("leaders:day_add"),
        Page("leaders:day", lambda town: [town.day.pk]),
        Page("leaders:day_change", lambda town: [town.day.pk]),
        Page("leaders:day_replace", lambda town: [town.day.pk]),
        Page("leaders:day_bookings", lambda town: [town.open_day.pk]),
        Page("leaders:calls"),
        Page("leaders:day_cases", lambda town: [town.open_day.pk]),
        Page("leaders:day_pre_read", lambda town: [town.open_day.pk]),
        Page("leaders:sites"),
        Page("leaders:site_add"),
        Page("leaders:site_change", lambda town: [town.site.pk]),
        Page("leaders:day_rules"),
        Page("leaders:rule_add"),
        Page("leaders:day_month"),
        Page("leaders:receive_on_day", lambda town: [town.day.pk]),
        Page("leaders:day_desk", lambda town: [town.today.pk]),
        Page("leaders:day", lambda town: [town.today.pk]),
        Page("leaders:receive_booking", lambda town: [town.turns[1].pk]),
        Page("leaders:receive_picked", lambda town: [town.picked.pk]),
        Page("leaders:record", lambda town: [town.talk.pk]),
        Page("leaders:home_visit"),
        Page("leaders:days", query="?view=open"),
        rich("leaders:receive_case"),
        Page("mediation:sittings"),
        Page("mediation:standing"),
        rich("mediation:sitting_call"),
        Page("mediation:sitting", lambda town: [town.sittings["called"].pk]),
        Page("mediation:sitting", lambda town: [town.sittings["held"].pk]),
        Page("mediation:sitting_again", lambda town: [town.sittings["held"].pk]),
        Page(
            "mediation:undertaking_review",
            lambda town: [town.sittings["held"].pk, town.undertakings["reported"].pk],
        ),
        Page("mediation:talk_list"),
        Page("mediation:talk_list", query="?view=ended"),
        Page("mediation:talk_add"),
        *(
            Page("mediation:talk_desk", lambda town, state=state: [town.talks[state].pk])
            for state in ("planned", "announced", "held")
        ),
        Page("mediation:talk_matter", lambda town: [town.talks["held"].pk, town.matter.pk]),
        Page("mediation:room_list"),
        Page("mediation:room_add"),
        Page("mediation:ladders"),
        Page("mediation:room_change", lambda town: [town.room.pk]),
        Page("mediation:room_duty", lambda town: [town.room.pk]),
        Page("mediation:mediator_list"),
        Page("mediation:mediator_change", lambda town: [town.cast.mediator.pk]),
        Page("mediation:pool_add"),
        Page("mediation:pool_change", lambda town: [town.pool.pk]),
        Page("mediation:timetable", query="?by=rooms"),
        Page("mediation:timetable", query="?by=people"),
        Page("mediation:board"),
        Page("mediation:agreement", lambda town: [town.agreements["broken"].pk]),
    ],
    "handler": [
        *LISTS,
        rich("petitions:detail"),
        rich("petitions:preview"),
        Page("petitions:clock", lambda town: [town.rich.number, town.clock("case")]),
        Page("petitions:reveal", lambda town: [town.rich.number, town.rich.persons.first().ordinal]),
        *acts(*UNIT_ACTS),
        *(
            Page("papers:list", query=f"?view={view}")
            for view in ("work", "check", "issue", "serve", "issued")
        ),
        *(paper(state) for state in ("draft", "submitted", "checked", "approved", "issued", "served")),
        paper("discarded"),
        paper("raised"),
        Page("hearings:list"),
        Page("hearings:list", query="?view=ended"),
        Page("hearings:case", lambda town: [town.to_hear.petition.number]),
        Page("hearings:hearing", lambda town: [town.to_hear.petition.number, town.to_hear.pk]),
        Page("hearings:hearing", lambda town: [town.heard.petition.number, town.heard.pk]),
        Page("petitions:detail", lambda town: [town.to_hear.petition.number]),
        Page("papers:templates"),
        Page("papers:template", lambda town: ["opinion"]),
        Page("outcomes:execution", lambda town: town.executed),
        Page("outcomes:case", lambda town: town.executed[:1]),
        rich("leaders:extension_ask"),
        Page("leaders:instructions"),
        Page("leaders:instruction", lambda town: [town.task.pk]),
        Page("leaders:instruction_clock", lambda town: [town.task.pk, town.clock("instruction")]),
        Page("mediation:case", lambda town: [town.mediated.number]),
        rich("mediation:case"),
        Page("supervision:list"),
        Page("supervision:detail", lambda town: [town.supervision.pk]),
        Page("supervision:urgent", lambda town: [town.urgent.pk]),
        Page("conference:meetings"),
        Page("conference:orders"),
        Page("conference:order", lambda town: [town.orders["rectify"].pk]),
        Page(
            "conference:clock",
            lambda town: [town.orders["rectify"].pk, town.orders["rectify"].clocks.get().pk],
        ),
        Page("notifications:inbox"),
        Page("accounts:profile"),
        Page("accounts:leave"),
        Page("accounts:second_factor"),
        Page("accounts:password_change"),
    ],
    "handler2": [
        rich("petitions:detail"),
        *acts(*CO_ACTS),
        Page("mediation:sitting", lambda town: [town.sittings["called"].pk]),
        Page("mediation:sitting", lambda town: [town.sittings["held"].pk]),
        Page(
            "mediation:undertaking_report",
            lambda town: [town.sittings["held"].pk, town.undertakings["open"].pk],
        ),
    ],
    "discipline_officer": [
        Page("petitions:detail", lambda town: [town.accusation.number]),
        *acts(*BODY_ACTS),
    ],
    "office_head": [
        Page("petitions:archive"),
        Page("petitions:archive_decide", query="?number={proposed}"),
    ],
    "unit_head": [
        Page("leaders:extension", lambda town: [town.asked.pk]),
        Page("accounts:duty"),
        Page("accounts:duty_week"),
        LISTS[0],
        *acts(*HEAD_ACTS),
        Page("hearings:hearing", lambda town: [town.to_hear.petition.number, town.to_hear.pk]),
        Page("reports:month"),
        Page("reports:charts"),
        Page("papers:list"),
        paper("submitted"),
        paper("checked"),
        Page("papers:words"),
    ],
    "leader": [
        Page("leaders:home"),
        Page("reports:briefs"),
        Page("reports:brief", lambda town: [town.signed_brief.pk]),
        Page("leaders:decisions"),
        Page("leaders:letter", lambda town: [town.boxed.pk]),
        Page("leaders:inbox", lambda town: [town.box.pk]),
        Page("leaders:readings"),
        Page("leaders:reading", lambda town: [town.reading.pk]),
        Page("leaders:reading_clock", lambda town: [town.reading.pk, town.reading.clocks.first().pk]),
        Page("leaders:changes"),
        Page("leaders:own_calendar"),
        Page("leaders:packages"),
        Page("conference:meeting", lambda town: [town.meetings["written"].pk]),
        Page("conference:dispute", lambda town: [town.dispute.pk]),
        Page("leaders:package", lambda town: [town.package.pk]),
        Page("leaders:package_clock", lambda town: [town.package.pk, town.clock("package")]),
        Page("leaders:instructions", query="?view=all"),
        Page("leaders:instruction", lambda town: [town.done_task.pk]),
        Page("reviews:case", lambda town: [town.reviewed.petition.number]),
        rich("leaders:instruct"),
        rich("petitions:detail"),
        Page("papers:list"),
        paper("checked"),
        paper("raised"),
    ],
    "mediator": [
        Page("mediation:mine"),
        Page("mediation:mine", query="?view=ended"),
        Page("mediation:case", lambda town: [town.mediated.number]),
        Page("mediation:schedule", lambda town: [town.mediated.number]),
        Page("mediation:move", lambda town: [town.mediated.number, town.session.pk]),
        Page("mediation:held", lambda town: [town.mediated.number]),
        Page("mediation:party", lambda town: [town.mediated.number, town.other_party.pk]),
        Page("mediation:case", lambda town: [town.disputes["waiting"].number]),
        Page("mediation:case", lambda town: [town.disputes["mediated"].number]),
        Page("mediation:disputes"),
        Page("mediation:disputes", query="?view=others"),
        Page("mediation:dispute_add"),
        Page("mediation:agreement_contacts", lambda town: [town.agreements["held"].pk]),
        Page("mediation:dispute_contact", lambda town: [town.disputes["waiting"].number]),
        Page("mediation:agreements"),
        *(
            Page("mediation:agreement", lambda town, state=state: [town.agreements[state].pk])
            for state in ("draft", "oral", "held", "asked", "broken")
        ),
        Page("mediation:agreement_add", lambda town: [town.unwritten.pk]),
        Page("mediation:agreement_change", lambda town: [town.agreements["draft"].pk]),
        Page(
            "mediation:duty",
            lambda town: [town.agreements["held"].pk, town.agreements["held"].duties.first().pk],
        ),
        Page("mediation:wish", lambda town: [town.other_party.pk]),
        Page("mediation:session", lambda town: [town.session.pk]),
        Page("mediation:session", lambda town: [town.talked.pk]),
        Page("mediation:session_apart", lambda town: [town.talked.pk, town.other_party.pk]),
        Page("mediation:recording", lambda town: [town.recording.pk]),
        Page("mediation:today"),
        Page("mediation:write_ups", query="?view=working"),
        Page("mediation:write_up_add"),
        Page("mediation:write_up", lambda town: [town.write_up.pk]),
        Page("mediation:room_desk", lambda town: [town.room.pk]),
        Page("mediation:figures", query="?by=town"),
        Page("mediation:room_duty", lambda town: [town.room.pk]),
        Page("mediation:own_calendar"),
        Page("notifications:inbox"),
    ],
    "inspector": [
        LISTS[0],
        rich("petitions:detail"),
        Page("reports:month"),
        Page("reports:charts"),
        Page("supervision:list"),
        Page("supervision:list", query="?view=open"),
        Page("supervision:detail", lambda town: [town.supervision.pk]),
        Page("supervision:clock", lambda town: [town.supervision.pk, town.supervision.clocks.first().pk]),
        rich("supervision:open"),
        Page("supervision:suggestions"),
        Page("supervision:suggestion_add"),
        Page("supervision:suggestion", lambda town: [town.suggestion.pk]),
        Page(
            "supervision:suggestion_clock",
            lambda town: [town.suggestion.pk, town.suggestion.clocks.first().pk],
        ),
        Page("conference:orders"),
        Page("conference:order_add", lambda town: [town.item.pk]),
        Page("conference:order", lambda town: [town.orders["talk"].pk]),
        Page("conference:order", lambda town: [town.orders["reported"].pk]),
        Page("supervision:urgent_list"),
        Page("supervision:urgent", lambda town: [town.urgent.pk]),
        rich("supervision:dispatch"),
        Page("supervision:red_list"),
        Page("supervision:calls"),
        rich("supervision:call"),
        Page("supervision:rules"),
        Page("supervision:rule", lambda town: [SupervisionRule.objects.first().pk]),
    ],
    "statistician": [
        Page("reports:month"),
        Page("reports:indicators"),
        Page("reports:volumes"),
        Page("reports:definitions"),
        Page("reports:upper_form"),
        Page("reports:charts"),
        Page("reports:year"),
        Page("reports:behind", lambda town: ["forwarding"], f"?month={now():%Y-%m}"),
        Page("tables:list"),
        Page("tables:new"),
        Page("tables:table", lambda town: [town.table.pk]),
        Page("tables:edit", lambda town: [town.table.pk]),
        Page("tables:behind", lambda town: [town.table.pk, "count"]),
        Page("tables:behind", lambda town: [town.table.pk, "acceptance"], "?side=rest"),
        Page("reports:exports"),
        Page("reports:cases_export", query="?view=all&channel=visit"),
        LISTS[0],
        Page("accounts:second_factor_codes"),
        Page("accounts:second_factor_remove"),
    ],
    "sysadmin": [
        *KEEPERS,
        Page("accounts:person_add"),
        Page("accounts:unit_add"),
        Page("papers:words"),
        Page("papers:templates"),
        Page("papers:template_new", lambda town: ["opinion"]),
        Page("deadlines:rules"),
        Page("deadlines:rule", lambda town: ["conclusion"]),
        Page("deadlines:rule_new", lambda town: ["conclusion"]),
        Page("deadlines:rule_add"),
        Page("deadlines:rule_end", lambda town: ["call_30", Rule.objects.get(code="call_30").pk]),
        Page("deadlines:hours"),
        Page("deadlines:calendar"),
        Page("deadlines:engine"),
        Page("deadlines:calendar_new"),
        Page("deadlines:calendar_take_back", lambda town: [CalendarTable.objects.latest("pk").pk]),
        Page("accounts:unit_edit", lambda town: [town.cast.units.urban.pk]),
        Page("accounts:unit_succession", lambda town: [town.cast.units.urban.pk]),
    ],
    "secadmin": [
        Page("accounts:units"),
        Page("accounts:unit_kind", lambda town: [town.cast.units.urban.pk]),
        Page("accounts:unit_kind", lambda town: [town.cast.units.discipline.pk]),
        Page("accounts:person", lambda town: [town.cast.handler.pk]),
        Page("accounts:post_grant", lambda town: [town.cast.handler.pk]),
        Page("accounts:post_charge", lambda town: [town.cast.post("leader").pk]),
        Page("accounts:person_second_factor", lambda town: [town.cast.statistician.pk]),
        Page("petitions:looks"),
    ],
    "auditor": [Page("accounts:audit_log")],
}


def named_patterns(patterns: list, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else prefix
            yield from named_patterns(pattern.url_patterns, inner)


def test_every_address_is_in_the_table():
    known = {page.name for pages in PAGES.values() for page in pages} | POST_ONLY | NO_PAGE
    found = set(named_patterns(get_resolver().url_patterns))
    assert found - known == set(), "say in PAGES who opens these"
    assert known - found == set(), "these are gone"


def test_every_act_of_the_desk_is_in_the_table():
    assert {*OFFICER_ACTS, *HEAD_ACTS, *CO_ACTS, *HOLDER_ACTS, *BODY_ACTS, *UNIT_ACTS} == set(DOORS)


#: Who shares a town: the town takes longer to make than a page to look at.
COMPANIES = (
    ("resident", "clerk"),
    ("petition_officer", "office_head"),
    ("handler", "handler2", "discipline_officer"),
    ("unit_head", "leader", "mediator", "inspector", "statistician"),
    ("sysadmin", "secadmin", "auditor"),
)


def test_every_role_of_the_table_is_visited():
    assert sorted(who for company in COMPANIES for who in company) == sorted(PAGES)


def look(page, width: int) -> list[str]:
    """What is wrong with the page that is open, at this width."""
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    seen = page.evaluate(
        """async () => {
            if (!window.axe) return null;
            const wide = [...document.querySelectorAll('body *')]
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
                .slice(0, 3).map(one => one.outerHTML.slice(0, 90));
            const half = /[\\u4e00-\\u9fff”》][,;:!?(]|[,;:!?)(][\\u4e00-\\u9fff“《]/;
            const lines = document.body.innerText.split('\\n').filter(line => half.test(line));
            const found = await axe.run(document, {resultTypes: ['violations'], preload: false});
            return {
                scrolls: document.scrollingElement.scrollWidth > innerWidth, wide, half: lines.slice(0, 3),
                heads: document.querySelectorAll('h1').length, title: document.title.split('·')[0].trim(),
                axe: found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one =>
                    `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' '
                        + node.any.concat(node.all).slice(0, 1).map(check => check.message)).join(' | ')}`),
            };
        }"""
    )
    faults = list(seen["axe"])
    if seen["half"]:
        faults.append(f"half-width punctuation: {seen['half']}")
    if seen["scrolls"]:
        faults.append(f"scrolls sideways: {seen['wide']}")
    if seen["heads"] != 1:
        faults.append(f"{seen['heads']} h1")
    if not seen["title"]:
        faults.append("no title")
    return [f"{width} px: {fault}" for fault in faults]


@pytest.fixture
def town(cast, make_case):
    return Town(cast, make_case)


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(town: Town, who: str):
        if who == "resident":
            client: Client = town.resident()
        else:
            client = client_as(getattr(town.cast, who))
            if who == "clerk":
                town.clerk(client)
        page = open_page(390)
        page.context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": live_server.url}
                for name, morsel in client.cookies.items()
                if morsel.value
            ]
        )
        return page

    return make


def walk(page, who: str, town: Town) -> list[str]:
    """Open all pages of a role, at both widths; what is wrong with them."""
    page.on("console", lambda said: said.type == "error" and page.faults.append(f"{page.url}: {said.text}"))
    faults: list[str] = []
    for one in PAGES[who]:
        address = one.address(town).replace("{registered}", town.again.number)
        for kind, case in town.archived.items():
            address = address.replace(f"{{{kind}}}", case.number)
        answer = page.goto(address)
        if answer.status != 200 or not page.url.endswith(address):
            faults.append(f"{who} {address}: {answer.status}, came to {page.url}")
            continue
        page.evaluate(AXE)
        for width in WIDTHS:
            faults += [f"{who} {address} {fault}" for fault in look(page, width)]
    return faults


@in_town
@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company[0])
def test_every_page_is_whole_and_fit_for_everybody(company, town, page_of):
    faults: list[str] = []
    for who in company:
        page = page_of(town, who)
        faults += walk(page, who, town)
    faults += page.faults
    page.faults.clear()
    assert faults == [], "\n".join(faults)


@in_town
def test_the_check_itself_sees_what_is_wrong(open_page):
    page = open_page(390)
    page.goto("/")
    page.evaluate(AXE)
    page.evaluate(
        """() => {
            const wrong = document.createElement('div');
            wrong.innerHTML = '<h1>又一个标题</h1><p>半角,逗号</p><input><span>浅色的字</span>';
            wrong.style.cssText = 'width: 2000px; color: #ccc; background: #fff';
            document.body.append(wrong);
        }"""
    )
    found = " ".join(look(page, 390))
    for fault in ("scrolls sideways", "2 h1", "half-width", "color-contrast", "label"):
        assert fault in found
