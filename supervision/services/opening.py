"""Opening a supervision by hand, and what becomes of one that a rule proposed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.selectors import people_of
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from petitions import rules as petition_rules
from petitions.enums import Act, ShareRole
from petitions.models import Petition
from petitions.services import complained, following
from petitions.services.stepping import lock
from supervision import rules
from supervision.enums import Ground, State, SupervisionAct
from supervision.models import Supervision
from supervision.services import inside

LONGEST = 4000


def units_to_press(petition: Petition, actor: Actor | None, at: datetime) -> list[Unit]:
    """Units with a running share of which this actor may demand something: the lead unit first. A unit complained of,
    or headed by somebody who is, is among them only as a co-unit, for its own part (条例 28). ``actor`` None: a rule.
    """
    shares = list(petition.shares.filter(ended_at=None).select_related("unit").order_by("-role", "id"))
    blocked = [
        one for one in complained.units_blocked(petition, at) if one.kind != UnitKind.DISTRICT
    ]  # everybody stands within the district
    return [
        share.unit
        for share in shares
        if (actor is None or rules.stands_over(actor, petition, share.unit))
        and (share.role == ShareRole.CO or not any(share.unit.is_within(one) for one in blocked))
    ]


def open_supervision(
    *,
    petition: Petition,
    actor: Actor,
    ground: Ground,
    demand: str,
    unit: Unit | None = None,
    ground_text: str = "",
    due_on: date | None = None,
    at: datetime | None = None,
    token: str = "",
) -> Supervision:
    """Demand something of a unit that has a running share (the lead unit by default) until ``due_on``, a day in
    Asia/Shanghai. The unit is told, the case's history has it (条例 16, 40).

    Raises Refusal: not one's right; a sealed case or one not forwarded yet; a unit without a share, or one that may not
    be asked; no demand; for 弄虚作假 and 其他 no facts; an impossible date; the same ground is supervised already.
    """
    at = at or now()
    demand = said(demand, _("请写明督办要求。"), longest=LONGEST)
    facts = said(ground_text, longest=LONGEST) if ground_text.strip() else ""
    if ground == Ground.LOW_RATING:
        raise Refusal(_("满意度低是对单位的督办，不针对某一件。请选其他事由。"), code="invalid")
    if ground in {Ground.OTHER, Ground.FALSIFIED} and not facts:
        raise Refusal(_("请写明具体情况：发现了什么、依据是什么。"), code="invalid")
    until = due_on or inside.default_due_on(at)
    inside.check_day(until, at)
    with transaction.atomic():
        case = lock(petition.pk)
        petition_rules.require(case, Act.SUPERVISE, actor)
        chosen = _chosen(case, actor, unit, at)
        rules.require(SupervisionAct.OPEN, actor, petition=case, unit=chosen)
        row = create(
            Supervision(
                petition=case,
                unit=chosen,
                ground=ground,
                ground_text=facts,
                demand=demand,
                due_on=until,
                found_at=at,
            )
        )
        demanded(row, actor, at, token=token)
    return row


def confirm(
    *,
    supervision: Supervision,
    actor: Actor,
    demand: str = "",
    due_on: date | None = None,
    at: datetime | None = None,
) -> Supervision:
    """Demand what a rule proposed; one press is enough. Raises Refusal: not one's right, decided before, an impossible
    date, or the case's state takes no 督办 any more."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.CONFIRM, actor, supervision=row)
        inside.require_state(row, State.PROPOSED)
        if row.petition is not None:
            petition_rules.require(row.petition, Act.SUPERVISE, actor)
        row.due_on = due_on or row.due_on or inside.default_due_on(at)
        inside.check_day(row.due_on, at)
        row.demand = said(demand, longest=LONGEST) if demand.strip() else row.demand
        demanded(row, actor, at)
    supervision.refresh_from_db()
    return supervision


def dismiss(*, supervision: Supervision, actor: Actor, text: str, at: datetime | None = None) -> Supervision:
    """What a rule found needs no pressing; the reason stays on record, and the rule does not find it again."""
    at = at or now()
    text = said(text, _("请写明不予督办的理由。"), longest=LONGEST)
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.DISMISS, actor, supervision=row)
        inside.require_state(row, State.PROPOSED)
        row.state, row.end_text, row.ended_at, row.ended_by = State.DISMISSED, text, at, actor.user
        row.save(update_fields=["state", "end_text", "ended_at", "ended_by"])
        inside.on_record(row, actor, "dismiss", at)
    supervision.refresh_from_db()
    return supervision


def demanded(row: Supervision, actor: Actor, at: datetime, *, token: str = "") -> None:
    """From now on it is demanded: clock, history, notice. ``row`` is saved and locked; rights were asked."""
    row.state, row.opened_at, row.opened_by = State.OPEN, at, actor.user
    row.save(update_fields=["state", "opened_at", "opened_by", "due_on", "demand"])
    inside.start_clock(row, at)
    if row.petition is not None:
        assert row.due_on is not None
        following.remark(
            petition=row.petition,
            act=Act.SUPERVISE,
            actor=actor,
            text=_("%(demand)s（%(ground)s；%(unit)s，%(day)s前反馈）")
            % {
                "demand": row.demand,
                "ground": row.get_ground_display(),
                "unit": row.unit.label,
                "day": row.due_on.isoformat(),
            },
            at=at,
            token=token,
        )
    inside.on_record(row, actor, "open", at, until=row.due_on)
    words = _("督办 %(number)s，请处理并按期反馈。")
    inside.tell(row, people_of(row.unit, at), words, "opened", at)


def create(row: Supervision) -> Supervision:
    """Save a new one as proposed. Raises Refusal where the same is being supervised already."""
    row.state = State.PROPOSED
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "one_live_per_ground" in str(error):
            raise Refusal(
                _("%(unit)s在本件上已有“%(ground)s”的督办没有办结，不用再发。")
                % {"unit": row.unit.label, "ground": row.get_ground_display()},
                code="stale",
            ) from error
        if "supervision_found_once" in str(error):
            raise Refusal(_("这一情况已经按规则提出过督办。"), code="stale") from error
        raise
    return row


def _chosen(case: Petition, actor: Actor, unit: Unit | None, at: datetime) -> Unit:
    if case.sealed:
        raise Refusal(_(inside.NOT_SEALED), code="forbidden")
    able = units_to_press(case, actor, at)
    if unit is None and able:
        return able[0]
    if unit is not None and unit.pk in {one.pk for one in able}:
        return unit
    if unit is None:
        raise Refusal(
            _("本件现在没有可以由您督办的承办单位。请先转送交办，或者报上级信访部门督办。"), code="invalid"
        )
    raise Refusal(
        _("%(unit)s没有承办本件，或者不能由您督办。请改选承办单位。") % {"unit": unit.label}, code="invalid"
    )
