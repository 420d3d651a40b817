"""A reply in the leader's name: drafted by a delegate or a unit, released by the leader and by nobody else.

It is not the answer the law asks for; it stops no clock and opens no time for a review.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from leaders import inbox_rules
from leaders.enums import ReplyState
from leaders.models import InboxLetter, LetterReply
from petitions.services import telling
from petitions.services.stepping import lock

LONGEST_REPLY = 5000
OPEN = (ReplyState.DRAFT, ReplyState.RETURNED)


def draft_reply(*, letter: InboxLetter, actor: Actor, text: str, at: datetime | None = None) -> LetterReply:
    """Write the draft, or write it anew: then whatever the leader asked for is taken as answered.

    Raises Refusal: neither a reader of the box nor the unit that answers for the case, nothing written, too long, or
    sealed meanwhile.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked(letter)
        if not inbox_rules.may_draft(row, actor):
            raise Refusal(_("您当前的岗位不能代拟这封信的回复。"), code="forbidden")
        words = said(text, _("请写回复内容。"), longest=LONGEST_REPLY)
        reply = row.replies.filter(state__in=OPEN).first() or LetterReply(letter=row)
        reply.text, reply.state, reply.asked_back = words, ReplyState.DRAFT, ""
        reply.drafted_at, reply.drafted_by, reply.drafted_who = at, actor.user, actor.label[:120]
        reply.save()
        _record(row, actor, "inbox.draft", at)
        holder = row.inbox.holder(local_day(at))
        if holder is not None and actor.user is not None and holder.user_id != actor.user.pk:
            _tell(
                row,
                [holder],
                _("%(number)s 的回复已拟好，请签发。"),
                f"draft:{reply.pk}:{at.timestamp()}",
                at,
            )
    return reply


def release_reply(
    *, letter: InboxLetter, actor: Actor, seen: str = "", text: str = "", at: datetime | None = None
) -> LetterReply:
    """Send it out in the leader's name, with the leader's own changes if there are any.

    ``seen``: ``mark_of`` the draft the leader had before them; one written anew meanwhile is not sent unread.

    Raises Refusal: anybody but the leader, nothing to release, or released by the same leader a moment ago.
    """
    at = at or now()
    with transaction.atomic():
        row, reply = _decided(letter, actor)
        if seen and seen != mark_of(reply.text):
            raise Refusal(_("草稿刚才有人改过，请看过新的再签发。"), code="stale")
        assert actor.post is not None
        reply.text = said(text, _("请写回复内容。"), longest=LONGEST_REPLY) if text.strip() else reply.text
        reply.state, reply.decided_at, reply.decided_by = ReplyState.RELEASED, at, actor.user
        reply.post, reply.asked_back = actor.post, ""
        reply.save()
        _record(row, actor, "inbox.release", at)
        _tell(row, _drafter(reply, actor), _("%(number)s 的回复，领导已签发。"), f"released:{reply.pk}", at)
    return reply


def ask_back(*, letter: InboxLetter, actor: Actor, words: str, at: datetime | None = None) -> LetterReply:
    """退回补充: neither yes nor no; what is missing goes to whoever drafted it."""
    at = at or now()
    with transaction.atomic():
        row, reply = _decided(letter, actor)
        reply.asked_back = said(words, _("请写明还要补充什么。"), longest=1000)
        reply.state, reply.decided_at, reply.decided_by = ReplyState.RETURNED, at, actor.user
        reply.save()
        _record(row, actor, "inbox.ask_back", at)
        key = f"returned:{reply.pk}:{at.timestamp()}"
        _tell(row, _drafter(reply, actor), _("%(number)s 的回复，领导退回补充，请看意见。"), key, at)
    return reply


def drop_reply(
    *, letter: InboxLetter, actor: Actor, words: str = "", at: datetime | None = None
) -> LetterReply:
    """不发: the draft stays on record and nothing goes out. The case and its answer go their own way."""
    at = at or now()
    with transaction.atomic():
        row, reply = _decided(letter, actor)
        reply.asked_back = said(words, "", longest=1000) if words.strip() else ""
        reply.state, reply.decided_at, reply.decided_by = ReplyState.DROPPED, at, actor.user
        reply.save()
        _record(row, actor, "inbox.drop", at)
        _tell(row, _drafter(reply, actor), _("%(number)s 的回复，领导决定不发。"), f"dropped:{reply.pk}", at)
    return reply


def mark_of(text: str) -> str:
    """Says which draft somebody had before them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _locked(letter: InboxLetter) -> InboxLetter:
    """The case first, as everywhere in this room; then the letter, so that two decisions never pass each other."""
    case = lock(letter.petition_id)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此回复。"), code="forbidden")
    rows = InboxLetter.objects.select_for_update(of=("self",))
    row: InboxLetter = rows.select_related("inbox__post__unit", "inbox__post__user").get(pk=letter.pk)
    row.petition = case
    return row


def _decided(letter: InboxLetter, actor: Actor) -> tuple[InboxLetter, LetterReply]:
    """Letter and draft, locked, for the leader's word on it."""
    row = _locked(letter)
    if not inbox_rules.may_release(row, actor):
        raise Refusal(_("以领导名义的回复，只能由领导本人签发。"), code="forbidden")
    reply = row.replies.order_by("-id").first()
    if reply is None or reply.state == ReplyState.RETURNED:
        raise Refusal(_("现在没有待签发的回复。"), code="stale")
    if reply.state != ReplyState.DRAFT:
        words = _("没有生效：这份回复%(when)s已经处理（%(state)s）。")
        when = friendly_moment(reply.decided_at) if reply.decided_at else ""
        raise Refusal(words % {"when": when, "state": reply.get_state_display()}, code="stale")
    return row, reply


def _record(row: InboxLetter, actor: Actor, act: str, at: datetime) -> None:
    audit.record(actor=actor, act=act, obj=row, detail={"case": row.petition.audit_name}, at=at)


def _drafter(reply: LetterReply, actor: Actor) -> list[int]:
    own = actor.user.pk if actor.user else None
    return [reply.drafted_by_id] if reply.drafted_by_id and reply.drafted_by_id != own else []


def _tell(row: InboxLetter, people: Sequence[Post | int], words: str, key: str, at: datetime) -> None:
    telling.notify_about(
        row.petition,
        people,
        text=words % {"number": row.petition.number},
        link=row.get_absolute_url(),
        dedupe_key=f"inbox:{row.pk}:{key}",
        level="soon",
        at=at,
    )
