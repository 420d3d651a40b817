import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import SHANGHAI, han_date, now
from leaders.enums import VisitKind
from leaders.models import VisitDay
from leaders.services.days import cancel_day, change_day, plan_day
from notifications.models import Notice

pytestmark = pytest.mark.django_db


def told_of(day, occasion):
    notices = Notice.objects.filter(dedupe_key__startswith=f"visit_day:{day.pk}:{occasion}")
    return set(notices.values_list("recipient__username", flat=True))


def form_of(plan):
    return {
        "post": plan.post.pk,
        "kind": plan.kind,
        "day": plan.starts_at.date(),
        "start": plan.starts_at.strftime("%H:%M"),
        "end": plan.ends_at.strftime("%H:%M"),
        "place_unit": plan.place_unit.pk,
        "place_text": plan.place_text,
        "published": "on",
    }


def test_a_day_is_planned_and_leader_and_companions_are_told(cast, day_of):
    day = day_of(accompanying=[cast.units.urban, cast.units.housing])
    assert day.leader == cast.leader
    assert day.hours == "09:00–11:00"
    assert told_of(day, "planned") == {"leader", "unit_head", "unit_head2"}


@pytest.mark.parametrize("kind", VisitKind)
def test_every_kind_of_reception_can_be_planned(day_of, kind):
    assert day_of(kind=kind).kind == kind


def test_a_leader_is_never_in_two_places(cast, day_of, plan):
    day_of(hour=9, hours=2)
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=plan(hour=10, place_text="村委会"))
    assert refusal.value.code == "overlap"
    assert "镇政府一楼接待室" in refusal.value.sentence
    assert "09:00–11:00" in refusal.value.sentence


def test_one_reception_may_begin_when_the_other_ends_and_another_leader_is_free(day_of):
    day_of(hour=9, hours=2)
    day_of(hour=11, hours=1)
    day_of(hour=9, hours=2, post="leader2")
    assert VisitDay.objects.count() == 3


def test_a_cancelled_reception_frees_its_time(cast, day_of):
    cancel_day(day=day_of(), actor=cast.actor("petition_officer"), reason="防汛")
    assert day_of().cancelled_at is None


def test_the_database_too_keeps_a_leader_in_one_place(cast, day_of):
    day = day_of()
    day.pk = None
    with pytest.raises(IntegrityError, match="visit_day_one_place_at_a_time"), transaction.atomic():
        day.save(force_insert=True)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"days": -1}, "已经过去"),
        ({"hours": 0}, "晚于开始"),
        ({"hours": -1}, "晚于开始"),
        ({"hours": 13, "hour": 1}, "最长 12 小时"),
        ({"post": "unit_head"}, "在任的领导"),
        ({"place_text": "  "}, "具体地点"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_sentence(cast, plan, change, words):
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=plan(**change))
    assert refusal.value.code == "invalid"
    assert words in refusal.value.sentence


@pytest.mark.parametrize("key", ["leader", "clerk", "handler", "unit_head", "inspector", "outsider"])
def test_only_petition_officers_plan(cast, plan, day_of, key):
    day = day_of()
    for door in (
        lambda: plan_day(actor=cast.actor(key), plan=plan(days=9)),
        lambda: change_day(day=day, actor=cast.actor(key), plan=plan(days=9)),
        lambda: cancel_day(day=day, actor=cast.actor(key), reason="x"),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert refusal.value.code == "forbidden"


def test_a_change_tells_old_and_new_companions_and_both_leaders(cast, plan, day_of):
    day = day_of(accompanying=[cast.units.urban])
    new = plan(days=3, post="leader2", accompanying=[cast.units.housing])
    changed = change_day(day=day, actor=cast.actor("petition_officer"), plan=new)
    assert changed.leader == cast.leader2
    assert told_of(day, "changed") == {"leader", "leader2", "unit_head", "unit_head2"}


def test_a_change_into_a_taken_time_is_refused(cast, plan, day_of):
    day_of(days=4)
    day = day_of(days=5)
    with pytest.raises(Refusal) as refusal:
        change_day(day=day, actor=cast.actor("petition_officer"), plan=plan(days=4))
    assert refusal.value.code == "overlap"
    kept = change_day(day=day, actor=cast.actor("petition_officer"), plan=plan(days=5, hour=10))
    assert kept.hours == "10:00–12:00"


def test_cancelling_needs_a_reason_tells_everybody_and_happens_once(cast, day_of, plan):
    day = day_of(accompanying=[cast.units.urban])
    officer = cast.actor("petition_officer")
    with pytest.raises(Refusal) as refusal:
        cancel_day(day=day, actor=officer, reason="")
    assert refusal.value.code == "invalid"
    cancel_day(day=day, actor=officer, reason="防汛值守")
    assert told_of(day, "cancelled") == {"leader", "unit_head"}
    for door in (
        lambda: cancel_day(day=day, actor=officer, reason="防汛值守"),
        lambda: change_day(day=day, actor=officer, plan=plan(days=6)),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert refusal.value.code == "stale"


def test_a_day_that_is_over_is_not_changed(cast, day_of, plan):
    day = day_of()
    with pytest.raises(Refusal) as refusal:
        cancel_day(day=day, actor=cast.actor("petition_officer"), reason="x", at=day.ends_at)
    assert refusal.value.code == "stale"


@pytest.mark.django_db(transaction=True)
def test_two_officers_plan_one_leader_at_once_and_one_of_them_is_told(cast, plan):
    start, outcomes = threading.Barrier(2), []
    plans = [plan(hour=9), plan(hour=10, place_text="村委会")]

    def book(wanted):
        try:
            start.wait(10)
            plan_day(actor=cast.actor("petition_officer"), plan=wanted)
            outcomes.append("planned")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(wanted,)) for wanted in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["overlap", "planned"]
    assert VisitDay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_booking_the_look_before_could_not_see_is_refused_by_the_database_with_the_same_sentence(
    cast, plan, monkeypatch
):
    from leaders.services import days

    plan_day(actor=cast.actor("petition_officer"), plan=plan())
    look, looked = days._clash, []

    def blind_once(*args):
        looked.append(args)
        return None if len(looked) == 1 else look(*args)

    monkeypatch.setattr(days, "_clash", blind_once)
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=plan(hour=10))
    assert refusal.value.code == "overlap"
    assert "镇政府一楼接待室" in refusal.value.sentence
    assert VisitDay.objects.count() == 1


# Pages


@pytest.mark.article(18)
def test_residents_see_coming_published_days_with_who_when_where_and_field(cast, client, day_of):
    day = day_of(note="重点听取夜市噪音")
    day_of(days=5, published=False, place_text="未公布的地方")
    page = client.get(reverse("leaders:public_visits")).content.decode()
    local = day.starts_at.astimezone(SHANGHAI)
    for words in (
        han_date(local),
        "09:00–11:00",
        "高远",
        "镇政府一楼接待室",
        "城市管理局",
        "重点听取夜市噪音",
    ):
        assert words in page
    assert "未公布的地方" not in page


def test_residents_see_that_a_day_was_cancelled_and_why(cast, client, day_of):
    cancel_day(day=day_of(), actor=cast.actor("petition_officer"), reason="防汛值守")
    assert "已取消：防汛值守" in client.get(reverse("leaders:public_visits")).content.decode()


def test_the_public_page_says_when_there_is_nothing(client, cast):
    page = client.get(reverse("leaders:public_visits"))
    assert page.status_code == 200
    assert "近期还没有公布接访安排" in page.content.decode()


def test_past_days_leave_the_public_page(cast, client, day_of):
    day = day_of()
    VisitDay.objects.update(starts_at=now() - timedelta(hours=3), ends_at=now() - timedelta(hours=1))
    assert day.place_text not in client.get(reverse("leaders:public_visits")).content.decode()


def test_the_public_page_and_the_list_cost_the_same_for_one_and_three(
    cast, client, client_as, day_of, django_assert_num_queries
):
    desk = client_as(cast.petition_officer)
    day_of(accompanying=[cast.units.urban])
    desk.get(reverse("leaders:days"))
    for spare in (6, 8):
        with django_assert_num_queries(3):
            client.get(reverse("leaders:public_visits"))
        with django_assert_num_queries(7):
            desk.get(reverse("leaders:days"))
        day_of(days=spare, accompanying=[cast.units.urban])
        day_of(days=spare + 1, accompanying=[cast.units.urban])


def test_the_officer_plans_changes_and_cancels_from_the_pages(cast, client_as, plan):
    client = client_as(cast.petition_officer)
    data = form_of(plan())
    assert client.get(reverse("leaders:day_add")).status_code == 200
    answer = client.post(reverse("leaders:day_add"), data)
    day = VisitDay.objects.get()
    assert answer.url == day.get_absolute_url()
    clash = client.post(reverse("leaders:day_add"), {**data, "place_text": "另一个地方"})
    assert clash.status_code == 409
    assert "不能同时在两处" in clash.content.decode()
    assert "另一个地方" in clash.content.decode()
    change = reverse("leaders:day_change", args=[day.pk])
    assert "镇政府一楼接待室" in client.get(change).content.decode()
    assert client.post(change, {**data, "place_text": "二楼会议室"}).status_code == 302
    cancel = reverse("leaders:day_cancel", args=[day.pk])
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "防汛"}).status_code == 302
    day.refresh_from_db()
    assert (day.place_text, day.cancel_reason) == ("二楼会议室", "防汛")


def test_an_end_before_the_start_comes_back_on_its_field(cast, client_as, plan):
    answer = client_as(cast.petition_officer).post(
        reverse("leaders:day_add"), {**form_of(plan()), "end": "08:00"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["end"] == ["结束时间须晚于开始时间。"]


def test_an_unpublished_day_is_the_offices_the_leaders_and_the_companions(cast, client_as, day_of):
    day = day_of(published=False, accompanying=[cast.units.housing])
    for key in ("petition_officer", "leader", "unit_head2"):
        assert client_as(getattr(cast, key)).get(day.get_absolute_url()).status_code == 200, key
    for key in ("outsider", "leader2", "handler"):
        assert client_as(getattr(cast, key)).get(day.get_absolute_url()).status_code == 404, key


def test_an_outsider_may_not_plan_and_a_stranger_is_sent_to_log_in(cast, client, client_as, day_of):
    day = day_of()
    outside = client_as(cast.outsider)
    assert outside.get(day.get_absolute_url()).status_code == 200  # published: everybody's
    assert outside.get(reverse("leaders:day_add")).status_code == 403
    for name in ("day_change", "day_cancel"):
        address = reverse(f"leaders:{name}", args=[day.pk])
        assert outside.post(address, {"reason": "x"}).status_code == 403
        assert client.post(address).url.startswith(reverse("accounts:login"))
    for address in (day.get_absolute_url(), reverse("leaders:days"), reverse("leaders:day_add")):
        assert client.get(address).url.startswith(reverse("accounts:login"))
