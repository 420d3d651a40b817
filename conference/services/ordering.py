"""What a conference decided against a unit (条例 39): 约谈, 通报, 限期整改, 挂牌督办."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders, people_of, successors_of
from accounts.services.units import check_active
from conference import rules
from conference.enums import WITH_A_DAY, ConferenceAct, ItemKind, MeetingState, OrderKind, OrderState
from conference.models import Item, Order, OrderClock
from conference.services import inside
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from petitions.facts import facts_of
from petitions.services import complained
from petitions.services.stepping import lock
from supervision.enums import Ground, State
from supervision.models import Supervision
from supervision.services import listing, opening


@dataclass(frozen=True)
class NewOrder:
    """What is decided. ``due_on``: the last day in Asia/Shanghai, for 约谈 and 限期整改 needed, and for 挂牌督办 the
    day of the red list. ``circulated``: whom a 通报 is sent to. ``talk_by``: who talks to the unit's head."""

    kind: OrderKind
    unit: Unit
    facts: str
    basis: str
    demand: str
    due_on: date | None = None
    circulated: Collection[Unit] = ()
    talk_by: str = ""


def issue(*, item: Item, actor: Actor, new: NewOrder, at: datetime | None = None) -> Order:
    """Send it to the unit, which answers in writing. 挂牌督办 goes through the door of supervision.

    Raises Refusal: not one's right, minutes not issued, another unit than the item names, nothing said, no day or one
    that is past, a unit without a head in office (约谈), no case (挂牌督办), or decided before.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked_item(item)
        rules.require(ConferenceAct.ORDER, actor, item=row)
        order = _checked(row, actor, new, at)
        if not rules.may(ConferenceAct.ORDER, actor, order=order):
            raise Refusal(_("对本单位的决定由县领导下达，请在议题中写明涉及单位。"), code="forbidden")
        if new.kind == OrderKind.LISTED:
            order.supervision = _on_the_red_list(row, actor, new, at)
            order.state, order.ended_at = OrderState.HANDED, at
        _save(order)
        order.circulated.set(new.circulated if new.kind == OrderKind.CRITICISM else [])
        if order.is_open and order.due_on is not None:
            start_clock(order, at)
        inside.on_record(order, actor, "order", at, kind=new.kind, unit=new.unit.pk, until=order.due_on)
        words = {"kind": new.kind.label}
        told = _("联席会议决定：%(kind)s，请按要求办理并书面报告。") % words
        inside.tell(order, people_of(new.unit, at), told, "issued", at, case=row.petition)
        sent = people_of(order.circulated.all(), at)
        inside.tell(order, sent, _("收到一份联席会议通报。"), "circulated", at, case=row.petition)
    return order


def _locked_item(item: Item) -> Item:
    """The item with its case locked; issued minutes never change, so that they need no lock."""
    row: Item = Item.objects.select_related("meeting", "unit").get(pk=item.pk)
    if row.petition_id is not None:
        row.petition = lock(row.petition_id)
        if row.petition.sealed:
            raise Refusal(_(inside.SEALED), code="forbidden")
    return row


def _checked(item: Item, actor: Actor, new: NewOrder, at: datetime) -> Order:
    if item.meeting.state != MeetingState.ISSUED:
        raise Refusal(_("纪要印发以后，才能按纪要下达决定。"), code="stale")
    if item.kind == ItemKind.DISPUTE:
        raise Refusal(_("管辖争议的决定随纪要生效，不另外下达。"), code="invalid")
    if item.unit_id is not None and item.unit_id != new.unit.pk:
        words = {"unit": item.unit.label if item.unit else ""}
        raise Refusal(_("这一议题涉及的是%(unit)s，不能对其他单位下达决定。") % words, code="invalid")
    check_active([new.unit, *new.circulated], at)
    if new.unit.kind == UnitKind.DISTRICT:
        raise Refusal(_("请选择具体的部门或乡镇。"), code="invalid")
    _check_day(new, at)
    assert actor.unit is not None
    order = Order(
        item=item,
        kind=new.kind,
        unit=new.unit,
        petition=item.petition,
        facts=said(new.facts, _("请写明事实。"), longest=inside.LONGEST),
        basis=said(new.basis, _("请写明依据。"), longest=inside.LONGEST),
        demand=said(new.demand, _("请写明要求。"), longest=inside.LONGEST),
        due_on=new.due_on,
        issued_at=at,
        issued_by=actor.user,
        issued_unit=actor.unit,
    )
    _check_case(order, at)
    if new.kind == OrderKind.TALK:
        order.talk_by = said(new.talk_by, _("请写明由谁约谈。"), longest=120)
        order.talk_post = head_of(new.unit, at)
    if new.kind == OrderKind.CRITICISM and not new.circulated:
        raise Refusal(_("请选择通报发到哪些单位。"), code="invalid")
    return order


def _check_day(new: NewOrder, at: datetime) -> None:
    if new.due_on is not None:
        inside.check_day(new.due_on, at)
    elif new.kind in {*WITH_A_DAY, OrderKind.LISTED}:
        raise Refusal(_("请填写期限：请单位在哪一天前报告。"), code="invalid")


def _check_case(order: Order, at: datetime) -> None:
    case = order.petition
    if case is not None and complained.blocks(case, order.unit, at):
        raise Refusal(
            _(
                "议题中的信访件反映的就是%(unit)s，决定不能附带该件（条例第二十八条）。请在会议上另列不附信访件的议题。"
            )
            % {"unit": order.unit.label},
            code="invalid",
        )


def head_of(unit: Unit, at: datetime) -> Post:
    """约谈 is of the unit's head in office, by post. Raises Refusal where nobody holds it."""
    heads = holders(Role.UNIT_HEAD, unit=unit, at=at)
    if not heads:
        words = {"unit": unit.label}
        raise Refusal(
            _("%(unit)s现在没有在任的负责人，不能约谈。请先由系统管理员登记任职。") % words, code="invalid"
        )
    return heads[0]


def _save(order: Order) -> None:
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if "order_once_per_item" in str(error):
            words = {"unit": order.unit.label, "kind": order.get_kind_display()}
            raise Refusal(
                _("按这一议题已对%(unit)s下达%(kind)s，不用再下达。") % words, code="stale"
            ) from error
        raise


def _on_the_red_list(item: Item, actor: Actor, new: NewOrder, at: datetime) -> Supervision:
    """The supervision of the unit that is open, else a new one, on the red list. Raises Refusal as supervision does."""
    case = item.petition
    if case is None:
        raise Refusal(_("挂牌督办针对具体的信访件，这一议题没有写明信访件。"), code="invalid")
    assert new.due_on is not None
    live = Supervision.objects.filter(petition=case, unit=new.unit, state=State.OPEN, listing=None).order_by(
        "id"
    )
    row = live.first() or opening.open_supervision(
        petition=case,
        actor=actor,
        ground=Ground.OTHER,
        unit=new.unit,
        ground_text=new.facts,
        demand=new.demand,
        due_on=new.due_on,
        at=at,
    )
    words = {"number": item.meeting.number, "n": item.ordinal}
    reason = _("联席会议决定（%(number)s第%(n)d项）：") % words + new.facts
    listing.put_on_list(supervision=row, actor=actor, due_on=new.due_on, reason=reason[:2000], at=at)
    return row


def start_clock(order: Order, at: datetime) -> None:
    known = facts_of(order.petition, order.unit)
    deadlines.start(
        OrderClock, rule_code=RuleCode.RECTIFICATION, at=at, due_on=order.due_on, facts=known, order=order
    )


def stop_clock(order: Order, at: datetime) -> None:
    deadlines.stop_all(OrderClock.objects.filter(order=order), at)


def locked(order: Order) -> Order:
    """The case and the order, in that order. Raises Refusal for a case that was sealed meanwhile."""
    case = lock(order.petition_id) if order.petition_id else None
    rows = Order.objects.select_for_update(of=("self",)).select_related("unit", "item__meeting")
    row: Order = rows.get(pk=order.pk)
    if case is not None:
        row.petition = case
        if case.sealed:
            raise Refusal(_(inside.SEALED), code="forbidden")
    return row


def record_talk(
    *, order: Order, actor: Actor, talked_on: date, record: str, at: datetime | None = None
) -> Order:
    """How the talk went, once. Raises Refusal: not one's right, no 约谈, recorded before, a day to come or before the
    decision."""
    at = at or now()
    record = said(record, _("请写明约谈情况。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = locked(order)
        rules.require(ConferenceAct.TALK, actor, order=row)
        if row.kind != OrderKind.TALK:
            raise Refusal(_("这不是约谈。"), code="stale")
        if row.talk_recorded_at is not None:
            who = row.talk_recorded_by.get_full_name() if row.talk_recorded_by else ""
            words = {"who": who, "when": friendly_moment(row.talk_recorded_at)}
            raise Refusal(_("没有生效：%(who)s已于%(when)s登记。") % words, code="stale")
        if talked_on > local_day(at) or talked_on < local_day(row.issued_at):
            raise Refusal(_("约谈日期须在下达决定以后，且不能在今天之后。"), code="invalid")
        row.talked_on, row.talk_record = talked_on, record
        row.talk_recorded_at, row.talk_recorded_by = at, actor.user
        row.save(update_fields=["talked_on", "talk_record", "talk_recorded_at", "talk_recorded_by"])
        inside.on_record(row, actor, "talk", at)
    return row


def let_go(case_id: int, at: datetime) -> None:
    """The case was sealed: nobody outside the discipline route answers for what hangs on it (条例 30)."""
    for row in Order.objects.select_for_update(of=("self",)).open().filter(petition=case_id):
        stop_clock(row, at)
        row.state, row.ended_at = OrderState.LAPSED, at
        row.save(update_fields=["state", "ended_at"])


def pass_on(ended: Unit, at: datetime) -> None:
    """A unit has ended and one other follows it: that one answers for what was decided, until the same last day. Where
    several follow, or one that is complained of in the case, the order stays on record as it is (条例 24, 28, 39)."""
    heirs = successors_of(ended, local_day(at))
    if len(heirs) != 1:
        return
    (heir,) = heirs
    rows = Order.objects.select_for_update(of=("self",)).open().filter(unit=ended)
    for row in rows.select_related("petition__complained_unit").order_by("pk"):
        if row.petition is not None and complained.blocks(row.petition, heir, at):
            continue
        with suppress(IntegrityError), transaction.atomic():  # the heir may have the same decision of its own
            Order.objects.filter(pk=row.pk).update(unit=heir)
            row.unit = heir
            inside.on_record(row, Actor.system(), "succeed", at, **{"from": ended.pk, "to": heir.pk})
            words = {"old": ended.label, "kind": row.get_kind_display()}
            told = _("对%(old)s的%(kind)s由贵单位承继落实，报告期限不变。") % words
            inside.tell(row, people_of(heir, at), told, f"succeeded:{heir.pk}", at, case=row.petition)
