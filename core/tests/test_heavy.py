"""Reads that count much: their time, and the standby they are taken from. A real one is made for these tests."""

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.contrib.postgres.signals import register_type_handlers
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.db.utils import ConnectionHandler

from accounts.models import Unit
from config import env
from config.postgres import _account, _as, postgres_binary, start_postgres
from config.supervisor import WEB_THREADS
from core import heavy
from core.errors import Refusal
from core.heavy import ReplicaRouter, heavy_read

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
router = ReplicaRouter()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A server, its standby, and how to stop each."""
    folder = tmp_path_factory.mktemp("pair")
    first = start_postgres(folder / "first", log=folder / "first.log", options=["fsync=off"])
    sockets = first.url.split("host=")[1]
    second = folder / "second"
    folder.chmod(0o777)
    command = [postgres_binary("pg_basebackup"), "-h", sockets, "-U", "postgres", "-D", second, "-R", "-c"]
    command.append("fast")
    subprocess.run(command, check=True, cwd=folder / "first", **_as(_account()))
    for copied in second.glob(".s.PGSQL*"):
        copied.unlink()  # the first server's socket lies among its data
    standby = SimpleNamespace(first=first.url)

    def start():
        standby.server = start_postgres(second, log=folder / "second.log")
        standby.second = standby.server.url

    standby.start, standby.stop = start, lambda: standby.server.stop()  # noqa: PLW0108 - another server after each start
    start()
    yield standby
    standby.stop()
    first.stop()


@pytest.fixture
def ask(monkeypatch):
    """SQL on one of the two; what it answered."""

    def join(**urls):
        known = ConnectionHandler({alias: env.database(url) for alias, url in urls.items()})
        monkeypatch.setattr(heavy, "connections", known)
        monkeypatch.setattr(heavy._left_alone, "until", 0.0)
        opened.append(known)

        def asked(alias, sql):
            with known[alias].cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0] if cursor.description else None

        return asked

    opened = []
    # It asks django.db.connections by name, where these two are not.
    connection_created.disconnect(register_type_handlers)
    yield join
    connection_created.connect(register_type_handlers)
    for known in opened:
        known.close_all()


@pytest.fixture
def both(ask, pair):
    asked = ask(default=pair.first, replica=pair.second)
    asked("default", "CREATE TABLE IF NOT EXISTS written (n int)")
    asked("default", "TRUNCATE written")
    return asked


def counted(asked):
    """Where a heavy read went, and what it found."""

    @heavy_read
    def read():
        alias = router.db_for_read(Unit)
        return alias, asked(alias, "SELECT count(*) FROM written")

    return read()


def test_the_standby_knows_all_that_was_written_before(both):
    for n in range(1, 30):
        both("default", f"INSERT INTO written VALUES ({n})")
        assert counted(both) == ("replica", n)
    assert router.db_for_read(Unit) == "default", "only heavy reads go there"


def test_all_is_written_to_the_first_server_and_migrated_there(both):
    assert heavy_read(lambda: router.db_for_write(Unit))() == "default"
    assert router.allow_migrate("default", "accounts") and not router.allow_migrate("replica", "accounts")


def test_a_standby_that_is_behind_is_left_alone_for_a_while(both, monkeypatch):
    monkeypatch.setattr(heavy, "PATIENCE", 0.2)
    both("replica", "SELECT pg_wal_replay_pause()")
    try:
        both("default", "INSERT INTO written VALUES (1)")
        assert counted(both) == ("default", 1)
        begun = time.monotonic()
        assert counted(both) == ("default", 1)
        assert time.monotonic() - begun < 0.2, "nobody waits for it a second time"
    finally:
        both("replica", "SELECT pg_wal_replay_resume()")
    monkeypatch.setattr(heavy, "PATIENCE", 5)
    monkeypatch.setattr(heavy._left_alone, "until", 0.0)
    assert counted(both) == ("replica", 1)


def test_without_an_answer_from_the_standby_the_first_server_counts(both, pair, monkeypatch):
    assert counted(both)[0] == "replica"
    pair.stop()
    assert counted(both) == ("default", 0)
    pair.start()
    monkeypatch.setattr(heavy._left_alone, "until", 0.0)
    assert counted(both)[0] == "replica"


def test_what_fails_on_the_standby_is_counted_again_on_the_first_server(both):
    seen = []

    @heavy_read
    def read():
        seen.append(router.db_for_read(Unit))
        if seen[-1] == "replica":
            raise OperationalError("canceling statement due to conflict with recovery")
        return "counted"

    assert read() == "counted" and seen == ["replica", "default"]


def test_a_server_that_is_no_standby_is_not_read(ask, pair):
    asked = ask(default=pair.first, replica=pair.first)
    asked("default", "CREATE TABLE IF NOT EXISTS written (n int)")
    assert counted(asked)[0] == "default"


@pytest.mark.parametrize("alias", ["default", "replica"])
def test_a_statement_that_takes_too_long_is_ended_with_a_sentence(ask, pair, settings, alias):
    settings.REPORT_SECONDS = 1
    asked = ask(**({"default": pair.first} | ({"replica": pair.second} if alias == "replica" else {})))

    @heavy_read
    def read():
        return asked(router.db_for_read(Unit), "SELECT pg_sleep(20)")

    before = asked(alias, "SHOW statement_timeout")
    with pytest.raises(Refusal, match="统计超过 1 秒") as refused:
        read()
    assert refused.value.status == 503
    assert asked(alias, "SHOW statement_timeout") == before, "the limit is of the report alone"


def test_work_in_the_background_has_longer(ask, pair, settings):
    settings.REPORT_SECONDS, settings.REPORT_JOB_SECONDS = 1, 60
    asked = ask(default=pair.first)

    @heavy_read
    def read():
        asked("default", "SELECT pg_sleep(1.3)")
        return asked("default", "SHOW statement_timeout")

    with heavy.unhurried():
        assert read() == "1min"


@pytest.fixture
def counting(ask, pair):
    """Heavy reads in threads of their own, each of which ends when it is told to."""
    ask(default=pair.first)
    under_way, most, end = [], [], threading.Event()

    @heavy_read
    def read():
        under_way.append(1)
        most.append(len(under_way))
        end.wait(20)
        under_way.pop()
        return "counted"

    def alone():
        try:
            return read()
        finally:
            heavy.connections.close_all()  # of this thread

    with ThreadPoolExecutor(heavy.PLACES + 1) as pool:
        yield SimpleNamespace(begin=lambda: pool.submit(alone), end=end.set, under_way=under_way, most=most)
        end.set()


def until(true):
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_one_read_is_under_way_at_a_time_the_others_wait(counting):
    begun = [counting.begin() for _ in range(heavy.PLACES)]
    until(lambda: counting.under_way and not heavy._places._value)
    assert not any(one.done() for one in begun)
    counting.end()
    assert [one.result(20) for one in begun] == ["counted"] * heavy.PLACES
    assert max(counting.most) == 1


def test_who_finds_all_places_taken_is_told_at_once_and_may_ask_again(counting):
    begun = [counting.begin() for _ in range(heavy.PLACES)]
    until(lambda: not heavy._places._value)
    with pytest.raises(Refusal, match="请过几秒再试") as refused:
        counting.begin().result(5)
    assert refused.value.status == 503
    counting.end()
    assert [one.result(20) for one in begun] == ["counted"] * heavy.PLACES
    assert counting.begin().result(20) == "counted"


def test_what_a_read_calls_asks_for_no_second_turn(ask, pair):
    ask(default=pair.first)
    assert heavy_read(heavy_read(lambda: "counted"))() == "counted"
    assert heavy._places._value == heavy.PLACES


def test_the_web_server_keeps_threads_free_for_the_counter():
    assert heavy.PLACES + 2 <= WEB_THREADS
