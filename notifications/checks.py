"""System checks of the ways out: said at the start, without the address, rather than by messages that never leave."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from notifications.enums import Channel
from notifications.services import ways


@checks.register("notifications")
def addresses_of_ways(**_: Any) -> list[checks.CheckMessage]:
    """Every address is one of its kind, and a gateway stands on an allowed host and behind TLS."""
    found: list[checks.CheckMessage] = []
    for channel in ways.configured():
        name = f"{channel.upper()}_URL"
        plugin = ways.plugin_of(channel, "13800000000")
        if plugin is None:
            kinds = ", ".join(f"{scheme}://" for scheme in ways.SCHEMES.get(Channel(channel), ()))
            words = f"{name} is no address of apprise that begins with {kinds}."
            found.append(checks.Error(words, id="notifications.E001"))
        elif channel == Channel.SMS and (plugin.host or "").lower() not in ways.allowed_hosts():
            found.append(
                checks.Error(f"{name} leads to a host that MESSAGE_HOSTS lacks.", id="notifications.E002")
            )
        elif not plugin.secure and channel == Channel.SMS and not settings.DEBUG:
            found.append(checks.Warning(f"{name} goes without TLS.", id="notifications.W001"))
        if channel == Channel.SMS and "{phone}" not in settings.MESSAGE_URLS[channel]:
            found.append(checks.Error(f"{name} has no {{phone}} in it.", id="notifications.E003"))
    return found
