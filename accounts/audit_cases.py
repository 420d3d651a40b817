"""What the audit page asks the room of cases, which lies above this one: it registers its answers when it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, User

#: Names of objects by the label of their model, as entries hold them.
Objects = dict[str, list[str]]


@dataclass(frozen=True)
class Found:
    """What was typed stands for: ``objects`` are looked for, ``names`` is what the auditor's own look is logged as."""

    objects: Objects
    names: list[str]


@dataclass(frozen=True)
class CaseBook:
    """``object_type``: the label of a case. ``find``: the case of a typed number, None for what is no number.
    ``kept_from``: what an auditor who has an interest does not read. ``words_of``: how names in entries are shown."""

    object_type: str
    find: Callable[[str, User], Found | None]
    kept_from: Callable[[User], Objects]
    words_of: Callable[[Iterable[str]], Mapping[str, str]]


_books: list[CaseBook] = []


def register(book: CaseBook) -> None:
    """Called in ``AppConfig.ready``; there is one room of cases."""
    _books[:] = [book]


def readable(entries: QuerySet[AuditEntry], user: User) -> QuerySet[AuditEntry]:
    """The entries without those of cases that this auditor is out of."""
    for book in _books:
        if kept := book.kept_from(user):
            entries = entries.exclude(about(kept))
    return entries


def find(typed: str, user: User) -> Found | None:
    return _books[0].find(typed, user) if _books else None


def about(objects: Objects) -> Q:
    """Entries whose object is one of these; none for no objects."""
    wanted = Q(pk__in=[])
    for label, names in objects.items():
        if names:
            wanted |= Q(object_type=label, object_id__in=names)
    return wanted


def is_case(object_type: str) -> bool:
    return any(book.object_type == object_type for book in _books)


def words_of(names: Iterable[str]) -> Mapping[str, str]:
    asked = set(names)
    return _books[0].words_of(asked) if _books and asked else {}
