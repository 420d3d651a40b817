"""Who petitioned in confidence stays unknown on every page of this room (条例 30)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaders.enums import EvidenceKind
from leaders.services import striking, teams
from leaders.services.day_cases import pick_case
from leaders.services.instructions import report_instruction
from leaders.services.receptions import NewPromise, Talk, receive
from petitions.services import handling
from petitions.services.registering import NewPerson

pytestmark = [pytest.mark.django_db, pytest.mark.article(30)]

NAME, FRIEND = "张小河", "李四妹"
READERS = ("handler", "unit_head", "statistician", "inspector", "leader")
WORDS = f"{NAME}和{FRIEND}都来了"


@pytest.fixture
def talked(cast, fresh_case, today):
    """A talk whose every text names both who came; a unit has to keep what was promised."""

    def make(confidential=True, *, day=None, **promise):
        case = fresh_case(
            confidential=confidential,
            persons=[NewPerson(name=NAME)],
            body=f"{NAME}说夜市太吵。",
            requests=[f"请答复{NAME}"],
        )
        new = NewPromise(text=f"给{NAME}换门", to_whom=FRIEND, due_on=today + timedelta(days=5), **promise)
        talk = Talk(
            post=cast.post("leader"),
            said=f"谈过：{WORDS}。",
            asked=f"诉求：{WORDS}。",
            changed=f"变化：{WORDS}。",
            people=f"{NAME}、{FRIEND}",
            heads=2,
            day=day,
            promises=[new],
        )
        return receive(petition=case, actor=cast.actor("petition_officer"), talk=talk)

    return make


def nothing_told(page, what):
    assert page.status_code == 200, what
    text = page.content.decode()
    assert NAME not in text, what
    assert FRIEND not in text, what
    return text


def test_the_record_of_a_talk_names_nobody_to_whoever_must_not_know(cast, client_as, talked):
    record = talked()
    for key in READERS:
        page = client_as(getattr(cast, key)).get(record.get_absolute_url())
        assert "信访人信息保密" in nothing_told(page, key)
    for key in ("petition_officer", "clerk"):
        page = client_as(getattr(cast, key)).get(record.get_absolute_url()).content.decode()
        assert f"{NAME}、{FRIEND}" in page, key
        assert f"向{FRIEND}承诺" in page, key


def test_in_a_case_that_is_not_confidential_only_the_statistician_reads_no_name(cast, client_as, talked):
    record = talked(confidential=False)
    nothing_told(client_as(cast.statistician).get(record.get_absolute_url()), "statistician")
    for key in ("handler", "unit_head", "leader", "inspector"):
        assert WORDS in client_as(getattr(cast, key)).get(record.get_absolute_url()).content.decode(), key


def test_the_case_page_and_the_day_say_what_changed_without_the_name(cast, client_as, talked, day_today):
    day = day_today(accompanying=[cast.units.urban])
    record = talked(day=day)
    for key in READERS:
        client = client_as(getattr(cast, key))
        shown = client.get(record.petition.get_absolute_url()).content.decode()
        # The rest of the page is the case's: it covers whom the case has on record, by its own rule.
        assert NAME not in shown or key in {"statistician", "inspector"}, key
        part = shown[shown.index('id="visits-title"') :].split("</section>")[0]
        assert "变化" in part, key
        assert NAME not in part and FRIEND not in part, key
        assert "谈过" in nothing_told(client.get(day.get_absolute_url()), key), key
    assert WORDS in client_as(cast.petition_officer).get(day.get_absolute_url()).content.decode()


def test_an_instruction_and_its_reports_are_read_without_the_name(cast, client_as, talked):
    task = talked().promises.get().instruction
    report_instruction(instruction=task, actor=cast.actor("handler"), text=f"已上门，{WORDS}。")
    for key in ("handler", "unit_head", "inspector", "leader", "statistician"):
        client = client_as(getattr(cast, key))
        for page in (task.get_absolute_url(), f"{reverse('leaders:instructions')}?view=done"):
            found = client.get(page)
            if found.status_code != 403:  # the statistician has no list of them
                nothing_told(found, key)
    nothing_told(client_as(cast.leader).get(f"{reverse('leaders:instructions')}?view=unread"), "unread")
    nothing_told(client_as(cast.leader).get(reverse("leaders:home")), "home")
    assert WORDS in client_as(cast.petition_officer).get(task.get_absolute_url()).content.decode()


def test_a_package_page_keeps_the_name_in_all_its_texts(cast, client_as, talked, package_of, today):
    record = talked()
    package = package_of(record.petition)
    officer = cast.actor("petition_officer")
    teams.note(package=package, actor=officer, text=f"进展：{WORDS}。")
    teams.inquire(package=package, actor=officer, reason=f"原因：{WORDS}。")
    striking.apply_strike_off(
        package=package,
        actor=cast.actor("leader"),
        kind=EvidenceKind.OWN_WORD,
        evidence=f"证据：{WORDS}。",
        matter=f"事：{WORDS}。",
        heart=f"心：{WORDS}。",
    )
    for key in READERS:
        shown = nothing_told(client_as(getattr(cast, key)).get(package.get_absolute_url()), key)
        assert all(word in shown for word in ("谈过", "变化", "进展", "原因", "证据", "换门")), key
    assert WORDS in client_as(cast.petition_officer).get(package.get_absolute_url()).content.decode()


def test_the_leader_reads_before_the_day_without_the_name(cast, client_as, talked, day_of):
    day = day_of()
    case = talked().petition
    officer = cast.actor("petition_officer")
    pick_case(day=day, petition=case, actor=officer, law=f"政策：{WORDS}", open_points=f"剩下：{WORDS}")
    handling.note(petition=case, actor=cast.actor("handler"), text=f"批注：{WORDS}")
    page = reverse("leaders:day_pre_read", args=[day.pk])
    shown = nothing_told(client_as(cast.leader).get(page), "leader")
    assert all(word in shown for word in ("夜市太吵", "请答复", "政策", "剩下", "变化"))
    assert WORDS in client_as(cast.petition_officer).get(page).content.decode()


def test_a_letter_in_confidence_is_read_without_the_name(cast, client_as, letter_to, named):
    letter = letter_to(
        confidential=True, persons=[NewPerson(name=NAME)], body=f"我是{NAME}，柳湾村口的路灯坏了三个月。"
    ).inbox_letter
    shown = nothing_told(client_as(cast.leader).get(letter.get_absolute_url()), "leader")
    assert "路灯坏了三个月" in shown


def test_whoever_may_know_pays_no_query_for_the_veil(cast, client_as, talked, django_assert_num_queries):
    open_case, kept = talked(confidential=False), talked()
    client = client_as(cast.petition_officer)
    client.get(open_case.get_absolute_url())
    with CaptureQueriesContext(connection) as plain:
        client.get(open_case.get_absolute_url())
    with django_assert_num_queries(len(plain)):
        client.get(kept.get_absolute_url())
