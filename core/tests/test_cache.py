"""A cache that is away takes no page with it."""

import pytest
import redis
from django.core.cache import caches

from core.cache import SpareRedisCache

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _asked():
    """Whatever a test before may have found on a busy machine, the server is not being left alone."""
    SpareRedisCache._away_until = 0.0
    yield
    SpareRedisCache._away_until = 0.0


@pytest.fixture
def away(settings):
    """No server answers, from the next question on."""

    def go():
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}

    return go


def test_reading_finds_nothing_and_writing_keeps_nothing(away):
    away()
    cache = caches["default"]
    assert isinstance(cache, SpareRedisCache)
    cache.set("a", 1, 60)
    assert cache.get("a") is None and cache.get("a", 7) == 7
    assert cache.get_many(["a", "b"]) == {} and cache.has_key("a") is False and cache.delete("a") is False


def test_what_must_know_that_it_was_not_kept_still_hears_of_it(away):
    away()
    for ask in (lambda c: c.add("a", 1), lambda c: c.incr("a"), lambda c: c.set_many({"a": 1})):
        with pytest.raises(redis.ConnectionError):
            ask(caches["default"])


def test_a_server_that_did_not_answer_is_left_alone_for_a_while(away, caplog):
    away()
    for _time in range(5):
        caches["default"].get("a")
    assert [record.msg for record in caplog.records] == ["cache_unreachable"]


def test_it_keeps_what_it_is_given_while_it_is_there():
    cache = caches["default"]
    cache.set("core-test", {"n": 1}, 60)
    assert cache.get("core-test") == {"n": 1} and cache.get_many(["core-test"]) == {"core-test": {"n": 1}}
    assert cache.has_key("core-test") and cache.delete("core-test") and cache.get("core-test") is None


def test_officers_and_residents_go_on_while_it_is_away(cast, client, client_as, make_case, away):
    case, officer, admin = make_case(), client_as(cast.petition_officer), client_as(cast.sysadmin)
    away()
    for address in ("/desk/", "/cases/", case.get_absolute_url(), "/notices/"):
        assert officer.get(address).status_code == 200, address
    for address in ("/staff/engine/", "/staff/rules/", "/staff/units/"):
        assert admin.get(address).status_code == 200, address
    assert "提醒引擎没有在扫描" in admin.get("/staff/engine/").content.decode()
    assert client.get("/").status_code == 200
