"""Every act, in every state, by every role, standing every way to a case: the code, the address and the button say what
``who_may`` says, which was written by hand."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve, reverse

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import now
from petitions import rules
from petitions.enums import Act, Status
from petitions.models import Petition, ShareClock
from petitions.selectors import case as case_selector
from petitions.services import scope
from petitions.tests import who_may
from petitions.tests.standing_world import World, end_lead, give_matter
from petitions.views import acts as act_views

pytestmark = pytest.mark.django_db

#: Residents' acts, and those only the system takes, have neither an address nor a button at the desk.
NOT_AT_THE_DESK = {
    *{Act.REGISTER, Act.ROUTE, Act.TAKE_BACK, Act.EVALUATE, Act.SUPPLEMENT},
    *{Act.AMEND, Act.REVIEW, Act.REDO},
}
#: Their forms belong to rooms above; the case's address leads there.
HELD_ABOVE = {Act.INSTRUCT, Act.RECEIVE, Act.MEDIATE, Act.SUPERVISE, Act.DISPATCH, Act.HEAR, Act.CONFER}
ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


@pytest.fixture
def ask(monkeypatch):
    """The real view of an act, asked by GET without the middlewares: they are walked in the test below this one. What a
    reader may read is asked once and kept, since asking does not change it."""
    kept = {}

    def find_once(actor, number):
        key = (actor.user.pk, actor.post.pk, number)
        if key not in kept:
            try:
                kept[key] = case_selector_find(actor, number)
            except Http404:
                kept[key] = None
        if kept[key] is None:
            raise Http404
        return kept[key]

    case_selector_find = case_selector.find
    monkeypatch.setattr(act_views.case, "find", find_once)
    monkeypatch.setattr(
        rules, "_stale_sentence", lambda petition, act: "来晚了"
    )  # reads who was first, each time
    request = RequestFactory(headers={"HX-Request": "true"}).get("/")
    request.session = {}
    followed = set()

    def asked(actor, number, act) -> int:
        request.user, request.post, request.actor = actor.user, actor.post, actor
        try:
            answer = act_views.act(request, number=number, act=act)
            led_on = answer.headers.get("HX-Redirect", "")
            if led_on and (act, actor.role) not in followed:
                followed.add((act, actor.role))  # the room above that holds the form, once for each role
                view = resolve(led_on)
                answer = view.func(request, **view.kwargs)
            return 302 if answer.status_code == 204 else answer.status_code
        except Http404:
            return 404
        except PermissionDenied:
            return 403
        except Refusal as refusal:
            return refusal.status

    return asked


def answer_of(somebody, act, status, *, sealed, report="due") -> set[int]:
    """What the address of the act has to answer."""
    if somebody.role in ADMINISTRATORS:
        return {403}
    if not who_may.reads(somebody.role, somebody.standing, status, sealed=sealed):
        return {404}
    if act in NOT_AT_THE_DESK:
        return {404}
    allowed = who_may.may(act, somebody.role, somebody.standing, status, sealed=sealed, report=report)
    if act in HELD_ABOVE:
        return {200, 302} if allowed else {200, 302, 403, 404, 409}  # one may read a mediation and open none
    if (act, status) not in who_may.TABLE:
        return {409}
    if not sealed and who_may.WAITS.get(act, report) != report:
        return {409}  # somebody else sent or decided it before
    return {200 if allowed else 403}


def buttons_of(petition, actor) -> set[Act]:
    """Acts whose address stands in the next-step bar as it is printed."""
    front, rare = case_selector.next_steps(petition, actor, now())
    html = render_to_string("petitions/_next_steps.html", {"steps": front, "rare": rare})
    addresses = set(re.findall(r'href="([^"]+)"', html))
    return {Act(step.key) for step in [*front, *rare] if step.url in addresses}


def idle(case) -> set[Act]:
    """What is one's right and leads nowhere in this very case: 延期 where no 60 days run, or none that were not extended,
    or where the simplified procedure goes beside them (条例 34); an objection after its five working days (条例 23). The
    address says so; no button leads there."""
    sixty = case.clocks.filter(rule__code="conclusion", stopped_at=None, extended_days=0)
    found = set() if sixty.exists() and not case.simplified else {Act.EXTEND}
    objection = {"rule__code": "objection", "stopped_at": None, "due_at__gte": now()}
    if not case.clocks.filter(**objection).exists():
        found.add(Act.OBJECT)
    if not ShareClock.objects.filter(share__petition=case, **objection).exists():
        found.add(Act.CO_OBJECT)
    return found


WORLDS = {
    "open": ({}, list(Status)),
    "open, its report sent": (
        {"report": "sent"},
        [Status.CONCLUDED, Status.SERVED, Status.EVALUATED],
    ),
    "sealed": (
        {"sealed": True},
        [status for status in Status if status not in {Status.REGISTERED, Status.OBJECTED}],
    ),
    "sealed, and no body here may take it": (
        {"sealed": True, "complained": "discipline"},
        [Status.REGISTERED],
    ),
    "co-unit complained of": (
        {"complained": "housing"},
        [Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED, Status.CONCLUDED, Status.SERVED, Status.CLOSED],
    ),
}


@pytest.mark.parametrize(
    ("world", "status"), [(name, status) for name, (_how, states) in WORLDS.items() for status in states]
)
def test_code_address_and_button_say_what_the_table_says(world, status, cast, make_case, ask):
    with (
        connection.cursor() as cursor
    ):  # a hundred people ask: plan the joins of the case page as they are written
        cursor.execute("SET LOCAL join_collapse_limit = 1")
    place = World(cast, make_case, **WORLDS[world][0])
    case = place.case_in(status)
    wrong = [
        f"{somebody} {said}"
        for somebody in place.people
        for said in differences(somebody, case, place.sealed, ask, place.report)
    ]
    assert not wrong, "\n".join(sorted(wrong))


def differences(somebody, case, sealed, ask, report):
    """What rule, address and buttons say of somebody otherwise than the table."""
    role, standing, actor, status = somebody.role, somebody.standing, somebody.actor, Status(case.status)
    reads = who_may.reads(role, standing, status, sealed=sealed)
    if Petition.objects.visible_to(actor).filter(pk=case.pk).exists() != reads:
        yield f"reads: {not reads}"
    expected = {act for act in Act if who_may.may(act, role, standing, status, sealed=sealed, report=report)}
    found = {step.act for step in rules.allowed_acts(case, actor)}
    for act in found ^ expected:
        yield f"{act.label}: the rule says {act in found}"
    for act in Act:
        answer = ask(actor, case.number, act)
        if answer not in answer_of(somebody, act, status, sealed=sealed, report=report):
            yield f"{act.label}: the address answers {answer}"
    if reads:
        buttons = buttons_of(case_selector.find(actor, case.number), actor)
        for act in buttons ^ (expected - NOT_AT_THE_DESK - idle(case)):
            yield f"{act.label}: button {act in buttons}"


@pytest.mark.parametrize("status", Status)
def test_residents_and_the_system_may_do_what_the_table_says(status, cast, make_case):
    case = make_case(until=status)
    for actor in (Actor.petitioner(), Actor.system()):
        found = {step.act for step in rules.allowed_acts(case, actor)}
        assert found == {act for act in Act if who_may.may(act, Role(actor.role), "", status, sealed=False)}


STANDS_RIGHT = {
    "clerk": "登记机构",
    "petition_officer": "信访局",
    "handler": "主办",
    "unit_head": "主办",
    "leader": "主办",
    "mediator": "点名",
    "inspector": "信访局",
    "statistician": "信访局",
}


@pytest.mark.parametrize("status", Status)
def test_the_page_as_a_browser_gets_it_offers_what_may_be_done_and_each_link_opens(
    status, cast, make_case, client_as
):
    """One person for each role, through all middlewares: the page's links are the acts, and each of them answers."""
    case = make_case(until=status)
    scope.grant(case, cast.mediator)
    give_matter(case, cast.auditor, make_case())
    end_lead(case)
    page_of = reverse("petitions:detail", args=[case.number])
    link = re.compile(rf'href="{page_of}act/(\w+)/"')
    for key, standing in STANDS_RIGHT.items():
        client, actor = client_as(cast.people[key]), cast.actor(key)
        page = client.get(page_of)
        forwarded = status != Status.REGISTERED or standing not in who_may.ONLY_FORWARDED
        assert page.status_code == (200 if forwarded else 404), key
        offered = set(link.findall(page.content.decode()))
        expected = (
            {act for act in Act if who_may.may(act, Role(actor.role), standing, status, sealed=False)}
            - HELD_ABOVE
            - idle(case)
        )
        assert offered == expected, key
        for act in offered:
            assert client.get(reverse("petitions:act", args=[case.number, act])).status_code == 200, (
                key,
                act,
            )
        refused = next(act for act in act_views.DOORS if act not in {*expected, *who_may.WAITS})
        answer = client.get(reverse("petitions:act", args=[case.number, refused])).status_code
        there = (refused, status) in who_may.TABLE
        assert answer == (404 if not forwarded else 403 if there else 409), (key, refused)
