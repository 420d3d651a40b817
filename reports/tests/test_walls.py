"""The wall display: its address is made and withdrawn by the office, and its numbers tell of nobody."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Status
from petitions.services import sealing
from reports.models import WallLink
from reports.periods import Month
from reports.selectors.wall import count_wall, cut
from reports.services import walls
from reports.services.freezing import freeze

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    cache.clear()


@pytest.fixture
def link(cast):
    return walls.make_link(actor=cast.actor("petition_officer"), name="一楼大厅")


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


def tiles(cast):
    return {tile.label: tile.number + tile.more for tile in count_wall(cast.units.district, NOW).tiles}


def address(token):
    return reverse("reports:wall", args=[token])


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "不足 5件"),
        (1, "不足 5件"),
        (4, "不足 5件"),
        (5, "5件以上"),
        (9, "5件以上"),
        (10, "10件以上"),
        (1234, "1,230件以上"),
    ],
)
def test_counts_are_cut_to_fives_and_nothing_looks_like_few(count, said):
    assert "".join(cut(count)) == said


def test_the_screen_counts_the_county_in_fives(cast, make_case):
    for n in range(7):
        make_case(at=NOW - timedelta(hours=1, minutes=n), until=Status.ACCEPTED if n else Status.REGISTERED)
    for n in range(6):
        make_case(at=NOW - timedelta(days=10, hours=n))
    make_case(at=NOW - timedelta(days=40), until=Status.CLOSED)
    assert tiles(cast) == {
        "今日登记": "5件以上",
        "本月登记": "10件以上",
        "正在办理": "10件以上",
        "今日到期": "不足 5件",
        "已超期": "10件以上",  # the minutes and hours of 10-30-24
        "10 月按期办结率": "—",
    }


def test_a_tile_hides_four_shows_five_and_moves_by_fives(client, cast, make_case, link):
    """Both sides of each border, on the tiles and on the screen itself."""
    of_today, of_month, underway = "今日登记", "本月登记", "正在办理"
    said = {0: "不足 5件", 3: "不足 5件", 4: "不足 5件", 5: "5件以上", 9: "5件以上", 10: "10件以上"}
    for count in range(11):
        if count:
            make_case(at=NOW - timedelta(minutes=count))
        if count in said:
            shown = tiles(cast)
            assert {shown[label] for label in (of_today, of_month, underway)} == {said[count]}, count
            cache.clear()
            screen = re.sub(r"<[^>]*>|\s", "", client.get(address(link[1])).content.decode())
            assert f"{of_today}{said[count].replace(' ', '')}" in screen, count


@pytest.mark.article(30)
def test_an_accusation_lifts_no_tile_over_its_border(cast, make_case):
    for n in range(4):
        make_case(at=NOW - timedelta(minutes=n + 1))
    make_case.registered(at=NOW - timedelta(minutes=9), kind="accusation")
    make_case(at=NOW - timedelta(minutes=10), complained_unit=cast.units.petition_office)
    assert tiles(cast)["今日登记"] == "不足 5件"
    make_case(at=NOW - timedelta(minutes=11))
    assert tiles(cast)["今日登记"] == "5件以上"


@pytest.mark.article(30)
def test_sealing_a_case_changes_nothing_that_a_watcher_could_see(cast, make_case):
    for n in range(5):
        make_case(at=NOW - timedelta(hours=1, minutes=n), until=Status.ACCEPTED)
    one = make_case(at=NOW - timedelta(hours=2), until=Status.ACCEPTED)
    before = tiles(cast)
    assert before["今日登记"] == "5件以上"
    sealing.seal(petition=one, actor=cast.actor("petition_officer"), reason="反映干部违纪", at=NOW)
    make_case.registered(at=NOW - timedelta(minutes=5), kind="accusation")
    make_case(at=NOW - timedelta(minutes=5), complained_unit=cast.units.petition_office)
    assert tiles(cast) == before


def test_the_rate_is_the_frozen_one_and_is_withheld_of_few(cast, make_case):
    start = datetime(2026, 8, 10, 9, 0, tzinfo=SHANGHAI)  # sixty days from acceptance end in October
    for n in range(4):
        make_case(at=start + timedelta(hours=n), until=Status.SERVED)
    assert tiles(cast)["10 月按期办结率"] == "—"
    make_case(at=start + timedelta(hours=5), until=Status.ACCEPTED)
    assert tiles(cast)["10 月按期办结率"] == "80.00%"
    freeze(actor=cast.actor("statistician"), month=Month(2026, 10))
    make_case(at=start + timedelta(hours=6), until=Status.ACCEPTED)
    assert tiles(cast)["10 月按期办结率"] == "80.00%"


def test_the_screen_needs_no_login_and_names_nobody(client, cast, make_case, link):
    cases = [make_case(at=NOW - timedelta(hours=n + 1), until=Status.ACCEPTED) for n in range(6)]
    answer = client.get(address(link[1]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "今日登记" in page and "每半分钟更新" in page and 'hx-trigger="every 30s"' in page
    for case in cases:
        assert case.number not in page
        assert case.subject not in page
    for person in cast.people.values():
        assert person.name not in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "sessionid" not in answer.cookies
    part = client.get(address(link[1]), headers=HTMX).content.decode()
    assert part.startswith('<section id="wall"') and "<html" not in part


def test_many_screens_count_the_county_once(client, cast, link):
    client.get(address(link[1]))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address(link[1]), headers=HTMX)
    assert not [one for one in asked if "petitions_petition" in one["sql"]]


def test_a_withdrawn_address_is_gone_and_says_so_to_the_screen(client, cast, link):
    row, token = link
    walls.end_link(link=row, actor=cast.actor("petition_officer"))
    assert client.get(address(token)).status_code == 404
    part = client.get(address(token), headers=HTMX)
    assert part["HX-Refresh"] == "true" and not part.content
    first = WallLink.objects.get().ended_at
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        walls.end_link(link=row, actor=cast.actor("petition_officer"))
    assert WallLink.objects.get().ended_at == first
    acts = (
        AuditEntry.objects.filter(act__startswith="wall_link.").order_by("pk").values_list("act", flat=True)
    )
    assert list(acts) == ["wall_link.make", "wall_link.end"]


def test_an_address_that_nobody_renews_ends_after_a_year(client, link):
    with time_machine.travel(NOW + timedelta(days=365), tick=False):
        assert client.get(address(link[1])).status_code == 200
    with time_machine.travel(NOW + timedelta(days=367), tick=False):
        assert client.get(address(link[1])).status_code == 404


def test_whoever_tries_addresses_is_stopped(client, link):
    answers = [client.get(address(f"no-{n}")).status_code for n in range(22)]
    assert answers[:20] == [404] * 20
    assert answers[20:] == [429, 429]
    assert client.get(address(link[1])).status_code == 200  # the screen on the same network goes on


def test_whoever_tries_addresses_as_a_screen_would_is_counted_too(client, link):
    answers = [client.get(address(f"no-{n}"), headers=HTMX) for n in range(22)]
    # A screen that was withdrawn goes dark however many others tried: it loads itself anew, and is refused then.
    assert all(answer["HX-Refresh"] == "true" and not answer.content for answer in answers)
    assert client.get(address("no-21")).status_code == 429
    assert client.head(address("no-22")).status_code == 429
    assert client.get(address(link[1]), headers=HTMX).status_code == 200  # the real screen goes on


def test_only_the_petition_office_keeps_the_addresses(cast, client_as, link):
    for who in ("statistician", "unit_head", "leader", "handler", "sysadmin", "clerk"):
        assert client_as(getattr(cast, who)).get(reverse("reports:walls")).status_code == 403, who
        refused(lambda who=who: walls.make_link(actor=cast.actor(who), name="二楼"), "forbidden")
        refused(lambda who=who: walls.end_link(link=link[0], actor=cast.actor(who)), "forbidden")
        url = reverse("reports:wall_end", args=[link[0].pk])
        assert client_as(getattr(cast, who)).post(url).status_code == 403, who
    assert WallLink.objects.get().ended_at is None


def test_what_was_typed_stays_with_what_is_wrong_with_it(cast, client_as, link):
    client, url = client_as(cast.petition_officer), reverse("reports:walls")
    for name, said in (
        ("", "请填写这一项。"),
        ("一楼大厅", "“一楼大厅”已有一个地址"),
        ("厅" * 41, "最多 40 字"),
    ):
        answer = client.post(url, {"name": name})
        assert answer.status_code == 422
        assert said in answer.content.decode() and name in answer.content.decode()
    assert WallLink.objects.count() == 1
    officer = cast.actor("petition_officer")
    assert "装在哪里" in refused(lambda: walls.make_link(actor=officer, name=" "), "invalid")
    refused(lambda: walls.make_link(actor=officer, name="厅" * 41), "invalid")
    for n in range(walls.MOST - 1):
        walls.make_link(actor=officer, name=f"{n} 楼")
    assert "最多同时有 20 个" in refused(lambda: walls.make_link(actor=officer, name="又一块"), "invalid")


def test_an_address_is_shown_once_and_kept_as_a_hash(cast, client_as, client):
    officer, url = client_as(cast.petition_officer), reverse("reports:walls")
    page = officer.post(url, {"name": "一楼大厅"}).content.decode()
    token = re.search(r"/wall/([^/\"]+)/", page)[1]
    assert client.get(address(token)).status_code == 200
    assert token not in officer.get(url).content.decode()
    row = WallLink.objects.get()
    assert token not in str(vars(row))
    officer.post(reverse("reports:wall_end", args=[row.pk]))
    assert client.get(address(token)).status_code == 404
    assert "周静停用" in officer.get(url).content.decode()


def test_who_withdrew_it_is_kept_with_when(link):
    with pytest.raises(IntegrityError), transaction.atomic():
        WallLink.objects.update(ended_at=NOW)
