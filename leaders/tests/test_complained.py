"""The unit complained of (条例 28) in this room: leaders posted there are given nothing of the case and lose what they
were given; an instruction neither tells nor tasks the unit, but for its own part as a co-unit."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from deadlines.enums import StepKind
from leaders.models import CasePackage, Instruction, VisitRecord
from leaders.services.alerts import instruction_lines
from leaders.services.instructions import report_instruction, units_that_may_do
from leaders.services.packages import assign_package
from leaders.services.receptions import Talk, receive
from notifications.models import Notice
from petitions.enums import Kind, Path
from petitions.models import Petition
from petitions.services import forwarding
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
REFUSED = "镇长甲在被反映的单位任职，应当回避（条例第二十八条），请另选领导"


@pytest.fixture
def town_leader(cast) -> Post:
    """A leader posted in 东溪镇 itself, in charge of 城市管理局's part there and of the town."""
    user = User.objects.create(username="town_leader", name="镇长甲", password="!")
    post = Post.objects.create(user=user, unit=cast.units.dongxi, role=Role.LEADER, valid_from=SINCE)
    post.charge_units.add(cast.units.dongxi, cast.units.urban)
    return post


def reads(case, post) -> bool:
    return Petition.objects.visible_to(Actor.of(post)).filter(pk=case.pk).exists()


def name_unit(cast, case, unit) -> None:
    forwarding.classify(
        petition=case,
        actor=cast.actor("petition_officer"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=unit,
    )


def give(cast, case, post, today):
    assign_package(
        petition=case,
        actor=cast.actor("petition_officer"),
        post=post,
        target_on=today.replace(year=today.year + 1),
        reason="多次反映未解决",
    )


def test_such_a_leader_is_given_no_package_and_receives_nobody_about_it(cast, fresh_case, town_leader, today):
    case = fresh_case(complained_unit=cast.units.dongxi)
    with pytest.raises(Refusal, match=REFUSED):
        give(cast, case, town_leader, today)
    with pytest.raises(Refusal, match=REFUSED):
        receive(
            petition=case, actor=cast.actor("petition_officer"), talk=Talk(post=town_leader, said="他来过。")
        )
    assert not CasePackage.objects.exists() and not VisitRecord.objects.exists()
    assert not reads(case, town_leader)


def test_nor_one_who_holds_another_post_there(cast, fresh_case, today):
    Post.objects.create(user=cast.leader2, unit=cast.units.liuwan, role=Role.UNIT_HEAD, valid_from=SINCE)
    with pytest.raises(Refusal, match="郑岚在被反映的单位任职"):
        give(cast, fresh_case(complained_unit=cast.units.dongxi), cast.post("leader2"), today)
    give(cast, fresh_case(complained_unit=cast.units.shiqiao), cast.post("leader2"), today)


def test_naming_the_unit_ends_what_a_leader_there_was_given(cast, fresh_case, town_leader, today, client_as):
    case = fresh_case(unit=cast.units.housing)
    give(cast, case, town_leader, today)
    assert reads(case, town_leader)
    name_unit(cast, case, cast.units.dongxi)
    assert not reads(case, town_leader)
    assert not case.scopes.filter(user=town_leader.user).exists()
    page = client_as(town_leader.user).get(reverse("petitions:detail", args=[case.number]))
    assert page.status_code == 404
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="包案领导").exists()


def test_a_grant_that_stands_all_the_same_opens_nothing(cast, fresh_case, town_leader, today):
    case = fresh_case(unit=cast.units.housing)
    give(cast, case, town_leader, today)
    Petition.objects.filter(pk=case.pk).update(complained_unit=cast.units.dongxi)
    assert case.scopes.filter(user=town_leader.user).exists() and not reads(case, town_leader)


def test_a_leaders_charge_over_others_opens_no_case_against_the_own_unit(cast, fresh_case, town_leader):
    assert reads(fresh_case(unit=cast.units.urban), town_leader)
    assert not reads(fresh_case(unit=cast.units.urban, complained_unit=cast.units.dongxi), town_leader)
    own_part = fresh_case(
        unit=cast.units.housing, co_units=[cast.units.dongxi], complained_unit=cast.units.dongxi
    )
    assert reads(own_part, town_leader), "as a co-unit it answers for its own part"


def test_a_leader_of_the_district_in_charge_of_the_unit_goes_on_reading(cast, fresh_case):
    case = fresh_case(unit=cast.units.housing, complained_unit=cast.units.urban)
    assert reads(case, cast.post("leader2"))
    co_case = fresh_case(
        unit=cast.units.housing, co_units=[cast.units.urban], complained_unit=cast.units.urban
    )
    assert reads(co_case, cast.post("leader")), "they are the ones to act"


def told(task) -> set[str]:
    found = Notice.objects.filter(dedupe_key__startswith=f"instruction:{task.pk}:")
    return set(found.values_list("recipient__username", flat=True))


def reminded(task) -> list[int]:
    """Whom an alert for the unit's head reaches."""
    clock = SimpleNamespace(instruction=Instruction.objects.get(pk=task.pk))
    due = {"kind": StepKind.REMIND, "late_text": "", "key": "k", "level": "soon"}
    return instruction_lines([SimpleNamespace(clock=clock, role=Role.UNIT_HEAD, **due)])[0].recipients


def test_before_it_is_forwarded_the_office_complained_of_is_not_instructed(
    cast, make_case, instruction_of, client_as
):
    case = make_case.registered(unit=cast.units.urban, complained_unit=cast.units.urban).petition
    assert reads(case, cast.post("leader"))
    assert units_that_may_do(case) == []
    for unit in (None, cast.units.urban):
        with pytest.raises(Refusal, match="没有可以办理批示的单位"):
            instruction_of(case, unit=unit)
    address = reverse("leaders:instruct", args=[case.number])
    client = client_as(cast.leader)
    assert cast.units.urban.label not in client.get(address).content.decode().split("<form")[-1]
    answer = client.post(address, {"text": "请认真办理此件", "due_on": "2099-01-01", "token": "t"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有可以办理批示的单位" in page and "请认真办理此件" in page
    assert not Instruction.objects.exists()
    assert not Notice.objects.filter(recipient__in=[cast.handler, cast.unit_head]).exists()


def test_of_a_forwarded_case_only_others_are_offered(cast, make_case, instruction_of):
    case = make_case.registered(unit=cast.units.urban, complained_unit=cast.units.urban).petition
    forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=cast.units.housing)
    assert units_that_may_do(case) == [cast.units.housing]
    with pytest.raises(Refusal, match="本件反映的就是城市管理局"):
        instruction_of(case, unit=cast.units.urban)
    assert told(instruction_of(case)) == {"handler2", "unit_head2"}


def test_a_co_unit_complained_of_is_instructed_and_told_for_its_own_part(cast, fresh_case, instruction_of):
    case = fresh_case(unit=cast.units.housing, co_units=[cast.units.urban], complained_unit=cast.units.urban)
    assert cast.units.urban in units_that_may_do(case)
    task = instruction_of(case, unit=cast.units.urban)
    assert told(task) == {"handler", "unit_head"}
    assert reminded(task) == [cast.unit_head.pk]
    report_instruction(instruction=task, actor=cast.actor("unit_head"), text="本单位的部分已办。")


def test_a_unit_named_after_it_was_instructed_is_told_no_more_and_reports_no_more(
    cast, fresh_case, instruction_of
):
    task = instruction_of(fresh_case())
    assert reminded(task) == [cast.unit_head.pk]
    name_unit(cast, task.petition, cast.units.urban)
    assert reminded(task) == [cast.petition_officer.pk]
    with pytest.raises(Refusal) as refused:
        report_instruction(instruction=task, actor=cast.actor("unit_head"), text="已办。")
    assert refused.value.code == "forbidden"
