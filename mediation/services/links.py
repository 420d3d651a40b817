"""Links of online sessions at the district's own meeting service.

A link is kept sealed, shown shortly before the session, and holds for the session as it stood when it was set: moved
or cancelled since, nobody is shown it any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from mediation.models import OnlineLink, Session
from mediation.services.matters import Matter
from mediation.services.session_inside import locked
from mediation.session_enums import SessionAct

LONGEST = 500


def set_link(
    *, session: Session, actor: Actor, url: str, side: str = "", at: datetime | None = None
) -> OnlineLink | None:
    """Where to meet online; for one ``side`` alone, or (empty) for both. An empty ``url`` takes a link away.

    Raises Refusal: not one's right, ended, cancelled, held or over; no meeting service is set up, an address that is
    not one of it over https; or one link for both where they are heard apart.
    """
    at = at or now()
    url = checked(url) if clean_text(url) else ""
    with transaction.atomic():
        row = locked(session, actor, SessionAct.LINK)
        if row.held_at is not None or row.ends_at <= at:
            raise Refusal(_("这场调解已经结束，不能再填会议链接。"), code="stale")
        if url and row.apart and not side:
            raise Refusal(_("这场分开调解，请给两方各填一个不同的链接。"), code="invalid")
        found = OnlineLink.objects.select_for_update().filter(session=row, side=side).first()
        if not url:
            if found is None:
                raise Refusal(_("没有填过会议链接。"), code="invalid")
            found.delete()
            audit.record(actor=actor, act="mediation.link_gone", obj=row, at=at)
            return found
        _refuse_same(row, side, url)
        made = found or OnlineLink(session=row, side=side)
        made.url, made.set_at, made.set_by = url, at, actor.user
        made.save()
        audit.record(actor=actor, act="mediation.link", obj=row, at=at)
    return made


def checked(url: str) -> str:
    """The address. Raises Refusal: no meeting service of the district is named, or this is not one of its."""
    hosts = [host.lower() for host in settings.MEDIATION_MEETING_HOSTS]
    if not hosts:
        raise Refusal(
            _("本区还没有设置会议系统，不能填网上调解的链接。请先当面调，或者请系统管理员设置。"),
            code="invalid",
        )
    url = clean_text(url)
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and (parts.hostname or "").lower() in hosts
        good = good and parts.username is None and parts.password is None and parts.port in {None, 443}
    except ValueError:
        good = False
    if not good or len(url) > LONGEST or any(char.isspace() or char in "\"'<>\\" for char in url):
        raise Refusal(
            _("请填本区会议系统的链接，以 https:// 开头，网址是：%(hosts)s。") % {"hosts": "、".join(hosts)},
            code="invalid",
        )
    return url


def shown(session: Session, at: datetime) -> list[OnlineLink]:
    """The links of a session that hold and may be shown now: from ``MEDIATION_LINK_MINUTES`` before it to its end."""
    early = timedelta(minutes=settings.MEDIATION_LINK_MINUTES)
    if session.cancelled_at is not None or session.held_at is not None:
        return []
    if not session.starts_at - early <= at < session.ends_at:
        return []
    return [one for one in session.links.all() if holds(one, session)]


def holds(link: OnlineLink, session: Session) -> bool:
    """Whether it was set for the session as it stands now, and, where the sides are apart, for one of them."""
    moved = session.moved_at is not None and session.moved_at >= link.set_at
    return not moved and not (session.apart and not link.side)


def for_side(session: Session, side: str, at: datetime) -> str:
    """What the own page of a party of this side shows; empty: nothing, or not yet."""
    found = {one.side: str(one.url) for one in shown(session, at)}
    return found.get(side) or found.get("", "")


def forget(matter: Matter) -> int:
    """Take the links away with the people of the case or dispute; how many there were."""
    gone, _each = OnlineLink.objects.filter(session__mediation__in=matter.mediations.all()).delete()
    return int(gone)


def _refuse_same(session: Session, side: str, url: str) -> None:
    """Two sides who are heard apart do not meet in one room online either."""
    if not session.apart:
        return
    others = OnlineLink.objects.filter(session=session).exclude(side=side)
    if any(str(one.url) == url for one in others if one.side):
        raise Refusal(_("这场分开调解，两方的链接不能一样。"), code="invalid")
