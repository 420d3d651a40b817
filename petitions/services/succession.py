"""A unit was split, merged or abolished: its cases go on with whoever took over what it did (条例 24).

Clocks run on, to the same last days, in the successor's hands; history stays. Where one unit followed, the system
passes the cases on by itself; where several did, or nobody, the petition office says of each case which takes it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.selectors import office_posts, posts_held, successors_of
from accounts.services import successions
from core.errors import Refusal
from core.timekeeping import local_day
from core.wording import said
from notifications.services import notify
from petitions.enums import Act, ShareRole, Status
from petitions.models import Petition, Share
from petitions.services import clocks, complained, forwarding, part_clocks, scope, sealing
from petitions.services.sharing import tell_unit
from petitions.services.stepping import Stepping, lock, stepping
from petitions.workflow import BEFORE_REPLY

OPEN = [status for status in Status if status.is_open]


def succeed(
    *,
    petition: Petition,
    actor: Actor,
    unit: Unit,
    basis: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The petition office says which unit goes on with a case whose lead unit has ended.

    Raises Refusal: no basis; a unit that may not handle the case, or is not among the successors where any of them may.
    """
    with stepping(petition, Act.SUCCEED, actor, at=at, token=token) as work:
        words = said(basis, _("请写明由该机构承继的依据。"))
        ended = work.petition.lead_unit
        assert ended is not None  # the rules have seen to it
        heirs = [
            heir
            for heir in successors_of(ended, local_day(work.at))
            if not complained.blocks(work.petition, heir, work.at)
        ]
        if heirs and unit not in heirs:
            names = "、".join(one.label for one in heirs)
            raise Refusal(_("登记的承继机构是%(names)s，请从中选择。") % {"names": names}, code="invalid")
        forwarding.check_receiver(work.petition, unit, work.at)
        _go_on(work, ended, unit, words)


def follow(at: datetime) -> int:
    """Pass on the cases of units whose last day is over; how many. Each case is a transaction of its own, so that a
    run that was cut off is taken up by the next."""
    count = 0
    for ended in successions.to_follow(at):
        heirs = successors_of(ended, local_day(at))
        heir = heirs[0] if len(heirs) == 1 else None
        ids = list(_cases_of(ended, heir is not None).values_list("pk", flat=True))
        count += sum(_follow_one(pk, ended, heir, at) for pk in ids)
        if heir is not None:
            scope.pass_on(ended, heir, at)
        if not _led_by(ended).exists():
            successions.followed(ended, at)
    _tell_of_what_waits(at)
    return count


def follow_rows(rows: QuerySet[Any], petition: Petition, at: datetime) -> None:
    """For rooms above, after ``Act.SUCCEED``: those of their open ``rows`` about the case whose ``unit`` has ended go
    to whoever follows it there. One that this unit has already stays with the old unit, on record."""
    day = local_day(at)
    for row in rows.filter(petition=petition, unit__valid_until__lte=day).select_related("unit"):
        heirs = successors_of(row.unit, day)
        heir = petition.lead_unit if petition.lead_unit in heirs else heirs[0] if len(heirs) == 1 else None
        if heir is not None:
            with suppress(IntegrityError), transaction.atomic():
                rows.model.objects.filter(pk=row.pk).update(unit=heir)


def _led_by(unit: Unit) -> QuerySet[Petition]:
    return Petition.objects.filter(lead_unit=unit, status__in=OPEN)


def _cases_of(unit: Unit, one_heir: bool) -> QuerySet[Petition]:
    parts = Share.objects.filter(unit=unit, ended_at=None).values("petition")
    mine = Q(status__in=OPEN, pk__in=parts)
    if one_heir:
        mine |= Q(complained_unit=unit)
    return Petition.objects.filter(mine).order_by("pk")


def _follow_one(pk: int, ended: Unit, heir: Unit | None, at: datetime) -> bool:
    """Whether something was done: of several heirs the office chooses for an open case (``succeed``)."""
    with transaction.atomic():
        case = lock(pk)
        if case.lead_unit_id == ended.pk:
            if heir is None and not case.sealed:
                return False
            if heir is None or complained.blocks(case, heir, at):
                return _send_back(case, at)
        with stepping(case, Act.SUCCEED, Actor.system(), at=at) as work:
            _go_on(work, ended, heir, "")
        if case.lead_unit is not None and complained.blocks(case, case.lead_unit, at):
            _send_back(case, at)
    return True


def _send_back(case: Petition, at: datetime) -> bool:
    """Nobody who may handle it followed: a sealed case goes to another body, any other to the office, to be sent anew.
    False where it has its answer: nothing is sent any more, and the office names who serves and explains it."""
    if case.sealed:
        sealing.route_anew(case, at)
    elif case.status in BEFORE_REPLY:
        forwarding.take_back(case, at)
    else:
        return False
    return True


def _go_on(work: Stepping, ended: Unit, heir: Unit | None, basis: str) -> None:
    """Within a step: whatever the ended unit was to this case, its heir is from now on; a co-unit that nobody clearly
    follows has no part any more."""
    case = work.petition
    names = {"old": ended.label, "new": heir.label if heir else ""}
    said_to_all = []
    if heir is not None and case.complained_unit_id == ended.pk:
        work.change(complained_unit=heir)
        said_to_all.append(_("被反映的%(old)s由%(new)s承继。") % names)
    share = case.shares.filter(unit=ended, ended_at=None).first()
    if share is not None:
        Share.objects.filter(pk=share.pk).update(ended_at=work.at)
        if heir is None:
            part_clocks.stop(share, work.at)
            said_to_all.append(_("协办单位%(old)s已停用，不再协办。") % names)
        elif share.role == ShareRole.LEAD:
            _take_over_lead(work, share, heir)
            said_to_all.append(_("%(old)s的职能由%(new)s承继，本件由其接着办理，期限不变。") % names)
        else:
            _take_over_part(work, share, heir)
            said_to_all.append(_("协办单位%(old)s的职能由%(new)s承继。") % names)
    scope.rebuild(case, at=work.at)
    work.public_text = "".join(said_to_all)
    work.text = work.public_text + basis
    work.detail = {"from": ended.pk, "to": heir.pk if heir else None}


def _take_over_lead(work: Stepping, share: Share, heir: Unit) -> None:
    case, at = work.petition, work.at
    for part in case.shares.filter(unit=heir, ended_at=None):  # a co-unit that leads from now on
        part_clocks.stop(part, at)
    case.shares.filter(unit=heir, ended_at=None).update(ended_at=at)
    _same_share(share, heir, at)
    work.change(lead_unit=heir)
    responsible = case.responsible
    if responsible is not None and not any(post.unit.is_within(heir) for post in posts_held(responsible, at)):
        work.change(responsible=None)
    clocks.hand_over(case, share.unit, heir)
    tell_unit(work, heir, _("%(number)s 由贵单位承继办理，原来的期限不变。"))


def _take_over_part(work: Stepping, share: Share, heir: Unit) -> None:
    if work.petition.shares.filter(unit=heir, ended_at=None).exists():
        part_clocks.stop(share, work.at)
        return  # it has a part of its own, or leads
    part_clocks.hand_over(share, _same_share(share, heir, work.at))
    tell_unit(work, heir, _("%(number)s 由贵单位承继协办。"))


def _same_share(share: Share, heir: Unit, at: datetime) -> Share:
    """What was asked of the old unit, by whom and until when, and what it answered or objected."""
    return Share.objects.create(
        petition_id=share.petition_id,
        unit=heir,
        role=share.role,
        kind=share.kind,
        sent_at=at,
        sent_by=share.sent_by,
        sent_from=share.sent_from,
        feedback_due_on=share.feedback_due_on,
        demand=share.demand,
        report=share.report,
        answer=share.answer,
        answered_at=share.answered_at,
        returned_at=share.returned_at,
        return_reason=share.return_reason,
        objection=share.objection,
        objected_at=share.objected_at,
        objection_agreed=share.objection_agreed,
        objection_decision=share.objection_decision,
        objection_decided_at=share.objection_decided_at,
    )


def _tell_of_what_waits(at: datetime) -> None:
    """The petition office, once for each unit: cases that have nobody, since several units followed or none. Sealed
    ones are not counted and never wait."""
    waiting = Unit.objects.filter(
        valid_until__lte=local_day(at),
        pk__in=Petition.objects.filter(status__in=OPEN, sealed=False).values("lead_unit"),
    )
    for unit in waiting.order_by("pk"):
        notify(
            recipients=sorted({post.user_id for post in office_posts(Role.PETITION_OFFICER, at)}),
            text=_("%(unit)s已停用，仍有未办结的信访件，请逐件确定由哪个机构承继。") % {"unit": unit.label},
            link=f"{reverse('petitions:list')}?unit={unit.pk}",
            dedupe_key=f"succession:{unit.pk}:{unit.valid_until}",
            level="late",
            at=at,
        )
