"""A leader: a case taken in hand, an instruction reported on twice, a reception day that residents read about."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core.timekeeping import SHANGHAI, local_day, now
from leaders.models import CasePackage, Instruction, InstructionClock, VisitDay, VisitRecord
from petitions.enums import Act, Channel, Status
from petitions.models import Petition


@pytest.mark.article(18)
def test_a_package_an_instruction_not_enough_again_and_done(cast, desks, make_case, time):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), subject="库区移民安置房漏水")
    assert case.subject not in desks.read("leader", reverse("leaders:home"))

    # The petition office puts the case into the leader's hands; nobody else's.
    desks.fill(
        "petition_officer",
        reverse("leaders:package_add"),
        number=case.number,
        post=cast.post("leader").pk,
        target_on=(local_day(now()) + timedelta(days=40)).isoformat(),
        reason="涉及人数多",
    )
    package = CasePackage.objects.get(petition=case)
    assert package.leader == cast.leader
    home = desks.read("leader", reverse("leaders:home"))
    assert case.subject in home
    assert any(case.number in line for line in desks.inbox("leader"))
    assert case.subject not in desks.read("leader2", reverse("leaders:home"))
    desks.read("leader2", case.get_absolute_url(), status=404)
    for who in ("handler", "clerk", "statistician"):
        desks.read(who, reverse("leaders:home"), status=403)

    # 批示 becomes a task of the unit, with a date and a clock.
    said = desks.fill(
        "leader",
        reverse("leaders:instruct", args=[case.number]),
        quick="1",
        text="请上门看一看。",
        unit=cast.units.urban.pk,
        due_on=(local_day(now()) + timedelta(days=7)).isoformat(),
    )
    assert "已批示" in said
    task = Instruction.objects.get()
    assert task.text == "请于7日内研究提出意见。请上门看一看。"
    assert f"{case.number} 有领导批示，请于 {task.due_on.isoformat()} 前反馈。" in desks.inbox("handler")
    assert task.text in desks.read("handler", task.get_absolute_url())
    desks.read("handler2", task.get_absolute_url(), status=404)
    desks.read("handler", reverse("leaders:instruct", args=[case.number]), status=403)

    # Reported; not enough; reported again; read.
    time.move(days=3)
    report = reverse("leaders:report", args=[task.pk])
    desks.send(desks.of("handler"), report, text="已上门，正在联系施工队。")
    assert "已上门" in desks.read("leader", task.get_absolute_url())
    assert f"{case.number} 的批示已反馈，请阅。" in desks.inbox("leader")
    word = reverse("leaders:acknowledge", args=[task.pk])
    silent = desks.of("leader").post(word, {"enough": "no", "text": "", "due_on": ""})
    assert silent.status_code == 422, "not without saying what is missing"
    again_by = (local_day(now()) + timedelta(days=5)).isoformat()
    desks.send(desks.of("leader"), word, enough="no", text="什么时候修好？", due_on=again_by)
    task.refresh_from_db()
    assert (task.is_open, task.due_on.isoformat()) == (True, again_by)
    assert any("领导要求继续办理" in line for line in desks.inbox("handler"))
    assert InstructionClock.objects.filter(instruction=task, stopped_at=None).count() == 1
    time.move(days=2)
    desks.send(desks.of("handler"), report, text="十月二十日前修好，已与住户签字确认。")
    desks.send(desks.of("leader"), word, enough="yes", text="", due_on="")
    task.refresh_from_db()
    assert (task.is_open, task.acknowledged) == (False, True)
    assert not InstructionClock.objects.filter(instruction=task, stopped_at=None).exists()
    assert [report.enough for report in task.reports.order_by("pk")] == [False, True]

    # 销案 is asked for by one, looked at and approved by another; it leaves the case where it is.
    desks.send(
        desks.of("leader"),
        reverse("leaders:strike_off", args=[package.pk]),
        kind="own_word",
        evidence="已修好，当事人确认。",
        matter="漏水已修好。",
        heart="当面说清，表示认可。",
    )
    assert any("申请销案" in line for line in desks.inbox("petition_officer"))
    silent = desks.of("leader").post(
        reverse("leaders:package_decide", args=[package.pk]), {"decision": "approved", "word": "同意"}
    )
    assert silent.status_code == 403, "never by whoever applied"
    desks.send(
        desks.of("petition_officer"),
        reverse("leaders:package_visit_back", args=[package.pk]),
        on=local_day(now()).isoformat(),
        way="phone",
        note="不漏了。",
    )
    desks.send(
        desks.of("petition_officer"),
        reverse("leaders:package_decide", args=[package.pk]),
        decision="approved",
        word="同意。",
    )
    package.refresh_from_db()
    assert not package.is_open
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    acts = list(case.events.order_by("pk").values_list("act", flat=True))
    assert Act.INSTRUCT in acts
    assert "请上门看一看" in desks.read("petition_officer", case.get_absolute_url())


def test_a_late_package_turns_red_with_its_reason(cast, desks, make_case, time):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), subject="安置小区电梯停运")
    desks.fill(
        "petition_officer",
        reverse("leaders:package_add"),
        number=case.number,
        post=cast.post("leader").pk,
        target_on=(local_day(now()) + timedelta(days=10)).isoformat(),
        reason="涉及人数多",
    )
    time.move(days=13)
    home = desks.read("leader", reverse("leaders:home"))
    assert "超目标日期 3 天" in home


@pytest.mark.article(18)
def test_a_reception_day_is_published_and_what_is_said_becomes_a_case(cast, desks, client, time):
    start = datetime(2026, 9, 10, 15, 0, tzinfo=SHANGHAI)
    desks.fill(
        "petition_officer",
        reverse("leaders:day_add"),
        post=cast.post("leader").pk,
        kind="fixed",
        day="2026-09-10",
        start="15:00",
        end="17:00",
        place_unit=cast.units.dongxi.pk,
        place_text="东溪镇政府一楼信访接待室",
        accompanying=[cast.units.urban.pk],
        published="on",
    )
    day = VisitDay.objects.get()
    for words in ("高远", "东溪镇政府一楼信访接待室", "15:00"):
        assert words in client.get(reverse("leaders:public_visits")).content.decode(), words
    assert desks.inbox("leader")

    # On the day a matter is heard that nobody knew: a case of its own, and a promise that becomes a task.
    time.move_to(start + timedelta(minutes=20))
    said = desks.fill(
        "petition_officer",
        reverse("leaders:receive_on_day", args=[day.pk]),
        subject="石桥村机井坏了没人修",
        body="村里机井坏了半个月，二十亩菜地浇不上水。",
        name="刘大山",
        phone="13900002222",
        heads="4",
        said="领导听取诉求，要求一周内修好。",
        **{
            "promise-TOTAL_FORMS": "1",
            "promise-INITIAL_FORMS": "0",
            "promise-0-text": "一周内修好机井",
            "promise-0-to_whom": "刘大山",
            "promise-0-due_on": "2026-09-17",
        },
    )
    case = Petition.objects.get()
    assert case.number in said
    assert (case.channel, case.head_count, case.subject) == (Channel.RECEPTION, 4, "石桥村机井坏了没人修")
    record = VisitRecord.objects.get()
    assert (record.leader, record.petition, record.new_matter) == (cast.leader, case, True)
    assert record.first_receiver == cast.petition_officer
    assert "要求一周内修好" in desks.read("leader", case.get_absolute_url())
    assert "石桥村机井坏了没人修" in desks.read("leader", reverse("leaders:day", args=[day.pk]))
    desks.read("leader2", case.get_absolute_url(), status=404)
    assert "刘大山" not in client.get(reverse("leaders:public_visits")).content.decode()


def test_a_day_that_was_cancelled_says_so_to_residents(cast, desks, client, time):
    desks.fill(
        "petition_officer",
        reverse("leaders:day_add"),
        post=cast.post("leader").pk,
        kind="go_down",
        day="2026-09-10",
        start="09:00",
        end="11:00",
        place_unit=cast.units.xiling.pk,
        place_text="西山社区活动室",
        published="on",
    )
    day = VisitDay.objects.get()
    desks.send(
        desks.of("petition_officer"), reverse("leaders:day_cancel", args=[day.pk]), reason="因防汛值守改期"
    )
    page = client.get(reverse("leaders:public_visits")).content.decode()
    assert "因防汛值守改期" in page
