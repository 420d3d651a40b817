"""Reads that count much, kept off the counter's work: within a time, and on the replica where there is one.

A function under :func:`heavy_read` reads from ``DATABASE_REPLICA_URL``, but only once the replica has replayed all that
the first server had written when the call began: what was sealed, frozen or withdrawn a moment ago is known there too.
A replica that is behind, is none, or fails costs nothing but time: the first server answers.

In one process one heavy read is under way at a time, and few wait for it: the other threads are the counter's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from core.errors import Refusal

log = logging.getLogger(__name__)
P = ParamSpec("P")
Result = TypeVar("Result")

REPLICA = "replica"
PATIENCE = 1.0
"""Seconds that a page waits for the replica to catch up."""
PAUSE = 30.0
"""Seconds for which a replica that did not answer is not asked again."""

PLACES = 4
"""Heavy reads in one process: one under way, the others waiting. Fewer than the threads of the web server
(``config.supervisor``), so that some are always free for whoever files a petition."""

_places = threading.BoundedSemaphore(PLACES)
_turn = threading.BoundedSemaphore(1)
_reads_from: ContextVar[str] = ContextVar("reads_from", default=DEFAULT_DB_ALIAS)
_inside: ContextVar[bool] = ContextVar("inside", default=False)
_seconds: ContextVar[int] = ContextVar("seconds")
_left_alone = SimpleNamespace(until=0.0)


class ReplicaRouter:
    """All is written to and read from the first server; a heavy read alone may go to the replica.

    An instance that came from the replica is never written to it: writes have one place.
    """

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _reads_from.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def heavy_read(function: Callable[P, Result]) -> Callable[P, Result]:
    """For functions that only read, and return what is read: a queryset must not leave them unread.

    Each statement has ``REPORT_SECONDS`` (in :func:`unhurried` work ``REPORT_JOB_SECONDS``). May be nested.

    Raises:
        Refusal: code ``"unavailable"`` when a statement took longer, or too many count already.
    """

    @wraps(function)
    def reading(*args: P.args, **kwargs: P.kwargs) -> Result:
        if _inside.get():
            return function(*args, **kwargs)
        with _in_turn():
            if _replica_is_ready():
                try:
                    with _reading_from(REPLICA):
                        return function(*args, **kwargs)
                except DatabaseError:
                    _leave_the_replica("a read failed")
            with _reading_from(DEFAULT_DB_ALIAS):
                return function(*args, **kwargs)

    return reading


@contextmanager
def unhurried() -> Iterator[None]:
    """Work in the background, for which nobody waits before a page."""
    token = _seconds.set(settings.REPORT_JOB_SECONDS)
    try:
        yield
    finally:
        _seconds.reset(token)


@contextmanager
def _in_turn() -> Iterator[None]:
    """Whoever finds all places taken is told so at once: to wait would take the counter's threads."""
    if not _places.acquire(blocking=False):
        raise Refusal(_("现在统计的人较多，请过几秒再试。"), code="unavailable")
    try:
        with _turn:
            yield
    finally:
        _places.release()


@contextmanager
def _reading_from(alias: str) -> Iterator[None]:
    seconds = _seconds.get(settings.REPORT_SECONDS)
    tokens = _reads_from.set(alias), _inside.set(True)
    before = _limit(alias, f"{seconds}s")
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            sentence = _("统计超过 %(n)d 秒，已经停下。请选小一些的范围，或导出成文件由后台统计。")
            raise Refusal(sentence % {"n": seconds}, code="unavailable") from error
        raise
    finally:
        _reads_from.reset(tokens[0])
        _inside.reset(tokens[1])
        # In a transaction that failed the server takes the limit back by itself.
        with suppress(DatabaseError):
            _limit(alias, before)


def _limit(alias: str, limit: str) -> str:
    """Set how long a statement may take; what it was before."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, false)", [limit]
        )
        return str(cursor.fetchone()[0])


def _replica_is_ready() -> bool:
    """The replica has replayed all that was written until now."""
    if REPLICA not in connections.settings or time.monotonic() < _left_alone.until:
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        written = cursor.fetchone()[0]
    end = time.monotonic() + PATIENCE
    try:
        with connections[REPLICA].cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
                found = cursor.fetchone()[0]
                if found:
                    return True
                if found is None or time.monotonic() > end:
                    break
                time.sleep(0.02)
    except DatabaseError:
        _leave_the_replica("it does not answer")
        return False
    _leave_the_replica("it is no standby of the first server" if found is None else "it is behind")
    return False


def _leave_the_replica(why: str) -> None:
    _left_alone.until = time.monotonic() + PAUSE
    log.warning("The replica is left alone for %d seconds: %s.", PAUSE, why)
    with suppress(DatabaseError):
        connections[REPLICA].close()
