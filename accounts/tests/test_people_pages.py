import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Post, User

pytestmark = pytest.mark.django_db
PEOPLE = "/staff/people/"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


@pytest.fixture
def security(cast, client_as):
    return client_as(cast.secadmin)


def text(response):
    return response.content.decode()


def pages_of(cast):
    user, post = cast.handler.pk, cast.post("handler").pk
    below = ["edit/", "password/", "active/", "grant/"]
    return [
        PEOPLE,
        f"{PEOPLE}{user}/",
        *[f"{PEOPLE}{user}/{page}" for page in below],
        f"/staff/posts/{post}/end/",
    ]


# who may


@pytest.mark.parametrize("key", ["outsider", "handler", "auditor", "leader", "petition_officer", "inspector"])
def test_only_the_two_administrators_open_the_pages_about_people(cast, client_as, key):
    client = client_as(getattr(cast, key))
    charge = f"/staff/posts/{cast.post('leader').pk}/charge/"
    for page in [*pages_of(cast), PEOPLE + "add/", charge]:
        assert client.get(page).status_code == 403, page
        assert client.post(page, {"name": "x"}).status_code in {403, 405}, page


def test_a_stranger_is_asked_to_log_in(cast, client):
    charge = f"/staff/posts/{cast.post('leader').pk}/charge/"
    for page in [*pages_of(cast), PEOPLE + "add/", charge]:
        assert client.get(page).url == f"/staff/login/?next={page}"


def test_both_administrators_open_them(cast, admin, security):
    for page in pages_of(cast):
        assert admin.get(page).status_code == 200, page
        theirs = page.endswith(
            ("/password/", "/active/")
        )  # a handler's account, kept by the system administrator
        assert security.get(page).status_code == (403 if theirs else 200), page
    assert security.get(PEOPLE + "add/").status_code == 403
    assert admin.get(f"/staff/posts/{cast.post('leader').pk}/charge/").status_code == 403


def test_people_and_posts_that_are_not_there_are_not_found(cast, admin, security):
    for page in (PEOPLE + "999999/", PEOPLE + "99999999999999999999/", "/staff/posts/999999/end/"):
        assert admin.get(page).status_code == 404
    assert security.get("/staff/posts/999999/charge/").status_code == 404


def test_the_menu_offers_each_administrator_their_own_pages(cast, admin, security, client_as):
    assert 'href="/staff/units/"' in text(admin.get("/staff/me/"))
    page = text(security.get("/staff/me/"))
    assert 'href="/staff/people/"' in page
    assert 'href="/staff/units/"' in page
    page = text(client_as(cast.handler).get("/staff/me/"))
    assert 'href="/staff/people/"' not in page
    assert 'href="/staff/units/"' not in page


# the list


@pytest.mark.parametrize(
    "filters, found",
    [
        ({"q": "陈立"}, ["handler"]),
        ({"q": "HANDLER"}, ["handler", "handler2"]),
        ({"unit": "城市管理"}, ["handler", "unit_head"]),
        ({"role": "leader"}, ["leader", "leader2"]),
        ({"unit": "信访局", "role": "auditor"}, ["auditor"]),
        ({"q": "没有这人"}, []),
        ({"state": "closed"}, []),
        ({"state": "idle"}, []),
    ],
)
def test_people_are_found_by_name_unit_role_and_state(cast, admin, filters, found):
    page = admin.get(PEOPLE, filters)
    assert (page.status_code, [user.username for user in page.context["page"].items]) == (200, found)
    assert ("没有符合条件的人员" in text(page)) == (not found)


def test_somebody_with_several_posts_is_shown_with_all(cast, admin):
    Post.objects.create(user=cast.handler, unit=cast.units.dongxi, role="clerk", valid_from="2026-01-01")
    page = text(admin.get(PEOPLE, {"q": "陈立"}))
    assert "城市管理局 承办人" in page
    assert "东溪镇 窗口登记员" in page


def test_one_person_and_three_cost_the_same_queries(cast, admin):
    counts = []
    for words in ("clerk", "er"):
        with CaptureQueriesContext(connection) as queries:
            rows = admin.get(PEOPLE, {"q": words}).context["page"].items
        counts.append((len(rows), len(queries)))
    with CaptureQueriesContext(connection) as one:
        rows = admin.get(PEOPLE, {"q": "林秋"}).context["page"].items
    assert len(rows) == 1 and counts[1][0] >= 3
    assert {len(one)} == {count for _rows, count in counts}


def test_a_person_with_one_post_and_with_three_costs_the_same_queries(cast, security):
    with CaptureQueriesContext(connection) as one:
        security.get(f"{PEOPLE}{cast.leader.pk}/")
    for unit in (cast.units.dongxi, cast.units.xiling):
        post = Post.objects.create(user=cast.leader, unit=unit, role="leader", valid_from="2026-01-01")
        post.charge_units.add(unit)
    with CaptureQueriesContext(connection) as three:
        page = security.get(f"{PEOPLE}{cast.leader.pk}/")
    assert len(page.context["posts"]) == 3
    assert len(one) == len(three)


def test_people_come_by_key(cast, admin):
    User.objects.bulk_create(User(username=f"u{number:03d}", name="同名") for number in range(100))
    page = admin.get(PEOPLE, {"q": "同名"})
    assert len(page.context["page"]) == 40
    following = admin.get(PEOPLE, {"q": "同名", "cursor": page.context["page"].next_cursor})
    assert following.context["page"].items[0].username == "u040"
    assert admin.get(PEOPLE, {"cursor": "forged"}).status_code == 200


# the hat


def test_the_hat_leads_to_ones_own_page(cast, client_as):
    assert 'href="/staff/me/"' in text(client_as(cast.handler).get("/notices/"))
