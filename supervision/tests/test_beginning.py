"""The lists of 督办 and 紧急处置: where they open, what they count, and how something is begun from them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.tabs import chosen_of, tabs_of
from petitions.enums import Kind, Status
from supervision import selectors
from supervision.enums import State
from supervision.models import Supervision
from supervision.services import urgent

pytestmark = pytest.mark.django_db
VIEWS = (("a", "甲"), ("b", "乙"))


def active(page) -> str:
    return next(tab["url"] for tab in page.context["tabs"] if tab["active"])


def counted(page) -> dict:
    return {tab["url"].removeprefix("?view="): tab["count"] for tab in page.context["tabs"]}


def test_a_list_opens_on_the_first_tab_that_has_something():
    assert chosen_of(VIEWS, None, {"a": 0, "b": 2}) == "b"
    assert chosen_of(VIEWS, "a", {"a": 0, "b": 2}) == "a"
    assert chosen_of(VIEWS, "nonsense", {}) == "a"
    assert [tab["count"] for tab in tabs_of(VIEWS, "a", {"a": 0})] == [0, None]


def test_supervisions_open_where_something_waits_and_say_how_many(cast, client_as, press, today):
    press(), press()
    late = press()
    Supervision.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))
    page = client_as(cast.inspector).get(reverse("supervision:list"))
    assert active(page) == "?view=open"
    assert counted(page) == {"proposed": 0, "open": 3, "late": 1, "fed_back": 0, "ended": None}
    other = client_as(cast.outsider).get(reverse("supervision:list"))
    assert set(counted(other).values()) == {0, None}  # nobody counts what they do not see


def test_what_has_ended_is_shown_where_nothing_waits(cast, client_as, press, today):
    Supervision.objects.filter(pk=press().pk).update(state=State.CLOSED, ended_at="2026-01-01T00:00+08:00")
    assert active(client_as(cast.inspector).get(reverse("supervision:list"))) == "?view=ended"
    assert selectors.anything_ended(cast.actor("inspector"), {"open": 1}) == {"ended": 0}


def test_a_number_leads_to_the_form_of_supervision(cast, client_as, fresh_case):
    case, inspector = fresh_case(), client_as(cast.inspector)
    address = reverse("supervision:list")
    page = inspector.get(address)
    assert 'name="number"' in page.content.decode()
    answer = inspector.get(address, {"number": f" {case.number.lower()} "})
    assert answer.url == reverse("supervision:open", args=[case.number])
    assert 'name="number"' not in client_as(cast.handler).get(address).content.decode()


@pytest.mark.parametrize("number", ["", "XF-0000", "x" * 40, "\x00"])
def test_a_number_that_is_none_is_answered_with_a_sentence_and_kept(cast, client_as, number):
    page = client_as(cast.inspector).get(reverse("supervision:list"), {"number": number})
    assert page.status_code == 422 and page.context["begin"].errors
    assert not number.strip("\x00") or number in page.content.decode()


def test_a_case_that_takes_none_says_so_above_the_list(cast, client_as, make_case):
    case = make_case(until=Status.REGISTERED)
    page = client_as(cast.inspector).get(reverse("supervision:list"), {"number": case.number})
    assert page.status_code == 422 and "没有生效" in page.content.decode()


def test_a_sealed_case_is_as_unknown_as_none(cast, client_as, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    page = client_as(cast.inspector).get(reverse("supervision:list"), {"number": case.number})
    assert page.status_code == 422 and "没有找到这个编号" in page.content.decode()


def test_urgent_responses_open_where_something_runs(cast, client_as, fresh_case):
    address, clerk = reverse("supervision:urgent_list"), client_as(cast.clerk)
    assert active(clerk.get(address)) == "?view=open" and counted(clerk.get(address))["open"] == 0
    case = fresh_case()
    assert clerk.get(address, {"number": case.number}).url == reverse(
        "supervision:dispatch", args=[case.number]
    )
    row = urgent.dispatch(
        petition=case,
        actor=cast.actor("clerk"),
        units=[cast.units.urban],
        place="西山路",
        situation="山体滑坡。",
    )
    assert counted(clerk.get(address))["open"] == 1
    type(row).objects.filter(pk=row.pk).update(cleared_at=row.started_at, result="已处置。")
    assert active(clerk.get(address)) == "?view=over"
    assert 'name="number"' not in client_as(cast.handler).get(address).content.decode()
