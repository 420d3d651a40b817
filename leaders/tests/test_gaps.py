"""What 销案 still lacks is read from the records: answer, checks, visit, inquiry, instructions. Who has to do it is told,
and nothing waits for whoever decides before it is there."""

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import gaps
from leaders.decisions import counts
from leaders.enums import EvidenceKind, PackageState, StrikeOffState
from leaders.models import StrikeOff
from leaders.selectors import striking as selectors
from leaders.services import instructions, striking, teams
from mediation.enums import Result
from notifications.models import Notice
from outcomes.enums import VisitWay
from petitions import extensions
from petitions.enums import Status
from petitions.models import Petition
from tests.cases import check_off
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer2(cast):
    user = User.objects.create(username="second", name="乙", password="!")
    return Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )


def ask(cast, package, kind=EvidenceKind.OWN_WORD):
    return striking.apply_strike_off(
        package=package, actor=cast.actor("leader"), kind=kind, evidence="处理意见书已送达。", matter="好。",
        heart="好。",
    )  # fmt: skip


def visit(cast, package):
    day = local_day(now())
    actor = cast.actor("inspector")
    striking.record_visit(package=package, actor=actor, on=day, way=VisitWay.PHONE, note="好。")


def approve(cast, package):
    actor = cast.actor("petition_officer")
    return striking.decide(package=package, actor=actor, decision=StrikeOffState.APPROVED, word="同意。")


def missing(package):
    waiting = StrikeOff.objects.get(package=package)
    cases = list(Petition.objects.filter(package_rows__package=package))
    return {one.label: one for one in striking.conditions(package, cases, waiting) if one.missing}


@pytest.mark.article(32)
def test_words_of_an_answer_do_not_make_one(cast, package_of):
    package = package_of()
    for kind, words in (
        (EvidenceKind.CARRIED_OUT, "还没有答复并送达"),
        (EvidenceKind.AGREEMENT, "协议的记录"),
    ):
        with pytest.raises(Refusal, match=words) as refusal:
            ask(cast, package, kind)
        assert refusal.value.code == "invalid" and package.petition.number in refusal.value.sentence
    assert not StrikeOff.objects.exists()


def test_what_was_asked_for_before_is_held_against_the_case_when_it_is_decided(cast, package_of):
    package = package_of()
    ask(cast, package)
    StrikeOff.objects.update(kind=EvidenceKind.CARRIED_OUT)
    visit(cast, package)
    gap = missing(package)["答复并送达"]
    assert package.petition.number in gap.missing and gap.url == package.petition.get_absolute_url()
    with pytest.raises(Refusal, match="还没有答复并送达"):
        approve(cast, package)
    package.refresh_from_db()
    assert package.is_open


def test_the_petitioners_own_word_is_named_for_what_it_is(cast, package_of, client_as):
    package = package_of()
    ask(cast, package)
    visit(cast, package)
    page = client_as(cast.petition_officer).get(package.get_absolute_url()).content.decode()
    assert "还没有答复，按“信访人本人认可”销案" in page and "仍要答复并送达" in page
    assert approve(cast, package).state == PackageState.STRUCK_OFF


def test_a_mediation_that_came_to_an_agreement_ends_the_matter(cast, package_of, monkeypatch):
    package = package_of()
    work = extensions.Work(package.petition, now(), "", str(Result.AGREED), "done", "/", settled=True)
    monkeypatch.setattr(striking, "work_of", lambda *_args: [work])
    ask(cast, package, EvidenceKind.AGREEMENT)
    visit(cast, package)
    assert approve(cast, package).state == PackageState.STRUCK_OFF


def test_an_open_inquiry_and_an_instruction_are_ended_first(cast, package_of):
    package = package_of()
    leader = cast.actor("leader")
    teams.inquire(package=package, actor=leader, reason="重新测量")
    task = instructions.instruct(petition=package.petition, actor=leader, text="请研究。")
    ask(cast, package)
    visit(cast, package)
    assert set(missing(package)) == {"重新调查", "批示"}
    with pytest.raises(Refusal, match=r"重新调查还没有结论；.*批示还没有反馈"):
        approve(cast, package)
    teams.find(package=package, actor=leader, findings="数据无误。")
    instructions.report_instruction(instruction=task, actor=cast.actor("handler"), text="已研究。")
    assert not missing(package)
    assert not approve(cast, package).is_open


def test_what_lacks_something_waits_for_whoever_has_to_do_it(
    cast, make_case, package_of, officer2, client_as
):
    case = make_case(until=Status.EVALUATED)
    package, judge, client = package_of(case), Actor.of(officer2), client_as(officer2.user)
    ask(cast, package, EvidenceKind.OWN_WORD)
    visit(cast, package)
    assert counts(judge).get("leaders.strike_offs", 0) == 0
    (held,) = selectors.held(judge)
    (lack,) = held.lacks
    assert "还没有核对" in lack.missing and str(case.lead_unit) in lack.who
    told = Notice.objects.filter(text__contains="核对“三到位一处理”", link=lack.url)
    assert set(told.values_list("recipient", flat=True)) >= {cast.handler.pk, cast.unit_head.pk}
    page = client.get(reverse("leaders:decisions"))
    assert page.status_code == 200
    words = page.content.decode()
    assert reverse("outcomes:case", args=[case.number]) in words and "还不等您批" in words
    whole = client.get(package.get_absolute_url()).content.decode()
    assert 'value="asked_back"' in whole and 'value="approved"' not in whole
    early = client.post(
        reverse("leaders:package_decide", args=[package.pk]), {"decision": "approved", "word": "同意吧"}
    )
    assert early.status_code == 409 and "同意吧" in early.content.decode()
    check_off(case)
    assert counts(judge)["leaders.strike_offs"] == 1 and not selectors.held(judge)
    assert 'value="approved"' in client.get(package.get_absolute_url()).content.decode()


def test_what_counts_as_ready_is_what_the_door_lets_through(cast, make_case, package_of):
    case = make_case(until=Status.EVALUATED)
    package = package_of(case)
    ask(cast, package)
    waiting = StrikeOff.objects.filter(package=package)
    for step in (lambda: visit(cast, package), lambda: check_off(case)):
        assert bool(missing(package)) and not gaps.ready(waiting).exists()
        step()
    assert not missing(package) and gaps.ready(waiting).exists()
    case.closing_checks.filter(item="solved").update(result="not_done", note="还差一户")
    assert set(missing(package)) == {"核对结果"} and not gaps.ready(waiting).exists()
