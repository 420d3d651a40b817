"""Readers of the environment: what they give, and the sentence with which they refuse."""

import fcntl
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("no", False), ("", False)],
)
def test_a_flag_reads_the_usual_words(monkeypatch, value, expected):
    monkeypatch.setenv("SOME_FLAG", value)
    assert env.flag("SOME_FLAG") is expected


@pytest.mark.parametrize(
    ("call", "value", "sentence"),
    [
        (lambda: env.flag("X"), "maybe", "X must be 1 or 0, not 'maybe'."),
        (lambda: env.integer("X", 1), "ten", "X must be a whole number, not 'ten'."),
        (lambda: env.integers("X", "7", least=1), "7,x", "X must be whole numbers parted by commas."),
        (lambda: env.integers("X", "7", least=1), "7,0", "X must be at least 1 each, not 0."),
        (lambda: env.integer("X", 1, least=1), "0", "X must be at least 1, not 0."),
        (lambda: env.text("X"), "", "Set the environment variable X."),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(monkeypatch, call, value, sentence):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        call()
    assert str(refusal.value) == sentence


def test_whole_numbers_stand_in_order_each_once(monkeypatch):
    assert env.integers("X", "7,30,90", least=1) == [7, 30, 90]
    monkeypatch.setenv("X", "30, 7,30")
    assert env.integers("X", "1", least=1) == [7, 30]


def test_words_drop_blanks_and_empty_parts(monkeypatch):
    monkeypatch.setenv("X", " a , ,b,")
    assert env.words("X") == ["a", "b"]


def test_a_database_address_is_taken_apart():
    found = env.database("postgresql://o%40k:p%2Fw@db.example:5433/county?sslmode=require")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "county",
        "USER": "o@k",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 5, "sslmode": "require"},
    }


def test_a_socket_folder_may_hold_blanks_and_chinese():
    found = env.database("postgresql://postgres:@/huiying?host=/srv/%E6%B8%85%E6%B1%9F%20a/pg")
    assert (found["HOST"], found["NAME"], found["PORT"]) == ("/srv/清江 a/pg", "huiying", "")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("mysql://localhost/x", "must start with postgresql://"),
        ("postgresql://localhost/", "must name a database"),
        ("postgresql://localhost:99999/x", "a port that is not a number from 1 to 65535"),
    ],
)
def test_an_address_of_no_use_is_refused(url, part):
    with pytest.raises(ImproperlyConfigured, match=part):
        env.database(url)


def test_the_variable_wins_over_the_file(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://given/x")
    assert env.server_url("DATABASE_URL", tmp_path) == "postgresql://given/x"


def test_addresses_of_a_running_supervisor_are_found_and_those_of_a_dead_one_are_not(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "run.env").write_text("DATABASE_URL=postgresql:///here?host=/a=b\n")
    with (tmp_path / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert env.server_url("DATABASE_URL", tmp_path) == "postgresql:///here?host=/a=b"
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.server_url("DATABASE_URL", tmp_path)
    assert str(refusal.value) == "No database is known here: start `make run` first or set DATABASE_URL."


def test_a_missing_broker_is_called_by_its_name(monkeypatch, tmp_path):
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.server_url("REDIS_URL", tmp_path)
    assert str(refusal.value) == "No broker is known here: start `make run` first or set REDIS_URL."


def test_a_kept_secret_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "secret_key"
    first = env.kept_secret(path)
    assert len(first) > 50
    assert env.kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["", "tcp://10.0.0.3:3310", "unix:///run/clamav/clamd.ctl"])
def test_a_scanner_is_named_by_host_or_socket(monkeypatch, value):
    monkeypatch.setenv("CLAMAV_URL", value)
    assert env.scanner_url("CLAMAV_URL") == value


@pytest.mark.parametrize("value", ["localhost:3310", "http://a", "unix://", "tcp://"])
def test_a_scanner_named_otherwise_is_refused_at_the_start(monkeypatch, value):
    monkeypatch.setenv("CLAMAV_URL", value)
    with pytest.raises(ImproperlyConfigured, match="CLAMAV_URL must be tcp://host:port or unix:///path"):
        env.scanner_url("CLAMAV_URL")
