from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import now
from deadlines.services import sweep
from leaders.models import Instruction, InstructionClock, InstructionReport
from leaders.services.instructions import (
    acknowledge_instruction,
    instruct,
    report_instruction,
    units_that_may_do,
)
from notifications.models import Notice
from petitions.enums import Act, Kind, Status
from petitions.services import forwarding
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db


def told_of(task, occasion):
    notices = Notice.objects.filter(dedupe_key__startswith=f"instruction:{task.pk}:{occasion}")
    return set(notices.values_list("recipient__username", flat=True))


def test_an_instruction_goes_to_the_lead_unit_within_seven_days_and_into_the_history(
    cast, instruction_of, today
):
    task = instruction_of()
    assert task.unit == cast.units.urban
    assert task.due_on == today + timedelta(days=7)
    clock = InstructionClock.objects.get(instruction=task)
    assert (clock.rule.code, clock.running) == ("instruction", True)
    event = task.petition.events.filter(act=Act.INSTRUCT).get()
    assert "请于7日内研究提出意见" in event.text
    assert event.public is False
    assert told_of(task, "given") == {"handler", "unit_head"}


def test_the_setting_gives_the_days(instruction_of, settings, today):
    settings.INSTRUCTION_DAYS = 3
    assert instruction_of().due_on == today + timedelta(days=3)


def test_before_it_is_forwarded_the_petition_office_is_to_do_it(cast, fresh_case, package_of, instruction_of):
    task = instruction_of(package_of(fresh_case(until=Status.REGISTERED)).petition)
    assert task.unit == cast.units.petition_office
    assert told_of(task, "given") == {"petition_officer"}


def test_only_units_that_hold_the_case_may_be_asked(cast, fresh_case, instruction_of):
    case = fresh_case(co_units=[cast.units.housing])
    assert units_that_may_do(case) == [cast.units.urban, cast.units.housing, cast.units.petition_office]
    assert instruction_of(case, unit=cast.units.housing).unit == cast.units.housing
    with pytest.raises(Refusal) as refusal:
        instruction_of(case, unit=cast.units.xiling)
    assert refusal.value.code == "invalid"
    assert "西岭街道" in refusal.value.sentence


@pytest.mark.parametrize(
    "key", ["petition_officer", "handler", "unit_head", "inspector", "mediator", "outsider"]
)
def test_only_a_leader_instructs(cast, fresh_case, key):
    with pytest.raises(Refusal) as refusal:
        instruct(petition=fresh_case(), actor=cast.actor(key), text="请办理。")
    assert refusal.value.code == "forbidden"
    assert not Instruction.objects.exists()


def test_a_leader_does_not_instruct_on_a_case_out_of_sight(cast, fresh_case):
    with pytest.raises(Refusal) as refusal:
        instruct(petition=fresh_case(), actor=cast.actor("leader2"), text="请办理。")
    assert refusal.value.code == "forbidden"


def test_a_closed_or_sealed_case_takes_no_instruction(cast, make_case, instruction_of):
    with pytest.raises(Refusal) as refusal:
        instruction_of(make_case(until=Status.CLOSED))
    assert refusal.value.code == "stale"
    with pytest.raises(Refusal) as refusal:
        instruction_of(make_case.registered(kind=Kind.ACCUSATION).petition)
    assert refusal.value.code == "forbidden"


@pytest.mark.parametrize("text", ["", " \n ", "字" * 2001])
def test_an_instruction_says_something_and_not_too_much(instruction_of, text):
    with pytest.raises(Refusal) as refusal:
        instruction_of(text=text)
    assert refusal.value.code == "invalid"


def test_a_date_that_is_not_ahead_is_refused_and_leaves_nothing_behind(fresh_case, instruction_of, today):
    case = fresh_case()
    with pytest.raises(Refusal) as refusal:
        instruction_of(case, due_on=today)
    assert refusal.value.code == "invalid"
    assert not case.events.filter(act=Act.INSTRUCT).exists()


def test_the_same_form_twice_is_one_instruction(fresh_case, instruction_of):
    case, token = fresh_case(), new_token()
    instruction_of(case, token=token)
    with pytest.raises(Refusal) as refusal:
        instruction_of(case, token=token)
    assert refusal.value.code == "repeated"
    assert Instruction.objects.count() == 1


def test_the_unit_reports_the_clock_stops_and_the_leader_is_told(cast, instruction_of):
    task = instruction_of()
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已约谈摊主,十点收摊。")
    assert task.awaits_reading
    assert not InstructionClock.objects.get(instruction=task).running
    assert told_of(task, "report") == {"leader"}
    assert "已约谈摊主" in task.petition.events.filter(act=Act.NOTE).get().text


def test_a_second_report_is_told_who_was_first(cast, instruction_of):
    task = instruction_of()
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(Refusal) as refusal:
        report_instruction(instruction=task, actor=cast.actor("unit_head"), text="已办。")
    assert refusal.value.code == "stale"
    assert "陈立" in refusal.value.sentence


@pytest.mark.parametrize("key", ["handler2", "outsider", "leader", "petition_officer"])
def test_only_the_unit_that_was_asked_reports(cast, instruction_of, key):
    with pytest.raises(Refusal) as refusal:
        report_instruction(instruction=instruction_of(), actor=cast.actor(key), text="已办。")
    assert refusal.value.code == "forbidden"


def test_a_report_can_come_after_the_case_was_answered(cast, make_case, instruction_of):
    task = instruction_of(make_case(until=Status.EVALUATED))
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已落实。")
    assert task.done_at is not None


def test_enough_ends_it_and_not_enough_opens_it_again_with_a_new_clock(cast, instruction_of, today):
    task = instruction_of()
    report_instruction(instruction=task, actor=cast.actor("handler"), text="正在了解。")
    leader = cast.actor("leader")
    with pytest.raises(Refusal) as refusal:
        acknowledge_instruction(instruction=task, actor=leader, enough=False)
    assert refusal.value.code == "invalid"
    until = today + timedelta(days=3)
    acknowledge_instruction(instruction=task, actor=leader, enough=False, text="请拿出方案。", due_on=until)
    assert task.is_open
    assert task.due_on == until
    assert InstructionClock.objects.filter(instruction=task, stopped_at=None).count() == 1
    assert told_of(task, "ack") == {"handler", "unit_head"}
    report_instruction(instruction=task, actor=cast.actor("unit_head"), text="方案已定。")
    acknowledge_instruction(instruction=task, actor=leader, enough=True)
    assert (task.acknowledged, task.is_open, task.awaits_reading) == (True, False, False)
    assert list(task.reports.values_list("text", "enough")) == [("正在了解。", False), ("方案已定。", True)]


def test_there_is_nothing_to_acknowledge_before_a_report_and_none_for_another_leader(cast, instruction_of):
    task = instruction_of()
    with pytest.raises(Refusal) as refusal:
        acknowledge_instruction(instruction=task, actor=cast.actor("leader"), enough=True)
    assert refusal.value.code == "stale"
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(Refusal) as refusal:
        acknowledge_instruction(instruction=task, actor=cast.actor("leader2"), enough=True)
    assert refusal.value.code == "forbidden"


def test_a_late_instruction_climbs_from_the_unit_to_the_leader_who_wrote_it_and_the_office(
    cast, instruction_of
):
    task = instruction_of()
    clock = InstructionClock.objects.get(instruction=task)
    sweep(InstructionClock, now=clock.due_at + timedelta(days=10))
    told = Notice.objects.filter(dedupe_key__startswith=clock.key + ":")
    assert set(told.values_list("recipient__username", flat=True)) == {
        "handler",
        "unit_head",
        "leader",
        "petition_officer",
        "inspector",
    }


def test_a_case_sealed_later_stops_the_clock_and_the_unit_can_report_no_more(
    cast, fresh_case, package_of, instruction_of
):
    case = package_of(fresh_case(until=Status.REGISTERED)).petition
    task = instruction_of(case)
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    assert not InstructionClock.objects.get(instruction=task).running
    with pytest.raises(Refusal):
        report_instruction(instruction=task, actor=cast.actor("petition_officer"), text="已办。")


def test_the_database_holds_one_unread_report(cast, instruction_of):
    task = instruction_of()
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(IntegrityError, match="report_one_unread"), transaction.atomic():
        InstructionReport.objects.create(instruction=task, at=now(), who="x", text="又一次")


# Pages


def test_the_lists_of_leader_unit_and_office(cast, client_as, instruction_of):
    task = instruction_of()
    address = reverse("leaders:instructions")
    for key in ("leader", "handler", "unit_head", "petition_officer"):
        assert task.petition.number in client_as(getattr(cast, key)).get(address).content.decode(), key
    for key in ("handler2", "outsider", "leader2"):
        assert task.petition.number not in client_as(getattr(cast, key)).get(address).content.decode(), key


def test_the_list_costs_the_same_for_one_and_three(
    cast, client_as, instruction_of, django_assert_num_queries
):
    client = client_as(cast.handler)
    instruction_of()
    client.get(reverse("leaders:instructions"))
    with django_assert_num_queries(7):
        client.get(reverse("leaders:instructions"))
    instruction_of()
    instruction_of()
    with django_assert_num_queries(7):
        page = client.get(reverse("leaders:instructions"))
    assert len(page.context["page"].items) == 3


def test_one_quick_pick_and_one_press_write_an_instruction(cast, client_as, fresh_case):
    case, client = fresh_case(), client_as(cast.leader)
    page = client.get(reverse("leaders:instruct", args=[case.number]))
    token = page.context["form"].initial["token"]
    data = {
        "quick": "1",
        "text": "",
        "unit": cast.units.urban.pk,
        "due_on": (now() + timedelta(days=7)).date(),
        "token": token,
    }
    answer = client.post(reverse("leaders:instruct", args=[case.number]), data)
    assert answer.url == case.get_absolute_url()
    assert Instruction.objects.get().text == "请于7日内研究提出意见。"
    again = client.post(reverse("leaders:instruct", args=[case.number]), data)
    assert again.status_code == 409
    assert Instruction.objects.count() == 1


def test_after_an_instruction_one_is_where_one_came_from(cast, client_as, package_of):
    package, client = package_of(), client_as(cast.leader)
    address = reverse("leaders:instruct", args=[package.petition.number])
    for back, where in (
        ("?back=package", package),
        ("", package.petition),
        ("?back=https://x/", package.petition),
    ):
        page = client.get(address + back)
        assert page.context["back"] == where.get_absolute_url()
        token = page.context["form"].initial["token"]
        data = {"quick": "1", "unit": cast.units.urban.pk, "due_on": (now() + timedelta(days=7)).date()}
        answer = client.post(address + back, data | {"token": token}, follow=True)
        assert answer.redirect_chain[-1][0] == where.get_absolute_url()
        assert "已批示" in answer.content.decode()


def test_the_package_page_lists_its_instructions_with_answers_and_state(
    cast, client_as, package_of, instruction_of
):
    package = package_of()
    handler, leader = cast.actor("handler"), cast.actor("leader")
    open_one = instruction_of(package.petition, text="请查清楚。")
    answered = instruction_of(package.petition, text="请上门。")
    read = instruction_of(package.petition, text="请答复。")
    report_instruction(instruction=answered, actor=handler, text="昨天已上门。")
    report_instruction(instruction=read, actor=handler, text="已经答复。")
    acknowledge_instruction(instruction=read, actor=leader, enough=True, text="好。")
    client = client_as(cast.leader)
    page = client.get(package.get_absolute_url())
    assert [task.pk for task in page.context["tasks"]] == [read.pk, answered.pk, open_one.pk]
    text = page.content.decode()
    for words in ("请查清楚。", "昨天已上门。", "已经答复。", "待反馈", "已反馈，待阅", "已阅", "好。"):
        assert words in text


def test_the_leaders_page_shows_the_answer_not_the_instruction_again(cast, client_as, instruction_of):
    task = instruction_of(text="请于下周前查清夜市扰民一事的全部责任并提出整改意见报我阅示。")
    report_instruction(instruction=task, actor=cast.actor("handler"), text="责任单位已约谈。")
    page = client_as(cast.leader).get(reverse("leaders:home")).content.decode()
    row = page.split("待阅的反馈")[1].split("</li>")[0]
    assert row.index("责任单位已约谈。") < row.index("批示：")


def test_an_empty_instruction_comes_back_with_its_sentence(cast, client_as, fresh_case):
    answer = client_as(cast.leader).post(
        reverse("leaders:instruct", args=[fresh_case().number]), {"text": " "}
    )
    assert answer.status_code == 422
    assert "请选一条常用批示,或写下批示内容。".replace(",", "，") in answer.content.decode()


def test_report_and_acknowledgement_from_the_page(cast, client_as, instruction_of):
    task = instruction_of()
    report, word = (reverse(f"leaders:{name}", args=[task.pk]) for name in ("report", "acknowledge"))
    assert client_as(cast.handler).post(report, {"text": ""}).status_code == 422
    assert client_as(cast.handler).post(report, {"text": "已办。"}).status_code == 302
    again = client_as(cast.unit_head).post(report, {"text": "我写的办理情况"})
    assert again.status_code == 409
    assert "我写的办理情况" in again.content.decode()
    assert client_as(cast.leader).post(word, {"enough": "no", "text": ""}).status_code == 422
    assert client_as(cast.leader).post(word, {"enough": "yes"}).status_code == 302
    assert Instruction.objects.get().acknowledged is True


def test_an_outsider_sees_no_instruction_and_a_stranger_is_sent_to_log_in(
    cast, client, client_as, instruction_of
):
    task = instruction_of()
    clock = InstructionClock.objects.get(instruction=task)
    outside = client_as(cast.outsider)
    for page in (task.get_absolute_url(), clock.get_explanation_url()):
        assert outside.get(page).status_code == 404
        assert client.get(page).url.startswith(reverse("accounts:login"))
    assert outside.post(reverse("leaders:report", args=[task.pk]), {"text": "x"}).status_code == 404
    assert outside.get(reverse("leaders:instruct", args=[task.petition.number])).status_code == 403
    assert (
        client_as(cast.leader2).get(reverse("leaders:instruct", args=[task.petition.number])).status_code
        == 404
    )
    for name in ("report", "acknowledge"):
        assert client.post(reverse(f"leaders:{name}", args=[task.pk])).url.startswith(
            reverse("accounts:login")
        )
    assert client_as(cast.leader).get(clock.get_explanation_url()).status_code == 200


def test_a_sealed_case_cannot_be_instructed_on_by_address(cast, client_as, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    assert client_as(cast.leader).get(reverse("leaders:instruct", args=[case.number])).status_code == 404


def test_a_closed_case_shows_no_form_and_what_was_typed_before_stays(cast, client_as, make_case):
    case, leader = make_case(until=Status.CLOSED), client_as(cast.leader)
    address = reverse("leaders:instruct", args=[case.number])
    page = leader.get(address)
    assert page.status_code == 409
    assert "本件现在是“已办结”，不能再“批示”。" in page.content.decode()
    assert "<form" not in page.content.decode()
    data = {"text": "请再核实一次。", "due_on": (now() + timedelta(days=7)).date(), "token": new_token()}
    answer = leader.post(address, data)
    assert answer.status_code in {409, 422}
    assert "请再核实一次。" in answer.content.decode()
    assert not Instruction.objects.exists()
