"""专班, 倒排节点, 进展, 翻篇归零."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now
from leaders.enums import TeamRole
from leaders.selectors.package_page import team_candidates
from leaders.services import teams
from petitions.enums import RecusalGround
from petitions.models import Petition
from petitions.services import recusing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def join(cast, package, who="handler", by="petition_officer"):
    return teams.join_team(package=package, actor=cast.actor(by), post=cast.post(who), role=TeamRole.HANDLER)


def reads(actor, case):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def test_one_of_the_team_reads_the_cases_notes_progress_and_stops_reading_when_they_leave(cast, package_of):
    package = package_of()
    assert not reads(cast.actor("mediator"), package.petition)
    member = join(cast, package, who="mediator")
    assert reads(cast.actor("mediator"), package.petition)
    teams.note(package=package, actor=cast.actor("mediator"), text="已到现场。")
    with pytest.raises(Refusal) as refusal:
        teams.note(package=package, actor=cast.actor("handler"), text="不在专班。")
    assert refusal.value.code == "forbidden"
    teams.part_team(package=package, actor=cast.actor("leader"), member=member, why="调岗")
    assert not reads(cast.actor("mediator"), package.petition)


def test_a_team_opens_no_case_to_a_unit_that_has_no_part_in_it(cast, package_of):
    with pytest.raises(Refusal, match="看不到"):
        join(cast, package_of(), who="handler2")


def test_nobody_joins_twice_nor_does_the_leader(cast, package_of):
    package = package_of()
    join(cast, package)
    with pytest.raises(Refusal) as refusal:
        join(cast, package)
    assert refusal.value.code == "stale"
    with pytest.raises(Refusal, match="不用列入"):
        join(cast, package, who="leader")


@pytest.mark.article(28)
def test_whoever_is_recused_or_complained_of_is_not_of_the_team(cast, package_of, fresh_case):
    case = fresh_case()
    recusing.exclude(
        petition=case,
        actor=cast.actor("petition_officer"),
        user=cast.handler,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )
    with pytest.raises(Refusal, match="回避"):
        join(cast, package_of(case), who="handler")
    with pytest.raises(Refusal, match="回避"):
        join(cast, package_of(fresh_case(complained_unit=cast.units.xiling)), who="outsider")


def test_dates_are_planned_back_from_the_target_on_working_days():
    at = datetime(2026, 9, 7, 9, 0, tzinfo=SHANGHAI)
    planned = teams.back_planned(date(2026, 9, 27), ["一", "二", "三", "四"], at)
    assert [day for day, _title in planned] == [
        date(2026, 9, 11),
        date(2026, 9, 17),
        date(2026, 9, 22),
        date(2026, 9, 27),
    ]


def test_a_plan_keeps_what_was_done_and_replaces_the_rest(cast, package_of, today):
    package, actor = package_of(days=30), cast.actor("leader")
    teams.plan(package=package, actor=actor, text="核清事实\n拿出方案\n落实")
    first = package.milestones.order_by("due_on")[0]
    teams.reach(package=package, actor=actor, milestone=first, note="已核清。")
    day = today + timedelta(days=20)
    teams.plan(package=package, actor=actor, text=f"{day.isoformat()} 交房")
    rows = package.milestones.filter(dropped_at=None)
    assert [(row.title, row.done_at is not None) for row in rows] == [("核清事实", True), ("交房", False)]
    assert rows[1].due_on == day
    assert [rows[0].lamp_on(today), rows[1].lamp_on(today), rows[1].lamp_on(day + timedelta(days=1))] == [
        "done",
        "info",
        "late",
    ]
    with pytest.raises(Refusal) as refusal:
        teams.reach(package=package, actor=actor, milestone=first, note="再来一次")
    assert refusal.value.code == "stale"


@pytest.mark.parametrize("text", ["", "2026-02-30 没有这天", "2020-01-01 过去", "2199-01-01 太晚"])
def test_a_plan_that_cannot_be_is_refused_whole(cast, package_of, text):
    package = package_of()
    with pytest.raises(Refusal) as refusal:
        teams.plan(package=package, actor=cast.actor("leader"), text=f"核清事实\n{text}" if text else " ")
    assert refusal.value.code == "invalid" and not package.milestones.exists()


def test_a_fresh_inquiry_keeps_the_old_one(cast, package_of, client_as):
    package, actor = package_of(), cast.actor("leader")
    teams.inquire(package=package, actor=actor, reason="当年的丈量有出入")
    with pytest.raises(Refusal, match="还没有写结论"):
        teams.inquire(package=package, actor=actor, reason="再查")
    teams.find(package=package, actor=actor, findings="少量了十二平方米")
    teams.inquire(package=package, actor=actor, reason="户主变更")
    assert list(package.inquiries.values_list("ordinal", "findings")) == [(2, ""), (1, "少量了十二平方米")]
    page = client_as(cast.leader).get(package.get_absolute_url()).content.decode()
    assert "第 1 次调查" in page and "少量了十二平方米" in page


def test_the_page_offers_each_what_they_may_do_and_costs_the_same(
    cast, client_as, package_of, django_assert_max_num_queries
):
    package = package_of()
    address = package.get_absolute_url()
    unit = client_as(cast.unit_head).get(address).content.decode()
    assert "倒排节点</button>" not in unit and "记录进展</button>" not in unit
    leader = client_as(cast.leader)
    door = reverse("leaders:package_plan", args=[package.pk])
    bad = leader.post(door, {"text": "2020-01-01 太早了"})
    assert bad.status_code == 422 and "太早了" in bad.content.decode()
    assert leader.post(door, {"text": "核清事实"}).status_code == 302
    assert (
        leader.post(reverse("leaders:package_note", args=[package.pk]), {"text": "到场"}).status_code == 302
    )
    for who in ("handler", "mediator", "inspector"):
        join(cast, package, who=who)
    with django_assert_max_num_queries(40):
        page = leader.get(address).content.decode()
    assert "到场" in page and "核清事实" in page and local_day(now()).isoformat()[:4] in page


@pytest.mark.article(28)
def test_nobody_of_a_unit_below_the_one_complained_of_is_offered_for_the_team(cast, fresh_case, package_of):
    village = User.objects.create(username="village", name="村里人", password="!")
    post = Post.objects.create(user=village, unit=cast.units.liuwan, role=Role.HANDLER, valid_from=SINCE)
    package = package_of(fresh_case(unit=cast.units.liuwan), post="leader2")
    assert post in team_candidates(package)
    Petition.objects.filter(pk=package.petition_id).update(complained_unit=cast.units.dongxi)
    assert post not in team_candidates(package)
    Petition.objects.filter(pk=package.petition_id).update(complained_unit=cast.units.district)
    assert post in team_candidates(package), "everybody stands within the district itself"
