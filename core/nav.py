"""The registry of navigation: each app says in AppConfig.ready() what it offers to whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

PUBLIC = "PUBLIC"
ANY_STAFF = "ANY_STAFF"


@dataclass(frozen=True)
class NavEntry:
    """One link; ``roles`` are role values, or PUBLIC (residents), or ANY_STAFF (any post)."""

    label: str | Promise
    url_name: str
    roles: frozenset[str]
    icon: str
    order: int = 50
    unit_kinds: frozenset[str] = frozenset()
    seldom: bool = False


@dataclass(frozen=True)
class NavItem:
    """A link as the template shows it."""

    label: str
    url: str
    icon: str
    active: bool
    more: bool = False


#: So many links stand in one row; of a longer list those that are seldom needed wait under 更多.
AT_ONCE = 8
_entries: dict[str, NavEntry] = {}


def register(
    label: str | Promise,
    url_name: str,
    roles: Iterable[str],
    icon: str = "",
    *,
    order: int = 50,
    unit_kinds: Iterable[str] = (),
    seldom: bool = False,
) -> None:
    """Offer ``url_name`` to ``roles``, with ``unit_kinds`` only to posts in such units. Registering a url name again
    replaces it. ``seldom``: not needed every day; it gives way where there are many."""
    wanted, kinds = frozenset(str(role) for role in roles), frozenset(str(kind) for kind in unit_kinds)
    _entries[url_name] = NavEntry(label, url_name, wanted, icon, order, kinds, seldom)


def items_for(role: str | None, path: str, unit_kind: str = "") -> list[NavItem]:
    """The links for a role (None: a resident or a login without a post) in a unit of that kind, in their order.

    The longest link that ``path`` begins with is the active one. A name that no URL answers to is
    left out: a room that is switched off takes its links with it.
    """
    wanted = {str(role), ANY_STAFF} if role else {PUBLIC}
    links: list[tuple[NavEntry, str]] = []
    for entry in sorted(_entries.values(), key=lambda e: e.order):
        if entry.roles & wanted and (not entry.unit_kinds or unit_kind in entry.unit_kinds):
            try:
                links.append((entry, reverse(entry.url_name)))
            except NoReverseMatch:
                continue
    active = max((url for _, url in links if _leads_to(url, path)), key=len, default=None)
    many = len(links) > AT_ONCE
    return [NavItem(str(e.label), url, e.icon, url == active, many and e.seldom) for e, url in links]


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
