"""``GET /healthz``: what runs and what does not, as JSON; 200 when all does, else 503; nothing secret."""

import logging
import time

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

HEARTBEAT_LASTS = 30
"""Seconds after which a worker or beat that has not been heard of counts as down."""
SWEEP_MAY_REST = 120
"""Seconds since the last sweep of the clocks after which the whole is not healthy."""
LAST_SWEEP_KEY = "deadlines:last_sweep"
"""Cache key under which the sweep writes the moment of its end, in seconds since 1970."""


def note_alive(*names: str) -> None:
    """Keep a heartbeat for each name. A cache that is away is the broker's trouble, not the worker's."""
    try:
        cache.set_many({f"health:{name}": time.time() for name in names}, HEARTBEAT_LASTS)
    except redis.RedisError:
        logger.warning("The heartbeat of %s could not be kept: the cache does not answer.", ", ".join(names))


def _word(good: bool) -> str:
    return "ok" if good else "down"


def _keys() -> list[str]:
    return [f"health:queue:{queue}" for queue in settings.TASK_QUEUE_NAMES] + ["health:beat", LAST_SWEEP_KEY]


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def broker_answers() -> bool:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        with client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def heartbeats() -> dict[str, float]:
    """All heartbeats and the last sweep, in one question to the cache; nothing when it does not answer."""
    try:
        found: dict[str, float] = cache.get_many(_keys())
        return found
    except redis.RedisError:
        return {}


def report(now: float | None = None) -> tuple[bool, dict[str, object]]:
    """Whether all is well, and the words for it. ``now`` is in seconds since 1970."""
    now = time.time() if now is None else now
    kept = heartbeats()
    workers = all(f"health:queue:{queue}" in kept for queue in settings.TASK_QUEUE_NAMES)
    age = max(0.0, now - float(kept[LAST_SWEEP_KEY])) if LAST_SWEEP_KEY in kept else None
    states = {
        "database": database_answers(),
        "broker": broker_answers(),
        "worker": workers,
        "beat": "health:beat" in kept,
    }
    healthy = all(states.values()) and age is not None and age <= SWEEP_MAY_REST
    words: dict[str, object] = {name: _word(good) for name, good in states.items()}
    words["age_of_last_sweep_seconds"] = None if age is None else round(age, 1)
    return healthy, words


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    healthy, words = report()
    response = JsonResponse(words, status=200 if healthy else 503)
    # A 503 here is an answer, not a fault of ours: do not log one for every question while starting.
    setattr(response, "_has_been_logged", True)  # noqa: B010 - Django's own mark, without a public name
    return response


def forget() -> None:
    """Before a start: heartbeats and sweeps of an earlier run say nothing about this one."""
    cache.delete_many(_keys())
