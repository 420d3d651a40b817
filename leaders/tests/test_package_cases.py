"""A package of several cases: they enter and leave, and no case is in two."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.enums import LeaveWhy
from leaders.models import CasePackage, PackageCase, PackageClock
from leaders.services.packages import enter_case, leave_case
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from petitions.enums import Kind, RecusalGround, Status
from petitions.extensions import struck_off_on
from petitions.models import Petition
from petitions.services import forwarding, recusing
from tests.cases import strike_off_package

pytestmark = pytest.mark.django_db


def reads(actor, case):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.fixture
def far_case(cast, fresh_case):
    """Outside what the leader reads anyway."""

    def make(**new):
        return fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan, **new)

    return make


def enter(cast, package, case, who="petition_officer"):
    return enter_case(package=package, petition=case, actor=cast.actor(who))


def leave(cast, package, case, why=LeaveWhy.SOLVED, note="已落实", who="petition_officer"):
    leave_case(package=package, petition=case, actor=cast.actor(who), why=why, note=note)


def test_a_case_enters_is_read_by_the_leader_and_leaves_with_its_reason(cast, package_of, far_case):
    first, second = far_case(), far_case()
    package = package_of(first)
    enter(cast, package, second)
    assert reads(cast.actor("leader"), second)
    leave(cast, package, first)
    package.refresh_from_db()
    assert package.petition == second and package.is_open
    assert not reads(cast.actor("leader"), first)
    row = PackageCase.objects.get(petition=first)
    assert (row.left_why, row.left_note) == (LeaveWhy.SOLVED, "已落实")
    assert struck_off_on(first) is None
    assert package_of(first).is_open, "it may be taken in hand anew"


def test_the_last_case_does_not_leave_and_a_reason_is_asked_for(cast, package_of, fresh_case):
    package = package_of()
    with pytest.raises(Refusal, match="只剩这一件"):
        leave(cast, package, package.petition)
    enter(cast, package, fresh_case())
    with pytest.raises(Refusal) as refusal:
        leave(cast, package, package.petition, note=" ")
    assert refusal.value.code == "invalid"


def test_a_case_in_one_package_does_not_enter_another(cast, package_of):
    first, second = package_of(), package_of(post="leader2")
    with pytest.raises(Refusal) as refusal:
        enter(cast, second, first.petition)
    assert refusal.value.code == "stale" and "高远" in refusal.value.sentence


def test_nothing_enters_a_package_struck_off_and_all_its_cases_bear_the_day(cast, package_of, fresh_case):
    package, second = package_of(), fresh_case()
    enter(cast, package, second)
    strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    package.refresh_from_db()
    assert struck_off_on(second) == struck_off_on(package.petition) == local_day(now())
    with pytest.raises(Refusal, match="销案") as refusal:
        enter(cast, package, fresh_case())
    assert refusal.value.code == "stale"


def test_a_sealed_case_does_not_enter_and_one_sealed_later_leaves_the_others_in(cast, package_of, fresh_case):
    package, turned = package_of(), fresh_case(until=Status.REGISTERED)
    enter(cast, package, turned)
    forwarding.classify(petition=turned, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    assert PackageCase.objects.get(petition=turned).left_why == LeaveWhy.SEALED
    assert PackageClock.objects.get(package=package).running
    for who in ("leader", "petition_officer"):
        assert CasePackage.objects.visible_to(cast.actor(who)).filter(pk=package.pk).exists()
    with pytest.raises(Refusal) as refusal:
        enter(cast, package, turned)
    assert refusal.value.code == "forbidden"


@pytest.mark.article(28)
def test_whoever_is_recused_from_one_case_of_a_package_gets_nothing_of_it(
    cast, client_as, package_of, fresh_case
):
    package, second = package_of(), fresh_case()
    enter(cast, package, second)
    recusing.recuse(petition=second, actor=cast.actor("petition_officer"), ground=RecusalGround.INTEREST)
    assert client_as(cast.petition_officer).get(package.get_absolute_url()).status_code == 404


def test_a_leader_recused_from_a_case_is_not_given_it_in_a_package(cast, package_of, far_case):
    package, case = package_of(), far_case()
    recusing.exclude(
        petition=case,
        actor=cast.actor("petition_officer"),
        user=cast.leader,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )
    with pytest.raises(Refusal, match="回避"):
        enter(cast, package, case)


def test_the_office_makes_one_package_of_three_and_an_unknown_number_keeps_what_was_typed(
    cast, client_as, fresh_case
):
    cases, client = [fresh_case() for _n in range(3)], client_as(cast.petition_officer)
    data = {
        "number": cases[0].number,
        "more": f"{cases[1].number}\nQJ-0000",
        "post": cast.post("leader").pk,
        "level": 2,
        "target_on": "2099-01-04",
        "reason": "同一小区",
    }
    answer = client.post(reverse("leaders:package_add"), data)
    assert answer.status_code == 422 and cases[1].number in answer.content.decode()
    assert not CasePackage.objects.exists(), "a package of two where three were asked for is none"
    client.post(reverse("leaders:package_add"), {**data, "more": f"{cases[1].number} {cases[2].number}"})
    package = CasePackage.objects.get()
    assert package.cases.count() == 3
    page = client.get(package.get_absolute_url()).content.decode()
    assert all(case.number in page for case in cases)
    assert "共 3 件" in client.get(reverse("leaders:packages")).content.decode()
    left = client.post(
        reverse("leaders:package_leave", args=[package.pk]),
        {"case": cases[2].number, "why": "solved", "note": "已修好"},
    )
    assert left.status_code == 302
    assert "已修好" in client.get(package.get_absolute_url()).content.decode()


def test_the_page_costs_the_same_for_one_case_and_three(cast, client_as, package_of, fresh_case):
    package, client = package_of(), client_as(cast.leader)
    client.get(package.get_absolute_url())
    with CaptureQueriesContext(connection) as one:
        client.get(package.get_absolute_url())
    enter(cast, package, fresh_case())
    enter(cast, package, fresh_case())
    with CaptureQueriesContext(connection) as three:
        client.get(package.get_absolute_url())
    # The form by which one of several leaves lists them.
    assert len(three) <= len(one) + 1


@pytest.mark.django_db(transaction=True)
def test_a_case_taken_into_two_packages_at_once_is_taken_once(cast, fresh_case, package_of):
    case = fresh_case()
    came, gate = [], threading.Barrier(2)

    def run(post):
        try:
            gate.wait(5)
            package_of(case, post=post)
            came.append("done")
        except Refusal as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(post,)) for post in ("leader", "leader2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(came) == ["done", "stale"]
    assert PackageCase.objects.filter(petition=case, left_at=None).count() == 1


def test_the_page_shows_the_mediation_of_its_cases_and_nothing_of_what_was_said(
    cast, client_as, package_of, fresh_case
):
    case = fresh_case(until=Status.ACCEPTED)
    card = RoomCard(
        unit=cast.units.dongxi, name="宝大叔调解室", address="河沿路8号", mediators=[cast.mediator]
    )
    room = keep_room(actor=cast.actor("petition_officer"), card=card)
    mediation = open_mediation(petition=case, actor=cast.actor("handler"), room=room, mediator=cast.mediator)
    package = package_of(case)
    page = client_as(cast.leader).get(package.get_absolute_url()).content.decode()
    assert "宝大叔调解室" in page and "待双方同意" in page
    assert mediation.get_absolute_url() in page
    assert client_as(cast.leader).get(mediation.get_absolute_url()).status_code == 200
