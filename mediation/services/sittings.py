"""A joint sitting from the invitation to what was resolved. Nothing here moves the case or one of its clocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.selectors import people_of
from accounts.services import audit
from accounts.services.units import check_active
from core.errors import Refusal
from core.timekeeping import full_moment, now
from core.wording import said
from mediation import sitting_rules
from mediation.models import Invitation, MediationCase, Sitting, StandingUnits
from mediation.services import noting, sitting_inside
from mediation.services.sitting_inside import LONGEST
from mediation.sitting_enums import Coming, SittingAct, SittingKind, SittingState
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import codes, complained
from petitions.services.stepping import lock

FARTHEST, MOST_UNITS = 180, 60
A, S = SittingAct, SittingState


@dataclass(frozen=True, kw_only=True)
class NewSitting:
    """What is called. ``units``: all that are asked, standing ones and those concerned. ``previous``: the round before
    this one; ``mediation``: where the matter is being mediated."""

    kind: SittingKind
    question: str
    place: str
    starts_at: datetime
    units: Collection[Unit]
    previous: Sitting | None = None
    mediation: MediationCase | None = None


def keep_standing(*, actor: Actor, units: Collection[Unit], at: datetime | None = None) -> StandingUnits:
    """Set the standing units of the actor's own unit. Raises Refusal: not one's right, a unit that has ended, too many,
    or the own one."""
    at = at or now()
    sitting_rules.require(A.STANDING, actor)
    assert actor.unit is not None
    _check_units(units, actor.unit, at, some=False)
    with transaction.atomic():
        kept, _new = StandingUnits.objects.update_or_create(
            unit=actor.unit, defaults={"kept_at": at, "kept_by": actor.user}
        )
        kept.units.set(units)
        audit.record(
            actor=actor,
            act=f"sitting.{A.STANDING.value}",
            obj=kept,
            detail={"added": sorted(unit.pk for unit in units)},
            at=at,
        )
    return kept


def standing_of(unit: Unit) -> list[Unit]:
    return list(
        Unit.objects.filter(pk__in=StandingUnits.objects.filter(unit=unit).values("units")).order_by("path")
    )


def call(
    *,
    actor: Actor,
    new: NewSitting,
    petition: Petition | None = None,
    at: datetime | None = None,
    token: str = "",
) -> Sitting:
    """Call a sitting on a case the actor reads, and ask the units. The same ``token`` again gives back the same one.

    Without ``petition`` the case is that of ``new.mediation``, if it has one.

    Raises Refusal: not one's right, a sealed or closed case, nothing said, nobody asked, a unit complained of (条例
    28), a time that cannot be meant, or a round that another one follows already.
    """
    at = at or now()
    case_id = petition.pk if petition is not None else getattr(new.mediation, "petition_id", None)
    question = said(new.question, _("请写明要会办什么问题。"), longest=LONGEST)
    place = said(new.place, _("请写明会办的地点。"), longest=200)
    _check_moment(new.starts_at, at)
    try:
        with transaction.atomic():
            case = lock(case_id) if case_id is not None else None
            _check_right(actor, case, new)
            assert actor.unit is not None
            units = [unit for unit in new.units if unit.pk != actor.unit.pk]
            _check_units(units, actor.unit, at)
            if case is not None:
                refuse_complained(case, units, at)
            previous = _round_before(new.previous, case, actor)
            row: Sitting = Sitting.objects.create(
                petition=case,
                mediation=new.mediation,
                unit=actor.unit,
                kind=new.kind,
                question=question,
                place=place,
                starts_at=new.starts_at,
                previous=previous,
                round=previous.round + 1 if previous is not None else 1,
                called_at=at,
                called_by=actor.user,
                submit_key=codes.submit_key(token) if token else None,
            )
            fixed = {unit.pk for unit in standing_of(actor.unit)}
            Invitation.objects.bulk_create(
                Invitation(sitting=row, unit=unit, standing=unit.pk in fixed) for unit in units
            )
            _announce(row, units, actor, at)
    except IntegrityError as error:
        if "submit_key" in str(error):
            return Sitting.objects.get(submit_key=codes.submit_key(token))
        if "previous" in str(error):
            raise Refusal(_("这一轮之后已经召集过下一轮，请从最近一轮召集。"), code="stale") from error
        raise
    return row


def refuse_complained(case: Petition, units: Collection[Unit], at: datetime) -> None:
    """Raises Refusal: one of them is complained of in the case, or headed by somebody who is (条例 28)."""
    for unit in units:
        if complained.blocks(case, unit, at):
            raise Refusal(
                _("本件反映的就是%(unit)s，不能请它会办（条例第二十八条），请从名单中去掉。")
                % {"unit": unit.label},
                code="invalid",
            )


def cancel(*, sitting: Sitting, actor: Actor, reason: str, at: datetime | None = None) -> Sitting:
    """It does not take place; the units are told. Raises Refusal: not one's right, held or cancelled, no reason."""
    at = at or now()
    reason = said(reason, _("请写明取消的理由。"), longest=500)
    with transaction.atomic():
        row = sitting_inside.locked_for(sitting, actor, A.CANCEL, S.CALLED)
        row.state, row.cancelled_at, row.cancel_reason = S.CANCELLED, at, reason
        row.save(update_fields=["state", "cancelled_at", "cancel_reason"])
        sitting_inside.on_record(row, actor, A.CANCEL, at)
        units = [one.unit for one in row.invitations.select_related("unit")]
        text = _("%(when)s的联合会办已取消。") % {"when": full_moment(row.starts_at)}
        sitting_inside.tell(row, people_of(units, at), text, key="cancelled", at=at)
    return row


def answer(
    *,
    sitting: Sitting,
    actor: Actor,
    coming: Coming,
    sends: str = "",
    why: str = "",
    at: datetime | None = None,
) -> Invitation:
    """An invited unit says whether it comes, and whom it sends; it may change its mind until the sitting is written
    down. Raises Refusal: not of an invited unit, held or cancelled, nobody named, no reason for staying away."""
    at = at or now()
    if coming == Coming.YES:
        sends, why = said(sends, _("请写明派谁参加。"), longest=120), ""
    else:
        sends, why = "", said(why, _("不来的，请写明理由。"), longest=500)
    with transaction.atomic():
        row = sitting_inside.locked_for(sitting, actor, A.ANSWER, S.CALLED)
        asked: Invitation = row.invitations.select_related("unit").get(unit=actor.unit)
        asked.answer, asked.sends, asked.why = coming, sends, why
        asked.answered_at, asked.answered_by = at, actor.user
        asked.save(update_fields=["answer", "sends", "why", "answered_at", "answered_by"])
        sitting_inside.on_record(row, actor, A.ANSWER, at, unit=asked.unit_id)
        text = _("%(unit)s已答复会办邀请：%(answer)s。") % {
            "unit": asked.unit.label,
            "answer": asked.get_answer_display(),
        }
        key = f"answered:{asked.pk}:{at.isoformat()}"
        sitting_inside.tell(row, sitting_inside.conveners(row, at), text, key=key, at=at, level="info")
    return asked


def hold(
    *, sitting: Sitting, actor: Actor, resolved: str, came: Collection[Unit], at: datetime | None = None
) -> Sitting:
    """Write down who came and what was resolved, once. Raises Refusal: not one's right, before its time, held or
    cancelled, nothing written, nobody came, or a unit that was not asked."""
    at = at or now()
    resolved = said(resolved, _("请写下会办的结论。"), longest=LONGEST)
    with transaction.atomic():
        row = sitting_inside.locked_for(sitting, actor, A.HOLD, S.CALLED)
        if row.starts_at > at:
            raise Refusal(_("会办还没有开始，请在开始以后记录。"), code="stale")
        there = {unit.pk for unit in came}
        asked = list(row.invitations.select_for_update(of=("self",)))
        if there - {one.unit_id for one in asked}:
            raise Refusal(_("到会单位须是邀请的单位。"), code="invalid")
        if not there:
            raise Refusal(_("没有单位到会的，请取消会办，写明理由。"), code="invalid")
        for one in asked:
            one.came = one.unit_id in there
        Invitation.objects.bulk_update(asked, ["came"])
        row.state, row.resolved, row.held_at, row.held_by = S.HELD, resolved, at, actor.user
        row.save(update_fields=["state", "resolved", "held_at", "held_by"])
        sitting_inside.on_record(row, actor, A.HOLD, at, round=row.round)
        if row.petition is not None:
            words = _("联合会办（第 %(n)d 轮）已记录，%(units)d 个单位到会。")
            noting.note(row.petition, actor, words % {"n": row.round, "units": len(there)}, at)
    return row


def _check_right(actor: Actor, case: Petition | None, new: NewSitting) -> None:
    if case is not None:
        sitting_inside.refuse_sealed(case)
        sitting_rules.require(A.CALL, actor, petition=case)
        if case.status == Status.CLOSED:
            raise Refusal(_("本件已经办结归档，不再会办。"), code="stale")
    else:
        sitting_rules.require(A.CALL, actor)
    wanted = new.mediation
    if wanted is None:
        if case is None:
            raise ValueError("a sitting is on a case or on a mediation")
        return
    if not MediationCase.objects.visible_to(actor).filter(pk=wanted.pk).exists():
        raise Refusal(_("没有找到这次调解，请从信访件的调解页面打开。"), code="forbidden")
    if case is not None and wanted.petition_id != case.pk:
        raise Refusal(_("这次调解不是本件的。"), code="invalid")


def _check_units(units: Collection[Unit], own: Unit, at: datetime, *, some: bool = True) -> None:
    if some and not units:
        raise Refusal(_("请选择会办单位。"), code="invalid")
    if len(units) > MOST_UNITS:
        raise Refusal(_("会办单位最多 %(n)d 个。") % {"n": MOST_UNITS}, code="invalid")
    if any(unit.kind == UnitKind.DISTRICT or unit.pk == own.pk for unit in units):
        raise Refusal(_("请选择本单位以外的具体部门或乡镇。"), code="invalid")
    check_active(units, at)


def _check_moment(starts_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        raise Refusal(_("会办时间已经过去，请填写现在以后的时间。"), code="invalid")
    if (starts_at - at).days > FARTHEST:
        raise Refusal(_("会办时间离今天超过 %(n)d 天，请核对年份。") % {"n": FARTHEST}, code="invalid")


def _round_before(previous: Sitting | None, case: Petition | None, actor: Actor) -> Sitting | None:
    if previous is None:
        return None
    row: Sitting = Sitting.objects.select_for_update(of=("self",)).get(pk=previous.pk)
    if row.petition_id != (case.pk if case is not None else None) or row.unit_id != getattr(
        actor.unit, "pk", 0
    ):
        raise Refusal(_("上一轮不是本单位就本件召集的。"), code="invalid")
    if row.state == S.CALLED:
        raise Refusal(_("上一轮还没有记录或者取消，请先办完。"), code="stale")
    return row


def _announce(row: Sitting, units: Collection[Unit], actor: Actor, at: datetime) -> None:
    sitting_inside.on_record(
        row, actor, A.CALL, at, round=row.round, kind=row.kind, added=sorted(unit.pk for unit in units)
    )
    words = {"who": row.unit.label, "when": full_moment(row.starts_at), "place": row.place}
    text = _("%(who)s请贵单位参加联合会办：%(when)s，%(place)s。请答复来不来、派谁。") % words
    sitting_inside.tell(row, people_of(units, at), text, key="called", at=at)
    if row.petition is not None:
        noting.note(row.petition, actor, _("召集联合会办（第 %(n)d 轮）。") % {"n": row.round}, at)
