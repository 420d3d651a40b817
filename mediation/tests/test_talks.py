"""Talks among many: called, announced in time, moved, held, and what of them residents may read."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import now
from mediation.models import PublicTalk
from mediation.services import talk_minutes, talk_panel, talks
from mediation.talk_enums import PanelKind, TalkKind, TalkState
from mediation.tests.talk_world import in_days, make_talk

pytestmark = pytest.mark.django_db


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def talk_of(cast):
    return partial(make_talk, cast)


# Who may


@pytest.mark.parametrize(
    "key, allowed",
    [
        ("town_clerk", True),
        ("petition_officer", True),
        ("unit_head", True),
        ("mediator", True),
        ("handler", False),
        ("leader", False),
        ("inspector", False),
        ("outsider", False),
        ("auditor", False),
    ],
)
def test_who_calls_a_talk_and_for_the_own_unit_alone(cast, talk_of, key, allowed):
    if not allowed:
        assert "不能" in refused(lambda: talk_of(key=key), "forbidden")
        assert not PublicTalk.objects.exists()
        return
    talk = talk_of(until=TalkState.PLANNED, key=key)
    assert talk.unit == cast.post(key).unit
    assert AuditEntry.objects.filter(act="talk.convene").exists()


def test_another_unit_does_nothing_to_it(cast, talk_of):
    talk = talk_of(until=TalkState.PLANNED)
    for key in ("petition_officer", "mediator", "clerk"):
        actor = cast.actor(key)
        refused(lambda actor=actor: talks.announce(talk=talk, actor=actor), "forbidden")
        refused(lambda actor=actor: talks.call_off(talk=talk, actor=actor, reason="不办"), "forbidden")


def test_who_sees_it_at_the_desk(cast, talk_of):
    talk = talk_of()
    seen = {
        key
        for key in cast.people
        if PublicTalk.objects.visible_to(cast.actor(key)).filter(pk=talk.pk).exists()
    }
    assert seen == {"town_clerk", "clerk", "petition_officer", "inspector"}


# What cannot be meant


@pytest.mark.parametrize("seats", [0, -3, 100_000])
def test_seats_that_cannot_be_meant(talk_of, seats):
    assert "1 到 10000" in refused(lambda: talk_of(seats=seats), "invalid")


@pytest.mark.parametrize(
    "when, words",
    [
        (lambda: now() - timedelta(hours=1), "已经过去"),
        (lambda: in_days(5, hour=2), "上午还是下午"),
        (lambda: in_days(5, hour=23), "上午还是下午"),
        (lambda: in_days(400), "核对年份"),
    ],
)
def test_a_time_that_cannot_be_meant(talk_of, when, words):
    assert words in refused(lambda: talk_of(starts_at=when()), "invalid")
    assert not PublicTalk.objects.exists()


def test_a_talk_has_a_topic_and_a_place(talk_of, room_of):
    assert "议题" in refused(lambda: talk_of(topic=" "), "invalid")
    assert "地点" in refused(lambda: talk_of(place=" "), "invalid")
    assert "河沿路8号" in talk_of(place="", room=room_of()).where


def test_the_same_form_twice_is_one_talk(cast):
    new = talks.NewTalk(
        kind=TalkKind.PEOPLE, topic="广场舞", starts_at=in_days(6), seats=30, place="文化礼堂"
    )
    one = talks.convene(actor=cast.actor("town_clerk"), new=new, token="t" * 40)
    again = talks.convene(actor=cast.actor("town_clerk"), new=new, token="t" * 40)
    assert one.pk == again.pk and PublicTalk.objects.count() == 1


# Announced, moved, called off


def test_it_is_announced_in_time(cast, talk_of, settings):
    settings.TALK_NOTICE_DAYS = 7
    talk = talk_of(until=TalkState.PLANNED)
    actor = cast.actor("town_clerk")
    assert "7 日" in refused(lambda: talks.announce(talk=talk, actor=actor), "invalid")
    talks.move(talk=talk, actor=actor, starts_at=in_days(7), place="物业楼一楼", reason="公告期")
    assert talks.announce(talk=talk, actor=actor).state == TalkState.ANNOUNCED
    refused(lambda: talks.announce(talk=talk, actor=actor), "stale")


def test_a_move_says_why_and_keeps_the_notice(cast, talk_of):
    talk, actor = talk_of(), cast.actor("town_clerk")
    move = {"talk": talk, "actor": actor, "place": "物业楼一楼"}
    refused(lambda: talks.move(starts_at=in_days(9), reason=" ", **move), "invalid")
    assert "都没有变" in refused(lambda: talks.move(starts_at=talk.starts_at, reason="x", **move), "invalid")
    assert "提前" in refused(lambda: talks.move(starts_at=in_days(1), reason="提前办", **move), "invalid")
    moved = talks.move(starts_at=in_days(9), reason="下雨", **move)
    assert moved.changes.get().reason == "下雨" and moved.changes.get().was == talk.starts_at


def test_called_off_is_called_off_for_good(cast, talk_of):
    talk, actor = talk_of(), cast.actor("town_clerk")
    refused(lambda: talks.call_off(talk=talk, actor=actor, reason=""), "invalid")
    assert talks.call_off(talk=talk, actor=actor, reason="停电").state == TalkState.CALLED_OFF
    for door in (
        lambda: talks.call_off(talk=talk, actor=actor, reason="停电"),
        lambda: talks.move(talk=talk, actor=actor, starts_at=in_days(9), place="别处", reason="x"),
        lambda: talk_minutes.hold(talk=talk, actor=actor, came=3, minutes="x", at=in_days(6)),
    ):
        assert "已取消" in refused(door, "stale")


# Held


def test_forty_people_are_an_ordinary_talk(talk_of):
    talk = talk_of(until=TalkState.HELD, came=40)
    talk.refresh_from_db()
    assert (talk.state, talk.came, talk.names) == (TalkState.HELD, 40, "张三丰、李四光")
    with connection.cursor() as cursor:
        cursor.execute("SELECT names FROM mediation_publictalk")
        assert "张三丰".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("came, words", [(0, "至少 1 人"), (-4, "至少 1 人"), (100_000, "最多 10000")])
def test_a_number_of_heads_that_cannot_be_meant(talk_of, came, words):
    assert words in refused(lambda: talk_of(until=TalkState.HELD, came=came), "invalid")


def test_it_is_written_down_once_after_it_began_and_whole(cast, talk_of):
    talk, actor = talk_of(), cast.actor("town_clerk")
    record = {"talk": talk, "actor": actor, "came": 12}
    later = talk.starts_at + timedelta(hours=1)
    assert "还没有开始" in refused(lambda: talk_minutes.hold(minutes="x", **record), "stale")
    refused(lambda: talk_minutes.hold(minutes=" ", at=later, **record), "invalid")
    assert "同意" in refused(
        lambda: talk_minutes.hold(minutes="x", names="张三丰", at=later, **record), "invalid"
    )
    assert "没有评议员" in refused(
        lambda: talk_minutes.hold(minutes="x", opinion="物业应当修", at=later, **record), "invalid"
    )
    talk_minutes.hold(minutes="说了", at=later, **record)
    refused(lambda: talk_minutes.hold(minutes="又说", at=later, **record), "stale")


def test_one_that_was_never_announced_is_not_written_down(cast, talk_of):
    talk = talk_of(until=TalkState.PLANNED)
    door = lambda: talk_minutes.hold(  # noqa: E731
        talk=talk, actor=cast.actor("town_clerk"), came=9, minutes="x", at=in_days(6)
    )
    assert "筹备中" in refused(door, "stale")


# The panel


@pytest.mark.article(28)
def test_nobody_of_a_unit_concerned_sits_on_the_panel(cast, talk_of):
    talk = talk_of(
        until=TalkState.PLANNED, kind=TalkKind.REASONING, about_units=[cast.units.urban, cast.units.liuwan]
    )
    seat = {"talk": talk, "actor": cast.actor("town_clerk")}
    staff = lambda key: talk_panel.seat(kind=PanelKind.STAFF, post=cast.post(key), **seat)  # noqa: E731
    for key in ("handler", "unit_head"):
        assert "应当回避（条例第二十八条）" in refused(lambda key=key: staff(key), "invalid")
    outside = {"kind": PanelKind.EXPERT, "name": "沈工"}
    refused(lambda: talk_panel.seat(body="清江县城市管理局退休工程师", **outside, **seat), "invalid")
    refused(lambda: talk_panel.seat(body="", **outside, **seat), "invalid")
    assert staff("unit_head2").user == cast.unit_head2
    assert "已经在名单里" in refused(lambda: staff("unit_head2"), "stale")
    assert talk_panel.seat(body="省设计院", **outside, **seat).shown_name == "沈工"


@pytest.mark.article(28)
def test_an_opinion_is_not_taken_from_one_whose_unit_became_concerned(cast, talk_of):
    talk, actor = talk_of(panel=False, until=TalkState.PLANNED), cast.actor("town_clerk")
    talk_panel.seat(talk=talk, actor=actor, kind=PanelKind.STAFF, post=cast.post("handler"))
    talks.announce(talk=talk, actor=actor)
    talk.about_units.add(cast.units.urban)
    record = {"talk": talk, "actor": actor, "came": 9, "minutes": "x", "at": in_days(6)}
    assert "应当回避" in refused(lambda: talk_minutes.hold(opinion="应当修", **record), "invalid")
    assert talk_minutes.hold(**record).opinion == ""


# What residents read


def test_minutes_are_published_by_another_person_without_names(cast, talk_of):
    talk = talk_of(until=TalkState.HELD, panel=True, opinion="应当修。", key="petition_officer")
    writer, other = cast.actor("petition_officer"), cast.actor("clerk")
    publish = lambda actor, **k: talk_minutes.publish(talk=talk, actor=actor, **{"no_names": True, **k})  # noqa: E731
    assert "还没有拟写" in refused(lambda: publish(other), "stale")
    for name in ("张三丰", "甄律师"):
        sentence = refused(
            lambda name=name: talk_minutes.draft(talk=talk, actor=writer, text=f"{name}先说"), "invalid"
        )
        assert name in sentence
    talk_minutes.draft(talk=talk, actor=writer, text="一位居民先说电梯。", revision=0)
    refused(lambda: talk_minutes.draft(talk=talk, actor=other, text="改", revision=0), "stale")
    assert "另一个人" in refused(lambda: publish(writer), "forbidden")
    assert "没有个人姓名" in refused(lambda: publish(other, no_names=False), "invalid")
    assert "有人改过" in refused(lambda: publish(other, revision=0), "stale")
    publish(other, revision=1)
    refused(lambda: publish(other), "stale")
    refused(lambda: talk_minutes.draft(talk=talk, actor=writer, text="再改"), "stale")
    talk_minutes.take_down(talk=talk, actor=writer)
    refused(lambda: talk_minutes.take_down(talk=talk, actor=writer), "stale")
    talk.refresh_from_db()
    assert talk.published_at is None and talk.public_text


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_write_it_down_at_once_leave_one_record(cast, talk_of):
    talk, actor = talk_of(), cast.actor("town_clerk")
    gate, said = threading.Barrier(2), []

    def write(words):
        try:
            gate.wait(5)
            talk_minutes.hold(talk=talk, actor=actor, came=9, minutes=words, at=in_days(6))
            said.append(words)
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(words,)) for words in ("甲记", "乙记")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    talk.refresh_from_db()
    assert sorted(said) == sorted(["stale", talk.minutes])
