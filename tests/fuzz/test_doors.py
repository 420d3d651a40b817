"""Every address, by somebody who may open it, with whatever a form can be sent: no 500, no secret, no HTML come back.

Bounded to a minute in all; see ``words`` for longer runs.
"""

import logging
import re
from itertools import product

import pytest
from django.conf import settings as site
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from petitions.enums import Act
from petitions.views.acts import DOORS as ACTS
from tests.fuzz.words import (
    ATTRIBUTE,
    COUNTED,
    HUGE,
    TAG,
    bounded,
    encoded,
    headers,
    kinds,
    pairs,
    segment,
    segments,
    words,
)
from tests.permissions.asking import args_of, ask
from tests.permissions.table import READS, ROW_OF
from tests.permissions.town import MARKER, SEALED, SECRET_NAME, SECRET_PHONE

pytestmark = pytest.mark.django_db
NAMES = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')
ENDS_A_SESSION = {
    "accounts:logout",
    "petitions:mine_leave",
    "accounts:switch_post",
    "accounts:end_other_logins",
}
KNOWING = {who for case in SEALED for who in READS[case].split()}
#: What only a sealed case holds; nobody outside its route is ever answered with it.
SECRETS = [word.encode() for word in (MARKER, SECRET_NAME, SECRET_PHONE)]
addresses = st.ip_addresses(v=4).map(str)  # a new one each time, so that no limit comes first


@pytest.fixture(autouse=True)
def every_error_is_one(caplog, monkeypatch):
    """An exception reaches the test itself; what is only logged as an error is one too."""
    monkeypatch.setattr(site, "AXES_ENABLED", False)
    with caplog.at_level(logging.ERROR):
        yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


#: Opened by the head of the petition office alone, who does not stand in the table (petitions/tests/test_archive_pages.py
#: sends him what a hostile browser sends), or on a case whose review has ended, of which the table has none.
NOBODY_IN_THE_TABLE = {"petitions:archive_decide", "reviews:prepare", "reviews:publish", "reviews:care_done"}


def opener(door):
    """Somebody who may open it, and a case on which they may; an outsider to sealed cases where there is one. Of a door
    that nobody of the table opens on any case, somebody who is told that they may not."""
    row = ROW_OF[door]
    if door in NOBODY_IN_THE_TABLE:
        return "专员", row.cases()[0]
    for answer, case in product(("", "403"), row.cases()):
        allowed = [who for who in row.named(answer, case) if row.let_in is None or who in row.let_in]
        for person in sorted(allowed, key=lambda who: (who in KNOWING, who)):
            return person, case
    raise AssertionError(f"nobody may open {door}")


def client_of(town, door, person):
    return town.client(person) if door in ENDS_A_SESSION else town.clients[person]


def judge(answer, person):
    assert answer.said in {"登录", "查询", "转到"} or int(answer.said) < 500, answer.said
    if person not in KNOWING:
        assert not [word for word in SECRETS if word in answer.body]
    if answer.body.lstrip().startswith((b"<", b"\n<")):
        for raw in (TAG, ATTRIBUTE, COUNTED):
            assert raw.encode() not in answer.body, raw


def send(town, door, address, method, person, fields, kind, more, place):
    client = client_of(town, door, person)
    if method == "GET":
        joined = f"{address}?{encoded(fields)}"
        judge(ask(client, joined, headers=more, REMOTE_ADDR=place), person)
        return
    body = encoded(fields).encode()
    how = {"data": body, "content_type": kind, "headers": more, "REMOTE_ADDR": place}
    judge(ask(client, address, "POST", **how), person)


@pytest.mark.parametrize("door", [door for door in ROW_OF if door != "healthz"])
def test_no_door_falls_over_what_is_sent_to_it(door, town):
    person, case = opener(door)
    address = reverse(door, args=args_of(town, door, case))
    methods = list(ROW_OF[door].methods)
    names = fields_of(town, door, address, person)

    @bounded(3)
    @given(st.sampled_from(methods), pairs(names), kinds, headers, addresses)
    def fuzz(method, fields, kind, more, place):
        send(town, door, address, method, person, fields, kind, more, place)

    fuzz()


def fields_of(town, door, address, person):
    """The names of the fields that the page itself has."""
    if "GET" not in ROW_OF[door].methods:
        return [
            "text",
            "reason",
            "number",
            "unit",
            "month",
            "side",
            "who",
            "how",
            "words",
            "token",
            "office_rating",
        ]
    page = ask(client_of(town, door, person), address).body.decode("utf-8", "replace")
    return sorted(set(NAMES.findall(page)) - {"csrfmiddlewaretoken"}) or [
        "q",
        "number",
        "month",
        "unit",
        "view",
    ]


DEEP = {
    "petitions:file": ("访客", "", 40),
    "petitions:query": ("访客", "", 25),
    "petitions:register": ("登记员", "", 40),
    "petitions:register_similar": ("登记员", "", 25),
    "petitions:list": ("专员", "", 50),
    "reports:month": ("统计", "", 20),
    "petitions:unit_options": ("登记员", "", 15),
    "petitions:mine_supplement": ("信访人", "", 15),
    "leaders:receive": ("专员", "", 15),
}


@pytest.mark.parametrize("door", DEEP)
def test_a_whole_form_with_a_few_hostile_fields(door, town):
    """Most of it in order, so that what lies behind the first check is reached."""
    person, case, examples = DEEP[door]
    address = reverse(door, args=args_of(town, door, case))
    names = fields_of(town, door, address, person)
    method = "POST" if "POST" in ROW_OF[door].methods else "GET"
    whole = {**dict.fromkeys(names, ""), **VALID.get(door, {})}

    @bounded(examples)
    @given(
        st.dictionaries(st.sampled_from(sorted(whole)), words, max_size=4), pairs(names), headers, addresses
    )
    def fuzz(wrong, more_fields, more, place):
        fields = [*{**whole, **wrong}.items(), *more_fields[:2]]
        send(town, door, address, method, person, fields, "application/x-www-form-urlencoded", more, place)

    fuzz()


TOKEN = "a" * 32
VALID = {
    "petitions:file": {"token": TOKEN, "body": "路灯不亮，请修。"},
    "petitions:query": {"number": "339999-2026-0000001", "code": "ABCDE-FGHJK"},
    "petitions:register": {
        "token": TOKEN,
        "channel": "visit",
        "body": "路灯不亮，请修。",
        "persons-TOTAL_FORMS": "1",
        "persons-INITIAL_FORMS": "0",
        "persons-0-name": "王桂兰",
    },
    "petitions:register_similar": {
        "persons-TOTAL_FORMS": "1",
        "persons-0-phone": "13800001234",
        "body": "路灯",
    },
    "petitions:list": {"view": "all"},
    "reports:month": {"month": "2026-09"},
    "leaders:receive": {"promise-TOTAL_FORMS": "1", "promise-INITIAL_FORMS": "0", "token": TOKEN},
}


@pytest.mark.parametrize("act", ACTS)
def test_no_act_falls_over_what_is_sent_to_it(act, town):
    """By the petition office and by the unit, whether it is the act's turn or not."""

    @bounded(2)
    @given(st.sampled_from(["专员", "承办", "负责人"]), pairs(ACT_FIELDS), headers, addresses)
    def fuzz(person, fields, more, place):
        address = reverse("petitions:act", args=[town.cases["本局"].number, Act(act).value])
        send(
            town,
            "petitions:act",
            address,
            "POST",
            person,
            fields,
            "application/x-www-form-urlencoded",
            more,
            place,
        )

    fuzz()


ACT_FIELDS = [
    "text", "reason", "unit", "co_units", "note", "token", "kind", "path", "category", "at", "at_0", "at_1", "basis", "days",
    "outcome", "user", "original", "explanation", "where_to_go", "called_at", "method", "recipient", "served_at", "confirmed",
]  # fmt: skip


@bounded(30)
@given(
    st.sampled_from(["cases/{}/", "cases/{}/preview/", "cases/{}/act/{}/", "cases/{}/clock/{}/", "cases/{}/person/{}/reveal/",
                     "cases/{}/attachment/{}/", "reports/month/{}/", "reports/jobs/{}/", "staff/people/{}/", "notices/{}/",
                     "leaders/packages/{}/clock/{}/", "mediation/cases/{}/", "staff/units/{}/", "leaders/days/{}/", "{}/{}"]),
    st.lists(segments, min_size=2, max_size=2),
    st.sampled_from(["专员", "承办", "系统管理员", "访客"]),
    st.sampled_from(["GET", "POST"]),
)  # fmt: skip
def test_no_made_up_address_opens_anything_or_falls_over(town, pattern, found, person, method):
    address = "/" + pattern.format(*map(segment, found))
    judge(ask(town.clients[person], address, method), person)


@pytest.mark.parametrize(
    ("door", "person"),
    [("petitions:file", "访客"), ("petitions:register", "登记员"), ("petitions:list", "专员")],
)
def test_a_huge_text_is_refused_with_a_page(door, person, town):
    address = reverse(door)
    for name in ("body", "q", "persons-0-name", "cursor"):
        for method in ROW_OF[door].methods:
            how = {"data": {name: HUGE}, "REMOTE_ADDR": "10.9.8.7"}
            judge(ask(town.clients[person], address, method, **how), person)
