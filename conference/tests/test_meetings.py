"""Meetings of the joint conference (条例 13): called, with an agenda; minutes that another confirms and nobody changes."""

from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction

from accounts.models import AuditEntry
from conference.enums import ItemKind, MeetingState
from conference.models import Correction, Item, Meeting
from conference.services import meetings, minutes
from conference.services.minutes import Decided
from core.errors import Refusal
from core.timekeeping import full_moment, now
from notifications.models import Notice
from petitions.enums import Kind, RecusalGround
from petitions.models import Petition
from petitions.services import recusing, sealing

pytestmark = pytest.mark.django_db


@pytest.mark.article(13)
def test_a_meeting_is_called_for_the_units_that_attend_and_they_are_told(cast, call):
    meeting = call(starts_at=now() + timedelta(days=2))
    told = Notice.objects.filter(dedupe_key__startswith="conference:meeting:")
    assert {one.recipient.username for one in told} == {
        *("leader", "handler", "unit_head", "handler2", "unit_head2")
    }
    seen = {who for who in cast.people if Meeting.objects.visible_to(cast.actor(who)).exists()}
    assert seen == {
        *("petition_officer", "inspector", "leader", "leader2"),
        *("handler", "unit_head", "handler2", "unit_head2"),
    }
    assert meeting.state == MeetingState.PLANNED


@pytest.mark.parametrize("who", ["inspector", "leader", "handler", "clerk", "statistician", "auditor"])
def test_only_officers_of_the_petition_office_keep_its_papers(call, who):
    with pytest.raises(Refusal) as refused:
        call(actor=who)
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "  "}, "会议名称"),
        ({"place": ""}, "地点"),
        ({"title": "会" * 121}, "121 字"),
        ({"units": ()}, "参加会议的单位"),
        ({"chair": "unit_head"}, "主持"),
        ({"starts_at": now() - timedelta(days=90)}, "60天"),
        ({"starts_at": now() + timedelta(days=900)}, "一年"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_in_words(call, wrong, said):
    with pytest.raises(Refusal, match=said):
        call(**wrong)
    assert not Meeting.objects.exists()


@pytest.mark.article(13)
def test_minutes_are_written_after_the_meeting_and_confirmed_by_another(cast, call, put, write, confirm):
    meeting = call(starts_at=now() + timedelta(hours=2))
    put(meeting)
    with pytest.raises(Refusal, match="开会以后"):
        write(meeting)
    write(meeting, at=now() + timedelta(hours=3))
    for who in ("petition_officer", "inspector", "handler", "unit_head"):
        with pytest.raises(Refusal) as refused:
            confirm(meeting, actor=who)
        assert refused.value.code == "forbidden"
    row = confirm(meeting)
    assert (row.state, row.issued_by, row.number) == (MeetingState.ISSUED, cast.leader, "清联纪〔2026〕3号")


def test_who_wrote_the_minutes_never_confirms_them(cast, call, put, write, hire, confirm):
    """Somebody who holds both posts."""
    from accounts.actor import Actor
    from accounts.enums import Role
    from accounts.models import Post
    from tests.cast import SINCE

    meeting = call()
    put(meeting)
    write(meeting)
    post = Post.objects.create(
        user=cast.petition_officer, unit=cast.units.petition_office, role=Role.UNIT_HEAD, valid_from=SINCE
    )
    with pytest.raises(Refusal, match="不能自己确认"):
        confirm(meeting, actor=Actor.of(post))
    assert confirm(meeting, actor=hire("head", Role.UNIT_HEAD, "petition_office")).is_issued


def test_what_was_issued_never_changes_and_a_correction_names_it(cast, call, put, write, confirm):
    meeting = call()
    item = put(meeting)
    write(meeting)
    with pytest.raises(Refusal, match="直接修改"):
        minutes.correct(meeting=meeting, actor=cast.actor("leader"), text="应为十件。")
    confirm(meeting)
    for door in (
        lambda: write(meeting),
        lambda: put(meeting, title="再加一项"),
        lambda: confirm(meeting),
        lambda: meetings.cancel(meeting=meeting, actor=cast.actor("petition_officer"), reason="不开了"),
        lambda: meetings.move(
            meeting=meeting, actor=cast.actor("petition_officer"), starts_at=now(), place="改到别处"
        ),
    ):
        with pytest.raises(Refusal, match="高远") as refused:
            door()
        assert refused.value.code == "stale"
    note = minutes.correct(meeting=meeting, actor=cast.actor("leader"), item=item, text="“九件”应为“十件”。")
    assert (note.ordinal, note.item) == (1, item)
    for change in (
        lambda: Meeting.objects.filter(pk=meeting.pk).update(minutes="改了"),
        lambda: Item.objects.filter(pk=item.pk).update(decision="改了"),
        lambda: item.co_units.add(cast.units.housing),
        lambda: Item.objects.create(meeting=meeting, ordinal=9, kind=ItemKind.OTHER, title="加", text="加"),
        lambda: Correction.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()


@pytest.mark.parametrize("who", ["petition_officer", "inspector", "handler"])
def test_only_who_may_confirm_corrects(cast, held, who):
    with pytest.raises(Refusal):
        minutes.correct(meeting=held().meeting, actor=cast.actor(who), text="应为十件。")


def test_every_item_has_its_decision_before_the_minutes_go_out(call, put, write, confirm):
    meeting = call()
    put(meeting)
    with pytest.raises(Refusal, match="请写明第"):
        write(meeting, {1: Decided("  ")})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED
    with pytest.raises(Refusal, match="待召开"):
        confirm(meeting)
    write(meeting)
    Item.objects.filter(meeting=meeting).update(decision="")
    with pytest.raises(Refusal, match="第1项"):
        confirm(meeting)


def test_minutes_without_an_item_are_none(call, write, confirm):
    meeting = call()
    write(meeting)
    with pytest.raises(Refusal, match="没有议题"):
        confirm(meeting)


def test_a_number_is_given_once(call, put, write, confirm):
    for number, again in (("清联纪〔2026〕1号", False), ("清联纪〔2026〕1号", True)):
        meeting = call()
        put(meeting)
        write(meeting)
        if again:
            with pytest.raises(Refusal, match="已经用过"):
                confirm(meeting, number=number)
        else:
            confirm(meeting, number=number)


def test_whoever_writes_over_anothers_words_is_told(call, put, write):
    meeting = call()
    put(meeting)
    write(meeting)
    with pytest.raises(Refusal, match="周静") as refused:
        write(meeting, text="另一份", revision=0)
    assert refused.value.code == "stale"
    meeting.refresh_from_db()
    assert meeting.minutes == "各单位到会。"


def test_a_meeting_called_off_frees_its_disputes_for_another(cast, call, put, before_conference):
    row, first = before_conference(), call(starts_at=now() + timedelta(days=1))
    put(first, kind=ItemKind.DISPUTE, dispute=row)
    with pytest.raises(Refusal, match="已经在本次会议"):
        put(first, kind=ItemKind.DISPUTE, dispute=row)
    meetings.cancel(meeting=first, actor=cast.actor("petition_officer"), reason="主持人外出。")
    assert put(call(), kind=ItemKind.DISPUTE, dispute=row).dispute == row


def test_a_planned_meeting_moves_with_its_agenda_and_whoever_attends_reads_both_times(cast, call, put):
    meeting = call(starts_at=now() + timedelta(days=2))
    item, later = put(meeting), meeting.starts_at + timedelta(days=7)
    moved = meetings.move(
        meeting=meeting, actor=cast.actor("petition_officer"), starts_at=later, place="二号会议室"
    )
    assert (moved.starts_at, moved.place, list(moved.items.all())) == (later, "二号会议室", [item])
    told = Notice.objects.filter(text__startswith="联席会议改期")
    assert {one.recipient.username for one in told} == {
        *("leader", "handler", "unit_head", "handler2", "unit_head2")
    }
    assert all(full_moment(meeting.starts_at) in one.text and full_moment(later) in one.text for one in told)
    assert AuditEntry.objects.filter(act="conference.move").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "没有改变"),
        ({"place": " "}, "地点"),
        ({"starts_at": now() + timedelta(days=900)}, "一年"),
        ({"actor": "inspector"}, "没有权限|不能|无权"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words(cast, call, wrong, said):
    meeting = call()
    known = {"starts_at": meeting.starts_at, "place": meeting.place, "actor": "petition_officer"} | wrong
    with pytest.raises(Refusal, match=said):
        meetings.move(meeting=meeting, **known | {"actor": cast.actor(known["actor"])})
    meeting.refresh_from_db()
    assert not Notice.objects.filter(text__startswith="联席会议改期").exists()


def test_nothing_moves_onto_another_meeting_of_the_same_name_and_time(cast, call):
    first, second = call(starts_at=now() + timedelta(days=2)), call(starts_at=now() + timedelta(days=3))
    officer = cast.actor("petition_officer")
    with pytest.raises(Refusal, match="同名、同一时间"):
        meetings.move(meeting=second, actor=officer, starts_at=first.starts_at, place=second.place)
    meetings.cancel(meeting=second, actor=officer, reason="主持人外出。")
    with pytest.raises(Refusal, match="已取消"):
        meetings.move(meeting=second, actor=officer, starts_at=now() + timedelta(days=5), place=second.place)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "请写明议题"),
        ({"text": " "}, "请写明情况"),
        ({"unit": None}, "存在问题的单位"),
        ({"text": "多" * 10_001}, "最多"),
        ({"kind": ItemKind.DISPUTE}, "要提交会议的管辖争议"),
    ],
)
def test_an_item_that_cannot_be_is_refused_in_words(call, put, wrong, said):
    meeting = call()
    with pytest.raises(Refusal, match=said):
        put(meeting, **wrong)
    assert not meeting.items.exists()


def test_rare_characters_stay_as_they_are(call, put, write, confirm):
    meeting = call(title="关于䶮溪村𬶋鱼养殖的联席会议")
    item = put(meeting, text="䶮溪村反映。")
    write(meeting, {1: Decided("由䶮溪村落实。")})
    confirm(meeting)
    item.refresh_from_db()
    assert (item.text, item.decision) == ("䶮溪村反映。", "由䶮溪村落实。")


def test_a_case_against_the_unit_is_no_item_about_it(cast, call, put, fresh_case):
    case = fresh_case(unit=cast.units.shiqiao, complained_unit=cast.units.liuwan)
    with pytest.raises(Refusal, match="第二十八条"):
        put(call(), unit="liuwan", petition=case)


@pytest.mark.article(28)
def test_the_unit_complained_of_attends_and_does_not_read_the_item(cast, call, put, fresh_case, hire):
    from accounts.enums import Role

    village = hire("liuwan_head", Role.UNIT_HEAD, "liuwan", "陶柳")
    meeting = call(units=("urban", "liuwan"))
    case = fresh_case(complained_unit=cast.units.liuwan)
    item, other = put(meeting, petition=case), put(meeting, title="别的事")
    assert list(Item.objects.visible_to(village)) == [other]
    assert set(Item.objects.visible_to(cast.actor("handler"))) == {item, other}


@pytest.mark.article(28)
def test_whoever_is_recused_neither_reads_the_item_nor_confirms_the_minutes(
    cast, call, put, write, confirm, fresh_case
):
    meeting, case = call(), fresh_case()
    item = put(meeting, petition=case)
    write(meeting)
    recusing.recuse(petition=case, actor=cast.actor("leader"), ground=RecusalGround.INTEREST)
    assert not Item.objects.visible_to(cast.actor("leader")).exists()
    with pytest.raises(Refusal, match="回避"):
        confirm(meeting)
    assert confirm(meeting, actor="leader2").is_issued
    assert Item.objects.visible_to(cast.actor("leader2")).get() == item


@pytest.mark.article(30)
def test_an_accusation_never_comes_before_a_conference(
    cast, call, put, write, confirm, fresh_case, make_case
):
    meeting, case = call(), fresh_case()
    put(meeting, petition=case)
    kept = put(meeting, title="别的事")
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    for who in cast.people:
        assert set(Item.objects.visible_to(cast.actor(who))) <= {kept}
    write(meeting)
    assert confirm(meeting).is_issued
    accusation = make_case.registered(kind=Kind.ACCUSATION).petition
    with pytest.raises(Refusal, match="第三十条"):
        put(call(), petition=Petition.objects.get(pk=accusation.pk))


def test_lists_cost_the_same_for_one_meeting_and_for_three(cast, call, put, client_as):
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client = client_as(cast.petition_officer)

    def cost(address):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    first = call()
    put(first)
    cost(reverse("conference:meetings"))
    one, page = cost(reverse("conference:meetings")), cost(first.get_absolute_url())
    for title in ("夜市由谁管", "积案清理"):
        call()
        put(first, title=title)
    assert cost(reverse("conference:meetings")) == one
    assert cost(first.get_absolute_url()) == page
