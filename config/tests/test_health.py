"""``GET /healthz``: its shape when all is well and when each part is missing."""

import time

import pytest
from django.core.cache import cache
from django.db import OperationalError

from config import health

pytestmark = pytest.mark.django_db
WELL = {"database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}


@pytest.fixture
def all_well():
    health.note_alive("queue:clock", "queue:send", "queue:work", "queue:report", "beat")
    cache.set(health.LAST_SWEEP_KEY, time.time() - 2, 60)
    yield
    health.forget()


def test_all_well_is_200(client, all_well):
    answer = client.get("/healthz")
    report = answer.json()
    age = report.pop("age_of_last_sweep_seconds")
    assert (answer.status_code, report) == (200, WELL)
    assert 2 <= age < 10
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("health:queue:clock", "worker"),
        ("health:queue:send", "worker"),
        ("health:queue:work", "worker"),
        ("health:queue:report", "worker"),
        ("health:beat", "beat"),
    ],
)
def test_a_missing_heartbeat_is_503_and_names_the_part(client, all_well, key, word):
    cache.delete(key)
    answer = client.get("/healthz")
    report = answer.json()
    report.pop("age_of_last_sweep_seconds")
    assert (answer.status_code, report) == (503, WELL | {word: "down"})


def test_before_the_first_sweep_the_age_is_null_and_the_answer_503(client, all_well):
    cache.delete(health.LAST_SWEEP_KEY)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["age_of_last_sweep_seconds"]) == (503, None)


def test_a_sweep_long_ago_is_503_and_says_how_long(client, all_well):
    cache.set(health.LAST_SWEEP_KEY, time.time() - 600, 60)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert 600 <= answer.json()["age_of_last_sweep_seconds"] < 610


def test_a_database_that_does_not_answer_is_503(client, all_well, monkeypatch):
    def gone():
        raise OperationalError("password=secret host=db")

    monkeypatch.setattr(health.connection, "cursor", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
    assert b"secret" not in answer.content


def test_a_broker_and_cache_that_do_not_answer_are_503_and_no_error(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": settings.REDIS_URL}}
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "broker": "down",
        "worker": "down",
        "beat": "down",
        "age_of_last_sweep_seconds": None,
    }


def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405
