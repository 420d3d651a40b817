from datetime import timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.timekeeping import now
from notifications.models import Notice
from notifications.services import notify

pytestmark = pytest.mark.django_db


def tell(user, key="k", link="/cases/1/", text="有一件待受理", at=None):
    notify(recipients=[user], text=text, link=link, dedupe_key=key, at=at)
    return Notice.objects.get(dedupe_key=f"{key}:{user.pk}")


def titles(client, **query):
    return [notice.text for notice in client.get("/notices/", query).context["page"].items]


def test_the_inbox_shows_ones_own_notices_newest_first(cast, client_as):
    tell(cast.handler, "a", text="甲")
    tell(cast.handler, "b", text="乙")
    tell(cast.leader, "c", text="丙")
    tell(cast.handler, "d", text="补发的", at=now() - timedelta(days=2))
    assert titles(client_as(cast.handler)) == ["乙", "甲", "补发的"]
    assert titles(client_as(cast.outsider)) == []


def test_opening_marks_as_read_once_and_goes_to_the_link(cast, client_as):
    notice = tell(cast.handler)
    client = client_as(cast.handler)
    assert client.get(reverse("notifications:open", args=[notice.pk])).url == "/cases/1/"
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    client.get(reverse("notifications:open", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at == first


def test_somebody_elses_notice_is_not_found_and_stays_unread(cast, client_as):
    notice = tell(cast.handler)
    assert client_as(cast.outsider).get(reverse("notifications:open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_link_that_leads_outside_in_a_roundabout_way_is_not_followed(cast, client_as):
    notice = tell(cast.handler, link="/\\evil.example")
    assert client_as(cast.handler).get(reverse("notifications:open", args=[notice.pk])).url == "/notices/"


def test_marking_all_read_touches_only_ones_own(cast, client_as):
    mine, others = tell(cast.handler), tell(cast.leader)
    client = client_as(cast.handler)
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/").url == "/notices/"
    mine.refresh_from_db()
    others.refresh_from_db()
    assert mine.read_at is not None
    assert others.read_at is None
    assert titles(client, unread="1") == []
    assert len(titles(client)) == 1


@pytest.mark.parametrize("path", ["/notices/", "/notices/1/", "/notices/read/"])
def test_a_stranger_is_sent_to_the_login_page(client, db, path):
    assert client.post(path).url == f"{reverse('accounts:login')}?next={path}"


@pytest.mark.parametrize(("count", "words"), [(0, ""), (7, "7"), (99, "99"), (100, "99+"), (150, "99+")])
def test_the_bell_counts_up_to_99(cast, rf, count, words):
    notices = [(cast.handler, n) for n in range(count)]
    for user, n in notices:
        notify(recipients=[user], text="t", link="/", dedupe_key=str(n))
    request = rf.get("/")
    request.user = cast.handler
    shown = Template("{% load notices %}{% unread_notices as n %}{{ n }}").render(
        Context({"request": request})
    )
    assert shown == words


def test_one_notice_and_three_cost_the_same_queries(cast, client_as):
    client = client_as(cast.handler)
    counts = []
    for key in "abc":
        tell(cast.handler, key)
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/")
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_the_inbox_pages_by_key(cast, client_as):
    for n in range(45):
        tell(cast.handler, str(n), text=str(n))
    client = client_as(cast.handler)
    page = client.get("/notices/").context["page"]
    assert [notice.text for notice in page.items] == [str(n) for n in range(44, 4, -1)]
    assert titles(client, cursor=page.next_cursor) == ["4", "3", "2", "1", "0"]
