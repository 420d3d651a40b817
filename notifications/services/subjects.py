"""What the rooms above answer of the things that notices tell of (``Notice.about``). They register when they start: a
notice holds a word ("petition:123") and no foreign key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import Post
from notifications.models import Notice, OutboxMessage

#: By user id the posts that somebody holds, or held since they were told.
Posts = Mapping[int, list[Post]]


@dataclass(frozen=True)
class Subject:
    """One kind of thing: ``kind`` is what its words begin with, before the colon.

    ``lost``: of these messages those whose recipient may not be told any more, in a number of queries that does not
    grow with them; it is given the recipients' posts. ``sealed``: the condition that the thing is sealed, for the path
    to the word (``notice__about``). ``undelivered``: called, in a transaction, with a message about something sealed
    that nobody will try again, and when.
    """

    kind: str
    lost: Callable[[Sequence[OutboxMessage], Posts, datetime], set[int]]
    sealed: Callable[[str], Exists]
    undelivered: Callable[[OutboxMessage, datetime], None]


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Called in ``AppConfig.ready``."""
    _subjects[subject.kind] = subject


def of(message: OutboxMessage) -> Subject | None:
    """Who answers for what the message is about; nobody for what is about nothing."""
    return _subjects.get(message.notice.about.partition(":")[0])


def lost(messages: Sequence[OutboxMessage], posts: Posts, at: datetime) -> set[int]:
    """Messages that those who answer for their things would not have told any more."""
    by_kind: dict[str, list[OutboxMessage]] = {}
    for message in messages:
        if (subject := of(message)) is not None:
            by_kind.setdefault(subject.kind, []).append(message)
    return {pk for kind, mine in by_kind.items() for pk in _subjects[kind].lost(mine, posts, at)}


def sealed() -> Q:
    """Messages about something sealed, and digests that gather one."""
    found = Q(pk__in=[])
    for subject in _subjects.values():
        gathered = OutboxMessage.objects.filter(subject.sealed("notice__about"), digest=OuterRef("notice"))
        found |= Q(subject.sealed("notice__about")) | Q(Exists(gathered))
    return found


def sealed_words(words: Sequence[str]) -> set[str]:
    """Those of the words, as notices bear them, that stand for something sealed. One query for each kind of thing."""
    found: set[str] = set()
    for kind in {word.partition(":")[0] for word in words} & _subjects.keys():
        notices = Notice.objects.filter(_subjects[kind].sealed("about"), about__in=words)
        found.update(notices.order_by().values_list("about", flat=True).distinct())
    return found


def tell_of_undelivered(message: OutboxMessage, at: datetime) -> None:
    """What did not leave is on the system administrator's list, but for what is sealed: its own people are told."""
    subject = of(message)
    if subject is not None and message.notice.about in sealed_words([message.notice.about]):
        subject.undelivered(message, at)
