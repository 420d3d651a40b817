"""What was said in a talk, and what of it residents may read: drafted by one person, checked for names by another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from core.wording import said
from mediation.models import PublicTalk
from mediation.services import talk_panel, talks
from mediation.talk_enums import TalkAct, TalkState

LONGEST_NAMES = 5000


def hold(
    *,
    talk: PublicTalk,
    actor: Actor,
    came: int,
    minutes: str,
    opinion: str = "",
    names: str = "",
    agreed: bool = False,
    at: datetime | None = None,
) -> PublicTalk:
    """Write down a talk that was announced and whose time has come. ``came``: heads. ``names``: only of people who
    agreed to leave them (``agreed``). ``opinion``: what the panel thinks; it binds nobody.

    Raises Refusal: not one's right, not announced, held or called off, before its time, nothing written, a number of
    heads that cannot be meant, names without consent, an opinion without a panel or of one that must stand aside.
    """
    at = at or now()
    minutes = said(minutes, _("请写下大家说了什么。"))
    names, opinion = clean_text(names), clean_text(opinion)
    if names and not agreed:
        raise Refusal(_("留名须本人同意：请确认已经征得同意，或者不填姓名。"), code="invalid")
    if len(names) > LONGEST_NAMES:
        raise Refusal(_("姓名最多 %(most)d 字。") % {"most": LONGEST_NAMES}, code="invalid")
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.HOLD, TalkState.ANNOUNCED)
        if row.starts_at > at:
            raise Refusal(_("恳谈还没有开始，请在开始以后记录。"), code="stale")
        row.came = talks.check_heads(came)
        if opinion:
            panel = list(row.panel.select_related("user"))
            if not panel:
                raise Refusal(_("没有评议员的恳谈不写评议意见。"), code="invalid")
            talk_panel.refuse_interested(row, panel, at)
        row.state, row.minutes, row.opinion, row.names = TalkState.HELD, minutes, opinion, names
        row.held_at, row.held_by = at, actor.user
        row.save()
        talks.on_record(row, actor, TalkAct.HOLD, at, came=row.came)
    return row


def draft(
    *, talk: PublicTalk, actor: Actor, text: str, revision: int | None = None, at: datetime | None = None
) -> PublicTalk:
    """Write what residents may read. ``revision``: of the text that was on the page.

    Raises Refusal: not one's right, not held, published already, nothing written, names in it, or changed meanwhile.
    """
    at = at or now()
    text = said(text, _("请写下要公开的纪要。"))
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.DRAFT, TalkState.HELD)
        if row.published_at is not None:
            raise Refusal(_("纪要已经公开。要修改，请先撤下。"), code="stale")
        _same(row, revision)
        _refuse_names(row, text)
        row.public_text, row.drafted_by, row.revision = text, actor.user, row.revision + 1
        row.save(update_fields=["public_text", "drafted_by", "revision"])
        talks.on_record(row, actor, TalkAct.DRAFT, at, revision=row.revision)
    return row


def publish(
    *,
    talk: PublicTalk,
    actor: Actor,
    no_names: bool,
    revision: int | None = None,
    at: datetime | None = None,
) -> PublicTalk:
    """Put the text on the page. ``no_names``: this person has read it and says that it names nobody.

    Raises Refusal: not one's right, nothing to publish, the very person who wrote it, not confirmed, a name in it after
    all, changed since it was read, or published before.
    """
    at = at or now()
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.PUBLISH, TalkState.HELD)
        if not row.public_text:
            raise Refusal(_("还没有拟写公开纪要。"), code="stale")
        if row.published_at is not None:
            raise Refusal(_("纪要已经公开，不用再次公开。"), code="stale")
        if actor.user is None or row.drafted_by_id == actor.user.pk:
            raise Refusal(_("拟写纪要的人不能自己公开，请由另一个人核对。"), code="forbidden")
        if not no_names:
            raise Refusal(_("请核对后确认：纪要里没有个人姓名、电话和住址。"), code="invalid")
        _same(row, revision)
        _refuse_names(row, row.public_text)
        row.published_at, row.published_by = at, actor.user
        row.save(update_fields=["published_at", "published_by"])
        talks.on_record(row, actor, TalkAct.PUBLISH, at, revision=row.revision)
    return row


def take_down(*, talk: PublicTalk, actor: Actor, at: datetime | None = None) -> PublicTalk:
    """Off the page again, at once; whoever may publish may do it. Raises Refusal: not one's right, not published."""
    at = at or now()
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.PUBLISH, TalkState.HELD)
        if row.published_at is None:
            raise Refusal(_("纪要没有公开。"), code="stale")
        row.published_at = row.published_by = None
        row.save(update_fields=["published_at", "published_by"])
        talks.on_record(row, actor, TalkAct.PUBLISH, at, taken_down=True)
    return row


def _same(row: PublicTalk, revision: int | None) -> None:
    if revision is not None and revision != row.revision:
        raise Refusal(_("没有生效：这期间纪要有人改过，请重新读一遍。"), code="stale")


def _refuse_names(row: PublicTalk, text: str) -> None:
    """Names that were left, and those of the panel from outside; other names only a person can find."""
    listed = [*_apart(str(row.names)), *(str(one.name) for one in row.panel.all())]
    for name in listed:
        if len(name) >= 2 and name in text:
            raise Refusal(
                _("公开纪要里写有到场人的姓名（%(name)s），请改为“一位居民”等说法。") % {"name": name},
                code="invalid",
            )


def _apart(names: str) -> list[str]:
    for sign in "，,、；;\n\t":
        names = names.replace(sign, " ")
    return names.split()
