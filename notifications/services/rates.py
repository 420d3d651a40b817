"""How many messages a minute a channel takes: a bucket in a row, shared by all workers and hosts.

The bucket holds a quarter of the minute's messages, and the rest trickles in, so that in no minute more leave than the
channel takes, whenever one begins to count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import ChannelRate

#: Clocks of two hosts differ by less than this; one that jumps further was put back.
PUT_BACK = timedelta(minutes=2)


def per_minute(channel: str) -> int:
    """0: as many as there are."""
    return int(settings.OUTBOX_PER_MINUTE.get(channel, 0))


def free(channel: str, at: datetime) -> int | None:
    """How many may leave now; None: any number. Locks the channel's row until the caller's transaction ends."""
    limit = per_minute(channel)
    if not limit:
        return None
    full = _capacity(limit)
    ChannelRate.objects.get_or_create(channel=channel, defaults={"left": full, "counted_at": at})
    rate = ChannelRate.objects.select_for_update().get(channel=channel)
    passed = max(0.0, (at - rate.counted_at).total_seconds())
    rate.left = min(full, rate.left + passed * max(limit - full, 0.5) / 60)
    # Another worker's moment may lie a little before the last: to count from there would fill the same seconds twice.
    # Far before it, the clock was put back; then no time has passed, and the bucket begins from there.
    if at > rate.counted_at or at < rate.counted_at - PUT_BACK:
        rate.counted_at = at
    rate.save(update_fields=["left", "counted_at"])
    return int(rate.left)


def take(channel: str, count: int, at: datetime) -> None:
    """Note that so many leave; in the transaction that asked."""
    if count and per_minute(channel):
        rate = ChannelRate.objects.get(channel=channel)
        rate.left -= count
        rate.save(update_fields=["left"])


def _capacity(limit: int) -> float:
    """At least one, or nothing ever left where a channel takes one or two a minute."""
    return max(1.0, limit / 4)
