"""The register of mediation rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
from mediation.enums import DisputeKind, MediationAct
from mediation.models import Room, RoomHours
from mediation.people_enums import RoomKind
from mediation.week import Span, check

MOST_SEATS = 500


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
    kind: RoomKind = RoomKind.ROOM
    brand: str = ""
    directions: str = ""
    seats: int | None = None
    video: bool = False
    disputes: Sequence[DisputeKind] = ()
    opening: Sequence[Span] = ()


def keep_room(*, actor: Actor, card: RoomCard, room: Room | None = None, at: datetime | None = None) -> Room:
    """Register a room, or change one.

    Raises Refusal: not one's right, no name or address, a name the unit has already, opening hours in no order, or
    a mediator who holds no mediator's post.
    """
    at = at or now()
    rules.require(MediationAct.KEEP_ROOM, actor, unit=card.unit)
    if room is not None:
        rules.require(MediationAct.KEEP_ROOM, actor, unit=room.unit)
    _check_mediators(card.mediators, at)
    check(card.opening)
    if card.seats is not None and not 1 <= card.seats <= MOST_SEATS:
        raise Refusal(_("座位请填 1 到 %(n)d 之间的数。") % {"n": MOST_SEATS}, code="invalid")
    kept = room or Room()
    kept.unit, kept.published = card.unit, card.published
    kept.name = said(card.name, _("请填写调解室名称。"), longest=80)
    kept.address = said(card.address, _("请填写地址。"), longest=200)
    kept.phone, kept.hours = clean_text(card.phone)[:30], clean_text(card.hours)[:120]
    kept.kind, kept.seats, kept.video = RoomKind(card.kind), card.seats, card.video
    kept.brand, kept.directions = clean_text(card.brand)[:40], clean_text(card.directions)[:300]
    kept.disputes = [kind.value for kind in DisputeKind if kind in card.disputes]
    try:
        with transaction.atomic():
            kept.save()
            kept.mediators.set(card.mediators)
            kept.opening.all().delete()
            RoomHours.objects.bulk_create(RoomHours(room=kept, **asdict(span)) for span in card.opening)
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
