"""Whole forms for every door of the staff in the rooms above the cases: right but for who sends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core.converters import scattered
from core.timekeeping import SHANGHAI, local_day, now
from leaders.enums import VisitKind
from mediation.enums import BarGround, ConsentHow, Leaving, Result, Side
from mediation.models import Level, Party
from outcomes.enums import CheckItem
from petitions.services.codes import new_token
from tests.permissions.town import Town
from tests.pictures import PNG
from tests.upper_form import form as upper_form

TEXT = "已到现场核实，双方在场，情况属实。"


#: A table of one's own.
TABLE = {"title": "各单位件次", "rows": "unit", "period": "last_month", "measures": ["count"]}


def _last_month(town: Town) -> dict[str, Any]:
    """The month before this one, of the whole district."""
    before = local_day(now()).replace(day=1) - timedelta(days=1)
    return {"month": f"{before:%Y-%m}", "unit": scattered(town.cast.units.district.pk)}


def _talk(town: Town, _case: str) -> dict[str, Any]:
    post = town.cast.post("leader")
    return {
        "post": post.pk, "said": TEXT, "heads": 1, "body": TEXT, "token": new_token(),
        "promise-TOTAL_FORMS": 0, "promise-INITIAL_FORMS": 0,
    }  # fmt: skip


def _day(town: Town, _case: str) -> dict[str, Any]:
    return {
        "post": town.cast.post("leader").pk, "kind": VisitKind.FIXED, "day": local_day(now()) + timedelta(days=12),
        "start": "09:00", "end": "11:00", "place_unit": town.cast.units.dongxi.pk, "place_text": "镇政府一楼",
    }  # fmt: skip


def _site(town: Town, _case: str) -> dict[str, Any]:
    return {
        "unit": town.cast.units.dongxi.pk, "name": "二号大厅", "kind": "town_hall", "address": "河沿路9号",
        "used_from": local_day(now()),
    }  # fmt: skip


def _rule(town: Town, _case: str) -> dict[str, Any]:
    return {
        "name": "每周五", "posts": [town.cast.post("leader").pk], "sites": [town.site.pk], "kind": VisitKind.FIXED,
        "weekday": 4, "start": "09:00", "end": "11:00", "holiday": "next", "valid_from": local_day(now()),
    }  # fmt: skip


def _package(town: Town, _case: str) -> dict[str, Any]:
    return {
        "number": town.cases["本局"].number, "post": town.cast.post("leader").pk, "level": 2,
        "target_on": local_day(now()) + timedelta(days=30), "reason": TEXT,
    }  # fmt: skip


def _hand_over(town: Town, _case: str) -> dict[str, Any]:
    target = local_day(now()) + timedelta(days=30)
    return {"post": town.cast.post("leader").pk, "level": 3, "target_on": target, "reason": TEXT}


def _instruction(town: Town, case: str) -> dict[str, Any]:
    petition = town.cases[case]
    return {
        "quick": "1", "unit": (petition.lead_unit or petition.registered_unit).pk,
        "due_on": local_day(now()) + timedelta(days=7), "token": new_token(),
    }  # fmt: skip


def _signs(town: Town, _case: str) -> dict[str, Any]:
    return {
        "version": 1, "hands": ["mediator"], "way": "paper", "signed_on": local_day(now()),
        "slip": SimpleUploadedFile("签字页.png", PNG, content_type="image/png"),
    }  # fmt: skip


def _party(town: Town, case: str) -> str:
    """One who has a part in the mediation of the case, under the number that stands for the id."""
    found = Party.objects.filter(pk=town.hanging.get(case, {}).get("party", 0)).first()
    return scattered(found.pk) if found else ""


def _attendee(town: Town, case: str) -> str:
    return scattered(town.hanging.get(case, {}).get("attendee", 0))


def _hand_on(town: Town, _case: str) -> dict[str, Any]:
    last = Level.objects.order_by("-place").first()
    return {
        "leaving": Leaving.CHANGED,
        "level": scattered(last.pk),
        "room": town.room.pk,
        "mediator": town.cast.mediator.pk,
    }


def _booking(town: Town, _case: str) -> dict[str, Any]:
    return {
        "room": town.room.pk, "mediator": town.cast.mediator.pk, "token": new_token(),
        "day": local_day(now()) + timedelta(days=20), "start": "14:00", "end": "15:00",
    }  # fmt: skip


def _held(town: Town, _case: str) -> dict[str, Any]:
    at = now().astimezone(SHANGHAI)
    begun = max(at - timedelta(hours=1), at.replace(hour=0, minute=0))
    return {
        "room": town.room.pk, "day": at.date(), "start": f"{begun:%H:%M}", "end": f"{at:%H:%M}",
        "record": TEXT, "result": Result.SUSPENDED, "anyway": "on",
    }  # fmt: skip


def _room(town: Town, _case: str) -> dict[str, Any]:
    return {"unit": town.cast.units.dongxi.pk, "name": "二号调解室", "address": "河沿路9号"}


def _sitting(town: Town, _case: str) -> dict[str, Any]:
    return {
        "kind": "joint", "question": TEXT, "starts_at": f"{now() + timedelta(days=9):%Y-%m-%dT09:00}",
        "place": "会议室", "units": [town.cast.units.dongxi.pk], "token": new_token(),
    }  # fmt: skip


def _talk_among_many(_town: Town, _case: str) -> dict[str, Any]:
    return {
        "kind": "owners", "topic": "电梯", "starts_at": f"{now() + timedelta(days=9):%Y-%m-%dT14:00}",
        "seats": 40, "place": "活动室", "token": new_token(),
    }  # fmt: skip


def _application(town: Town, _case: str) -> dict[str, Any]:
    return {"channel": "counter", "received_on": local_day(now()), "reason": TEXT, "token": new_token()}


def _hearing(town: Town, _case: str) -> dict[str, Any]:
    return {"start_on": local_day(now()), "end_on": local_day(now()), "text": TEXT}


def _call_hearing(town: Town, _case: str) -> dict[str, Any]:
    return {
        "starts_at": f"{local_day(now()) + timedelta(days=20)}T09:00", "place": TEXT, "told_on": local_day(now()),
        "told_how": "written", "chair": scattered(town.cast.post("leader2").pk),
        "second": scattered(town.cast.post("petition_officer").pk),
        "third": scattered(town.cast.post("inspector").pk),
    }  # fmt: skip


def _decision(town: Town, _case: str) -> dict[str, Any]:
    return {"outcome": "changed", "text": TEXT, "opinion": TEXT, "basis": TEXT, "drops": "on"}


def _care(town: Town, case: str) -> dict[str, Any]:
    unit = scattered(town.cases[case].registered_unit.pk)
    return {"kind": "relief", "text": TEXT, "unit": unit, "due_on": local_day(now()) + timedelta(days=7)}


def _demand(town: Town, case: str) -> dict[str, Any]:
    petition = town.cases[case]
    return {
        "unit": (petition.lead_unit or petition.registered_unit).pk, "ground": "late_answer", "demand": TEXT,
        "due_on": local_day(now()) + timedelta(days=7), "token": new_token(),
    }  # fmt: skip


def _effort(_town: Town, _case: str) -> dict[str, Any]:
    return {"mode": "phone", "on": local_day(now()), "who": "督查甲", "found": TEXT, "outcome": "reached"}


def _confirmed(_town: Town, _case: str) -> dict[str, Any]:
    return {"done": "no", "word": TEXT, "due_on": local_day(now()) + timedelta(days=9)}


def _set_day(_town: Town, _case: str) -> dict[str, Any]:
    return {"due_on": local_day(now()) + timedelta(days=60), "reason": TEXT}


def _to_be_heard(_town: Town, _case: str) -> dict[str, Any]:
    return {"matter": TEXT, "place": TEXT, "starts_at": f"{now() + timedelta(days=20):%Y-%m-%dT09:00}"}


def _settled(town: Town, _case: str) -> dict[str, Any]:
    return {"lead_unit": town.cast.units.housing.pk, "basis": TEXT, "decided_on": local_day(now())}


def _visited(_town: Town, _case: str) -> dict[str, Any]:
    return {"visited_on": local_day(now()), "way": "phone", "matter": TEXT, "result": "nothing"}


def _area(town: Town, _case: str) -> dict[str, Any]:
    day = local_day(now())
    return {"post": town.cast.post("leader2").pk, "unit": town.cast.units.liuwan.pk, "valid_from": day}


def _inbox(town: Town, _case: str) -> dict[str, Any]:
    return {"name": "书记在线", "slug": "shuji", "post": town.cast.post("leader").pk, "is_open": "on"}


def _delegate(town: Town, _case: str) -> dict[str, Any]:
    day = local_day(now())
    return {"user": town.cast.handler.pk, "valid_from": day, "last_day": day + timedelta(days=9)}


WHOLE: dict[str, Callable[[Town, str], dict[str, Any]]] = {
    "leaders:instruct": _instruction,
    "leaders:receive": _talk,
    "leaders:receive_case": _talk,
    "leaders:receive_on_day": _talk,
    "leaders:receive_booking": _talk,
    "leaders:receive_picked": _talk,
    "leaders:home_visit": lambda town, case: {**_talk(town, case), "place_unit": town.cast.units.liuwan.pk},
    "leaders:day_call": lambda _town, _case: {},
    "leaders:day_read": lambda _town, _case: {},
    "leaders:day_stage": lambda _town, _case: {"stage": "prepare"},
    "leaders:booking_turn": lambda _town, _case: {"turn": "absent"},
    "leaders:day_case_turn": lambda _town, _case: {"turn": "absent"},
    "leaders:promise_done": lambda _town, _case: {"text": TEXT},
    "leaders:package_enter": lambda town, _case: {"number": town.cases["本局"].number},
    "leaders:package_leave": lambda town, case: {
        "case": town.cases[case].number,
        "why": "solved",
        "note": TEXT,
    },
    "leaders:strike_off": lambda _t, _c: {
        "kind": "own_word",
        "evidence": TEXT,
        "matter": TEXT,
        "heart": TEXT,
    },
    "leaders:package_decide": lambda _town, _case: {"decision": "refused", "word": TEXT},
    "leaders:package_visit_back": lambda _t, _c: {"on": local_day(now()), "way": "phone", "note": TEXT},
    "leaders:package_note": lambda _town, _case: {"text": TEXT},
    "leaders:package_reach": lambda town, case: {
        "milestone": scattered(town.hanging[case].get("step", 0)),
        "note": TEXT,
    },
    "leaders:package_plan": lambda _town, _case: {"text": "核清事实"},
    "leaders:package_join": lambda town, _case: {"post": town.cast.post("inspector").pk, "role": "care"},
    "leaders:package_part": lambda town, case: {
        "member": scattered(town.hanging[case].get("member", 0)),
        "why": TEXT,
    },
    "leaders:package_inquire": lambda _town, _case: {"reason": TEXT},
    "leaders:package_hand_over": _hand_over,
    "leaders:proposal": lambda town, case: {
        **_hand_over(town, case),
        "meeting": scattered(town.meeting.pk),
    },
    "leaders:proposal_decline": lambda _town, _case: {"reason": TEXT},
    "leaders:package_rule": lambda _town, _case: {"ground": "heads", "threshold": 40},
    "leaders:round_add": lambda town, _case: {
        "name": "一轮",
        "unit": town.cast.units.district.pk,
        "starts_on": "2026-01-01",
        "ends_on": "2026-03-31",
    },
    "leaders:package_find": lambda _town, _case: {"findings": TEXT},
    "leaders:name_doer": lambda _town, _case: {"post": "1"},
    "leaders:report": lambda _town, _case: {"text": TEXT},
    "leaders:acknowledge": lambda _town, _case: {"enough": "yes"},
    "leaders:package_add": _package,
    "leaders:day_add": _day,
    "leaders:day_change": _day,
    "leaders:day_replace": lambda town, _case: {"post": town.cast.post("leader2").pk, "reason": TEXT},
    "leaders:day_book": lambda _town, _case: {"matter": TEXT, "token": new_token()},
    "leaders:booking_cancel": lambda _town, _case: {},
    "leaders:booking_told": lambda town, _case: {"what": town.booking.to_tell},
    "leaders:day_cases": lambda town, _case: {"number": town.cases["本局"].number, "law": TEXT},
    "leaders:day_case_drop": lambda _town, _case: {},
    "leaders:own_calendar": lambda _town, _case: {},
    "leaders:site_add": _site,
    "leaders:site_change": _site,
    "leaders:rule_add": _rule,
    "leaders:rule_end": lambda _town, _case: {"last_on": local_day(now())},
    "leaders:day_month": lambda _town, _case: {"month": f"{local_day(now()):%Y-%m}"},
    "leaders:day_cancel": lambda _town, _case: {"reason": TEXT},
    "leaders:area_add": _area,
    "leaders:area_end": lambda _town, _case: {},
    "leaders:delegate_end": lambda _town, _case: {},
    "leaders:take": lambda _town, _case: {},
    "leaders:inbox_public": lambda _town, _case: {"body": TEXT, "token": new_token()},
    "leaders:inbox_add": _inbox,
    "leaders:inbox_change": _inbox,
    "leaders:delegate_add": _delegate,
    "leaders:draft": lambda _town, _case: {"text": TEXT},
    "leaders:decide": lambda _town, _case: {"verdict": "yes", "text": TEXT},
    "leaders:extension_ask": lambda _town, _case: {"days": 20, "reason": TEXT},
    "leaders:extension_decide": lambda _town, _case: {"verdict": "yes"},
    "leaders:read": lambda _town, _case: {"words": TEXT},
    "leaders:reading_units": lambda town, _case: {"unit": town.cast.units.housing.pk, "on": "True"},
    "mediation:open": _booking,
    "mediation:consent": lambda town, case: {
        "party": _party(town, case),
        "who": "摊主老李",
        "how": ConsentHow.PHONE,
    },
    "mediation:withdraw": lambda town, case: {"party": _party(town, case)},
    "mediation:party_add": lambda _town, _case: {"side": Side.OTHER, "name": "邻居老周"},
    "mediation:party": lambda _town, _case: {"name": "邻居老周", "phone": "13900000001"},
    "mediation:party_leave": lambda _town, _case: {},
    "mediation:party_slip": lambda _town, _case: {},
    "mediation:bar": lambda town, _case: {"user": town.cast.mediator.pk, "ground": BarGround.REQUEST},
    "mediation:hand_on": _hand_on,
    "mediation:ladders": lambda _town, _case: {
        "name": "1+N",
        "name1": "村调解",
        "attempts1": 1,
        "days1": 10,
        "name2": "镇调委会",
        "days2": 30,
    },
    "mediation:dispute_add": lambda town, _case: {
        "room": town.room.pk,
        "source": "court",
        "reference": "（2026）诉前调12号",
        "kind": "debt",
        "words": TEXT,
        "name": "邻居老周",
        "token": new_token(),
    },
    "mediation:dispute_take_up": lambda town, _case: {
        "room": town.room.pk,
        "mediator": town.cast.mediator.pk,
        "kind": "neighbours",
        "token": new_token(),
    },
    "mediation:dispute_answer": lambda _town, _case: {"text": TEXT},
    "mediation:dispute_register": lambda _town, _case: {"token": new_token()},
    "mediation:dispute_relate": lambda town, _case: {"number": town.earlier_dispute.number},
    "mediation:dispute_keep_out": lambda town, _case: {"user": town.cast.mediator.pk},
    "mediation:end": lambda _town, _case: {"text": TEXT},
    "mediation:schedule": _booking,
    "mediation:held": _held,
    "mediation:open_now": lambda _town, _case: {},
    "mediation:move": _booking,
    "mediation:cancel": lambda _town, _case: {},
    "mediation:hold": lambda _town, _case: {"record": TEXT, "result": Result.SUSPENDED},
    "mediation:wish": lambda _town, _case: {"who": "本人", "how": "in_person"},
    "mediation:wish_back": lambda _town, _case: {},
    "mediation:session_link": lambda _town, _case: {"url": "https://meet.example.cn/1"},
    "mediation:write_up_add": lambda town, _case: {
        "mediation": scattered(town.write_up.mediation_id),
        "title": "又一篇",
        "words": TEXT,
    },
    "mediation:write_up_change": lambda _t, _c: {"title": "一篇", "words": TEXT, "revision": 1},
    "mediation:write_up_clean": lambda _town, _case: {"no_names": "on", "revision": 1},
    "mediation:write_up_publish": lambda _town, _case: {"no_names": "on", "revision": 1},
    "mediation:write_up_withdraw": lambda _town, _case: {},
    "mediation:session_agenda": lambda _town, _case: {"text": TEXT},
    "mediation:session_attend": lambda _town, _case: {"as_what": "kin", "name": "邻居的家人"},
    "mediation:session_leave": lambda _town, _case: {},
    "mediation:session_minute": lambda _town, _case: {"text": TEXT},
    "mediation:session_propose": lambda _town, _case: {"text": TEXT},
    "mediation:session_answer": lambda town, case: {"party": _party(town, case), "accepted": "yes"},
    "mediation:recording_notice": lambda _town, _case: {},
    "mediation:recording_consent": lambda town, case: {"attendee": _attendee(town, case), "how": "written"},
    "mediation:recording_start": lambda _town, _case: {},
    "mediation:recording_stop": lambda _town, _case: {},
    "mediation:recording_keep": lambda _town, _case: {"elsewhere": TEXT, "sha256": "ab" * 32},
    "mediation:recording_take_back": lambda _town, _case: {},
    "mediation:room_add": _room,
    "mediation:room_change": _room,
    "mediation:mediator_change": lambda _town, _case: {"kind": "lawyer", "presence": "on_call"},
    "mediation:pool_add": lambda town, _case: {"name": "西片专家库", "units": [town.cast.units.xishan.pk]},
    "mediation:pool_change": lambda town, _case: {"name": "西片专家库", "units": [town.cast.units.xishan.pk]},
    "mediation:duty_keep": lambda town, _case: {
        "user": town.cast.mediator.pk,
        "first": local_day(now()),
        "last": local_day(now()),
    },
    "mediation:hand_over": lambda _town, _case: {"note": TEXT},
    "mediation:take_over": lambda _town, _case: {},
    "mediation:own_calendar": lambda _town, _case: {},
    "mediation:standing": lambda town, _case: {"units": [town.cast.units.shiqiao.pk]},
    "mediation:sitting_call": _sitting,
    "mediation:sitting_again": _sitting,
    "mediation:sitting_cancel": lambda _town, _case: {"reason": TEXT},
    "mediation:sitting_answer": lambda _town, _case: {"coming": "yes", "sends": "王队长"},
    "mediation:sitting_hold": lambda town, _case: {"came": [town.cast.units.xiling.pk], "resolved": TEXT},
    "mediation:sitting_undertake": lambda town, _case: {
        "unit": town.cast.units.xiling.pk,
        "what": TEXT,
        "due_on": local_day(now()) + timedelta(days=9),
    },
    "mediation:undertaking_report": lambda _town, _case: {"text": TEXT},
    "mediation:undertaking_review": lambda _town, _case: {"done": "yes", "nth": 0},
    "mediation:agreement_add": lambda _town, _case: {"kind": "mediated", "content": TEXT, "rows": 1},
    "mediation:agreement_change": lambda _t, _c: {
        "kind": "mediated",
        "content": TEXT,
        "rows": 1,
        "version": 1,
    },
    "mediation:agreement_sign": _signs,
    "mediation:agreement_record": lambda _town, _case: {"version": 1},
    "mediation:agreement_discard": lambda _town, _case: {"version": 1},
    "mediation:duty": lambda _town, _case: {
        "outcome": "done",
        "on": local_day(now()),
        "said_by": "owed",
        "seen_count": 1,
    },
    "mediation:agreement_visit": lambda _town, _case: {"result": "satisfied"},
    "mediation:confirmation_apply": lambda _town, _case: {
        "court": "清江县人民法院",
        "applied_on": local_day(now()),
        "applied_by": "双方本人",
        "together": "on",
    },
    "mediation:confirmation_result": lambda _town, _case: {
        "result": "rejected",
        "result_on": local_day(now()),
    },
    "mediation:agreement_again": lambda town, _case: {
        "room": town.room.pk,
        "mediator": town.cast.mediator.pk,
    },
    "mediation:talk_add": _talk_among_many,
    "mediation:talk_announce": lambda _town, _case: {},
    "mediation:talk_move": lambda town, case: {**_talk_among_many(town, case), "reason": TEXT},
    "mediation:talk_call_off": lambda _town, _case: {"reason": TEXT},
    "mediation:talk_seat": lambda _t, _c: {"kind": "lawyer", "name": "甄律师", "body": "某律师事务所"},
    "mediation:talk_hold": lambda _town, _case: {"came": 40, "minutes": TEXT},
    "mediation:talk_raise": lambda _town, _case: {"text": TEXT},
    "mediation:talk_draft": lambda _town, _case: {"text": TEXT, "revision": 1},
    "mediation:talk_publish": lambda _town, _case: {"no_names": "on", "revision": 1},
    "mediation:talk_take_down": lambda _town, _case: {},
    "mediation:talk_matter": lambda _town, _case: {"fate": "answered", "note": TEXT},
    "reviews:apply": _application,
    "reviews:withdraw": lambda _town, _case: {"text": TEXT},
    "reviews:not_admit": lambda _town, _case: {"ground": "same_again", "text": TEXT},
    "reviews:hearing": _hearing,
    "reviews:hearing_call": _call_hearing,
    "reviews:hearing_recusal": lambda _t, _c: {
        "member": 1,
        "asked": TEXT,
        "granted": "no",
        "decision": TEXT,
    },
    "reviews:hearing_call_off": lambda _t, _c: {"reason": TEXT},
    "reviews:decide": _decision,
    "reviews:elsewhere": lambda _t, _c: {
        "body_name": TEXT,
        "asked_on": local_day(now()),
        "token": new_token(),
    },
    "reviews:elsewhere_outcome": lambda _t, _c: {
        "outcome": "upheld",
        "text": TEXT,
        "decided_on": local_day(now()),
        "served_on": local_day(now()),
    },
    "reviews:prepare": lambda _town, _case: {"title": TEXT, "text": TEXT},
    "reviews:publish": lambda _town, _case: {"do": "up"},
    "reviews:care": _care,
    "reviews:care_done": lambda _town, _case: {"done_on": local_day(now()), "note": TEXT},
    "supervision:dispatch": lambda town, _case: {
        "units": [town.cast.units.dongxi.pk],
        "place": "柳湾村后山",
        "situation": TEXT,
        "sure": "on",
        "token": new_token(),
    },
    "supervision:acknowledge": lambda _town, _case: {},
    "supervision:arrive": lambda _town, _case: {},
    "supervision:note": lambda _town, _case: {"text": TEXT},
    "supervision:report_up": lambda _t, _c: {"line": "government", "to_whom": "县委、县政府", "text": TEXT},
    "supervision:clear": lambda _town, _case: {"result": TEXT},
    "supervision:suggestion_add": lambda town, _case: {
        "kind": "improve",
        "unit": town.cast.units.urban.pk,
        "title": "夜市管理",
        "facts": TEXT,
        "basis": TEXT,
        "text": TEXT,
    },
    "supervision:suggestion_answer": lambda _town, _case: {"adoption": "adopted", "text": TEXT},
    "supervision:put_on_list": lambda _t, _c: {
        "reason": TEXT,
        "due_on": local_day(now()) + timedelta(days=20),
    },
    "supervision:tick": lambda _town, _case: {"note": TEXT},
    "supervision:open": _demand,
    "supervision:call": lambda _t, _c: {"outcome": "reached", "found": TEXT, "token": new_token()},
    "supervision:confirm": lambda _t, _c: {"demand": TEXT, "due_on": local_day(now()) + timedelta(days=7)},
    "supervision:dismiss": lambda _town, _case: {"text": TEXT},
    "supervision:effort": _effort,
    "supervision:feed_back": lambda _t, _c: {"measures": TEXT, "result": TEXT, "done_on": local_day(now())},
    "supervision:decide": lambda _town, _case: {"accept": "yes"},
    "supervision:rule": lambda _town, _case: {
        "threshold": 9,
        "window_days": 90,
        "least": 6,
        "days": 9,
        "demand": TEXT,
        "opens": "proposed",
    },
    "reviews:serve": lambda _t, _c: {"method": "direct", "served_on": local_day(now())},
    "hearings:prepare": _to_be_heard,
    "hearings:ask_expert": lambda _t, _c: {
        "kind": "opinion",
        "whom": "某所",
        "question": TEXT,
        "asked_on": local_day(now()),
        "due_on": local_day(now()) + timedelta(days=9),
        "token": new_token(),
    },
    "hearings:answer_expert": lambda _t, _c: {"received_on": local_day(now()), "opinion": TEXT},
    "hearings:seat": lambda town, _case: {"post": town.cast.post("inspector").pk},
    "hearings:leave": lambda _town, _case: {"reason": TEXT},
    "hearings:ask_recusal": lambda _town, _case: {"reason": TEXT},
    "hearings:decide_recusal": lambda _town, _case: {"granted": "no", "reason": TEXT},
    "hearings:decide": lambda _town, _case: {"hold": "yes", "reason": TEXT},
    "hearings:tell": lambda _town, _case: {"how": "phone", "told_on": local_day(now()), "moved": 0},
    "hearings:postpone": lambda _t, _c: {**_to_be_heard(_t, _c), "reason": TEXT},
    "hearings:call_off": lambda _town, _case: {"reason": TEXT},
    "hearings:record": lambda _t, _c: {
        "began_at": f"{now():%Y-%m-%dT09:00}",
        "ended_at": f"{now():%Y-%m-%dT10:00}",
        "petitioner_came": "no",
        "came": TEXT,
        "unit_said": TEXT,
        "evidence": TEXT,
        "opinion": TEXT,
    },
    **{
        door: lambda _town, _case: {}
        for door in (
            *("reports:brief_gather", "reports:job_cancel", "reports:wall_end", "reports:publish"),
            *("matters:unlink", "tables:delete", "tables:unschedule", "tables:unshare"),
        )
    },
    "reports:brief_edit": lambda _town, _case: {"section_1": "hard", "new_1": TEXT},
    "reports:brief_sign": lambda town, _case: {"revision": town.brief.revision},
    "reports:cases_export": lambda _town, _case: {"form": "csv", "columns": ["number"], "reason": TEXT},
    "reports:export": lambda town, _case: {**_last_month(town), "form": "xlsx"},
    "reports:freeze": lambda town, _case: {**_last_month(town), "seen": 0},
    "reports:walls": lambda _town, _case: {"name": "二楼大厅"},
    "tables:new": lambda _town, _case: TABLE,
    "tables:edit": lambda _town, _case: TABLE,
    "tables:share": lambda town, _case: {
        "unit": scattered(town.cast.units.petition_office.pk),
        "role": "statistician",
    },
    "tables:schedule": lambda _town, _case: {
        "every": "week",
        "weekday": 0,
        "day": 1,
        "hour": 8,
        "told": "owner",
    },
    "reports:upper_form": lambda town, _case: {
        "month": f"{local_day(now()):%Y-%m}",
        "unit": scattered(town.cast.units.district.pk),
        "file": SimpleUploadedFile("报表.xlsx", upper_form("HY_count")),
    },
    "reports:withdraw": lambda _town, _case: {"reason": TEXT},
    "reports:brief_correct": lambda _town, _case: {"reason": TEXT},
    "matters:name": lambda _town, _case: {"words": "夜市噪音扰民"},
    "matters:link": lambda town, _case: {"number": town.cases["保密"].number},
    "matters:merge": lambda town, _case: {"into": town.like_matter.pk, "reason": TEXT},
    "matters:task_add": lambda town, _case: {
        "title": "夜市整治",
        "text": TEXT,
        "lead": town.cast.units.urban.pk,
        "units": [town.cast.units.housing.pk],
        "due_on": local_day(now()) + timedelta(days=20),
    },
    "matters:suggest": lambda town, _case: {
        "kind": "policy",
        "unit": town.cast.units.urban.pk,
        "title": "夜市管理办法",
        "facts": TEXT,
        "basis": TEXT,
        "text": TEXT,
    },
    "matters:task_report": lambda _town, _case: {"text": TEXT},
    "matters:task_end": lambda _town, _case: {"result": TEXT},
    "conference:call": lambda town, _case: {
        "title": "第四次联席会议",
        "starts_at": f"{now() + timedelta(days=3):%Y-%m-%dT09:00}",
        "place": "县政府",
        "chair": town.cast.post("leader").pk,
        "units": [town.cast.units.urban.pk],
    },
    "conference:item_add": lambda _t, _c: {"kind": "other", "title": "其他", "text": TEXT},
    "conference:cancel": lambda _town, _case: {"reason": TEXT},
    "conference:move": lambda _town, _case: {
        "starts_at": f"{now() + timedelta(days=4):%Y-%m-%dT14:30}",
        "place": "县政府二号会议室",
    },
    "conference:minutes": lambda _t, _c: {"revision": 0, "text": TEXT, "decision_1": TEXT},
    "conference:issue": lambda _town, _case: {"number": "清联纪〔2026〕9号", "revision": 1},
    "conference:correct": lambda _town, _case: {"text": TEXT},
    "conference:dispute_open": lambda town, _case: {
        "units": [town.cast.units.urban.pk, town.cast.units.dongxi.pk],
        "facts": TEXT,
    },
    "conference:dispute_raise": lambda _town, _case: {"reason": TEXT, "step": "talks"},
    "conference:dispute_agree": _settled,
    "conference:dispute_decide": _settled,
    "conference:order_add": lambda town, _case: {
        "kind": "talk",
        "unit": town.cast.units.urban.pk,
        "facts": TEXT,
        "basis": TEXT,
        "demand": TEXT,
        "due_on": local_day(now()) + timedelta(days=20),
        "talk_by": "县长",
    },
    "conference:order_talk": lambda _t, _c: {"talked_on": local_day(now()), "record": TEXT},
    "conference:order_report": lambda _town, _case: {"text": TEXT},
    "conference:order_review": lambda _town, _case: {"done": "yes", "nth": 1},
    "outcomes:execution_due": _set_day,
    "outcomes:execution_report": lambda _t, _c: {"done_on": local_day(now()), "text": TEXT},
    "outcomes:execution_confirm": _confirmed,
    "outcomes:check": lambda _town, _case: {item.value: "done" for item in CheckItem},
    "outcomes:mark": lambda _town, _case: {
        "kind": "accepted",
        "on": local_day(now()),
        "how": "said",
        "evidence": TEXT,
    },
    "outcomes:unmark": lambda _town, _case: {"reason": TEXT},
    "outcomes:visit_open": lambda _town, _case: {"reason": TEXT},
    "outcomes:visit_assign": lambda town, _case: {"post": town.cast.post("inspector").pk},
    "outcomes:visit_record": _visited,
}
