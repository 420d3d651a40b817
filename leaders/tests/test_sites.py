from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import Refusal
from leaders.enums import SiteKind, VisitKind, VisitLevel, VisitPurpose
from leaders.models import Site, VisitDay
from leaders.services.days import cancel_day, plan_day
from leaders.services.sites import SiteFacts, add_site, change_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(cast, today):
    def make(**changes):
        fields = {
            "unit": cast.units.dongxi,
            "name": "东溪镇便民大厅",
            "kind": SiteKind.TOWN_HALL,
            "address": "东溪镇河沿路9号",
            "access": "3路公交到镇政府站，门口有坡道。",
            "used_from": today - timedelta(days=30),
        }
        return SiteFacts(**fields | changes)

    return make


@pytest.fixture
def site(cast, facts):
    return add_site(actor=cast.actor("petition_officer"), facts=facts())


def test_the_place_of_a_day_follows_its_site(cast, site, day_of):
    day = day_of(site=site, place_unit=None, place_text="")
    assert (day.place_unit, day.place_text) == (cast.units.dongxi, "东溪镇便民大厅（东溪镇河沿路9号）")
    assert day.level == VisitLevel.DISTRICT
    assert day.published_at is not None


@pytest.mark.parametrize(
    "first, second, refused",
    [
        (VisitKind.FIXED, VisitKind.GO_DOWN, True),
        (VisitKind.FIXED, VisitKind.GROUP, True),
        (VisitKind.GROUP, VisitKind.FIXED, True),
        (VisitKind.GROUP, VisitKind.GROUP, False),
    ],
)
def test_two_receptions_at_one_site_are_refused_unless_both_are_together(
    cast, site, day_of, plan, first, second, refused
):
    day = day_of(site=site, kind=first)
    wanted = plan(site=site, kind=second, post="leader2", hour=10)
    if not refused:
        assert plan_day(actor=cast.actor("petition_officer"), plan=wanted).site == site
        return
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=wanted)
    assert refusal.value.code == "overlap"
    assert "东溪镇便民大厅" in refusal.value.sentence and "高远" in refusal.value.sentence
    copy = VisitDay.objects.get(pk=day.pk)
    copy.pk, copy.leader, copy.kind = None, cast.leader2, second
    with (
        pytest.raises(IntegrityError, match=r"visit_day_(one_at_a_site|alone_or_together)"),
        transaction.atomic(),
    ):
        copy.save(force_insert=True)


def test_a_cancelled_reception_frees_its_site(cast, site, day_of):
    cancel_day(day=day_of(site=site), actor=cast.actor("petition_officer"), reason="防汛")
    assert day_of(site=site, post="leader2").site == site


@pytest.mark.parametrize(
    "change, words",
    [
        ({"slots": 0}, "1 到 100"),
        ({"slots": 1000}, "1 到 100"),
        ({"slots": -1}, "1 到 100"),
        ({"slots": 7, "slot_minutes": 20}, "超出了接访时间"),
        ({"deputy": "leader"}, "另一位"),
        ({"deputy": "unit_head"}, "备岗领导"),
        ({"place_unit": None}, "接访场所"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_sentence(cast, plan, change, words):
    if "deputy" in change:
        change = {"deputy": cast.post(change["deputy"])}
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=plan(**change))
    assert refusal.value.code == "invalid"
    assert words in refusal.value.sentence


def test_a_site_out_of_use_takes_no_reception(cast, facts, plan, site, today):
    change_site(
        site=site, actor=cast.actor("petition_officer"), facts=facts(used_until=today + timedelta(days=1))
    )
    with pytest.raises(Refusal) as refusal:
        plan_day(actor=cast.actor("petition_officer"), plan=plan(days=3, site=Site.objects.get()))
    assert "没有启用" in refusal.value.sentence


def test_a_site_is_not_closed_before_its_last_reception(cast, facts, day_of, site, today):
    day_of(site=site, days=5)
    with pytest.raises(Refusal) as refusal:
        change_site(
            site=site, actor=cast.actor("petition_officer"), facts=facts(used_until=today + timedelta(days=2))
        )
    assert refusal.value.code == "stale"


def test_a_name_is_taken_once_in_a_unit(cast, facts, site):
    with pytest.raises(Refusal) as refusal:
        add_site(actor=cast.actor("petition_officer"), facts=facts())
    assert refusal.value.code == "stale"
    with pytest.raises(Refusal) as refusal:
        add_site(actor=cast.actor("clerk"), facts=facts(name="x"))
    assert refusal.value.code == "forbidden"


def test_the_officer_adds_changes_and_uses_a_site_from_the_pages(cast, client_as, plan, today):
    client = client_as(cast.petition_officer)
    data = {
        "unit": cast.units.liuwan.pk,
        "name": "柳湾村院坝",
        "kind": "courtyard",
        "address": "柳湾村三组",
        "used_from": today.isoformat(),
    }
    assert client.post(reverse("leaders:site_add"), {**data, "address": ""}).status_code == 422
    assert client.post(reverse("leaders:site_add"), data).status_code == 302
    site = Site.objects.get()
    assert "柳湾村院坝" in client.get(reverse("leaders:sites")).content.decode()
    change = reverse("leaders:site_change", args=[site.pk])
    assert "柳湾村三组" in client.get(change).content.decode()
    wrong = client.post(change, {**data, "used_until": (today - timedelta(days=1)).isoformat()})
    assert wrong.status_code == 422 and "不能早于启用日期" in wrong.content.decode()
    wanted = plan()
    answer = client.post(
        reverse("leaders:day_add"),
        {
            "post": wanted.post.pk,
            "kind": "go_down",
            "day": wanted.starts_at.date(),
            "start": "09:00",
            "end": "11:00",
            "site": site.pk,
            "slots": "6",
            "slot_minutes": "20",
            "topics": "住房、物业",
            "deputy": cast.post("leader2").pk,
            "purposes": ["research", "reception"],
            "published": "on",
        },
    )
    day = VisitDay.objects.get()
    assert answer.url == day.get_absolute_url()
    assert (day.site, day.slots, day.purposes) == (site, 6, [VisitPurpose.RESEARCH, VisitPurpose.RECEPTION])
    page = client.get(day.get_absolute_url()).content.decode()
    for words in ("柳湾村院坝", "住房、物业", "郑岚", "调查研究下基层", "6 个名额", "区县领导"):
        assert words in page


def test_the_list_of_sites_costs_the_same_for_one_and_three(
    cast, client_as, facts, django_assert_num_queries
):
    client, officer = client_as(cast.petition_officer), cast.actor("petition_officer")
    add_site(actor=officer, facts=facts())
    client.get(reverse("leaders:sites"))
    for spare in ("二", "三"):
        with django_assert_num_queries(5):
            client.get(reverse("leaders:sites"))
        add_site(actor=officer, facts=facts(name=f"{spare}号大厅"))
