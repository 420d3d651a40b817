"""What the doors of joint sittings share. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import holders, people_of
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day
from mediation import sitting_rules
from mediation.models import Sitting, Undertaking
from mediation.sitting_enums import SittingAct, SittingState
from notifications.services import notify
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock

LONGEST = 10_000
SEALED = "检举控告件按纪检监察程序办理，不在此会办（条例第三十条）。"


def locked(sitting: Sitting) -> Sitting:
    """The case and the sitting locked, in that order. Raises Refusal for a case that was sealed meanwhile."""
    case = lock(sitting.petition_id) if sitting.petition_id is not None else None
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("unit")
    row: Sitting = rows.get(pk=sitting.pk)
    if case is not None:
        row.petition = case
        refuse_sealed(case)
    return row


def locked_for(sitting: Sitting, actor: Actor, act: SittingAct, *states: SittingState) -> Sitting:
    """As ``locked``; raises Refusal also: not one's right, or not in one of ``states``."""
    row = locked(sitting)
    sitting_rules.require(act, actor, sitting=row)
    if states and row.state not in states:
        raise Refusal(
            _("没有生效：这次会办现在是“%(state)s”。") % {"state": SittingState(row.state).label},
            code="stale",
        )
    return row


def locked_undertaking(undertaking: Undertaking) -> Undertaking:
    """Case, sitting and undertaking locked, in that order."""
    sitting = locked(undertaking.sitting)
    rows = Undertaking.objects.select_for_update(of=("self",)).select_related("unit")
    row: Undertaking = rows.get(pk=undertaking.pk)
    row.sitting = sitting
    return row


def refuse_sealed(case: Petition) -> None:
    if case.sealed:
        raise Refusal(_(SEALED), code="forbidden")


def check_day(day: date, at: datetime) -> None:
    """A last day that somebody can still keep. Raises Refusal."""
    if day <= local_day(at):
        raise Refusal(_("完成日期须在今天之后。"), code="invalid")
    if day > local_day(at) + timedelta(days=366):
        raise Refusal(_("完成日期最长一年，请核对日期。"), code="invalid")


def conveners(sitting: Sitting, at: datetime) -> list[Post]:
    """Who answers for the unit that called it; a mediation centre's mediators too."""
    return [*people_of(sitting.unit, at), *holders(Role.MEDIATOR, unit=sitting.unit, at=at)]


def tell(
    sitting: Sitting, posts: Iterable[Post], text: str, *, key: str, at: datetime, level: str = "soon"
) -> None:
    """Whoever of them may know of the case, if there is one: times and places only, no subject and no name
    (domain G)."""
    link, key = sitting.get_absolute_url(), f"sitting:{sitting.pk}:{key}"
    people = list(posts)
    if sitting.petition is not None:
        telling.notify_about(
            sitting.petition, people, text=text, link=link, dedupe_key=key, level=level, at=at
        )
        return
    ids = sorted({post.user_id for post in people})
    notify(recipients=ids, text=text, link=link, dedupe_key=key, level=level, at=at)


def on_record(
    row: Sitting | Undertaking, actor: Actor, act: SittingAct, at: datetime, **detail: object
) -> None:
    sitting = row.sitting if isinstance(row, Undertaking) else row
    known = {"case": sitting.petition.audit_name} if sitting.petition is not None else {}
    audit.record(actor=actor, act=f"sitting.{act.value}", obj=row, detail=known | detail, at=at)
