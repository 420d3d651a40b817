"""The register of mediation rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import Room


@dataclass(frozen=True, kw_only=True)
class RoomCard:
    """What is registered about a room."""

    unit: Unit
    name: str
    address: str
    phone: str = ""
    hours: str = ""
    mediators: Sequence[User] = ()
    published: bool = True


def keep_room(*, actor: Actor, card: RoomCard, room: Room | None = None, at: datetime | None = None) -> Room:
    """Register a room, or change one.

    Raises Refusal: not one's right, no name or address, a name the unit has already, or a mediator who holds
    no mediator's post.
    """
    at = at or now()
    rules.require(MediationAct.KEEP_ROOM, actor, unit=card.unit)
    if room is not None:
        rules.require(MediationAct.KEEP_ROOM, actor, unit=room.unit)
    _check_mediators(card.mediators, at)
    kept = room or Room()
    kept.unit, kept.published = card.unit, card.published
    kept.name = said(card.name, _("请填写调解室名称。"), longest=80)
    kept.address = said(card.address, _("请填写地址。"), longest=200)
    kept.phone, kept.hours = clean_text(card.phone)[:30], clean_text(card.hours)[:120]
    try:
        with transaction.atomic():
            kept.save()
            kept.mediators.set(card.mediators)
            audit.record(actor=actor, act="mediation.keep_room", obj=kept, at=at)
    except IntegrityError as error:
        if "room_name_once_per_unit" in str(error):
            raise Refusal(_("该单位已有同名的调解室。"), code="invalid") from error
        raise
    return kept


def _check_mediators(mediators: Sequence[User], at: datetime) -> None:
    wanted = {person.pk for person in mediators}
    posts = Post.objects.current(local_day(at)).filter(role=Role.MEDIATOR, user__in=wanted)
    if wanted - set(posts.values_list("user_id", flat=True)):
        raise Refusal(_("只能选择现任调解员。"), code="invalid")
