"""Rules propose, people decide; overdue packages go up, and a new leader inherits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from accounts.services.posts import end_post
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.enums import (
    EvidenceKind,
    HandoverWhy,
    PackageLevel,
    ProposalGround,
    ProposalKind,
    ProposalState,
    StrikeOffState,
)
from leaders.models import CasePackage, PackageClock, PackageProposal
from leaders.services import handing, proposing, striking, teams
from leaders.services.proposing import propose
from petitions.enums import Kind, Rating, Status
from petitions.models import Petition
from petitions.services import following
from tests.cases import strike_off_package
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
G = ProposalGround


@pytest.fixture
def head(cast):
    """The head of the petition office."""
    user = User.objects.create(username="head", name="局长", password="!")
    return Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.UNIT_HEAD, valid_from=SINCE
    )


def reads(actor, case):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def grounds(case):
    return set(PackageProposal.objects.filter(petition=case).values_list("ground", flat=True))


def taken(proposal, post, actor, **kwargs):
    fields = {
        "post": post,
        "level": PackageLevel.IN_CHARGE,
        "target_on": local_day(now()) + timedelta(days=30),
        "reason": "人数多",
        **kwargs,
    }
    return proposing.confirm(proposal=proposal, actor=actor, **fields)


def test_many_people_are_proposed_once_and_a_case_in_hand_or_sealed_is_not(
    cast, fresh_case, package_of, make_case
):
    many, few = fresh_case(head_count=60), fresh_case(head_count=3)
    inside = package_of(fresh_case(head_count=80)).petition
    sealed = make_case.registered(kind=Kind.ACCUSATION, head_count=90).petition
    assert propose(now()) == 1 and propose(now()) == 0
    assert grounds(many) == {G.HEADS}
    assert [grounds(case) for case in (few, inside, sealed)] == [set(), set(), set()]


def test_an_old_case_is_proposed_and_the_rule_holds_only_while_it_is_in_force(cast, make_case):
    case = make_case(at=now() - timedelta(days=100))
    assert propose(now()) == 1
    assert "100 天" in PackageProposal.objects.get(petition=case).why
    proposing.PackageRule.objects.update(valid_until=local_day(now()))
    make_case(at=now() - timedelta(days=100))
    assert propose(now()) == 0


@pytest.mark.article(21)
@pytest.mark.parametrize(
    "ratings",
    [
        {"office_rating": Rating.DISSATISFIED, "unit_rating": Rating.SATISFIED},
        {"office_rating": Rating.SATISFIED, "unit_rating": Rating.DISSATISFIED},
    ],
)
def test_a_rating_reaches_no_proposal_before_the_case_is_closed(cast, client_as, make_case, head, ratings):
    case = make_case(until=Status.SERVED, at=now() - timedelta(days=10))
    following.evaluate(petition=case, actor=Actor.petitioner(), **ratings)
    assert propose(now()) == 0
    for user in (cast.petition_officer, head.user):
        page = client_as(user).get(reverse("leaders:proposals")).content.decode()
        assert case.number not in page and "答复以后" not in page
    Petition.objects.filter(pk=case.pk).update(status=Status.CLOSED, closed_at=now())
    assert propose(now()) == 1
    assert "不满意" in PackageProposal.objects.get(petition=case, ground=G.RATING).why


def test_the_head_of_the_office_confirms_and_other_proposals_of_the_case_lapse(cast, make_case, head):
    case = make_case(at=now() - timedelta(days=100), head_count=60)
    assert propose(now()) == 2
    proposal = PackageProposal.objects.filter(ground=G.HEADS).get()
    with pytest.raises(Refusal, match="联席会议"):
        taken(proposal, cast.post("leader"), cast.actor("petition_officer"))
    package = taken(proposal, cast.post("leader"), Actor.of(head))
    assert package.petition == case and package.leader == cast.leader
    states = dict(PackageProposal.objects.values_list("ground", "state"))
    assert states == {G.HEADS: ProposalState.CONFIRMED, G.AGE: ProposalState.LAPSED}
    with pytest.raises(Refusal) as refusal:
        taken(proposal, cast.post("leader"), Actor.of(head))
    assert refusal.value.code == "stale"


def test_what_was_declined_with_a_reason_is_not_proposed_again_next_night(cast, fresh_case):
    fresh_case(head_count=60)
    propose(now())
    proposal = PackageProposal.objects.get()
    with pytest.raises(Refusal) as refusal:
        proposing.decline(proposal=proposal, actor=cast.actor("petition_officer"), reason=" ")
    assert refusal.value.code == "invalid"
    proposing.decline(proposal=proposal, actor=cast.actor("petition_officer"), reason="已由街道办理")
    assert propose(now()) == 0 and propose(now() + timedelta(days=91)) >= 1


def test_an_overdue_package_is_proposed_for_the_next_level_and_goes_up_with_its_history(
    cast, package_of, fresh_case, head
):
    case = fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan)
    package = package_of(case)
    teams.note(package=package, actor=cast.actor("leader"), text="已协调两次。")
    later = now() + timedelta(days=40)
    assert propose(later) >= 1
    proposal = PackageProposal.objects.get(ground=G.OVERDUE)
    assert "超目标日期 10 天" in proposal.why
    with pytest.raises(Refusal, match="更高的层级"):
        taken(proposal, cast.post("leader2"), Actor.of(head))
    taken(proposal, cast.post("leader2"), Actor.of(head), level=PackageLevel.CHIEF)
    package.refresh_from_db()
    assert (package.leader, package.level, package.pk) == (cast.leader2, PackageLevel.CHIEF, package.pk)
    assert not reads(cast.actor("leader"), case) and reads(cast.actor("leader2"), case)
    assert package.handovers.get().why == HandoverWhy.RAISED
    assert package.notes.count() == 1
    running = PackageClock.objects.get(package=package, stopped_at=None)
    assert local_day(running.due_at) == package.target_on
    assert not PackageProposal.objects.filter(state=ProposalState.OPEN, package=package).exists()


def refuse_strike_off(package, cast):
    striking.apply_strike_off(
        package=package,
        actor=cast.actor("leader"),
        kind=EvidenceKind.OWN_WORD,
        evidence="已搬迁。",
        matter="已搬迁。",
        heart="当面说清。",
    )
    striking.decide(
        package=package,
        actor=cast.actor("petition_officer"),
        decision=StrikeOffState.REFUSED,
        word="人还在反映。",
    )


def test_a_refused_strike_off_proposes_the_next_level_once_for_these_hands(cast, package_of, head):
    package = package_of()
    assert propose(now()) == 0
    refuse_strike_off(package, cast)
    assert (propose(now()), propose(now())) == (1, 0)
    proposal = PackageProposal.objects.get(ground=G.FAILED)
    assert proposal.kind == ProposalKind.RAISE and proposal.package == package
    assert "销案申请没有同意" in proposal.why
    taken(proposal, cast.post("leader2"), Actor.of(head), level=PackageLevel.CHIEF)
    assert propose(now()) == 0, "the new hands have failed at nothing yet, and there is no higher level"


def test_what_failed_before_the_package_was_handed_on_proposes_nothing_more(cast, package_of):
    package = package_of()
    CasePackage.objects.filter(pk=package.pk).update(level=PackageLevel.UNIT)
    refuse_strike_off(package, cast)
    handing.hand_over(
        package=package,
        actor=cast.actor("petition_officer"),
        post=cast.post("leader2"),
        level=PackageLevel.IN_CHARGE,
        target_on=local_day(now()) + timedelta(days=9),
        reason="提级",
    )
    assert propose(now()) == 0


def test_a_package_that_came_back_in_its_watch_time_is_proposed_for_the_next_level(
    cast, package_of, fresh_case
):
    package = package_of()
    strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
    again = fresh_case()
    following.link(petition=again, actor=cast.actor("petition_officer"), original=package.petition)
    assert propose(now()) == 1
    proposal = PackageProposal.objects.get()
    assert (proposal.ground, proposal.package) == (G.FAILED, package)
    assert "又反映" in proposal.why


def test_a_package_of_a_leader_who_leaves_shows_so_and_whoever_takes_the_post_inherits(
    cast, client_as, package_of, today, head
):
    package = package_of()
    end_post(post=cast.post("leader"), by=cast.actor("secadmin"), on=today)
    propose(now())
    proposal = PackageProposal.objects.get(ground=G.NO_LEADER)
    assert proposal.post == cast.post("leader2"), "the only other leader of the unit"
    page = client_as(cast.petition_officer).get(reverse("leaders:packages"), {"view": "without"})
    assert "领导已离任，待交接" in page.content.decode()
    taken(proposal, cast.post("leader2"), Actor.of(head))
    package.refresh_from_db()
    assert package.leader == cast.leader2
    assert package.handovers.get().why == HandoverWhy.INHERITED
    again = client_as(cast.petition_officer).get(reverse("leaders:packages"), {"view": "without"})
    assert again.context["rows"] == []


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"reason": " "}, "原因"),
        ({"target_on": local_day(now())}, "今天之后"),
        ({"level": PackageLevel.UNIT}, "不变或者提高"),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused(cast, package_of, changed, words):
    fields = {
        "post": cast.post("leader2"),
        "level": PackageLevel.CHIEF,
        "target_on": local_day(now()) + timedelta(days=9),
        "reason": "超期",
        **changed,
    }
    with pytest.raises(Refusal, match=words):
        handing.hand_over(package=package_of(), actor=cast.actor("petition_officer"), **fields)


def test_a_leader_does_not_give_a_package_away_alone(cast, package_of):
    with pytest.raises(Refusal) as refusal:
        handing.hand_over(
            package=package_of(),
            actor=cast.actor("leader"),
            post=cast.post("leader2"),
            level=PackageLevel.IN_CHARGE,
            target_on=local_day(now()) + timedelta(days=9),
            reason="太忙",
        )
    assert refusal.value.code == "forbidden"


def test_the_pages_of_proposals(cast, client_as, fresh_case, django_assert_max_num_queries):
    fresh_case(head_count=60)
    propose(now())
    proposal, client = PackageProposal.objects.get(), client_as(cast.petition_officer)
    assert "涉及 60 人" in client.get(reverse("leaders:proposals")).content.decode()
    bad = client.post(
        proposal.get_absolute_url(),
        {"post": cast.post("leader").pk, "level": 2, "target_on": "2099-01-04", "reason": "人多事急"},
    )
    assert bad.status_code == 422 and "人多事急" in bad.content.decode()
    none = client.post(proposal.get_absolute_url(), {"post": "", "level": 3, "target_on": "", "reason": ""})
    assert none.status_code == 422 and not CasePackage.objects.exists(), "a level without a leader"
    assert client_as(cast.unit_head).get(reverse("leaders:proposals")).status_code == 403
    fresh_case(head_count=61)
    fresh_case(head_count=62)
    propose(now())
    with django_assert_max_num_queries(9):
        client.get(reverse("leaders:proposals"))
    gone = client.post(reverse("leaders:proposal_decline", args=[proposal.pk]), {"reason": "街道已办"})
    assert gone.status_code == 302
