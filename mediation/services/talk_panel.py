"""The neutral panel of a talk (评议员). Its opinion binds nobody, and nobody of a unit concerned sits on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post, Unit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from mediation.models import PublicTalk, TalkPanelist
from mediation.services import talks
from mediation.talk_enums import TO_COME, PanelKind, TalkAct
from petitions.services import scope

#: More is no panel.
MOST = 15


def seat(
    *,
    talk: PublicTalk,
    actor: Actor,
    kind: PanelKind,
    post: Post | None = None,
    name: str = "",
    body: str = "",
    at: datetime | None = None,
) -> TalkPanelist:
    """Ask somebody onto the panel before the talk: one of the staff by ``post``, or somebody from outside by name and
    what they are (``body``).

    Raises Refusal: not one's right, held or called off, nobody named, twice, too many, or of a unit that the talk is
    about (条例 28).
    """
    at = at or now()
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.SEAT, *TO_COME)
        if row.panel.count() >= MOST:
            raise Refusal(_("评议员最多 %(n)d 人。") % {"n": MOST}, code="invalid")
        member = TalkPanelist(talk=row, kind=kind, seated_at=at, seated_by=actor.user)
        if kind == PanelKind.STAFF:
            if post is None or not post.held_on(local_day(at)):
                raise Refusal(_("请选择在任的工作人员。"), code="invalid")
            member.user, member.body = post.user, post.label[:120]
        else:
            member.name = said(name, _("请写明评议员的姓名。"), longest=50)
            member.body = said(body, _("请写明评议员的单位或者身份。"), longest=120)
        refuse_interested(row, [member], at)
        _save(member)
        talks.on_record(row, actor, TalkAct.SEAT, at, kind=kind)
    return member


def refuse_interested(talk: PublicTalk, members: Iterable[TalkPanelist], at: datetime) -> None:
    """Raises Refusal: one of these belongs to a unit that the talk, or a case found in it, is about (条例 28)."""
    units = units_about(talk)
    found = list(members)
    inside = scope.posted_in(units, [one.user_id for one in found if one.user_id is not None], at)
    for one in found:
        if one.user_id in inside or (one.user_id is None and _names(one.body, units)):
            raise Refusal(
                _("%(who)s属于这次恳谈涉及的单位，应当回避（条例第二十八条），请另请一位。")
                % {"who": one.shown_name},
                code="invalid",
            )


def units_about(talk: PublicTalk) -> list[Unit]:
    """The units the talk is about, and those complained of in the cases its matters became. Two queries."""
    found = {unit.pk: unit for unit in talk.about_units.all()}
    for matter in talk.matters.filter(petition__complained_unit__isnull=False).select_related(
        "petition__complained_unit"
    ):
        assert matter.petition is not None and matter.petition.complained_unit is not None
        found[matter.petition.complained_unit.pk] = matter.petition.complained_unit
    return list(found.values())


def _names(body: str, units: Iterable[Unit]) -> bool:
    """Whether the words for somebody from outside name one of the units."""
    words = clean_text(body)
    return any(name and name in words for unit in units for name in (unit.name, unit.short_name))


def _save(member: TalkPanelist) -> None:
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError as error:
        if "talk_panelist_once" in str(error):
            raise Refusal(_("这位评议员已经在名单里。"), code="stale") from error
        raise
