"""回避 (条例 28) in this room: whoever is recused is told of nothing, given nothing and steers nothing more."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from deadlines.enums import StepKind
from leaders.enums import EvidenceKind
from leaders.models import CasePackage, Instruction, VisitRecord
from leaders.services import striking
from leaders.services.alerts import instruction_lines, package_lines
from leaders.services.instructions import acknowledge_instruction, report_instruction
from leaders.services.receptions import Talk, receive
from notifications.models import Notice
from petitions.enums import RecusalGround
from petitions.services import recusing
from tests.cases import strike_off_package
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def apply(package, actor):
    return striking.apply_strike_off(
        package=package,
        actor=actor,
        kind=EvidenceKind.OWN_WORD,
        evidence="已落实",
        matter="已落实",
        heart="已说清",
    )


def out(cast, case, user, by="petition_officer") -> None:
    recusing.exclude(
        petition=case, actor=cast.actor(by), user=user, ground=RecusalGround.FAMILY, reason="亲属"
    )


def told_of(case) -> set[User]:
    """Whoever has a notice about the case, but for those to whom the recusal itself was told."""
    found = Notice.objects.filter(about=case.about).exclude(text__contains="工作人员回避")
    return {notice.recipient for notice in found}


def step(role, **clock) -> SimpleNamespace:
    return SimpleNamespace(
        clock=SimpleNamespace(**clock), role=role, kind=StepKind.REMIND, late_text="", key="k", level="soon"
    )


@pytest.fixture
def second_officer(cast) -> Actor:
    user = User.objects.create(username="officer2", name="何二", password="!")
    unit = cast.units.petition_office
    return Actor.of(Post.objects.create(user=user, unit=unit, role=Role.PETITION_OFFICER, valid_from=SINCE))


def test_of_a_recused_leaders_package_the_petition_office_is_reminded_instead(cast, package_of):
    package = package_of(post="leader2")
    out(cast, package.petition, cast.leader2)
    package = CasePackage.objects.get(pk=package.pk)
    assert package_lines([step(Role.LEADER, package=package)])[0].recipients == [cast.petition_officer.pk]


def test_of_an_instruction_neither_its_recused_leader_nor_a_recused_handler_is_reminded(cast, instruction_of):
    task = instruction_of()
    out(cast, task.petition, cast.leader)
    out(cast, task.petition, cast.handler)
    task = Instruction.objects.get(pk=task.pk)
    lines = instruction_lines([step(Role.LEADER, instruction=task), step(Role.HANDLER, instruction=task)])
    assert [line.recipients for line in lines] == [[cast.petition_officer.pk], [cast.unit_head.pk]]


def test_a_recused_officer_is_not_told_that_a_package_was_struck_off(cast, package_of, second_officer):
    package = package_of(post="leader2")
    recusing.recuse(petition=package.petition, actor=second_officer, ground=RecusalGround.FAMILY)
    apply(package, cast.actor("leader2"))
    assert cast.petition_officer in told_of(package.petition)
    assert second_officer.user not in told_of(package.petition)


def test_a_report_is_not_told_to_the_recused_leader_nor_an_answer_to_a_recused_handler(cast, instruction_of):
    first, second = instruction_of(), instruction_of()
    out(cast, first.petition, cast.leader)
    report_instruction(instruction=first, actor=cast.actor("unit_head"), text="已办。")
    assert cast.leader not in told_of(first.petition)
    report_instruction(instruction=second, actor=cast.actor("unit_head"), text="已办。")
    out(cast, second.petition, cast.handler)
    acknowledge_instruction(instruction=second, actor=cast.actor("leader"), enough=True)
    assert cast.handler not in told_of(second.petition)
    assert cast.unit_head in told_of(second.petition)


def test_a_recused_leader_steers_nothing_even_past_the_pages(cast, package_of, instruction_of):
    """As when the recusal is committed between the page's look and the door's lock."""
    package, task = package_of(), instruction_of()
    report_instruction(instruction=task, actor=cast.actor("unit_head"), text="已办。")
    for case in (package.petition, task.petition):
        recusing.recuse(petition=case, actor=cast.actor("leader"), ground=RecusalGround.FAMILY)
    for door in (
        lambda: apply(package, cast.actor("leader")),
        lambda: acknowledge_instruction(instruction=task, actor=cast.actor("leader"), enough=True),
        lambda: instruction_of(package.petition),
    ):
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.code == "forbidden"
    assert CasePackage.objects.get().is_open
    task.refresh_from_db()
    assert task.acknowledged is None


def test_nor_does_a_recused_officer_or_handler(cast, package_of, instruction_of, second_officer):
    package, task = package_of(post="leader2"), instruction_of()
    recusing.recuse(petition=package.petition, actor=second_officer, ground=RecusalGround.FAMILY)
    with pytest.raises(Refusal):
        apply(package, second_officer)
    out(cast, task.petition, cast.handler)
    with pytest.raises(Refusal):
        report_instruction(instruction=task, actor=cast.actor("handler"), text="已办。")
    task.refresh_from_db()
    assert CasePackage.objects.get().is_open and task.done_at is None


def test_a_recused_leader_is_not_given_the_case_again(cast, fresh_case, package_of):
    case = fresh_case()
    out(cast, case, cast.leader2)
    with pytest.raises(Refusal, match="郑岚已回避本件，请另选领导"):
        package_of(case, post="leader2")
    talk = Talk(post=cast.post("leader2"), said="他来过。")
    with pytest.raises(Refusal, match="郑岚已回避本件"):
        receive(petition=case, actor=cast.actor("petition_officer"), talk=talk)
    assert not CasePackage.objects.exists() and not VisitRecord.objects.exists()


def test_the_office_sees_which_package_has_lost_its_leader_and_the_leader_sees_nothing(
    cast, package_of, client_as
):
    package = package_of(post="leader2")
    office, url = client_as(cast.petition_officer), reverse("leaders:packages")
    mark = "领导已回避，请另行安排"
    assert mark not in office.get(url).content.decode()
    out(cast, package.petition, cast.leader2)
    for page in (url, package.get_absolute_url()):
        assert mark in office.get(page).content.decode()
    for page in (url, reverse("leaders:home")):
        assert package.petition.number not in client_as(cast.leader2).get(page).content.decode()
    told = Notice.objects.get(recipient=cast.petition_officer, text__contains="工作人员回避")
    assert "包案领导" in told.text


def test_the_office_replaces_a_recused_leader(cast, package_of, client_as, second_officer):
    package = package_of(post="leader2")
    out(cast, package.petition, cast.leader2)
    strike_off_package(package, cast.actor("petition_officer"), second_officer)
    package_of(package.petition, post="leader")
    page = client_as(cast.petition_officer).get(reverse("leaders:packages")).content.decode()
    assert package.petition.number in page and "领导已回避" not in page
