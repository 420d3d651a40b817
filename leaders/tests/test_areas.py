from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.models import LeaderArea
from leaders.services.areas import add_area, end_area
from petitions.models import Petition

pytestmark = pytest.mark.django_db


@pytest.fixture
def area_of(cast):
    def make(unit="liuwan", post="leader", *, start=0, last=None, actor="petition_officer", **kwargs):
        today = local_day(now())
        return add_area(
            actor=cast.actor(actor),
            post=cast.post(post),
            unit=getattr(cast.units, unit),
            valid_from=today + timedelta(days=start),
            last_day=None if last is None else today + timedelta(days=last),
            **kwargs,
        )

    return make


def page_of(client, unit):
    return client.get(reverse("leaders:public_area", args=[unit.pk])).content.decode()


def test_residents_see_who_looks_after_their_village_and_their_town_and_when_they_receive(
    cast, client, area_of, day_of
):
    area_of("liuwan", "leader", note="每月第一个星期三到村。")
    area_of("dongxi", "leader2")
    day = day_of(days=3)
    page = page_of(client, cast.units.liuwan)
    assert "高远" in page and "郑岚" in page and "每月第一个星期三到村。" in page
    assert day.place_text in page
    assert "高远" not in page_of(client, cast.units.shiqiao)
    found = client.get(reverse("leaders:public_areas"), {"q": "柳湾"}).content.decode()
    assert "柳湾村" in found and "高远" in found


def test_who_left_the_post_is_not_named_any_more_and_the_row_stays(cast, client, area_of):
    area_of()
    today = local_day(now())
    Post.objects.filter(pk=cast.post("leader").pk).update(valid_until=today)
    assert "高远" not in page_of(client, cast.units.liuwan)
    assert LeaderArea.objects.count() == 1


def test_an_area_ends_today_once_and_stays_in_the_history(cast, client, area_of, client_as):
    area = area_of()
    end_area(area=area, actor=cast.actor("petition_officer"))
    with pytest.raises(Refusal, match="已经结束"):
        end_area(area=area, actor=cast.actor("petition_officer"))
    assert "高远" not in page_of(client, cast.units.liuwan)
    url = reverse("leaders:areas")
    officer = client_as(cast.petition_officer)
    assert officer.get(url).context["page"].items == []
    assert officer.get(url, {"view": "all"}).context["page"].items == [area]


def test_one_that_is_yet_to_come_and_is_ended_never_begins(cast, area_of):
    area = area_of(start=10)
    end_area(area=area, actor=cast.actor("petition_officer"))
    area.refresh_from_db()
    assert area.valid_from == area.valid_until


def test_it_opens_no_case_to_the_leader(cast, area_of, make_case):
    case = make_case(place_unit=cast.units.xishan)
    before = set(Petition.objects.visible_to(cast.actor("leader2")).values_list("pk"))
    area_of("xishan", "leader2")
    assert set(Petition.objects.visible_to(cast.actor("leader2")).values_list("pk")) == before
    assert case.pk not in {pk for (pk,) in before}


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"start": 5, "last": 3}, "不能早于开始"),
        ({"unit": "urban"}, "镇街或者村社"),
        ({"post": "handler"}, "在任的领导"),
    ],
)
def test_bad_areas_are_refused_in_words(area_of, wrong, sentence):
    with pytest.raises(Refusal, match=sentence):
        area_of(**wrong)


def test_the_same_leader_is_not_named_twice_for_the_same_days(area_of):
    area_of(last=10)
    with pytest.raises(Refusal, match="已经包联"):
        area_of(start=10)
    area_of(start=11)


def test_only_the_office_keeps_areas(cast, area_of, client_as):
    with pytest.raises(Refusal) as refused:
        area_of(actor="leader")
    assert refused.value.code == "forbidden"
    assert client_as(cast.leader).get(reverse("leaders:area_add")).status_code == 403


def test_the_form_keeps_what_was_typed(cast, client_as):
    today = local_day(now())
    typed = {
        "post": cast.post("leader").pk,
        "unit": cast.units.liuwan.pk,
        "valid_from": today,
        "last_day": today - timedelta(days=1),
        "note": "到村日：周三",
    }
    answer = client_as(cast.petition_officer).post(reverse("leaders:area_add"), typed)
    assert answer.status_code == 422
    assert "到村日：周三" in answer.content.decode()
    typed["last_day"] = ""
    assert client_as(cast.petition_officer).post(reverse("leaders:area_add"), typed).status_code == 302


def test_the_lists_cost_the_same_for_one_and_three(
    cast, client_as, client, area_of, django_assert_num_queries
):
    officer = client_as(cast.petition_officer)
    area_of("liuwan")
    urls = [(officer, reverse("leaders:areas")), (client, reverse("leaders:public_areas"))]
    for one, url in urls:
        one.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        found = []
        for one, url in urls:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                one.get(url)
            found.append(len(seen))
        return found

    before = count()
    area_of("dongxi")
    area_of("xiling", "leader2")
    assert count() == before
