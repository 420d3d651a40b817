from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.services.posts import end_post
from core.errors import Refusal
from core.timekeeping import now
from deadlines.services import sweep
from leaders import rules
from leaders.enums import LeaderAct, PackageState
from leaders.models import CasePackage, PackageCase, PackageClock
from leaders.selectors.packages import package_row
from leaders.services.packages import assign_package
from notifications.models import Notice
from petitions.enums import Kind, Status
from petitions.models import Petition
from petitions.services import following, forwarding
from tests.cases import check_off, strike_off_package

pytestmark = pytest.mark.django_db


def row_of(package, at=None):
    return package_row(CasePackage.objects.with_row_relations().get(pk=package.pk), at)


def test_a_package_lets_the_leader_read_the_case_starts_a_clock_and_tells_the_leader(
    cast, fresh_case, package_of
):
    case = fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan)
    assert not Petition.objects.visible_to(cast.actor("leader")).filter(pk=case.pk).exists()
    package = package_of(case)
    assert Petition.objects.visible_to(cast.actor("leader")).filter(pk=case.pk).exists()
    clock = PackageClock.objects.get(package=package)
    assert clock.rule.code == "package"
    assert clock.running
    notice = Notice.objects.get(recipient=cast.leader, dedupe_key__startswith="package:")
    assert case.number in notice.text
    assert case.subject not in notice.text
    assert notice.link == package.get_absolute_url()
    assert AuditEntry.objects.filter(act="package.assign", object_id=str(package.pk)).count() == 1


def test_a_leader_takes_a_case_in_hand_alone_and_is_not_told_of_it(cast, fresh_case, package_of):
    package = package_of(actor="leader")
    assert package.assigned_by == cast.leader
    assert not Notice.objects.filter(dedupe_key__startswith="package:").exists()


def test_a_leader_cannot_put_a_case_into_another_leaders_hands(package_of):
    with pytest.raises(Refusal) as refusal:
        package_of(actor="leader", post="leader2")
    assert refusal.value.code == "forbidden"


@pytest.mark.parametrize(
    "key", ["handler", "unit_head", "clerk", "inspector", "mediator", "outsider", "sysadmin"]
)
def test_nobody_else_may_assign(package_of, key):
    with pytest.raises(Refusal) as refusal:
        package_of(actor=key)
    assert refusal.value.code == "forbidden"


def test_a_case_is_in_one_leaders_hands_at_a_time(fresh_case, package_of):
    case = fresh_case()
    package_of(case)
    with pytest.raises(Refusal) as refusal:
        package_of(case, post="leader2")
    assert refusal.value.code == "stale"
    assert "高远" in refusal.value.sentence


def test_the_database_too_keeps_one_open_package_per_case(cast, package_of):
    package = package_of()
    with pytest.raises(IntegrityError, match="package_one_open_per_case"), transaction.atomic():
        PackageCase.objects.create(package=package, petition=package.petition, entered_at=now())


def test_a_target_must_lie_ahead(package_of):
    for days in (0, -1):
        with pytest.raises(Refusal) as refusal:
            package_of(days=days)
        assert refusal.value.code == "invalid"


def test_a_reason_is_asked_for(cast, fresh_case, today):
    with pytest.raises(Refusal) as refusal:
        assign_package(
            petition=fresh_case(),
            actor=cast.actor("petition_officer"),
            post=cast.post("leader"),
            target_on=today + timedelta(days=5),
            reason=" \x00 ",
        )
    assert refusal.value.code == "invalid"


def test_a_leader_out_of_office_is_refused(cast, package_of, today):
    end_post(post=cast.post("leader"), by=cast.actor("secadmin"), on=today)
    cast.post("leader").refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        package_of()
    assert refusal.value.code == "invalid"


def test_somebody_who_is_no_leader_is_refused(package_of):
    with pytest.raises(Refusal) as refusal:
        package_of(post="unit_head")
    assert refusal.value.code == "invalid"


def test_a_sealed_case_is_never_packaged(cast, make_case, package_of):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    with pytest.raises(Refusal) as refusal:
        package_of(case)
    assert refusal.value.code == "forbidden"
    assert not CasePackage.objects.exists()


def test_striking_off_stops_the_clock_and_leaves_the_case_alone(cast, package_of):
    package = package_of()
    strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    package.refresh_from_db()
    assert package.state == PackageState.STRUCK_OFF
    assert package.struck_off_by == cast.petition_officer
    assert not PackageClock.objects.get(package=package).running
    assert Petition.objects.get(pk=package.petition_id).status == Status.FORWARDED


def test_a_struck_off_package_is_not_struck_off_again_and_the_case_may_be_packaged_anew(cast, package_of):
    package = package_of()
    strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    with pytest.raises(Refusal) as refusal:
        strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    assert refusal.value.code == "stale"
    assert package_of(package.petition).is_open


def test_closing_the_case_does_not_strike_the_package_off(cast, make_case, package_of):
    case = make_case(until=Status.EVALUATED)
    package = package_of(case)
    check_off(case)
    following.close(petition=case, actor=cast.actor("petition_officer"))
    package.refresh_from_db()
    assert package.is_open
    assert PackageClock.objects.get(package=package).running


def test_the_database_refuses_a_package_struck_off_without_evidence(package_of):
    package = package_of()
    package.state, package.struck_off_at = PackageState.STRUCK_OFF, now()
    with pytest.raises(IntegrityError, match="package_struck_off_with_evidence"), transaction.atomic():
        package.save()


@pytest.mark.parametrize(
    "days_from_target, lamp, words",
    [
        (-20, "info", "还有 20 天"),
        (-1, "soon", "再过 1 天"),
        (0, "soon", "今天到目标日期"),
        (1, "late", "超目标日期 1 天"),
        (9, "late", "超目标日期 9 天"),
    ],
)
def test_the_lamp_says_why(package_of, days_from_target, lamp, words):
    package = package_of(days=30)
    clock = PackageClock.objects.get(package=package)
    at = clock.raw_due_at - timedelta(hours=8) + timedelta(days=days_from_target)
    row = row_of(package, at)
    assert row.lamp == lamp
    assert words in row.reason


def test_the_lamp_of_a_package_also_tells_that_the_case_itself_is_late(package_of):
    package = package_of()
    Petition.objects.filter(pk=package.petition_id).update(due_at=now() - timedelta(days=1))
    assert row_of(package).note == "案件办理期限已过"


def test_the_leader_is_warned_and_the_office_hears_of_a_missed_target(cast, package_of):
    package = package_of()
    clock = PackageClock.objects.get(package=package)
    told = Notice.objects.filter(dedupe_key__startswith=clock.key + ":")
    assert sweep(PackageClock, now=clock.due_at - timedelta(days=1)).alerts == 1
    assert [notice.recipient for notice in told] == [cast.leader]
    sweep(PackageClock, now=clock.due_at + timedelta(days=10))
    assert set(told.values_list("recipient__username", flat=True)) == {
        "leader",
        "petition_officer",
        "inspector",
    }
    assert not any(package.petition.subject in notice.text for notice in told)
    assert sweep(PackageClock, now=clock.due_at + timedelta(days=20)).alerts == 0


def test_a_case_sealed_later_leaves_the_room_and_nobody_is_told_of_it(
    cast, fresh_case, package_of, client_as
):
    case = fresh_case(until=Status.REGISTERED)
    package = package_of(case)
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    clock = PackageClock.objects.get(package=package)
    assert not clock.running
    assert client_as(cast.leader).get(package.get_absolute_url()).status_code == 404
    page = client_as(cast.leader).get(reverse("leaders:packages")).content.decode()
    assert case.number not in page
    with pytest.raises(Refusal):
        package_of(case)


OFFICE_AND_LEADER = {"petition_officer", "leader"}
#: Who of the cast does what for 高远 or his package; the unit's and the host's acts, and a team's, stand below.
OF_THE_LEADER = {
    LeaderAct.ASSIGN_PACKAGE: OFFICE_AND_LEADER,
    LeaderAct.STRIKE_OFF: OFFICE_AND_LEADER,
    LeaderAct.VISIT_BACK: {"petition_officer", "inspector"},
    LeaderAct.DECIDE_STRIKE_OFF: {"petition_officer", "leader", "leader2"},
    LeaderAct.HAND_OVER: {"petition_officer"},
    LeaderAct.SET_ROUND: {"petition_officer"},
    LeaderAct.SET_RULE: {"petition_officer"},
    LeaderAct.CONFIRM_PROPOSAL: {"petition_officer"},
    LeaderAct.WORK_PACKAGE: OFFICE_AND_LEADER,
    LeaderAct.NOTE_PACKAGE: OFFICE_AND_LEADER,
    LeaderAct.INSTRUCT: {"leader"},
    LeaderAct.NAME_DOER: OFFICE_AND_LEADER,
    LeaderAct.REPORT: set(),
    LeaderAct.ACKNOWLEDGE: {"leader"},
    LeaderAct.PLAN_DAY: {"petition_officer"},
    LeaderAct.BOOK: set(),
    LeaderAct.RECEIVE: {"leader", "petition_officer", "clerk"},
    LeaderAct.CLOSE_STAGE: OFFICE_AND_LEADER,
    LeaderAct.KEEP_AREAS: {"petition_officer"},
    LeaderAct.KEEP_INBOX: {"petition_officer"},
    LeaderAct.DELEGATE: OFFICE_AND_LEADER,
    LeaderAct.RELEASE: {"leader"},
    LeaderAct.READ_LETTER: {"leader"},
    LeaderAct.KEEP_READING: {"petition_officer"},
}


@pytest.mark.parametrize("act", list(LeaderAct))
def test_every_act_of_the_table_for_everybody_in_the_cast(cast, act):
    found = {key for key in cast.people if rules.may(act, cast.actor(key), leader=cast.post("leader"))}
    assert found == OF_THE_LEADER[act]


@pytest.mark.parametrize(
    "act, unit, allowed",
    [
        (LeaderAct.REPORT, "urban", {"handler", "unit_head"}),
        (LeaderAct.NAME_DOER, "urban", {"petition_officer", "unit_head"}),
        (LeaderAct.READ_LETTER, "urban", {"unit_head"}),
        (LeaderAct.BOOK, "dongxi", {"clerk", "petition_officer", "town_clerk"}),
    ],
)
def test_every_act_of_a_unit_for_everybody_in_the_cast(cast, act, unit, allowed):
    place = getattr(cast.units, unit)
    found = {key for key in cast.people if rules.may(act, cast.actor(key), unit=place)}
    assert found == allowed


def test_a_note_of_the_team_is_written_by_whoever_is_in_it(cast):
    found = {
        key
        for key in cast.people
        if rules.may(LeaderAct.NOTE_PACKAGE, cast.actor(key), leader=cast.post("leader2"), member=True)
    }
    staff = {"handler", "handler2", "unit_head", "unit_head2", "mediator", "inspector", "outsider"}
    assert found == staff | {"petition_officer", "leader2", "discipline_officer"}


# Pages


def test_the_list_costs_the_same_for_one_and_three(
    cast, client_as, package_of, fresh_case, django_assert_num_queries
):
    client = client_as(cast.petition_officer)
    package_of()
    client.get(reverse("leaders:packages"))
    with django_assert_num_queries(7):
        client.get(reverse("leaders:packages"))
    package_of()
    package_of()
    with django_assert_num_queries(7):
        page = client.get(reverse("leaders:packages"))
    assert len(page.context["rows"]) == 3


def test_the_officer_packages_a_case_by_its_number(cast, client_as, fresh_case, today):
    case, client = fresh_case(), client_as(cast.petition_officer)
    page = client.get(reverse("leaders:package_add"), {"number": case.number})
    assert case.number in page.content.decode()
    data = {
        "number": case.number,
        "post": cast.post("leader").pk,
        "level": 2,
        "target_on": today + timedelta(days=20),
        "reason": "涉及人数多",
    }
    answer = client.post(reverse("leaders:package_add"), data)
    package = CasePackage.objects.get()
    assert answer.url == package.get_absolute_url()
    again = client.post(reverse("leaders:package_add"), data)
    assert again.status_code == 409
    assert "涉及人数多" in again.content.decode()
    assert "高远" in again.content.decode()


def test_a_number_out_of_sight_is_told_as_unknown(cast, client_as, make_case, today):
    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    for number in ("QJ-0000", sealed.number):
        answer = client_as(cast.petition_officer).post(
            reverse("leaders:package_add"),
            {
                "number": number,
                "post": cast.post("leader").pk,
                "level": 2,
                "target_on": today + timedelta(days=9),
                "reason": "x",
            },
        )
        assert answer.status_code == 422
        assert "没有找到这个编号的信访件" in answer.content.decode()


def test_the_clock_of_a_package_explains_itself(cast, client_as, package_of):
    package = package_of()
    clock = PackageClock.objects.get(package=package)
    page = client_as(cast.leader).get(clock.get_explanation_url())
    assert page.status_code == 200
    assert "领导包案" in page.content.decode()


def test_an_outsider_sees_no_package_and_a_stranger_is_sent_to_log_in(cast, client, client_as, package_of):
    package = package_of()
    clock = PackageClock.objects.get(package=package)
    pages = [package.get_absolute_url(), clock.get_explanation_url()]
    outside = client_as(cast.outsider)
    assert [outside.get(page).status_code for page in pages] == [404, 404]
    assert (
        outside.post(reverse("leaders:strike_off", args=[package.pk]), {"evidence": "x"}).status_code == 404
    )
    assert package.petition.number not in outside.get(reverse("leaders:packages")).content.decode()
    assert outside.get(reverse("leaders:package_add")).status_code == 403
    for page in [*pages, reverse("leaders:packages"), reverse("leaders:package_add")]:
        assert client.get(page).url.startswith(reverse("accounts:login"))
