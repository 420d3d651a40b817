"""挂牌督办: planned back from its last day, ticked node by node, shown on the red list (条例 39)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.errors import Refusal
from petitions.enums import Act
from supervision.enums import State
from supervision.models import Listing
from supervision.services import listing as service
from supervision.services import working

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(cast, press, today):
    def make(supervision=None, *, actor="leader", days=20, reason="久拖不决。", **more):
        return service.put_on_list(
            supervision=supervision or press(),
            actor=cast.actor(actor),
            due_on=today + timedelta(days=days),
            reason=reason,
            **more,
        )

    return make


@pytest.mark.article(39)
def test_the_nodes_are_planned_back_from_the_last_day(settings):
    settings.SUPERVISION_MILESTONES = [("查", 25), ("案", 50), ("改", 85), ("验", 100)]
    plan = service.plan_back(date(2026, 9, 1), date(2026, 9, 21))
    assert plan == [
        ("查", date(2026, 9, 6)),
        ("案", date(2026, 9, 11)),
        ("改", date(2026, 9, 18)),
        ("验", date(2026, 9, 21)),
    ]
    assert min(day for _name, day in service.plan_back(date(2026, 9, 1), date(2026, 9, 5))) > date(2026, 9, 1)


@pytest.mark.parametrize(("days", "moved"), [(20, False), (5, True)])
def test_listing_may_bring_the_feedback_nearer_and_never_puts_it_off(put, today, days, moved):
    listing = put(days=days)
    row = listing.supervision
    row.refresh_from_db()
    assert listing.due_on == today + timedelta(days=days)
    assert (row.due_on == listing.due_on) is moved and row.due_on <= listing.due_on
    assert row.clocks.filter(stopped_at=None).count() == 1 and row.clocks.count() == (2 if moved else 1)
    assert not row.clocks.filter(breached_at__isnull=False).exists()
    assert listing.milestones.count() == 4


@pytest.mark.parametrize(("who", "name"), [("inspector", "罗正"), ("leader", "高远")])
def test_the_history_says_who_listed_it(put, who, name):
    case = put(actor=who).supervision.petition
    assert name in case.events.get(act=Act.SUPERVISE, text__contains="挂牌").who


@pytest.mark.parametrize("who", ["petition_officer", "handler", "unit_head", "leader2", "clerk", "auditor"])
def test_nobody_else_lists(put, who):
    with pytest.raises(Refusal) as refused:
        put(actor=who)
    assert refused.value.code == "forbidden" and not Listing.objects.exists()


@pytest.mark.parametrize(
    ("more", "sentence"), [({"days": 2}, "至少"), ({"days": 0}, "今天之后"), ({"reason": ""}, "理由")]
)
def test_bad_input_lists_nothing(put, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        put(**more)
    assert not Listing.objects.exists()


def test_it_is_listed_once_and_only_while_open(cast, put, press, answer):
    listing = put()
    with pytest.raises(Refusal, match="已经挂牌"):
        put(listing.supervision)
    other = press()
    answer(other)
    with pytest.raises(Refusal, match="现在是"):
        put(other)


@pytest.mark.article(39)
def test_it_is_not_ended_while_a_node_is_open(put, answer, cast):
    listing = put()
    row, inspector = listing.supervision, cast.actor("inspector")
    answer(row)
    for node in listing.milestones.all()[1:]:
        service.tick(supervision=row, milestone=node, actor=inspector, note="已核实。")
    with pytest.raises(Refusal, match="还有 1 个没有登记完成"):
        working.decide(supervision=row, actor=inspector, accept=True)
    row.refresh_from_db()
    assert row.state == State.FED_BACK
    service.tick(supervision=row, milestone=listing.milestones.first(), actor=inspector, note="已核实。")
    working.decide(supervision=row, actor=inspector, accept=True)
    row.refresh_from_db()
    assert row.state == State.CLOSED


def test_a_node_is_ticked_once_with_a_note_by_who_supervises(cast, put):
    listing = put()
    node, row = listing.milestones.first(), listing.supervision
    inspector = cast.actor("inspector")
    with pytest.raises(Refusal, match="完成情况"):
        service.tick(supervision=row, milestone=node, actor=inspector, note=" ")
    for who in ("handler", "unit_head", "leader"):
        with pytest.raises(Refusal):
            service.tick(supervision=row, milestone=node, actor=cast.actor(who), note="已办。")
    service.tick(supervision=row, milestone=node, actor=inspector, note="已查清。")
    with pytest.raises(Refusal, match="罗正"):
        service.tick(supervision=row, milestone=node, actor=inspector, note="再记。")


@pytest.mark.article(39)
def test_the_red_list_of_leaders(cast, client_as, put, press, answer):
    row = put().supervision
    leader = client_as(cast.leader)
    page = leader.get(reverse("supervision:red_list")).content.decode()
    assert row.get_absolute_url() in page and "查清情况" in page
    assert (
        row.get_absolute_url()
        not in client_as(cast.leader2).get(reverse("supervision:red_list")).content.decode()
    )
    assert client_as(cast.handler).get(reverse("supervision:red_list")).status_code == 403
    answer(row)
    for node in row.listing.milestones.all():
        service.tick(supervision=row, milestone=node, actor=cast.actor("inspector"), note="已核实。")
    working.decide(supervision=row, actor=cast.actor("inspector"), accept=True)
    assert row.get_absolute_url() not in leader.get(reverse("supervision:red_list")).content.decode()
    assert (
        row.get_absolute_url() in leader.get(reverse("supervision:red_list") + "?view=ended").content.decode()
    )


def test_a_leader_lists_from_the_page_and_an_inspector_ticks(cast, client_as, press, today):
    row = press()
    leader, inspector = client_as(cast.leader), client_as(cast.inspector)
    address = reverse("supervision:put_on_list", args=[row.pk])
    answer = leader.post(address, {"reason": "久拖不决", "due_on": today + timedelta(days=1)})
    assert answer.status_code == 422 and "久拖不决" in answer.content.decode()
    assert (
        leader.post(address, {"reason": "久拖不决", "due_on": today + timedelta(days=9)}).status_code == 302
    )
    node = row.listing.milestones.first()
    tick = reverse("supervision:tick", args=[row.pk, node.pk])
    assert client_as(cast.handler).post(tick, {"note": "好"}).status_code == 403
    assert inspector.post(tick, {"note": ""}).status_code == 422
    assert inspector.post(tick, {"note": "已查清。"}).status_code == 302
    assert "已查清。" in leader.get(row.get_absolute_url()).content.decode()


def test_a_node_that_somebody_ticked_first_says_so_once(put, client_as, cast):
    listing = put()
    node = listing.milestones.first()
    inspector = client_as(cast.inspector)
    address = reverse("supervision:tick", args=[listing.supervision_id, node.pk])
    wrong = inspector.post(address, {"note": ""})
    assert wrong.status_code == 422 and wrong.content.decode().count('class="form-errors"') == 1
    assert inspector.post(address, {"note": "已查清。"}).status_code == 302
    late = inspector.post(address, {"note": "又查了一遍。"})
    assert late.status_code == 409 and late.content.decode().count("没有生效") == 1
