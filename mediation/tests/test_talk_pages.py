"""The pages of talks: residents read what was announced and no name; the desk's whole way through one talk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mediation.models import PublicTalk, TalkMatter
from mediation.services import talk_minutes, talks
from mediation.talk_enums import Fate, TalkState
from mediation.tests.talk_world import in_days, make_talk
from petitions.models import Petition
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db
WHEN = "%Y-%m-%dT%H:%M"


def page(client, name, *args):
    return client.get(reverse(f"mediation:{name}", args=args))


def test_residents_read_what_was_announced_and_what_became_of_it(cast, client):
    talk = make_talk(cast, until=TalkState.PLANNED)
    assert page(client, "talk", talk.pk).status_code == 404
    assert "还没有公告恳谈" in page(client, "talks").content.decode()
    actor = cast.actor("town_clerk")
    talks.announce(talk=talk, actor=actor)
    for name, args in (("talks", ()), ("talk", (talk.pk,))):
        text = page(client, name, *args).content.decode()
        assert "阳光小区电梯和停车" in text and "物业楼一楼" in text and "自愿" in text
    talks.move(talk=talk, actor=actor, starts_at=in_days(9), place="活动室", reason="下雨")
    talks.call_off(talk=talk, actor=actor, reason="小区停电")
    text = page(client, "talk", talk.pk).content.decode()
    assert "下雨" in text and "小区停电" in text and "已取消" in text


def test_residents_read_no_name_and_minutes_only_when_published(cast, client):
    talk = make_talk(cast, until=TalkState.HELD, key="petition_officer", panel=True, opinion="应当修。")
    talk_minutes.draft(talk=talk, actor=cast.actor("petition_officer"), text="一位居民说电梯。")
    text = page(client, "talk", talk.pk).content.decode()
    assert "律师" in text and "不具有约束力" in text
    for hidden in ("一位居民说电梯", "张三丰", "甄律师", "先说电梯", "应当修"):
        assert hidden not in text
    talk_minutes.publish(talk=talk, actor=cast.actor("clerk"), no_names=True)
    assert "一位居民说电梯" in page(client, "talk", talk.pk).content.decode()


def test_a_talk_from_the_pages_from_the_call_to_the_minutes(cast, client_as):
    officer, clerk = client_as(cast.petition_officer), client_as(cast.clerk)
    data = {
        "kind": "owners", "topic": "阳光小区电梯", "starts_at": in_days(5).strftime(WHEN), "seats": 40,
        "place": "", "token": new_token(),
    }  # fmt: skip
    add = reverse("mediation:talk_add")
    assert officer.get(add).status_code == 200
    again = officer.post(add, data)
    assert again.status_code == 422 and "阳光小区电梯" in again.content.decode()
    for seats, words in ((0, "不能小于 1"), (-2, "不能小于 1"), (100000, "不能大于 10000")):
        answer = officer.post(add, {**data, "place": "活动室", "seats": seats})
        assert answer.status_code == 422 and words in answer.content.decode()
    assert officer.post(add, {**data, "place": "活动室"}).status_code == 302
    talk = PublicTalk.objects.get()
    desk = reverse("mediation:talk_desk", args=[talk.pk])

    def send(door, by=officer, /, **sent):
        return by.post(reverse(f"mediation:talk_{door}", args=[talk.pk]), sent)

    assert "公告恳谈" in officer.get(desk).content.decode()
    assert send("seat", kind="lawyer", name="甄律师", body="").status_code == 422
    assert send("seat", kind="lawyer", name="甄律师", body="清正律师事务所").status_code == 302
    assert send("announce").status_code == 302
    assert send("announce").status_code == 409
    early = send("hold", came=40, minutes="说了电梯。")
    assert early.status_code == 409 and "还没有开始" in early.content.decode()
    PublicTalk.objects.update(starts_at=talk.starts_at - timedelta(days=6))
    wrong = send("hold", came=0, minutes="说了电梯。")
    assert wrong.status_code == 422 and "说了电梯。" in wrong.content.decode()
    assert send("hold", came=40, minutes="说了电梯。", names="张三丰").status_code == 422
    assert send("hold", came=40, minutes="说了电梯。", opinion="应当修。").status_code == 302
    assert send("raise", text="").status_code == 422
    assert send("raise", text="3 号楼电梯停了。").status_code == 302
    assert send("draft", text="一位居民说电梯。", revision=0).status_code == 302
    assert send("publish", revision=1, no_names="on").status_code == 403
    assert send("publish", clerk, revision=1).status_code == 422
    stale = send("publish", clerk, revision=0, no_names="on")
    assert stale.status_code == 409 and "重新读" in stale.content.decode()
    assert send("publish", clerk, revision=1, no_names="on").status_code == 302
    assert send("take_down").status_code == 302
    assert send("take_down").status_code == 409
    assert "3 号楼电梯停了" in officer.get(desk).content.decode()
    assert officer.get(reverse("mediation:talk_list") + "?view=ended").content.decode().count("阳光小区电梯")


def test_the_ways_on_of_a_matter_from_its_page(cast, client_as, fresh_case):
    talk = make_talk(cast, until=TalkState.HELD, key="petition_officer")
    client = client_as(cast.petition_officer)
    for text in ("甲事", "乙事", "丙事"):
        client.post(reverse("mediation:talk_raise", args=[talk.pk]), {"text": text})
    one, two, three = TalkMatter.objects.order_by("ordinal")
    address = lambda row: reverse("mediation:talk_matter", args=[talk.pk, row.pk])  # noqa: E731
    assert "甲事" in client.get(address(one)).content.decode()
    assert client.post(address(one), {"do": "settle", "fate": "passed", "note": "请修"}).status_code == 422
    data = {"do": "settle", "fate": "passed", "note": "请修", "unit": cast.units.housing.pk}
    assert client.post(address(one), data).status_code == 302
    unknown = client.post(address(two), {"do": "link", "number": "339999-2026-000001"})
    assert unknown.status_code == 422 and "核对编号" in unknown.content.decode()
    assert client.post(address(two), {"do": "link", "number": fresh_case().number}).status_code == 302
    register = {"do": "register", "body": "", "name": "张小河", "token": new_token()}
    empty = client.post(address(three), register)
    assert empty.status_code == 422 and "张小河" in empty.content.decode()
    answer = client.post(address(three), {**register, "body": "丙事，请查。"}, follow=True)
    case = Petition.objects.latest("pk")
    assert case.number in answer.content.decode() and "查询码" in answer.content.decode()
    late = client.post(address(three), {"do": "settle", "fate": "answered", "note": "答了"})
    assert late.status_code == 409 and "登记为信访件" in late.content.decode()
    assert [row.fate for row in TalkMatter.objects.order_by("ordinal")] == [
        Fate.PASSED,
        Fate.LINKED,
        Fate.REGISTERED,
    ]
    # The unit it was passed to reads that one matter, and neither names nor minutes.
    seen = client_as(cast.handler2).get(talk.get_absolute_url()).content.decode()
    assert "甲事" in seen and "乙事" not in seen and "张三丰" not in seen and "再说停车" not in seen
    assert client_as(cast.handler2).get(address(one)).status_code == 404
    assert client_as(cast.handler).get(talk.get_absolute_url()).status_code == 404


def test_lists_cost_the_same_for_one_and_three(cast, client, client_as, django_assert_num_queries):
    desk = client_as(cast.petition_officer)
    make_talk(cast)
    desk.get(reverse("mediation:talk_list"))
    for _ in range(2):
        with django_assert_num_queries(5):
            desk.get(reverse("mediation:talk_list"))
        with django_assert_num_queries(3):
            page(client, "talks")
        make_talk(cast)
        make_talk(cast)


def test_what_was_moved_before_anybody_could_read_of_it_is_not_told_of(cast, client, client_as):
    talk = make_talk(cast, until=TalkState.PLANNED)
    officer = client_as(cast.actor("town_clerk").user)
    shown = officer.get(talk.get_absolute_url()).content.decode()
    assert "今天公告的，最早可以定在" in shown
    move = {"starts_at": in_days(6).strftime(WHEN), "place": "物业楼一楼", "reason": "公告时间不够"}
    done = officer.post(reverse("mediation:talk_move", args=[talk.pk]), move, follow=True)
    assert "还没有公告，居民看不到" in done.content.decode()
    talks.announce(talk=talk, actor=cast.actor("town_clerk"))
    assert "公告时间不够" not in page(client, "talk", talk.pk).content.decode()
    move = {"starts_at": in_days(8).strftime(WHEN), "place": "物业楼一楼", "reason": "下雨"}
    done = officer.post(reverse("mediation:talk_move", args=[talk.pk]), move, follow=True)
    assert "公告随即更新" in done.content.decode()
    assert "下雨" in page(client, "talk", talk.pk).content.decode()
