from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.models import InboxLetter, LeaderInbox, Reading, ReadingClock
from leaders.services.inboxes import (
    InboxPlan,
    change_inbox,
    end_delegate,
    name_delegate,
    open_inbox,
)
from notifications.models import Notice
from petitions.enums import Kind, RecusalGround
from petitions.models import Petition
from petitions.services import forwarding, recusing
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db
BODY = "柳湾村口的路灯坏了三个月，晚上老人出门摔过两次，村里说没有钱修。"


def delegate_of(cast, box, user, *, by="leader", first=0, last=30):
    today = local_day(now())
    return name_delegate(
        inbox=box,
        actor=cast.actor(by),
        user=user,
        valid_from=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
    )


def see(client_as, user, letter):
    return client_as(user).get(reverse("leaders:letter", args=[letter.pk])).status_code


def test_a_letter_is_a_case_like_any_other_with_receipt_code_and_clocks(cast, client, box):
    url = reverse("leaders:inbox_public", args=["xianzhang"])
    page = client.get(url).content.decode()
    assert "县长信箱" in page and "高远" in page and f'action="{url}"' in page
    done = client.post(url, {"body": BODY, "token": new_token(), "phone": "13900000001"})
    assert done.url == reverse("petitions:receipt")
    case = Petition.objects.get()
    assert case.number in client.get(done.url).content.decode()
    assert {clock.rule.code for clock in case.clocks.select_related("rule")} >= {
        "respond_10", "call_30", "first_round_24", "forwarding",
    }  # fmt: skip
    assert InboxLetter.objects.get().petition == case
    assert Reading.objects.get().inbox == box and ReadingClock.objects.get().stopped_at is None


def test_the_same_form_twice_is_one_case_and_one_letter(client, box):
    url, token = reverse("leaders:inbox_public", args=["xianzhang"]), new_token()
    for _n in range(2):
        client.post(url, {"body": BODY, "token": token})
    assert (Petition.objects.count(), InboxLetter.objects.count(), Reading.objects.count()) == (1, 1, 1)


def test_an_accusation_is_sealed_at_once_and_never_gets_into_the_box(cast, box, letter_to, client_as):
    case = letter_to(kind=Kind.ACCUSATION)
    assert case.sealed
    assert not InboxLetter.objects.exists() and not Reading.objects.exists()
    assert not Notice.objects.filter(recipient=cast.leader).exists()
    assert client_as(cast.leader).get(box.get_absolute_url()).context["page"].items == []


def test_one_that_is_sealed_later_leaves_the_box_and_stops_its_clock(cast, letter_to, client_as):
    case = letter_to()
    letter = case.inbox_letter
    assert see(client_as, cast.leader, letter) == 200
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    assert see(client_as, cast.leader, letter) == 404
    assert ReadingClock.objects.get().stopped_at is not None


def test_the_leader_and_a_delegate_read_and_each_look_is_on_record(cast, box, letter_to, client_as):
    delegate_of(cast, box, cast.handler2)
    letter = letter_to().inbox_letter
    for user in (cast.leader, cast.handler2, cast.leader):
        assert see(client_as, user, letter) == 200
    looks = AuditEntry.objects.filter(act="inbox.look").order_by("pk")
    assert [row.user for row in looks] == [cast.leader, cast.handler2, cast.leader]
    for user in (cast.leader2, cast.unit_head, cast.outsider, cast.sysadmin):
        assert see(client_as, user, letter) == 404


def test_the_page_names_no_petitioner(cast, letter_to, client_as):
    letter = letter_to().inbox_letter
    page = client_as(cast.leader).get(letter.get_absolute_url()).content.decode()
    assert "路灯坏了" in page
    assert "李桂芳" not in page and "13900000001" not in page


def test_a_delegate_reads_from_the_first_to_the_last_day_only(cast, box, letter_to, client_as):
    row = delegate_of(cast, box, cast.handler2, first=1)
    letter = letter_to().inbox_letter
    assert see(client_as, cast.handler2, letter) == 404
    type(row).objects.filter(pk=row.pk).update(valid_from=local_day(now()))
    assert see(client_as, cast.handler2, letter) == 200
    end_delegate(delegate=row, actor=cast.actor("petition_officer"))
    assert see(client_as, cast.handler2, letter) == 404


def test_the_box_stays_with_the_post_and_the_leader_who_left_reads_no_more(cast, box, letter_to, client_as):
    letter = letter_to().inbox_letter
    today = local_day(now())
    old = cast.post("leader")
    Post.objects.filter(pk=old.pk).update(valid_until=today)
    user = User.objects.create(username="leader9", name="新任", password="!")
    new = Post.objects.create(
        user=user, unit=cast.units.district, role=Role.LEADER, title="县长", valid_from=today
    )
    other = Post.objects.create(user=cast.leader, unit=cast.units.housing, role=Role.LEADER, valid_from=today)
    assert LeaderInbox.objects.held_by(Actor.of(new)).get() == box
    assert LeaderInbox.objects.get().holder(today) == new
    assert see(client_as, user, letter) == 200
    assert not InboxLetter.objects.visible_to(Actor.of(other)).exists()
    assert see(client_as, cast.leader, letter) == 404


def test_of_two_who_could_be_meant_neither_reads_until_the_office_names_one(cast, box, letter_to):
    letter_to()
    today = local_day(now())
    Post.objects.filter(pk=cast.post("leader").pk).update(valid_until=today)
    posts = []
    for name in ("甲", "乙"):
        user = User.objects.create(username=name, name=name, password="!")
        posts.append(
            Post.objects.create(
                user=user, unit=cast.units.district, role=Role.LEADER, title="县长", valid_from=today
            )
        )
    fresh = LeaderInbox.objects.get()
    assert fresh.holder(today) is None
    assert not any(LeaderInbox.objects.held_by(Actor.of(post)).exists() for post in posts)
    plan = InboxPlan(name=fresh.name, slug=fresh.slug, post=posts[1])
    change_inbox(inbox=fresh, actor=cast.actor("petition_officer"), plan=plan)
    assert LeaderInbox.objects.held_by(Actor.of(posts[1])).exists()


def test_with_another_post_the_delegates_of_the_former_leader_end(cast, box, letter_to, client_as):
    delegate_of(cast, box, cast.handler2)
    letter = letter_to().inbox_letter
    plan = InboxPlan(name=box.name, slug=box.slug, post=cast.post("leader2"))
    change_inbox(inbox=box, actor=cast.actor("petition_officer"), plan=plan)
    assert see(client_as, cast.handler2, letter) == 404
    assert see(client_as, cast.leader2, letter) == 200


def test_whoever_is_recused_or_complained_of_gets_nothing(cast, box, letter_to, client_as):
    delegate_of(cast, box, cast.handler2)
    delegate_of(cast, box, cast.unit_head)
    about_him = letter_to(complained_people=[cast.handler2]).inbox_letter
    about_unit = letter_to(complained_unit=cast.units.urban).inbox_letter
    assert see(client_as, cast.handler2, about_him) == 404
    assert see(client_as, cast.unit_head, about_unit) == 404
    assert see(client_as, cast.leader, about_unit) == 200
    told = set(Notice.objects.filter(link=about_him.get_absolute_url()).values_list("recipient", flat=True))
    assert told == {cast.leader.pk, cast.unit_head.pk}
    recusing.exclude(
        petition=about_unit.petition,
        actor=cast.actor("petition_officer"),
        user=cast.leader,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )
    assert see(client_as, cast.leader, about_unit) == 404


def test_who_stands_in_for_the_leader_does_not_read_the_box(cast, box, letter_to):
    letter_to()
    today = local_day(now())
    post = Post.objects.create(
        user=cast.leader2,
        unit=cast.units.district,
        role=Role.LEADER,
        title="县长",
        valid_from=today,
        valid_until=today + timedelta(days=3),
        stands_in_for=cast.post("leader"),
    )
    assert not InboxLetter.objects.in_boxes_of(Actor.of(post)).exists()


def test_the_office_keeps_the_box_and_does_not_read_over_its_keeping(cast, box, letter_to, client_as):
    letter_to()
    page = client_as(cast.petition_officer).get(box.get_absolute_url())
    assert page.context["page"] is None
    assert client_as(cast.leader2).get(box.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"slug": "县长"}, "小写字母"),
        ({"slug": "-a"}, "小写字母"),
        ({"slug": "a"}, "小写字母"),
        ({"slug": "../x"}, "小写字母"),
        ({"name": " "}, "信箱名称"),
        ({"post": "handler"}, "领导岗位"),
    ],
)
def test_bad_boxes_are_refused_in_words(cast, leader_post, wrong, sentence):
    post = cast.post(wrong.pop("post", "leader"))
    plan = InboxPlan(**{"name": "信箱", "slug": "xinxiang", "post": post, **wrong})
    with pytest.raises(Refusal, match=sentence):
        open_inbox(actor=cast.actor("petition_officer"), plan=plan)


def test_a_taken_address_is_refused_and_what_was_typed_kept(cast, box, client_as):
    typed = {"name": "书记在线", "slug": "XianZhang", "post": cast.post("leader2").pk, "is_open": "on"}
    answer = client_as(cast.petition_officer).post(reverse("leaders:inbox_add"), typed)
    assert answer.status_code == 422
    assert "已经有信箱用了" in answer.content.decode() and "书记在线" in answer.content.decode()
    del typed["post"]
    assert client_as(cast.petition_officer).post(reverse("leaders:inbox_add"), typed).status_code == 422


@pytest.mark.parametrize(
    "who, days, sentence",
    [
        ("sysadmin", {}, "不能代阅"),
        ("leader", {}, "不用指定"),
        ("handler2", {"first": 3, "last": 1}, "不能早于"),
        ("handler2", {"last": 500}, "最长一年"),
    ],
)
def test_bad_delegates_are_refused_in_words(cast, box, who, days, sentence):
    with pytest.raises(Refusal, match=sentence):
        delegate_of(cast, box, getattr(cast, who), **days)


def test_only_the_leader_and_the_office_name_delegates_and_never_twice(cast, box):
    for by in ("leader2", "handler", "inspector"):
        with pytest.raises(Refusal) as refused:
            delegate_of(cast, box, cast.handler2, by=by)
        assert refused.value.code == "forbidden"
    delegate_of(cast, box, cast.handler2, by="petition_officer")
    with pytest.raises(Refusal, match="已经是代阅人"):
        delegate_of(cast, box, cast.handler2)


def test_a_closed_box_takes_no_letter_and_says_where_else(cast, box, client, letter_to):
    plan = InboxPlan(name=box.name, slug=box.slug, post=box.post, is_open=False)
    change_inbox(inbox=box, actor=cast.actor("petition_officer"), plan=plan)
    url = reverse("leaders:inbox_public", args=[box.slug])
    assert "没有启用" in client.get(url).content.decode()
    answer = client.post(url, {"body": BODY, "token": new_token()})
    assert "已经停用" in answer.content.decode() and BODY in answer.content.decode()
    assert not Petition.objects.exists()
    with pytest.raises(Refusal):
        letter_to()


def test_a_huge_letter_is_refused_and_kept(client, box):
    url = reverse("leaders:inbox_public", args=[box.slug])
    answer = client.post(url, {"body": "路" * 20_001, "token": new_token()})
    assert answer.status_code == 422 and "路" * 20_001 in answer.content.decode()
    assert not Petition.objects.exists()


def test_a_box_nobody_opened_is_not_found(client):
    assert client.get("/inbox/nobody/").status_code == 404


def test_lists_cost_the_same_for_one_and_three(cast, box, letter_to, client_as):
    client = client_as(cast.leader)
    letter_to()

    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get(box.get_absolute_url())
        with CaptureQueriesContext(connection) as read:
            client.get(reverse("leaders:readings"))
        return len(seen), len(read)

    cost()
    before = cost()
    letter_to()
    letter_to()
    assert cost() == before
