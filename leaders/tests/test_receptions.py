from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import now
from leaders.models import Instruction, InstructionClock, Promise, VisitRecord
from leaders.reception_enums import RecordWay
from leaders.selectors.records import counts_of
from leaders.services import archives
from leaders.services.day_cases import pick_case
from leaders.services.days import cancel_day
from leaders.services.receptions import NewMatter, NewPromise, Talk, receive, receive_new
from petitions.enums import Act, Channel, Kind, Status
from petitions.models import Petition
from petitions.services.codes import new_token
from petitions.services.registering import NewPerson
from tests.pictures import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast):
    def make(**fields):
        return Talk(**{"post": cast.post("leader"), "said": "夜市太吵，希望十点收摊。", "heads": 3, **fields})

    return make


@pytest.fixture
def promise(today):
    def make(**fields):
        return NewPromise(
            **{"text": "十点收摊", "to_whom": "张小河", "due_on": today + timedelta(days=5), **fields}
        )

    return make


def matter(**fields):
    return NewMatter(
        **{"subject": "路灯不亮", "body": "村口路灯坏了两个月。", "person": NewPerson(name="李强"), **fields}
    )


def test_a_talk_is_recorded_on_a_known_case_and_in_its_history(cast, fresh_case, talk):
    case = fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan)
    record = receive(petition=case, actor=cast.actor("clerk"), talk=talk())
    assert (record.heads, record.new_matter, record.first_receiver) == (3, False, cast.clerk)
    event = case.events.filter(act=Act.RECEIVE).get()
    assert "高远接访，3 人。夜市太吵" in event.text
    assert Petition.objects.visible_to(cast.actor("leader")).filter(pk=case.pk).exists()
    assert Petition.objects.get(pk=case.pk).status == Status.FORWARDED


def test_each_promise_becomes_an_instruction_in_the_leaders_name(cast, fresh_case, talk, promise):
    case = fresh_case()
    record = receive(
        petition=case,
        actor=cast.actor("petition_officer"),
        talk=talk(promises=[promise(), promise(text="本周电话回复", task=False)]),
    )
    first, second = record.promises.all()
    assert first.instruction.leader == cast.leader
    assert first.instruction.recorded_by == cast.petition_officer
    assert first.instruction.unit == cast.units.urban
    assert first.instruction.due_on == first.due_on
    assert InstructionClock.objects.get(instruction=first.instruction).running
    assert second.instruction is None
    assert "承诺" in case.events.filter(act=Act.RECEIVE).get().text


def test_a_new_matter_is_registered_by_the_same_door_with_its_first_receiver(cast, talk, promise):
    record, registered = receive_new(
        actor=cast.actor("leader"), talk=talk(promises=[promise()]), matter=matter()
    )
    case = registered.petition
    assert case.channel == Channel.RECEPTION
    assert case.registered_unit == cast.units.petition_office
    assert case.head_count == 3
    assert record.new_matter is True
    assert record.first_receiver == cast.leader
    assert record.promises.get().instruction.unit == cast.units.petition_office
    assert len(registered.query_code) == 10


def test_the_same_form_twice_is_one_matter_and_one_talk_with_the_same_code(cast, talk, promise):
    token, clerk = new_token(), cast.actor("clerk")
    first, registered = receive_new(
        actor=clerk, talk=talk(promises=[promise()]), matter=matter(), token=token
    )
    again, same = receive_new(actor=clerk, talk=talk(promises=[promise()]), matter=matter(), token=token)
    assert (again, same.petition, same.query_code) == (first, registered.petition, registered.query_code)
    assert (same.created, Petition.objects.count(), VisitRecord.objects.count()) == (False, 1, 1)
    assert Instruction.objects.count() == 1


def test_the_same_form_twice_on_a_known_case_is_one_talk(cast, fresh_case, talk, promise):
    token, clerk, case = new_token(), cast.actor("clerk"), fresh_case()
    first = receive(petition=case, actor=clerk, talk=talk(promises=[promise()]), token=token)
    assert receive(petition=case, actor=clerk, talk=talk(promises=[promise()]), token=token) == first
    assert (VisitRecord.objects.count(), Promise.objects.count()) == (1, 1)
    assert case.events.filter(act=Act.RECEIVE).count() == 1


def test_who_came_what_they_asked_and_the_signed_slip_are_kept(cast, fresh_case, talk):
    slip = SimpleUploadedFile("签名.png", PNG, content_type="image/png")
    record = receive(
        petition=fresh_case(),
        actor=cast.actor("clerk"),
        talk=talk(people="张小河夫妇", asked="十点收摊", files=[slip]),
    )
    record = VisitRecord.objects.get(pk=record.pk)
    assert (record.people, record.asked) == ("张小河夫妇", "十点收摊")
    assert record.slips.get().petition == record.petition
    assert "诉求：十点收摊" in record.petition.events.filter(act=Act.RECEIVE).get().text
    assert "张小河夫妇" not in record.petition.events.filter(act=Act.RECEIVE).get().text


def test_a_slip_that_is_no_picture_leaves_nothing_behind(cast, talk):
    bad = SimpleUploadedFile("签名.png", b"MZ not a picture", content_type="image/png")
    with pytest.raises(Refusal):
        receive_new(actor=cast.actor("clerk"), talk=talk(files=[bad]), matter=matter())
    assert (Petition.objects.count(), VisitRecord.objects.count()) == (0, 0)


def test_at_a_joint_desk_each_promise_goes_to_one_of_the_departments(cast, fresh_case, talk, promise):
    case, clerk = fresh_case(co_units=[cast.units.housing]), cast.actor("clerk")
    desk = [cast.units.urban, cast.units.housing]
    record = receive(
        petition=case,
        actor=clerk,
        talk=talk(desk=desk, promises=[promise(unit=cast.units.urban), promise(unit=cast.units.housing)]),
    )
    assert set(record.at_the_desk.all()) == set(desk)
    assert [row.instruction.unit for row in record.promises.all()] == desk
    for unit in (None, cast.units.petition_office):
        with pytest.raises(Refusal) as refusal:
            receive(petition=case, actor=clerk, talk=talk(desk=desk, promises=[promise(unit=unit)]))
        assert "请从城市管理局、" in refusal.value.sentence
    alone = receive(petition=case, actor=clerk, talk=talk(desk=desk[1:], promises=[promise()]))
    assert alone.promises.get().instruction.unit == cast.units.housing
    assert VisitRecord.objects.count() == 2


def test_a_department_at_the_desk_that_does_not_hold_the_case_is_told_what_to_do(
    cast, fresh_case, talk, promise
):
    with pytest.raises(Refusal) as refusal:
        receive(
            petition=fresh_case(),
            actor=cast.actor("clerk"),
            talk=talk(desk=[cast.units.housing], promises=[promise()]),
        )
    assert "请先由信访部门转送" in refusal.value.sentence
    assert not VisitRecord.objects.exists()


@pytest.mark.article(24)
def test_an_officer_at_the_desk_brings_it_in_with_what_it_promised(cast, fresh_case, talk, promise):
    case, said = fresh_case(), promise(text="三天内派人看现场", unit=cast.units.housing)
    record = receive(
        petition=case,
        actor=cast.actor("petition_officer"),
        talk=talk(desk=[cast.units.urban, cast.units.housing], promises=[said]),
    )
    part = case.shares.get(unit=cast.units.housing, ended_at=None)
    assert (part.role, part.demand, part.feedback_due_on) == ("co", "三天内派人看现场", said.due_on)
    assert record.promises.get().instruction.unit == cast.units.housing
    case.refresh_from_db()
    assert case.lead_unit == cast.units.urban


@pytest.mark.article(24)
def test_a_new_matter_goes_to_the_departments_that_promised_something(cast, talk, promise):
    desk = [cast.units.housing, cast.units.urban]
    promises = [promise(unit=unit) for unit in desk]
    record, made = receive_new(
        actor=cast.actor("petition_officer"), talk=talk(desk=desk, promises=promises), matter=matter()
    )
    made.petition.refresh_from_db()
    assert (made.petition.lead_unit, made.petition.status) == (desk[0], "forwarded")
    shares = made.petition.shares.filter(ended_at=None).values_list("unit", "role")
    assert set(shares) == {(desk[0].pk, "lead"), (desk[1].pk, "co")}
    assert [row.instruction.unit for row in record.promises.all()] == desk


@pytest.mark.article(29, 31)
def test_what_a_new_matter_is_may_be_said_at_the_desk(cast, client_as, talk, promise, settings, today):
    settings.CLASSIFY_BEFORE_FORWARDING = True
    data = form(cast, subject="路灯不亮", body="村口路灯坏了。", desk=[cast.units.housing.pk]) | {
        "promise-0-text": "三天内换灯",
        "promise-0-to_whom": "李强",
        "promise-0-due_on": today + timedelta(days=3),
        "promise-0-task": "on",
    }
    client, address = client_as(cast.petition_officer), reverse("leaders:receive")
    answer = client.post(address, data)
    assert answer.status_code == 422 and "还没有定性" in answer.content.decode()
    assert not Petition.objects.exists()
    client.post(address, data | {"case_kind": "appeal", "case_path": "6"})
    case = Petition.objects.get()
    assert (case.kind, case.path, case.lead_unit) == (Kind.APPEAL, 6, cast.units.housing)


@pytest.mark.article(28)
def test_nothing_is_recorded_where_a_department_at_the_desk_is_the_one_complained_of(
    cast, fresh_case, talk, promise
):
    case = fresh_case(complained_unit=cast.units.housing)
    with pytest.raises(Refusal) as refusal:
        receive(
            petition=case,
            actor=cast.actor("petition_officer"),
            talk=talk(desk=[cast.units.housing], promises=[promise()]),
        )
    assert "第二十八条" in refusal.value.sentence
    assert not VisitRecord.objects.exists()
    assert not case.shares.filter(unit=cast.units.housing).exists()


def test_a_home_visit_says_where_and_what_changed(cast, client_as, fresh_case):
    case, client = fresh_case(), client_as(cast.leader)
    address = reverse("leaders:home_visit")
    data = {"post": cast.post("leader").pk, "said": "新管子装好了。", "heads": 1, "token": new_token()}
    data |= {"number": case.number, "people": "张小河", "changed": "不再漏水，墙面还没补。"}
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "请选择走访的镇街或村社" in answer.content.decode()
    answer = client.post(address, {**data, "place_unit": cast.units.liuwan.pk}, follow=True)
    record = VisitRecord.objects.get()
    assert (record.way, record.place_unit) == (RecordWay.HOME, cast.units.liuwan)
    assert "不再漏水，墙面还没补。" in answer.content.decode()
    assert "上门走访，1 人。新管子装好了" in case.events.filter(act=Act.RECEIVE).get().text
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitRecord.objects.update(place_unit=None)


def test_how_often_leaders_met_people_about_a_case_stands_on_its_page_and_in_the_pre_read(
    cast, client_as, fresh_case, talk, day_of
):
    case, clerk, officer = fresh_case(), cast.actor("clerk"), cast.actor("petition_officer")
    assert "接访和走访" not in client_as(cast.petition_officer).get(case.get_absolute_url()).content.decode()
    for _n in range(3):
        receive(petition=case, actor=clerk, talk=talk())
    home = talk(way=RecordWay.HOME, place_unit=cast.units.liuwan, changed="摊位少了一半")
    receive(petition=case, actor=clerk, talk=home)
    page = client_as(cast.petition_officer).get(case.get_absolute_url()).content.decode()
    assert "已接访 3 次、走访 1 次" in page
    assert "摊位少了一半" in page
    day = day_of()
    pick_case(day=day, petition=case, actor=officer)
    page = client_as(cast.leader).get(reverse("leaders:day_pre_read", args=[day.pk])).content.decode()
    assert "已接访 3 次、走访 1 次" in page
    assert "摊位少了一半" in page
    assert counts_of([case.pk])[case.pk].total == 4


@pytest.mark.article(28, 30)
def test_whoever_is_complained_of_reads_no_talk_and_no_count(cast, client_as, fresh_case, talk):
    case = fresh_case(complained_unit=cast.units.dongxi, co_units=[cast.units.dongxi])
    record = receive(petition=case, actor=cast.actor("petition_officer"), talk=talk())
    client = client_as(cast.town_clerk)
    assert "接访和走访" not in client.get(case.get_absolute_url()).content.decode()
    assert client.get(record.get_absolute_url()).status_code == 404
    assert client_as(cast.petition_officer).get(record.get_absolute_url()).status_code == 200


@pytest.mark.article(30)
def test_a_record_goes_with_its_case_when_that_is_sealed(cast, client_as, fresh_case, talk):
    record = receive(petition=fresh_case(), actor=cast.actor("petition_officer"), talk=talk())
    Petition.objects.filter(pk=record.petition_id).update(sealed=True, kind=Kind.ACCUSATION)
    assert client_as(cast.petition_officer).get(record.get_absolute_url()).status_code == 404
    assert counts_of([record.petition_id]) == {}


def test_who_came_is_forgotten_with_the_people_of_the_case(cast, fresh_case, talk):
    case = fresh_case()
    receive(petition=case, actor=cast.actor("clerk"), talk=talk(people="张小河夫妇"))
    assert archives.forget(case) == 1
    assert VisitRecord.objects.get().people == ""


def test_a_promise_that_cannot_be_leaves_no_case_behind(cast, talk, promise, today):
    with pytest.raises(Refusal) as refusal:
        receive_new(actor=cast.actor("clerk"), talk=talk(promises=[promise(due_on=today)]), matter=matter())
    assert refusal.value.code == "invalid"
    assert not Petition.objects.exists()
    assert not VisitRecord.objects.exists()


@pytest.mark.parametrize("key", ["handler", "unit_head", "inspector", "mediator", "outsider", "town_clerk"])
def test_nobody_else_records(cast, fresh_case, talk, key):
    case = fresh_case()
    with pytest.raises(Refusal) as refusal:
        receive(petition=case, actor=cast.actor(key), talk=talk())
    assert refusal.value.code == "forbidden"
    with pytest.raises(Refusal):
        receive_new(actor=cast.actor(key), talk=talk(), matter=matter())
    assert Petition.objects.count() == 1


def test_a_leader_records_only_for_oneself(cast, fresh_case, talk):
    with pytest.raises(Refusal) as refusal:
        receive(petition=fresh_case(), actor=cast.actor("leader"), talk=talk(post=cast.post("leader2")))
    assert refusal.value.code == "forbidden"


def test_sealed_and_closed_cases_are_not_talked_about_here(cast, make_case, talk):
    for case, code in (
        (make_case.registered(kind=Kind.ACCUSATION).petition, "forbidden"),
        (make_case(until=Status.CLOSED), "stale"),
    ):
        with pytest.raises(Refusal) as refusal:
            receive(petition=case, actor=cast.actor("petition_officer"), talk=talk())
        assert refusal.value.code == code
    assert not VisitRecord.objects.exists()


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"said": " "}, "谈话内容"),
        ({"took_place_at": now() + timedelta(hours=1)}, "不能晚于现在"),
    ],
)
def test_a_talk_that_cannot_be_is_refused(cast, fresh_case, talk, fields, words):
    with pytest.raises(Refusal) as refusal:
        receive(petition=fresh_case(), actor=cast.actor("clerk"), talk=talk(**fields))
    assert refusal.value.code == "invalid"
    assert words in refusal.value.sentence


def test_a_day_of_another_leader_or_a_cancelled_one_takes_no_record(cast, fresh_case, talk, day_of):
    case, clerk = fresh_case(), cast.actor("clerk")
    with pytest.raises(Refusal) as refusal:
        receive(petition=case, actor=clerk, talk=talk(day=day_of(post="leader2")))
    assert refusal.value.code == "invalid"
    day = day_of(days=3)
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛")
    day.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        receive(petition=case, actor=clerk, talk=talk(day=day))
    assert refusal.value.code == "stale"


def form(cast, **fields):
    empty = {"promise-TOTAL_FORMS": 3, "promise-INITIAL_FORMS": 0, "heads": 2, "token": new_token()}
    return {**empty, "post": cast.post("leader").pk, "said": "谈了夜市的事。", **fields}


def test_the_page_records_on_a_known_case_with_a_promise(cast, client_as, fresh_case, today):
    case = fresh_case()
    data = form(cast, number=case.number)
    data |= {
        "promise-0-text": "十点收摊",
        "promise-0-to_whom": "张小河",
        "promise-0-due_on": today + timedelta(days=5),
        "promise-0-task": "on",
    }
    answer = client_as(cast.leader).post(reverse("leaders:receive"), data)
    record = VisitRecord.objects.get()
    assert answer.url == f"{record.get_absolute_url()}?sent=talk-any"
    page = client_as(cast.leader).get(answer.url).content.decode()
    assert '<meta name="draft-done" content="talk-any">' in page
    assert (record.petition, "十点收摊" in page) == (case, True)
    assert Promise.objects.get().instruction == Instruction.objects.get()


def test_sent_again_over_a_poor_line_it_is_the_same_record_and_changed_it_asks(cast, client_as, fresh_case):
    data, client = form(cast, number=fresh_case().number), client_as(cast.leader)
    address = reverse("leaders:receive")
    first = client.post(address, data).url
    answer = client.post(address, data, follow=True)
    assert answer.redirect_chain[0][0] == first
    assert "没有重复" in answer.content.decode()
    answer = client.post(address, {**data, "said": "第二天又来谈。"})
    assert answer.status_code == 422
    assert "这份记录刚才已经存过" in answer.content.decode()
    assert "第二天又来谈。" in answer.content.decode()
    assert VisitRecord.objects.count() == 1
    again = answer.context["form"]["token"].value()
    assert client.post(address, {**data, "said": "第二天又来谈。", "token": again}).status_code == 302
    assert VisitRecord.objects.count() == 2


def test_the_page_registers_a_new_matter_and_shows_number_and_query_code(cast, client_as, day_today):
    day, client = day_today(), client_as(cast.petition_officer)
    data = form(cast, subject="路灯不亮", body="村口路灯坏了。", name="李强")
    answer = client.post(reverse("leaders:receive_on_day", args=[day.pk]), data, follow=True)
    case = Petition.objects.get()
    page = answer.content.decode()
    assert case.number in page
    assert "查询码" in page
    assert VisitRecord.objects.get().day == day


def test_what_was_typed_comes_back_when_something_is_missing(cast, client_as):
    client = client_as(cast.leader)
    answer = client.post(reverse("leaders:receive"), form(cast))
    assert answer.status_code == 422
    assert "新事项请写明反映的内容" in answer.content.decode()
    answer = client.post(reverse("leaders:receive"), form(cast, number="QJ-没有"))
    assert answer.status_code == 422
    assert "没有找到这个编号" in answer.content.decode()
    answer = client.post(reverse("leaders:receive"), {**form(cast, body="灯不亮"), "promise-0-text": "修灯"})
    assert answer.status_code == 422
    assert "请写明向谁承诺" in answer.content.decode()
    assert "谈了夜市的事" in answer.content.decode()
    assert not VisitRecord.objects.exists()


def test_the_records_of_a_day_are_seen_by_those_who_may_see_the_case(
    cast, client_as, fresh_case, talk, day_today
):
    day, case = day_today(), fresh_case()
    receive(petition=case, actor=cast.actor("clerk"), talk=talk(day=day))
    for key, seen in (("leader", True), ("petition_officer", True), ("outsider", False), ("leader2", False)):
        page = client_as(getattr(cast, key)).get(day.get_absolute_url()).content.decode()
        assert (case.number in page) is seen, key


def test_an_outsider_records_nothing_and_a_stranger_is_sent_to_log_in(
    cast, client, client_as, fresh_case, day_of
):
    addresses = [
        reverse("leaders:receive"),
        reverse("leaders:receive_case", args=[fresh_case().number]),
        reverse("leaders:receive_on_day", args=[day_of().pk]),
    ]
    for address in addresses:
        assert client_as(cast.outsider).get(address).status_code == 403
        assert client.get(address).url.startswith(reverse("accounts:login"))
        assert client_as(cast.leader).get(address).status_code == 200
    sealed = reverse("leaders:receive_case", args=["x"])
    assert client_as(cast.leader).get(sealed).status_code == 404


def test_a_case_that_takes_no_record_shows_no_form(cast, client_as, make_case, fresh_case):
    def answer(key, case):
        return client_as(getattr(cast, key)).get(reverse("leaders:receive_case", args=[case.number]))

    closed = make_case(until=Status.CLOSED)
    for key in ("petition_officer", "clerk", "leader"):
        page = answer(key, closed)
        assert page.status_code == 409, key
        assert "本件现在是“已办结”，不能再“接访记录”。" in page.content.decode()
        assert "<form" not in page.content.decode()
    registrar = cast.actor("clerk")
    sealed = make_case.registered(kind=Kind.ACCUSATION, actor=registrar).petition
    assert Petition.objects.visible_to(registrar).filter(pk=sealed.pk).exists()
    for key in ("petition_officer", "clerk", "leader"):
        assert answer(key, sealed).status_code == 404, key
    unread = fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan)
    assert answer("leader", unread).status_code == 404
    assert answer("outsider", unread).status_code == 403
    assert answer("leader", fresh_case()).status_code == 200


def test_the_unit_complained_of_records_nothing_on_the_case(cast, client_as, fresh_case):
    case = fresh_case(complained_unit=cast.units.dongxi, co_units=[cast.units.dongxi])
    assert Petition.objects.visible_to(cast.actor("town_clerk")).filter(pk=case.pk).exists()
    answer = client_as(cast.town_clerk).get(reverse("leaders:receive_case", args=[case.number]))
    assert answer.status_code == 403
    assert "您当前的岗位不能对本件进行“接访记录”。" in answer.content.decode()


def test_what_was_typed_stays_when_the_case_was_closed_meanwhile(cast, client_as, make_case):
    case = make_case(until=Status.CLOSED)
    address = reverse("leaders:receive_case", args=[case.number])
    answer = client_as(cast.petition_officer).post(address, form(cast))
    assert answer.status_code == 409
    assert form(cast)["said"] in answer.content.decode()
    assert not VisitRecord.objects.exists()
