"""The one door through which people are told something, and the one through which it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from accounts.models import User
from core.bulk import current_load
from core.timekeeping import local_day
from core.timekeeping import now as current_moment
from notifications.enums import Channel, Extent, Level, OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import ways
from notifications.services.entitled import LEFT_WORDS

#: A sweep that comes back after days tells all it has missed within this time.
CATCHING_UP = timedelta(minutes=1)

# One statement for notices and their messages: only a notice that is new gets a message. Rows go in by
# key, so that two writers with the same keys wait for each other instead of locking each other out.
# Whoever chose one mail a day has theirs held for it, but for what is late. What comes of a long downtime waits until
# the sweep has caught up, so that one message can stand for all of it (digests.gather_old).
# Whoever is away has the notice and nothing else, where whoever stands in for them is told of the same occasion and has
# an address: a mail goes to one of the two, and to one in any case.
_INSERT = """
WITH fresh AS (
    INSERT INTO notifications_notice (recipient_id, text, link, about, dedupe_key, level, created_at, meant_at)
    SELECT person.id, line.text, line.link, line.about, line.key, line.level, line.at, line.meant
    FROM unnest(
        %(recipients)s::bigint[], %(texts)s::text[], %(links)s::text[], %(abouts)s::text[], %(keys)s::text[],
        %(levels)s::text[], %(moments)s::timestamptz[], %(meant)s::timestamptz[]
    ) AS line(recipient, text, link, about, key, level, at, meant)
    JOIN accounts_user person ON person.id = line.recipient AND person.is_active
    ORDER BY line.key
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id, recipient_id, created_at, level, meant_at, dedupe_key
), away AS MATERIALIZED (
    SELECT held.user_id AS absent, stand_in.user_id AS instead, stand_in.valid_from, stand_in.valid_until
    FROM accounts_post stand_in
    JOIN accounts_post held ON held.id = stand_in.stands_in_for_id
    JOIN accounts_user person ON person.id = stand_in.user_id AND person.is_active AND person.email <> ''
    WHERE stand_in.stands_in_for_id IS NOT NULL AND stand_in.valid_until > %(from_day)s::date
), left_to_another AS (
    SELECT fresh.id FROM away
    JOIN fresh ON fresh.recipient_id = away.absent
        AND (fresh.created_at AT TIME ZONE 'Asia/Shanghai')::date >= away.valid_from
        AND (fresh.created_at AT TIME ZONE 'Asia/Shanghai')::date < away.valid_until
    JOIN fresh other ON other.recipient_id = away.instead
        AND left(other.dedupe_key, -length(other.recipient_id::text))
            = left(fresh.dedupe_key, -length(fresh.recipient_id::text))
), mails AS (
    INSERT INTO notifications_outboxmessage (notice_id, channel, state, attempts, next_try_at, last_error)
    SELECT fresh.id, way.channel,
        CASE WHEN daily.user_id IS NULL OR fresh.level = %(late)s OR %(at_once)s THEN %(waiting)s ELSE %(held)s END,
        0,
        fresh.created_at
            + CASE WHEN fresh.meant_at <= fresh.created_at - %(old)s::interval THEN %(wait)s ELSE '0' END::interval,
        ''
    FROM fresh JOIN accounts_user person ON person.id = fresh.recipient_id
    LEFT JOIN notifications_dailymail daily ON daily.user_id = person.id
    CROSS JOIN LATERAL (
        SELECT %(email)s AS channel WHERE person.email <> ''
        UNION ALL
        SELECT choice.channel FROM notifications_channelchoice choice
        WHERE choice.user_id = person.id AND choice.channel = ANY(%(ways)s::text[])
            AND (choice.extent = %(all)s OR fresh.level = %(late)s)
            AND (choice.channel <> %(sms)s OR person.phone <> '')
    ) AS way
    WHERE fresh.id NOT IN (SELECT id FROM left_to_another)
    RETURNING id
)
SELECT count(*) FROM fresh
"""


@dataclass(frozen=True)
class NoticeRow:
    """One notice to one person. ``dedupe_key`` names the occasion; the recipient is added to it.

    ``about`` names the thing it tells of ("petition:123"), so that all of it can be taken back (``withdraw``).
    ``meant_at`` is when it was to be told, where that is not now: what is old leaves gathered into one message.
    """

    recipient_id: int
    text: str
    link: str
    dedupe_key: str
    level: str = Level.INFO
    about: str = ""
    meant_at: datetime | None = None


def old_after() -> timedelta:
    """What was to be told so long ago is not sent by itself any more, where there are several."""
    return timedelta(hours=settings.OUTBOX_OLD_HOURS)


def notify(
    *,
    recipients: Iterable[User | int],
    text: str,
    link: str,
    dedupe_key: str,
    level: str = Level.INFO,
    about: str = "",
    at: datetime | None = None,
) -> int:
    """Tell each recipient once per ``dedupe_key``; how many notices were new. One query.

    ``link`` is a local path; ``text`` carries no personal data; ``about``: see ``NoticeRow``.
    Joins the caller's transaction.
    """
    ids = [person if isinstance(person, int) else person.pk for person in recipients]
    return notify_many([NoticeRow(pk, text, link, dedupe_key, level, about) for pk in ids], at=at)


def tell_at_once(row: NoticeRow, *, at: datetime) -> bool:
    """One notice whose mail is held for no digest; whether it was new."""
    return _write([(at, f"{row.dedupe_key}:{row.recipient_id}", row)], at_once=True) == 1


def notify_many(rows: Sequence[NoticeRow], *, at: datetime | None = None) -> int:
    """Many notices in one query; those already told under the same key are left alone. How many were new."""
    unique = {f"{row.dedupe_key}:{row.recipient_id}": row for row in rows}
    if not unique:
        return 0
    for row in unique.values():
        if not row.link.startswith("/") or row.link.startswith("//"):
            raise ValueError(f"A notice links to a local path, not to {row.link!r}.")
    moment = at or current_moment()
    lines = [(moment, key, row) for key, row in unique.items()]
    if (load := current_load()) is None:
        return _write(lines)
    for line in lines:
        load.put(line, _write)
    return len(lines)


def _write(lines: Sequence[tuple[datetime, str, NoticeRow]], *, at_once: bool = False) -> int:
    rows = [row for _at, _key, row in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "from_day": min(local_day(at) for at, _key, _row in lines),
                "moments": [at for at, _key, _row in lines],
                "recipients": [row.recipient_id for row in rows],
                "texts": [row.text.replace("\x00", "")[:300] for row in rows],
                "links": [row.link for row in rows],
                "abouts": [row.about for row in rows],
                "keys": [key for _at, key, _row in lines],
                "levels": [str(Level(row.level)) for row in rows],
                "email": Channel.EMAIL.value,
                "sms": Channel.SMS.value,
                "ways": ways.configured(),
                "all": Extent.ALL.value,
                "waiting": OutboxState.WAITING.value,
                "held": OutboxState.HELD.value,
                "late": Level.LATE.value,
                "at_once": at_once,
                "meant": [row.meant_at for row in rows],
                "old": f"{settings.OUTBOX_OLD_HOURS} hours",
                "wait": f"{CATCHING_UP.seconds} seconds",
            },
        )
        return int(cursor.fetchone()[0])


def mark_all_read(user: User, *, at: datetime | None = None) -> int:
    return Notice.objects.filter(recipient=user, read_at=None).update(read_at=at or current_moment())


def mark_read(notice: Notice, *, at: datetime | None = None) -> None:
    """The first reading counts; a second one changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at or current_moment())


def withdraw(*, about: str, recipients: Iterable[int] | None = None) -> int:
    """Take back every notice about this, sent or not, wherever it leads; how many. For a case that was sealed, or that
    these ``recipients`` (user ids) may no longer read.

    What already left by e-mail cannot be taken back: notices carry a number, never a name or a subject.
    """
    if not about:
        raise ValueError("Notices about nothing are not taken back.")
    ids = _about(about, recipients)
    OutboxMessage.objects.filter(notice__in=ids).delete()
    deleted, _by_model = Notice.objects.filter(pk__in=ids).delete()
    return deleted


def _about(about: str, recipients: Iterable[int] | None) -> list[int]:
    """Ids of the notices about this, to these people where they are given. Read first, and used by key: a join is
    planned by how many messages the server believes there are, and took minutes where it took the table for empty."""
    notices = Notice.objects.filter(about=about)
    if recipients is not None:
        notices = notices.filter(recipient__in=list(recipients))
    return list(notices.values_list("pk", flat=True))


def stop(*, about: str, recipients: Iterable[int]) -> int:
    """What waits to tell these people (user ids) about this does not leave any more; how many messages. What they were
    told in the application stays on record."""
    waiting = OutboxMessage.objects.filter(
        notice__in=_about(about, recipients), state__in=[OutboxState.WAITING, OutboxState.HELD]
    )
    return waiting.update(state=OutboxState.GAVE_UP, last_error=LEFT_WORDS)
