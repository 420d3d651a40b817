"""The register of mediators and of pools of experts: what people can do and when. Nothing here ranks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from mediation import rules
from mediation.enums import DisputeKind, MediationAct
from mediation.models import DayOff, Mediator, MediatorHours, Pool
from mediation.people_enums import Grade, Language, MediatorKind, Presence
from mediation.week import Span, check

#: Spells away that are still to come; longer lists belong to leave of the post.
MOST_DAYS_OFF = 20


@dataclass(frozen=True, kw_only=True)
class MediatorCard:
    """What is registered about somebody who mediates."""

    kind: MediatorKind = MediatorKind.PEOPLES
    fields: Sequence[DisputeKind] = ()
    languages: Sequence[Language] = ()
    grade: Grade | None = None
    presence: Presence = Presence.ON_CALL
    villages: Sequence[Unit] = ()
    shown: bool = False
    on_women_panels: bool = False
    available: Sequence[Span] = ()
    days_off: Sequence[tuple[date, date]] = ()


def keep_mediator(*, actor: Actor, user: User, card: MediatorCard, at: datetime | None = None) -> Mediator:
    """Register what is known of a mediator in office, or change it (人民调解法 13–15).

    Raises Refusal: not one's right, no mediator in office, or hours or days off in no order.
    """
    at = at or now()
    post = (
        Post.objects.current(local_day(at))
        .filter(user=user, role=Role.MEDIATOR)
        .select_related("unit")
        .first()
    )
    if post is None:
        raise Refusal(_("只能登记现任调解员，请先在人员里给他调解员的岗位。"), code="invalid")
    rules.require(MediationAct.KEEP_MEDIATOR, actor, unit=post.unit)
    check(card.available)
    if any(last < first for first, last in card.days_off):
        raise Refusal(_("不在的日子写反了：结束日期早于开始日期。"), code="invalid")
    if len(card.days_off) > MOST_DAYS_OFF:
        raise Refusal(_("不在的日子最多写 %(n)d 段。") % {"n": MOST_DAYS_OFF}, code="invalid")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        kept, _new = Mediator.objects.update_or_create(
            user=user,
            defaults={
                "kind": MediatorKind(card.kind),
                "fields": [kind.value for kind in DisputeKind if kind in card.fields],
                "languages": [one.value for one in Language if one in card.languages],
                "grade": card.grade or "",
                "presence": Presence(card.presence),
                "shown": card.shown,
                "on_women_panels": card.on_women_panels,
                "changed_at": at,
                "changed_by": actor.user,
            },
        )
        kept.villages.set(card.villages)
        kept.available.all().delete()
        MediatorHours.objects.bulk_create(
            MediatorHours(mediator=kept, **asdict(span)) for span in card.available
        )
        kept.days_off.all().delete()
        DayOff.objects.bulk_create(
            DayOff(mediator=kept, first=first, last=last) for first, last in sorted(card.days_off)
        )
        audit.record(actor=actor, act="mediation.keep_mediator", obj=kept, at=at)
    return kept


def keep_pool(
    *,
    actor: Actor,
    name: str,
    units: Sequence[Unit],
    members: Sequence[Mediator] = (),
    pool: Pool | None = None,
    at: datetime | None = None,
) -> Pool:
    """A pool of experts for an area, or another one in its place. Raises Refusal: not one's right for all the units,
    no name, no unit, or a name that there is."""
    at = at or now()
    name = said(name, _("请填写专家库名称。"), longest=80)
    if not units:
        raise Refusal(_("请选择专家库服务的片区。"), code="invalid")
    for unit in (*units, *(pool.units.all() if pool else ())):
        rules.require(MediationAct.KEEP_MEDIATOR, actor, unit=unit)
    kept = pool or Pool()
    kept.name = name
    try:
        with transaction.atomic():
            kept.save()
            kept.units.set(units)
            kept.members.set(members)
            audit.record(actor=actor, act="mediation.keep_pool", obj=kept, at=at)
    except IntegrityError as error:
        if "mediation_pool" in str(error) and "name" in str(error):
            raise Refusal(_("已有同名的专家库。"), code="invalid") from error
        raise
    return kept
