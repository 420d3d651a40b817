"""Inboxes as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.actor import Actor
from accounts.models import Post
from core.timekeeping import local_day
from leaders.enums import ReplyState
from leaders.models import InboxLetter, LeaderInbox, LetterReply
from petitions.enums import Channel
from petitions.extensions import Part
from petitions.models import Petition

#: A district has a dozen; more than this many are not read for one page.
MOST = 200


def open_inboxes(at: datetime) -> list[LeaderInbox]:
    """Every open box of a post that somebody holds, for residents. One query, and one per box whose post has passed to
    somebody else."""
    found = LeaderInbox.objects.filter(closed_at=None).with_row_relations().order_by("id")[:MOST]
    return [box for box in found if box.holder(local_day(at)) is not None]


def open_inboxes_of(posts: Sequence[Post], at: datetime) -> list[LeaderInbox]:
    """The open boxes of these posts."""
    if not posts:
        return []
    wanted = {post.pk for post in posts}
    held = ((box, box.holder(local_day(at))) for box in open_inboxes(at))
    return [box for box, holder in held if holder is not None and holder.pk in wanted]


def own_part(petition: Petition, at: datetime) -> Part | None:
    """Released replies, on the petitioner's own page. One query; none of what was not filed online."""
    if petition.channel != Channel.ONLINE:
        return None
    rows = LetterReply.objects.filter(letter__petition=petition, state=ReplyState.RELEASED)
    found = list(rows.select_related("post__user", "post__unit").order_by("decided_at", "id")[:MOST])
    return Part("leaders/own_replies.html", {"replies": found}) if found else None


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: through which inbox it came, and the way to draft a reply. One query."""
    if petition.sealed or petition.channel != Channel.ONLINE:  # an inbox is one more way to file online
        return None
    letter = InboxLetter.objects.filter(petition=petition).select_related("inbox").first()
    return Part("leaders/case_letter.html", {"letter": letter}) if letter is not None else None
