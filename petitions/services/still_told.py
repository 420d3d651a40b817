"""What the outbox asks of a case before a message about it leaves: whether its recipient may still know of it, and
whether it is sealed. A message waits for minutes, over a night, or for days where nothing runs; a case is taken back in
between, somebody is recused, a post ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import BigIntegerField, Exists, Func, IntegerField, OuterRef, QuerySet, Value

from accounts.actor import Actor
from accounts.models import Post
from core.timekeeping import local_day
from notifications.enums import OutboxState
from notifications.models import OutboxMessage
from notifications.services import stop
from notifications.services.entitled import posts_ended
from notifications.services.subjects import Posts
from petitions.models import Petition, Recusal, Share

KIND = "petition"
#: Posts whose reading is asked in one statement.
AT_ONCE = 40

#: (case, user).
Pair = tuple[int, int]


def sealed(about: str) -> Exists:
    """Whether the case that a word stands for is sealed; ``about`` is the path to the word. A look-up by the case's
    key for each row: sealed cases have no index, and a million others stand between them."""
    number = Func(
        OuterRef(about),
        template=f"substring(%(expressions)s from '^{KIND}:([0-9]{{1,18}})$')::bigint",
        output_field=BigIntegerField(),
    )
    return Exists(Petition.objects.filter(pk=number, sealed=True))


def lost(messages: Sequence[OutboxMessage], posts: Posts, at: datetime) -> set[int]:
    """Messages whose recipient lost the case since they were told, is recused, or may not know of a sealed one.

    Whoever reads the case under a post of today may be told. Of those who do not, some never did and were told all the
    same: the administrator where nobody else is left, a unit that answers for its own part, a unit that hears that the
    case went from it. They are told, unless something ended since: a post of theirs, or the share of a unit that was
    theirs. Four queries, and one for each forty posts.
    """
    pairs = {message.pk: _pair(message) for message in messages}
    wanted = set(pairs.values())
    cases = dict(Petition.objects.filter(pk__in={case for case, _user in wanted}).values_list("pk", "sealed"))
    readers = reading(wanted, posts, at)
    recused = set(
        Recusal.objects.filter(petition__in=cases, ended_at=None).values_list("petition_id", "user_id")
    )
    unread = {pair for pair in wanted if pair not in readers}
    ended = _shares_ended({case for case, _user in unread})
    return {
        message.pk
        for message in messages
        if (pair := pairs[message.pk]) in recused
        or (pair in unread and (cases.get(pair[0], False) or _went(message, pair, posts, ended, at)))
    }


def _pair(message: OutboxMessage) -> Pair:
    number = message.notice.about.partition(":")[2]
    return (int(number) if number.isdecimal() else 0), message.notice.recipient_id


def _went(
    message: OutboxMessage, pair: Pair, posts: Posts, ended: Mapping[int, Sequence[Share]], at: datetime
) -> bool:
    """Whether what the recipient knew of the case by is over since they were told."""
    if posts_ended(posts, message, at):
        return True
    mine = [post for post in posts.get(pair[1], ()) if post.held_on(local_day(at))]
    heads = [unit for post in mine for unit in (post.unit, *post.charge_units.all())]
    return any(
        share.ended_at is not None
        and share.ended_at > message.notice.created_at
        and any(share.unit.is_within(head) for head in heads)
        for share in ended.get(pair[0], ())
    )


def _shares_ended(cases: set[int]) -> dict[int, list[Share]]:
    found: dict[int, list[Share]] = {}
    if cases:
        for share in Share.objects.filter(petition__in=cases, ended_at__isnull=False).select_related("unit"):
            found.setdefault(share.petition_id, []).append(share)
    return found


def reading(pairs: Iterable[Pair], posts: Posts, at: datetime) -> set[Pair]:
    """Who reads which case under any post of today, forty posts in one statement."""
    cases: dict[int, set[int]] = {}
    for case, user in pairs:
        cases.setdefault(user, set()).add(case)
    today = local_day(at)
    asked = [
        _read_under(post, mine)
        for user, mine in cases.items()
        for post in posts.get(user, ())
        if post.held_on(today)
    ]
    found: set[Pair] = set()
    for start in range(0, len(asked), AT_ONCE):
        first, *others = asked[start : start + AT_ONCE]
        found.update((case, user) for case, user in first.union(*others, all=True))
    return found


def _read_under(post: Post, cases: set[int]) -> QuerySet[Petition, tuple[int, int]]:
    reader = Value(post.user_id, output_field=IntegerField())
    rows = Petition.objects.visible_to(Actor.of(post)).filter(pk__in=cases)
    found: QuerySet[Petition, tuple[int, int]] = (
        rows.order_by().annotate(reader=reader).values_list("pk", "reader")
    )
    return found


def stop_for(case: Petition, user_ids: Iterable[int], at: datetime) -> int:
    """What waits to tell these people of the case does not leave, where they read it under no post any more: reading
    that was given for a time has ended, and leaves no row by which it could be asked later. How many messages."""
    waiting = OutboxMessage.objects.filter(
        notice__about=case.about,
        notice__recipient__in=list(user_ids),
        state__in=[OutboxState.WAITING, OutboxState.HELD],
    ).values_list("notice__recipient", flat=True)
    people = set(waiting)
    if not people:
        return 0
    posts: dict[int, list[Post]] = {}
    current = Post.objects.current(local_day(at)).filter(user__in=people)
    for post in current.select_related("unit", "user").prefetch_related("charge_units"):
        posts.setdefault(post.user_id, []).append(post)
    readers = {user for _case, user in reading({(case.pk, user) for user in people}, posts, at)}
    return stop(about=case.about, recipients=people - readers)
