"""How often something may be tried: a fixed-window counter in the cache shared by all workers."""

import hashlib
import ipaddress
import logging
import time

from django.core.cache import cache

from core.errors import Refusal

log = logging.getLogger(__name__)


def allow(key: str, limit: int, seconds: int) -> bool:
    """Count one try under ``key``; False once more than ``limit`` fell in this window.

    Windows are cut from the clock (each ``seconds`` long), so up to twice the limit may pass around
    a border. When the cache cannot be reached the try is allowed and reported: a resident's petition
    is worth more than the limit, and the database still holds every other rule.
    """
    name = _name(key, seconds)
    try:
        cache.add(name, 0, timeout=seconds + 1)
        return cache.incr(name) <= limit
    except ValueError:
        # Expired between the two calls: a new window has begun.
        return True
    except Exception:
        log.exception("throttle_unreachable")
        return True


def spent(key: str, seconds: int) -> int:
    """How many tries fell in this window so far; 0 when the cache cannot be reached."""
    try:
        return int(cache.get(_name(key, seconds)) or 0)
    except Exception:
        log.exception("throttle_unreachable")
        return 0


def _name(key: str, seconds: int) -> str:
    # Hashed: keys hold addresses and case numbers, which have no place in a cache dump.
    return f"throttle:{hashlib.sha256(key.encode()).hexdigest()[:32]}:{seconds}:{int(time.time() // seconds)}"


def require(key: str, limit: int, seconds: int, *, sentence: str | None = None) -> None:
    """Raise Refusal (429) once ``allow`` says no."""
    if not allow(key, limit, seconds):
        raise Refusal(sentence or "操作太频繁，请稍等几分钟再试。", code="throttled")


def client_address(request: object) -> str:
    """The address a request came from, as the server in front reports it in REMOTE_ADDR."""
    return str(getattr(request, "META", {}).get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """What limits by address count under: an IPv4 address itself, of an IPv6 address its /64.

    Whoever has one IPv6 address has 2^64 of them. An IPv4 address written as IPv6 counts as what it is; what is no
    address at all counts as it stands.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 64 << 64))


def client_network(request: object) -> str:
    """``network_of`` the address a request came from."""
    return network_of(client_address(request))
