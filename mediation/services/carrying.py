"""What a matter brings along when it is mediated again: whom it is between, who must be kept apart, who may not mediate
it. Consents and wishes are never carried: they are given anew or not at all. Nothing outside ``mediation.services``
calls it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refusal
from mediation.models import Bar, Dispute, MediationCase, Party
from mediation.services.matters import Matter

CARRIED = ("side", "name", "phone", "address", "represented_by", "protected")


def before(matter: Matter) -> QuerySet[MediationCase]:
    """Mediations of the same matter that there were, the latest first: of the case and of the dispute it was before,
    or of the dispute and of the one that came back in it."""
    if isinstance(matter, Dispute):
        of = Q(dispute=matter) | Q(dispute__isnull=False, dispute=matter.earlier_id)
    else:
        of = Q(petition=matter) | Q(dispute__petition=matter)
    found: QuerySet[MediationCase] = MediationCase.objects.filter(of).order_by("-opened_at", "-id")
    return found


def refuse_barred(matter: Matter, mediator: User) -> None:
    """Raises Refusal: kin, an interest, or a party asked for somebody else when it was mediated before (人民调解法
    19, 23)."""
    if Bar.objects.filter(mediation__in=before(matter).values("pk"), user=mediator).exists():
        raise Refusal(
            _("%(who)s以前已登记为不宜调解本件，请另选调解员。") % {"who": mediator.get_full_name()},
            code="invalid",
        )


def carry_over(mediation: MediationCase, at: datetime) -> None:
    """Into one that was just begun, with its first party. A link to an earlier dispute brings who may not mediate, and
    no parties: there the sides may be the other way round."""
    earlier = before(mediation.matter).exclude(pk=mediation.pk)
    _bars(mediation, earlier, at)
    last = earlier.exclude(~Q(dispute=None), dispute=_linked(mediation)).first()
    if last is None:
        return
    for one in last.parties.filter(left_at=None):
        if one.is_petitioner:
            mediation.parties.filter(is_petitioner=True).update(protected=one.protected)
            continue
        copy = Party(mediation=mediation, added_at=at, added_by=mediation.opened_by)
        for name in CARRIED:
            setattr(copy, name, getattr(one, name))
        copy.save()


def _linked(mediation: MediationCase) -> int | None:
    return mediation.dispute.earlier_id if mediation.dispute is not None else None


def _bars(mediation: MediationCase, earlier: QuerySet[MediationCase], at: datetime) -> None:
    kept: dict[int, str] = {}
    for user_id, ground in Bar.objects.filter(mediation__in=earlier.values("pk")).values_list(
        "user_id", "ground"
    ):
        kept.setdefault(user_id, ground)
    Bar.objects.bulk_create(
        Bar(mediation=mediation, user_id=user_id, ground=ground, at=at, by=mediation.opened_by)
        for user_id, ground in kept.items()
    )
