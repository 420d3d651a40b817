"""Online sessions by a link of the district's own meeting service alone, shown for a short while."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from core.timekeeping import now
from mediation.enums import Side
from mediation.models import OnlineLink, Session
from mediation.services import links
from mediation.services.sessions import cancel_session, move_session
from mediation.tests.session_world import refused
from petitions.services import codes

pytestmark = pytest.mark.django_db
URL = "https://meet.qingjiang.example.cn/j/4711?pwd=x"


@pytest.fixture(autouse=True)
def service(settings):
    settings.MEDIATION_MEETING_HOSTS = ["meet.qingjiang.example.cn"]


@pytest.fixture
def mine(cast):
    return cast.actor("mediator")


@pytest.fixture
def session(mediation_of, session_of):
    return session_of(mediation_of(agreed=True))


def soon(session, minutes=10):
    start = now() + timedelta(minutes=minutes)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    session.refresh_from_db()
    return session


def test_without_a_service_no_link_can_be_typed(session, mine, settings):
    settings.MEDIATION_MEETING_HOSTS = []
    assert "没有设置会议系统" in refused(
        lambda: links.set_link(session=session, actor=mine, url=URL), "invalid"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://meet.qingjiang.example.cn/j/1",
        "https://meet.qingjiang.example.cn.evil.cn/j/1",
        "https://evil.cn/meet.qingjiang.example.cn",
        "https://a@meet.qingjiang.example.cn/j",
        "https://meet.qingjiang.example.cn:8443/j",
        "javascript:alert(1)",
        "https://meet.qingjiang.example.cn/j/1 2",
        "https://[/",
        "https://meet.qingjiang.example.cn/" + "a" * 500,
    ],
)
def test_only_addresses_of_the_service_are_taken(session, mine, url):
    assert "https://" in refused(lambda: links.set_link(session=session, actor=mine, url=url), "invalid")
    assert not OnlineLink.objects.exists()


def test_it_is_shown_shortly_before_to_the_mediators_and_to_nobody_in_an_office(
    session, mine, cast, client_as
):
    links.set_link(session=session, actor=mine, url=URL)
    page = reverse("mediation:session", args=[session.pk])
    shown = client_as(cast.mediator).get(page).content.decode()
    assert "pwd=x" not in shown and "开场前不久才显示" in shown
    soon(session)
    assert "pwd=x" in client_as(cast.mediator).get(page).content.decode()
    assert "pwd=x" not in client_as(cast.handler).get(page).content.decode()
    Session.objects.update(starts_at=now() - timedelta(hours=3), ends_at=now() - timedelta(hours=2))
    assert "pwd=x" not in client_as(cast.mediator).get(page).content.decode()


class TestOwnPage:
    @pytest.fixture
    def resident(self, client, fresh_case, mediation_of, session_of):
        token = codes.new_token()
        case = fresh_case(token=token)
        session = session_of(mediation_of(case, agreed=True))
        client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
        return client, session

    def page(self, client):
        return client.get(reverse("petitions:mine")).content.decode()

    def test_from_a_set_time_before(self, resident, mine):
        client, session = resident
        links.set_link(session=session, actor=mine, url=URL)
        assert "进入网上调解" not in self.page(client)
        soon(session)
        assert "进入网上调解" in self.page(client)

    def test_moved_or_cancelled_it_is_gone(self, resident, mine):
        client, session = resident
        links.set_link(session=session, actor=mine, url=URL)
        facts = {name: getattr(session, name) for name in ("room", "mediator")}
        later = session.starts_at + timedelta(hours=2)
        move_session(
            session=session, actor=mine, starts_at=later, ends_at=later + timedelta(hours=1), **facts
        )
        assert "进入网上调解" not in self.page(client) and links.shown(soon(session), now()) == []
        links.set_link(session=session, actor=mine, url=URL)
        assert "进入网上调解" in self.page(client)
        cancel_session(session=session, actor=mine)
        assert "进入网上调解" not in self.page(client)

    def test_the_link_of_the_other_side_is_nowhere_on_it(self, resident, mine):
        client, session = resident
        links.set_link(session=session, actor=mine, url=URL, side=Side.OTHER)
        soon(session)
        assert "进入网上调解" not in self.page(client)


def test_whoever_is_heard_apart_has_a_link_of_their_own(mediation_of, session_of, mine):
    session = session_of(mediation_of(agreed=True), apart=True)
    assert "各填一个" in refused(lambda: links.set_link(session=session, actor=mine, url=URL), "invalid")
    links.set_link(session=session, actor=mine, url=URL, side=Side.OTHER)
    assert "不能一样" in refused(
        lambda: links.set_link(session=session, actor=mine, url=URL, side=Side.PETITIONER), "invalid"
    )
    links.set_link(session=session, actor=mine, url=URL + "2", side=Side.PETITIONER)
    assert OnlineLink.objects.count() == 2


def test_it_is_sealed_taken_away_and_forgotten(session, mine):
    links.set_link(session=session, actor=mine, url=URL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM mediation_onlinelink l")
        assert URL.encode().hex() not in cursor.fetchone()[0]
    links.set_link(session=session, actor=mine, url="")
    assert not OnlineLink.objects.exists()
    refused(lambda: links.set_link(session=session, actor=mine, url=" "), "invalid")
    links.set_link(session=session, actor=mine, url=URL)
    assert links.forget(session.mediation.petition) == 1


@pytest.mark.parametrize("key", ["handler", "petition_officer", "inspector"])
def test_only_whoever_sits_sets_it(session, cast, key):
    refused(lambda: links.set_link(session=session, actor=cast.actor(key), url=URL), "forbidden")


def test_what_was_typed_is_kept(session, cast, client_as):
    address = reverse("mediation:session_link", args=[session.pk])
    kept = client_as(cast.mediator).post(address, {"url": "https://evil.cn/j/1"})
    assert kept.status_code == 422 and "https://evil.cn/j/1" in kept.content.decode()
