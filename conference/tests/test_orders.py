"""What a conference decides against a unit (条例 39): 约谈, 通报, 限期整改, 挂牌督办; the unit's report, and the word on it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from accounts.models import AuditEntry, Post, UnitSuccession
from accounts.services import successions
from conference.enums import ItemKind, OrderKind, OrderState
from conference.models import Order, OrderClock
from conference.services import answering, archives, ordering
from core.errors import Refusal
from core.timekeeping import now
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import Status
from petitions.services import sealing
from supervision.models import Listing

pytestmark = pytest.mark.django_db
K = OrderKind


@pytest.mark.article(39)
def test_a_unit_is_told_to_put_it_right_by_a_day_and_reports_in_writing(cast, order):
    row = order()
    clock = row.clocks.get(stopped_at=None)
    assert clock.due_at.astimezone().date() >= row.due_on
    told = Notice.objects.filter(dedupe_key__startswith=f"conference:order:{row.pk}:issued")
    assert {one.recipient.username for one in told} == {"handler", "unit_head"}
    answering.report(order=row, actor=cast.actor("unit_head"), text="已清理九件。")
    row.refresh_from_db()
    assert row.state == OrderState.REPORTED and not row.clocks.filter(stopped_at=None).exists()
    answering.review(order=row, actor=cast.actor("inspector"), done=True)
    row.refresh_from_db()
    assert row.state == OrderState.DONE and row.ended_at


@pytest.mark.article(39)
def test_a_report_that_is_not_enough_comes_back_with_a_reason_and_a_new_day(cast, order, today):
    row, inspector = order(), cast.actor("inspector")
    answering.report(order=row, actor=cast.actor("handler"), text="正在办。")
    for wrong, said in (
        ({"text": ""}, "还差什么"),
        ({"text": "没有日期", "new_due_on": None}, "新的期限"),
        ({"text": "过去", "new_due_on": today}, "今天之后"),
    ):
        with pytest.raises(Refusal, match=said):
            answering.review(order=row, actor=inspector, done=False, **wrong)
    day = today + timedelta(days=9)
    answering.review(order=row, actor=inspector, done=False, text="还有两件。", new_due_on=day)
    row.refresh_from_db()
    assert (row.state, row.due_on) == (OrderState.OPEN, day)
    assert row.clocks.count() == 2 and row.clocks.filter(stopped_at=None).count() == 1
    answering.report(order=row, actor=cast.actor("handler"), text="都办了。")
    answering.review(order=row, actor=cast.actor("petition_officer"), done=True, text="属实。")


def test_a_second_report_is_told_who_was_first(cast, order):
    row = order()
    answering.report(order=row, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(Refusal, match="陈立") as refused:
        answering.report(order=row, actor=cast.actor("unit_head"), text="已办。")
    assert refused.value.code == "stale" and row.reports.count() == 1
    answering.review(order=row, actor=cast.actor("inspector"), done=True)
    with pytest.raises(Refusal, match="已完成"):
        answering.review(order=row, actor=cast.actor("inspector"), done=True)


@pytest.mark.parametrize("who", ["handler2", "leader", "petition_officer", "inspector", "auditor"])
def test_only_the_unit_reports(cast, order, who):
    with pytest.raises(Refusal) as refused:
        answering.report(order=order(), actor=cast.actor(who), text="已办。")
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "clerk", "auditor"])
def test_only_the_petition_office_orders_and_reviews(cast, order, held, who):
    item = held()
    with pytest.raises(Refusal):
        order(item, actor=who)
    row = order(item)
    answering.report(order=row, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(Refusal) as refused:
        answering.review(order=row, actor=cast.actor(who), done=True)
    assert refused.value.code == "forbidden"


@pytest.mark.article(39)
def test_talks_are_with_the_units_head_in_office_by_post(cast, order, today):
    row = order(kind=K.TALK, talk_by="县委常委、政法委书记")
    assert row.talk_post == cast.post("unit_head")
    inspector = cast.actor("inspector")
    with pytest.raises(Refusal, match="约谈日期"):
        ordering.record_talk(
            order=row, actor=inspector, talked_on=today + timedelta(days=1), record="已约谈。"
        )
    ordering.record_talk(order=row, actor=inspector, talked_on=today, record="已约谈，承诺月底前清零。")
    with pytest.raises(Refusal, match="罗正"):
        ordering.record_talk(order=row, actor=inspector, talked_on=today, record="再记一次。")
    answering.report(order=row, actor=cast.actor("unit_head"), text="已整改。")


def test_a_unit_without_a_head_in_office_is_not_talked_to(cast, order, held, today):
    Post.objects.filter(pk=cast.post("unit_head").pk).update(valid_until=today)
    with pytest.raises(Refusal, match="没有在任的负责人"):
        order(held(), kind=K.TALK, talk_by="县长")
    with pytest.raises(Refusal, match="由谁约谈"):
        order(held(number="清联纪〔2026〕4号"), kind=K.TALK)


@pytest.mark.article(39)
def test_a_notice_of_criticism_goes_to_whom_it_is_circulated_and_no_further(cast, order, client_as):
    row = order(kind=K.CRITICISM, days=0, circulated=[cast.units.housing])
    assert row.due_on is None and not row.clocks.exists()
    seen = {who for who in cast.people if Order.objects.visible_to(cast.actor(who)).exists()}
    assert seen == {
        *("petition_officer", "inspector", "leader", "leader2"),
        *("handler", "unit_head", "handler2", "unit_head2"),
    }
    answering.report(order=row, actor=cast.actor("handler"), text="我局检讨如下。")
    assert "我局检讨如下" in client_as(cast.unit_head).get(row.get_absolute_url()).content.decode()
    assert "我局检讨如下" not in client_as(cast.handler2).get(row.get_absolute_url()).content.decode()
    assert client_as(cast.outsider).get(row.get_absolute_url()).status_code == 404
    with pytest.raises(Refusal, match="通报发到哪些单位"):
        order(row.item, kind=K.CRITICISM, days=0, unit="urban", facts="又一次")


@pytest.mark.article(39)
def test_a_case_is_put_on_the_red_list_through_its_own_door(cast, order, held, fresh_case):
    case = fresh_case(Status.ACCEPTED)
    row = order(held(petition=case), kind=K.LISTED)
    assert row.state == OrderState.HANDED and row.supervision.petition == case
    listing = Listing.objects.get(supervision=row.supervision)
    assert listing.due_on == row.due_on and "清联纪〔2026〕3号第1项" in listing.reason
    assert not row.clocks.exists()
    with pytest.raises(Refusal, match="挂牌督办"):
        answering.report(order=row, actor=cast.actor("handler"), text="已办。")


def test_the_red_list_needs_a_case_and_its_own_right(order, held, fresh_case):
    with pytest.raises(Refusal, match="没有写明信访件"):
        order(held(), kind=K.LISTED)
    item = held(petition=fresh_case(Status.ACCEPTED), number="清联纪〔2026〕4号")
    with pytest.raises(Refusal):
        order(item, kind=K.LISTED, actor="petition_officer")
    assert not Listing.objects.exists() and not Order.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"facts": ""}, "请写明事实"),
        ({"basis": " "}, "请写明依据"),
        ({"demand": ""}, "请写明要求"),
        ({"days": 0}, "请填写期限"),
        ({"days": -1}, "今天之后"),
        ({"days": 400}, "最长一年"),
        ({"unit": "housing"}, "不能对其他单位"),
        ({"facts": "多" * 10_001}, "最多"),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_words(order, held, wrong, said):
    item = held()
    with pytest.raises(Refusal, match=said):
        order(item, **wrong)
    assert not Order.objects.exists() and not OrderClock.objects.exists()


def test_it_follows_issued_minutes_alone_and_once(order, call, put, write):
    meeting = call()
    item = put(meeting)
    write(meeting)
    with pytest.raises(Refusal, match="纪要印发以后"):
        order(item)


def test_the_same_is_ordered_once(order, held):
    item = held()
    order(item)
    with pytest.raises(Refusal, match="不用再下达") as refused:
        order(item)
    assert refused.value.code == "stale"
    assert order(item, kind=K.TALK, talk_by="县长").kind == K.TALK


def test_a_dispute_is_decided_by_the_minutes_themselves(order, held, before_conference):
    with pytest.raises(Refusal, match="随纪要生效"):
        order(held(kind=ItemKind.DISPUTE, dispute=before_conference()))


@pytest.mark.article(28)
def test_an_item_whose_case_turns_against_the_unit_is_not_sent_to_it(cast, order, held, fresh_case):
    from petitions.enums import Kind, Path
    from petitions.services import forwarding

    case = fresh_case(unit=cast.units.housing)
    item = held(petition=case)
    forwarding.classify(
        petition=case,
        actor=cast.actor("petition_officer"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=cast.units.urban,
    )
    with pytest.raises(Refusal, match="第二十八条"):
        order(item)


@pytest.mark.article(39)
def test_a_late_unit_is_told_and_the_office_and_its_inspectors_once(cast, order):
    row = order(days=3)
    due = row.clocks.get().due_at
    sweep(OrderClock, now=due + timedelta(days=12))  # after downtime
    sweep(OrderClock, now=due + timedelta(days=13))
    told = Notice.objects.filter(text__contains="到期", link=row.get_absolute_url())
    late = [one.recipient.username for one in told if "将到期" not in one.text]
    assert sorted(late) == ["handler", "inspector", "petition_officer", "unit_head"]
    office = told.get(recipient=cast.inspector)
    assert "城市管理局" in office.text and "九件" not in office.text


def test_nobody_is_told_once_it_was_reported(cast, order):
    row = order(days=3)
    due = row.clocks.get().due_at
    answering.report(order=row, actor=cast.actor("handler"), text="已办。")
    sweep(OrderClock, now=due + timedelta(days=12))
    assert not Notice.objects.filter(text__contains="到期", link=row.get_absolute_url()).exists()


@pytest.mark.article(30)
def test_what_hangs_on_a_sealed_case_ends_and_is_nobodys(cast, order, held, fresh_case):
    case = fresh_case()
    row = order(held(petition=case))
    assert archives.unfinished([case.pk]) == {case.pk}
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    row.refresh_from_db()
    assert row.state == OrderState.LAPSED and not row.clocks.filter(stopped_at=None).exists()
    assert not [who for who in cast.people if Order.objects.visible_to(cast.actor(who)).exists()]
    assert archives.unfinished([case.pk]) == set()


def test_a_unit_sees_what_it_must_answer_and_nobody_elses(cast, order, held, client_as, hire):
    order()
    page = client_as(cast.handler).get(reverse("conference:orders"))
    assert "限期整改" in page.content.decode() and len(page.context["rows"]) == 1
    assert client_as(cast.handler2).get(reverse("conference:orders")).context["rows"] == []
    village = hire("liuwan_head", Role.UNIT_HEAD, "liuwan")
    assert not Order.objects.visible_to(village).exists()


def test_the_register_is_filtered_and_exported_as_it_is_shown(cast, order, held, client_as, tmp_path):
    order()
    client = client_as(cast.inspector)
    for query, rows in (("kind=rectify", 1), ("kind=talk", 0), ("state=late", 0), ("state=open&year=1", 1)):
        assert len(client.get(reverse("conference:orders") + f"?{query}").context["rows"]) == rows, query
    answer = client.get(reverse("conference:orders_export"))
    file = tmp_path / "register.xlsx"
    file.write_bytes(b"".join(answer))
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert sheet[2][0] == "限期整改" and "九件" in sheet[2][3]
    assert AuditEntry.objects.filter(act="conference.export", detail__rows=1).exists()
    assert client_as(cast.handler).get(reverse("conference:orders_export")).status_code == 403


def test_a_report_of_a_day_that_was_met_leaves_no_mark(cast, order):
    row = order()
    answering.report(order=row, actor=cast.actor("handler"), text="已办。", at=now())
    assert row.clocks.get().breached_at is None


@pytest.mark.article(24, 39)
def test_the_unit_that_follows_one_that_ended_answers_for_what_was_decided(cast, order, today):
    row = order()
    done = order(row.item, kind=K.CRITICISM, days=0, circulated=[cast.units.housing])
    Order.objects.filter(pk=done.pk).update(state=OrderState.DONE, ended_at=now())
    due = row.clocks.get().due_at
    ended, heir = cast.units.urban, cast.units.housing
    ended.valid_until = today
    ended.save(update_fields=["valid_until"])
    UnitSuccession.objects.create(
        unit=ended, successor=heir, basis="编办文件", recorded_at=now(), recorded_by=cast.sysadmin
    )
    successions.followed(ended, now())
    row.refresh_from_db()
    done.refresh_from_db()
    assert (row.unit, done.unit, row.clocks.get().due_at) == (heir, ended, due)
    told = Notice.objects.filter(text__contains="承继落实")
    assert {one.recipient.username for one in told} == {"handler2", "unit_head2"}
    assert AuditEntry.objects.filter(act="conference.succeed").count() == 1
    answering.report(order=row, actor=cast.actor("unit_head2"), text="已清理九件。")
    with pytest.raises(Refusal):
        answering.report(order=row, actor=cast.actor("unit_head"), text="已清理九件。")


@pytest.mark.article(24)
def test_where_several_follow_what_was_decided_stays_with_whom_it_was_decided_against(cast, order, today):
    row, ended = order(), cast.units.urban
    ended.valid_until = today
    ended.save(update_fields=["valid_until"])
    for heir in (cast.units.housing, cast.units.dongxi):
        UnitSuccession.objects.create(
            unit=ended, successor=heir, basis="编办文件", recorded_at=now(), recorded_by=cast.sysadmin
        )
    successions.followed(ended, now())
    row.refresh_from_db()
    assert row.unit == ended
