"""The cache, for whom being away is no more than having nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)
T = TypeVar("T")
#: Seconds for which a server that did not answer is not asked again, or each page would wait for it many times over.
LEFT_ALONE_SECONDS = 5.0


class SpareRedisCache(RedisCache):
    """Sessions, the engine's pulse and figures are kept here to be quick; what they say is in the database. So where
    the server is away, reading finds nothing, writing keeps nothing, and the pages go on, a little slower.

    Counting (``add``, ``incr``) and ``set_many`` raise as ever: a limit and a heartbeat must hear of it.
    """

    _away_until = 0.0

    def _spared(self, ask: Callable[[], T], nothing: T) -> T:
        if time.monotonic() < self._away_until:
            return nothing
        try:
            return ask()
        except (redis.ConnectionError, redis.TimeoutError):
            # One for each process, as the server is.
            type(self)._away_until = time.monotonic() + LEFT_ALONE_SECONDS
            log.exception("cache_unreachable")
            return nothing

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._spared(lambda: super(SpareRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: Any = None) -> Any:
        wanted = list(keys)
        return self._spared(lambda: super(SpareRedisCache, self).get_many(wanted, version), {})

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._spared(lambda: super(SpareRedisCache, self).set(key, value, *args, **kwargs), None)

    def delete(self, key: Any, version: Any = None) -> Any:
        return self._spared(lambda: super(SpareRedisCache, self).delete(key, version), False)

    def has_key(self, key: Any, version: Any = None) -> Any:
        return self._spared(lambda: super(SpareRedisCache, self).has_key(key, version), False)
