"""Who in the unit does an instruction (落实到人), and promises that the leader's own office keeps."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from leaders.models import Instruction, PromiseClock
from leaders.services import alerts, stages
from leaders.services.doing import candidates, name_doer
from leaders.services.instructions import report_instruction
from leaders.services.receptions import NewPromise, Talk, receive
from notifications.models import Notice
from petitions.enums import Act, Kind, RecusalGround, Status
from petitions.services import forwarding
from petitions.services.recusing import recuse
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def handler_post(cast, unit="urban", name="李办"):
    user = User.objects.create(username=f"doer-{name}", name=name, password="!")
    return Post.objects.create(user=user, unit=getattr(cast.units, unit), role=Role.HANDLER, valid_from=SINCE)


@pytest.mark.parametrize("key", ["leader", "petition_officer", "unit_head"])
def test_leader_office_or_head_say_who_in_the_unit_does_it_and_that_person_is_told(cast, instruction_of, key):
    task = instruction_of()
    name_doer(instruction=task, actor=cast.actor(key), post=cast.post("handler"))
    assert task.who_does == cast.post("handler")
    assert Notice.objects.filter(recipient=cast.handler, text__contains="由您承办").count() == 1
    with pytest.raises(Refusal, match="已经是这位") as refusal:
        name_doer(instruction=task, actor=cast.actor(key), post=cast.post("handler"))
    assert refusal.value.code == "stale"


@pytest.mark.parametrize("key", ["handler", "unit_head2", "leader2", "clerk", "inspector"])
def test_nobody_else_says_who_does_it(cast, instruction_of, key):
    with pytest.raises(Refusal) as refusal:
        name_doer(instruction=instruction_of(), actor=cast.actor(key), post=cast.post("handler"))
    assert refusal.value.code == "forbidden"


@pytest.mark.article(28)
def test_only_people_of_the_unit_in_office_who_need_not_stand_aside(cast, instruction_of, today):
    task, head = instruction_of(), cast.actor("unit_head")
    left, aside = handler_post(cast, name="走了"), handler_post(cast, name="回避")
    Post.objects.filter(pk=left.pk).update(valid_until=today)
    left.refresh_from_db()
    recuse(petition=task.petition, actor=Actor.of(aside), ground=next(iter(RecusalGround)), reason="亲属")
    for post, words in ((cast.post("handler2"), "在岗"), (left, "在岗"), (aside, "回避")):
        with pytest.raises(Refusal, match=words):
            name_doer(instruction=task, actor=head, post=post)
    assert [post.user for post in candidates(task, now())] == [cast.handler, cast.unit_head]


def test_what_was_reported_takes_no_other_doer_and_an_alert_goes_to_the_one_named(cast, instruction_of):
    task, head = instruction_of(), cast.actor("unit_head")
    other = handler_post(cast)
    name_doer(instruction=task, actor=head, post=other)
    people = alerts.People(now())
    assert alerts._told_of(task, Role.HANDLER, people) == [other.user_id]
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已办。")
    with pytest.raises(Refusal, match="已经反馈"):
        name_doer(instruction=task, actor=head, post=cast.post("handler"))


def test_the_doer_is_named_on_the_page_and_shown(cast, client_as, instruction_of):
    task = instruction_of()
    address = reverse("leaders:name_doer", args=[task.pk])
    head = client_as(cast.unit_head)
    assert "还没有指定" in head.get(task.get_absolute_url()).content.decode()
    empty = head.post(address, {"post": ""})
    assert empty.status_code == 422 and Instruction.objects.get().doer is None
    assert head.post(address, {"post": cast.post("handler").pk}).status_code == 302
    page = client_as(cast.handler).get(task.get_absolute_url()).content.decode()
    assert "陈立" in page and "更换承办人" not in page
    assert client_as(cast.handler).post(address, {"post": cast.post("handler").pk}).status_code == 403


def test_the_leader_names_the_person_with_the_instruction_or_neither_is_written(cast, client_as, fresh_case):
    case, client = fresh_case(), client_as(cast.leader)
    address = reverse("leaders:instruct", args=[case.number])
    page = client.get(address)
    offered = set(page.context["form"].fields["doer"].queryset)
    assert cast.post("handler") in offered and cast.post("handler2") not in offered
    sent = {
        "quick": "1",
        "unit": cast.units.urban.pk,
        "doer": cast.post("handler").pk,
        "due_on": (local_day(now()) + timedelta(days=7)).isoformat(),
        "token": page.context["form"]["token"].value(),
    }
    wrong = client.post(address, {**sent, "doer": cast.post("petition_officer").pk})
    assert wrong.status_code == 422 and "在岗的人员" in wrong.content.decode()
    assert not Instruction.objects.exists() and not case.events.filter(act=Act.INSTRUCT).exists()
    assert client.post(address, sent).status_code == 302
    assert Instruction.objects.get().doer == cast.post("handler")


@pytest.fixture
def promised(cast, fresh_case, today):
    """A promise that the leader's own office keeps, of a new talk."""

    def make(case=None, days=5):
        new = NewPromise(text="下周回电话", to_whom="张小河", due_on=today + timedelta(days=days), task=False)
        talk = Talk(post=cast.post("leader"), said="谈过了。", promises=[new])
        record = receive(petition=case or fresh_case(), actor=cast.actor("petition_officer"), talk=talk)
        return record.promises.get()

    return make


def told_of(clock):
    found = Notice.objects.filter(dedupe_key__startswith=clock.key + ":")
    return list(found.values_list("recipient__username", flat=True))


def test_a_promise_of_the_leaders_own_office_has_a_clock_that_tells_leader_and_office(cast, promised):
    promise = promised()
    clock = PromiseClock.objects.get(promise=promise)
    assert local_day(clock.due_at) == promise.due_on
    assert clock.get_explanation_url() == promise.record.get_absolute_url()
    sweep(PromiseClock, now=clock.due_at - timedelta(hours=12))
    assert set(told_of(clock)) == {"leader", "petition_officer"}
    before = len(told_of(clock))
    sweep(PromiseClock, now=clock.due_at + timedelta(days=10))
    assert set(told_of(clock)) == {"leader", "petition_officer", "inspector"}
    assert len(told_of(clock)) > before
    words = " ".join(Notice.objects.values_list("text", flat=True))
    assert "接访承诺" in words and "张小河" not in words and "回电话" not in words


def test_the_clock_stops_when_the_promise_is_kept(cast, promised):
    promise = promised()
    stages.keep_promise(promise=promise, actor=cast.actor("petition_officer"), text="已回电话。")
    clock = PromiseClock.objects.get(promise=promise)
    assert clock.stopped_at is not None
    sweep(PromiseClock, now=clock.due_at + timedelta(days=10))
    assert told_of(clock) == []


def test_a_promise_that_became_an_instruction_has_the_clock_of_that_alone(cast, fresh_case, today):
    new = NewPromise(text="十点收摊", to_whom="张小河", due_on=today + timedelta(days=5))
    talk = Talk(post=cast.post("leader"), said="谈过了。", promises=[new])
    record = receive(petition=fresh_case(), actor=cast.actor("petition_officer"), talk=talk)
    assert record.promises.get().instruction.clocks.count() == 1
    assert not PromiseClock.objects.exists()


@pytest.mark.article(30)
def test_a_promise_of_a_case_that_was_sealed_reminds_nobody(cast, promised, fresh_case):
    case = fresh_case(until=Status.REGISTERED)
    clock = PromiseClock.objects.get(promise=promised(case))
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    clock.refresh_from_db()
    assert clock.stopped_at is not None
    sweep(PromiseClock, now=clock.due_at + timedelta(days=10))
    assert told_of(clock) == []
