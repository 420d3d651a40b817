"""销案 is asked for by one, looked at by another outside the team, decided by a second person, and watched after."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.decisions import counts
from leaders.enums import EvidenceKind, PackageState, StrikeOffState, TeamRole
from leaders.models import CasePackage, PackageClock, PackageReopening, StrikeOff
from leaders.services import archives, striking, teams
from notifications.models import Notice
from outcomes.enums import VisitWay
from petitions.enums import Status
from petitions.services import following
from tests.cases import check_off, strike_off_package
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
SAID = {"evidence": "已搬迁，签字确认。", "matter": "已搬迁。", "heart": "当面说清。"}


@pytest.fixture
def officer2(cast):
    user = User.objects.create(username="second", name="乙", password="!")
    return Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )


@pytest.fixture
def apply(cast):
    def make(package, who="leader", kind=EvidenceKind.OWN_WORD, **said):
        return striking.apply_strike_off(
            package=package, actor=cast.actor(who), kind=kind, **{**SAID, **said}
        )

    return make


def visit(package, actor, days=0):
    return striking.record_visit(
        package=package,
        actor=actor,
        on=local_day(now()) + timedelta(days=days),
        way=VisitWay.PHONE,
        note="好。",
    )


def decide(package, actor, decision=StrikeOffState.APPROVED, word="同意。"):
    return striking.decide(package=package, actor=actor, decision=decision, word=word)


@pytest.mark.parametrize("field", ["evidence", "matter", "heart"])
def test_without_evidence_nothing_is_asked_for(package_of, apply, field):
    with pytest.raises(Refusal) as refusal:
        apply(package_of(), **{field: " "})
    assert refusal.value.code == "invalid" and not StrikeOff.objects.exists()


def test_the_clock_goes_on_until_it_is_decided_and_the_office_is_told(cast, package_of, apply):
    package = package_of()
    apply(package)
    package.refresh_from_db()
    assert package.is_open and PackageClock.objects.get(package=package).running
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="申请销案").count() == 1
    with pytest.raises(Refusal, match="等审核"):
        apply(package)


def test_neither_the_applicant_nor_the_leader_nor_the_team_visits_or_decides(
    cast, package_of, apply, officer2
):
    package = package_of()
    apply(package, who="petition_officer")
    teams.join_team(package=package, actor=cast.actor("leader"), post=officer2, role=TeamRole.CARE)
    for actor in (cast.actor("petition_officer"), Actor.of(officer2)):
        for door in (visit, decide):
            with pytest.raises(Refusal) as refusal:
                door(package, actor)
            assert refusal.value.code == "forbidden"
    with pytest.raises(Refusal) as refusal:
        decide(package, cast.actor("leader"))
    assert refusal.value.code == "forbidden"
    visit(package, cast.actor("inspector"))


def test_the_database_too_wants_a_second_person(cast, package_of, apply):
    row = apply(package_of())
    row.state, row.word, row.decided_at, row.decided_by = "approved", "好", now(), cast.leader
    with pytest.raises(IntegrityError, match="strike_off_by_another"), transaction.atomic():
        row.save()


def test_without_a_return_visit_by_somebody_outside_it_is_not_approved(cast, package_of, apply):
    package = package_of()
    apply(package)
    with pytest.raises(Refusal, match="还没有回访"):
        decide(package, cast.actor("petition_officer"))
    for days in (1, -99):
        with pytest.raises(Refusal, match="回访日期"):
            visit(package, cast.actor("inspector"), days=days)
    visit(package, cast.actor("inspector"))
    assert decide(package, cast.actor("petition_officer")).state == PackageState.STRUCK_OFF


def test_an_answered_case_is_checked_off_first(cast, make_case, package_of, apply):
    case = make_case(until=Status.EVALUATED)
    package = package_of(case)
    apply(package)
    visit(package, cast.actor("petition_officer"))
    with pytest.raises(Refusal, match="还没有核对"):
        decide(package, cast.actor("petition_officer"))
    check_off(case)
    assert not decide(package, cast.actor("petition_officer")).is_open


def test_a_final_review_is_named_only_where_there_was_one(package_of, apply):
    with pytest.raises(Refusal, match="没有复核终结的记录"):
        apply(package_of(), kind=EvidenceKind.FINAL_REVIEW)


def test_asked_back_it_stays_open_with_what_is_missing_and_is_asked_for_anew(cast, package_of, apply):
    package = package_of()
    apply(package)
    with pytest.raises(Refusal) as refusal:
        decide(package, cast.actor("petition_officer"), StrikeOffState.ASKED_BACK, word=" ")
    assert refusal.value.code == "invalid"
    decide(package, cast.actor("petition_officer"), StrikeOffState.ASKED_BACK, word="缺签收单。")
    assert package.is_open
    assert Notice.objects.filter(recipient=cast.leader, text__contains="退回补充").exists()
    apply(package)
    decide(package, cast.actor("petition_officer"), StrikeOffState.REFUSED, word="问题还在。")
    assert list(package.strike_offs.values_list("ordinal", "state")) == [(2, "refused"), (1, "asked_back")]


@pytest.mark.django_db(transaction=True)
def test_two_people_approving_at_once_approve_once(cast, package_of, apply, officer2):
    package = package_of()
    apply(package)
    visit(package, cast.actor("inspector"))
    came, gate = [], threading.Barrier(2)

    def run(actor):
        try:
            gate.wait(5)
            decide(CasePackage.objects.get(pk=package.pk), actor)
            came.append("done")
        except Refusal as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    actors = [cast.actor("petition_officer"), Actor.of(officer2)]
    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(came) == ["done", "stale"]


def struck(cast, package):
    strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    package.refresh_from_db()
    return package


def link(cast, case, original):
    following.link(petition=case, actor=cast.actor("petition_officer"), original=original)


def test_a_repeat_within_the_watch_time_reopens_the_package_once(cast, package_of, fresh_case):
    package = struck(cast, package_of())
    original = package.petition
    assert package.watch_until == local_day(now()) + timedelta(days=180)
    link(cast, fresh_case(), original)
    link(cast, fresh_case(), original)
    package.refresh_from_db()
    assert package.is_open and package.petition == original
    assert PackageReopening.objects.filter(package=package).count() == 1
    assert PackageClock.objects.filter(package=package, stopped_at=None).count() == 1
    assert Notice.objects.filter(recipient=cast.leader, text__contains="包案已恢复").count() == 1


@pytest.mark.article(19)
def test_another_repeat_reopens_the_package_that_held_a_repeat(cast, package_of, fresh_case):
    first, again, third = fresh_case(), fresh_case(), fresh_case()
    link(cast, again, first)
    package = struck(cast, package_of(again))
    link(cast, third, first)
    package.refresh_from_db()
    assert package.is_open and package.petition == again
    assert set(package.cases.filter(left_at=None).values_list("petition", flat=True)) == {
        again.pk,
        third.pk,
    }
    assert PackageReopening.objects.get().petition == third


def test_a_matter_that_is_in_hand_through_another_repeat_reopens_nothing(cast, package_of, fresh_case):
    first, again, third = fresh_case(), fresh_case(), fresh_case()
    link(cast, again, first)
    package = struck(cast, package_of(again))
    package_of(first)
    link(cast, third, first)
    package.refresh_from_db()
    assert not package.is_open


def test_a_case_struck_off_itself_is_no_repeat_of_itself(cast, package_of, fresh_case):
    package = struck(cast, package_of())
    link(cast, package.petition, fresh_case())
    package.refresh_from_db()
    assert not package.is_open


def test_a_repeat_after_the_watch_time_reopens_nothing(cast, package_of, fresh_case):
    package = struck(cast, package_of())
    CasePackage.objects.filter(pk=package.pk).update(watch_until=local_day(now()) - timedelta(days=1))
    link(cast, fresh_case(), package.petition)
    package.refresh_from_db()
    assert not package.is_open


def test_how_people_parted_is_sealed_kept_from_the_unit_and_forgotten_with_the_case(
    cast, client_as, package_of, apply
):
    package = package_of()
    apply(package, heart="老人流着泪说了三个小时")
    assert "老人流着泪" in client_as(cast.petition_officer).get(package.get_absolute_url()).content.decode()
    assert "老人流着泪" not in client_as(cast.unit_head).get(package.get_absolute_url()).content.decode()
    assert archives.forget(package.petition) == 1
    assert StrikeOff.objects.get().heart == ""


def test_the_office_decides_on_the_page_and_what_was_typed_stays(cast, client_as, package_of, apply):
    package, officer = package_of(), client_as(cast.petition_officer)
    leader = client_as(cast.leader)
    address = reverse("leaders:strike_off", args=[package.pk])
    empty = leader.post(address, {"kind": "own_word", "evidence": "", "matter": "写了一半", "heart": ""})
    assert empty.status_code == 422 and "写了一半" in empty.content.decode()
    assert leader.post(address, {"kind": "own_word", **SAID}).status_code == 302
    page = officer.get(package.get_absolute_url()).content.decode()
    assert "还没有回访" in page and "审核销案" in page
    door = reverse("leaders:package_decide", args=[package.pk])
    early = officer.post(door, {"decision": "approved", "word": "同意吧"})
    assert early.status_code == 409 and "同意吧" in early.content.decode()
    assert "审核销案</button>" not in leader.get(package.get_absolute_url()).content.decode()
    visit(package, cast.actor("petition_officer"))
    assert officer.post(door, {"decision": "approved", "word": "同意"}).status_code == 302
    assert officer.get(package.get_absolute_url()).status_code == 200


def test_the_step_that_waits_stands_before_every_other_panel(cast, client_as, package_of, apply):
    package, officer = package_of(), client_as(cast.petition_officer)

    def order():
        page = officer.get(package.get_absolute_url()).content.decode()
        wanted = ("登记销案回访</button>", "审核销案</button>", 'id="strike-off"', 'id="cases-title"')
        return [page.find(one) for one in wanted]

    assert order()[0] == order()[1] == order()[2] == -1
    apply(package)
    back, decision, application, cases = order()
    assert 0 < back < decision < application < cases
    visit(package, cast.actor("petition_officer"))
    back, decision, application, cases = order()
    assert back == -1 and 0 < decision < application < cases
    leader = client_as(cast.leader).get(package.get_absolute_url()).content.decode()
    assert leader.count('id="strike-off"') == 1 and "审核销案</button>" not in leader


def test_an_application_stands_among_what_waits_for_whoever_may_decide_it(cast, package_of, apply, client_as):
    package = package_of()
    apply(package, who="petition_officer")
    head = Post.objects.create(
        user=User.objects.create(username="head", name="苏平", password="!"),
        unit=cast.units.petition_office,
        role=Role.UNIT_HEAD,
        valid_from=SINCE,
    )
    assert counts(Actor.of(head)).get("leaders.strike_offs", 0) == 0, "it waits for the return visit"
    visit(package, cast.actor("inspector"))
    assert counts(Actor.of(head))["leaders.strike_offs"] == 1
    page = client_as(head.user).get(reverse("leaders:decisions")).content.decode()
    assert package.get_absolute_url() in page
    for who in ("leader", "petition_officer", "unit_head", "outsider"):
        assert counts(cast.actor(who)).get("leaders.strike_offs", 0) == 0, who
