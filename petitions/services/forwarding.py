"""From the petition office to the unit that must answer, and back by objection (条例 22, 23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit, User
from accounts.selectors import holders
from core.errors import Refusal
from core.timekeeping import local_day
from core.wording import said
from petitions import legal, rules
from petitions.enums import (
    Act,
    ForwardKind,
    Kind,
    NoticeOf,
    Path,
    ShareRole,
    Status,
)
from petitions.models import Objection, Petition, Share
from petitions.services import (
    accepting,
    classifying,
    clocks,
    complained,
    joining,
    noticing,
    parts,
    scope,
    sealing,
    simplified,
)
from petitions.services.sharing import share, tell, tell_unit
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

NOT_A_HANDLER = frozenset({UnitKind.DISTRICT})


def classify(
    *,
    petition: Petition,
    actor: Actor,
    kind: Kind,
    path: Path | None = None,
    category_id: int | None = None,
    complained_unit: Unit | None = None,
    complained_people: Sequence[User] = (),
    reason: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Set the kind (条例 29–31), the path, the category, and the unit and staff complained of, which an online case
    only names in words. Changing a kind or a path that was set needs a reason.

    Whoever is named is out of the case from then on, the actor too (``services.complained``). A case found to be
    检举控告 is sealed at once and goes to the discipline route; grants fall with it.
    """
    with transaction.atomic():
        with stepping(petition, Act.CLASSIFY, actor, at=at, token=token) as work:
            case = work.petition
            if kind == Kind.ACCUSATION and case.status != Status.REGISTERED:
                raise Refusal(_("本件已转送，请用“转为检举控告”：本件会收回并密存。"), code="invalid")
            if case.sealed and kind != Kind.ACCUSATION:
                raise Refusal(_("本件是密存的检举控告，不能改为其他目的。"), code="invalid")
            _check_reason(case, kind, path, reason)
            if kind == Kind.APPEAL and path is None:
                raise Refusal(_("申诉求决须选定办理路径。"), code="invalid")
            work.change(kind=kind, path=path if kind == Kind.APPEAL else None)
            if category_id:
                work.change(category_id=category_id)
            work.text = f"{_way(case)}；{reason}" if reason else _way(case)
            work.detail = {"kind": kind, "path": path}
            complained.name(work, unit=complained_unit, people=complained_people)
            if kind == Kind.ACCUSATION:
                sealing.close_up(work)
        if work.petition.sealed and work.petition.status == Status.REGISTERED:
            sealing.into_the_route(work.petition, work.at)
            petition.refresh_from_db()
        elif (lead := work.petition.lead_unit) is not None and complained.blocks(
            work.petition, lead, work.at
        ):
            take_back(work.petition, work.at)
            petition.refresh_from_db()


def _check_reason(case: Petition, kind: Kind, path: Path | None, reason: str) -> None:
    """Raises Refusal: what was set is changed and nobody says why."""
    if reason.strip():
        return
    if case.kind and case.kind != kind:
        raise Refusal(_("更改信访目的须写明理由。"), code="invalid")
    if kind == Kind.APPEAL and case.path is not None and case.path != path:
        raise Refusal(_("更改办理路径须写明理由。"), code="invalid")


def _way(case: Petition) -> str:
    """申诉求决、信访程序 · 城市管理: what it was classified as."""
    way = str(case.get_kind_display())
    if case.path:
        way += f"、{Path(case.path).label}"
    return f"{way} · {case.category.level1}" if case.category is not None else way


def take_back(petition: Petition, at: datetime, *, why: str = "") -> None:
    """The unit that leads is the one complained of, unless ``why`` says otherwise: the case goes back to the office, to
    be sent elsewhere; a sealed one to another discipline body, or to those who hold it."""
    if petition.sealed:
        sealing.route_anew(petition, at)
        return
    with stepping(petition, Act.TAKE_BACK, Actor.system(), at=at) as work:
        Objection.objects.filter(petition=work.petition, agreed=None).update(
            agreed=True, decision=why or _("本单位是被反映单位，已收回。"), decided_at=at
        )
        work.petition.shares.filter(ended_at=None).update(ended_at=at)
        work.change(lead_unit=None, responsible=None)
        work.holder = work.petition.registered_unit
        scope.rebuild(work.petition)
        work.public_text = _("已收回，另行转送。")


def forward(
    *,
    petition: Petition,
    actor: Actor,
    unit: Unit,
    co_units: Sequence[Unit] = (),
    note: str = "",
    co_demand: str = "",
    co_due_on: date | None = None,
    case_kind: Kind | None = None,
    case_path: Path | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """转送 to a lead unit, with co-units if needed. Asks for nothing back. Joined cases go along. ``co_demand``: what
    the co-units contribute, by ``co_due_on``; without them the note, and the day of ``part_clocks.default_day``.
    ``case_kind``, ``case_path``: what the case is, where nobody has said so (``classifying``)."""
    send = partial(_send, unit=unit, co_units=co_units, kind=ForwardKind.FORWARD, note=note)
    send = partial(send, co_demand=co_demand, co_due_on=co_due_on, kind_of_case=case_kind, path=case_path)
    with stepping(petition, Act.FORWARD, actor, at=at, token=token) as work:
        joining.together(work, send, also=lambda case: not complained.blocks(case, unit, work.at))


def assign(
    *,
    petition: Petition,
    actor: Actor,
    unit: Unit,
    feedback_due_on: date,
    demand: str,
    co_units: Sequence[Unit] = (),
    co_demand: str = "",
    co_due_on: date | None = None,
    case_kind: Kind | None = None,
    case_path: Path | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """交办: with a set date for feedback and a report (条例 22). Joined cases go along, to the same date.
    ``case_kind``, ``case_path``: as of 转送."""
    send = partial(
        _send, unit=unit, co_units=co_units, kind=ForwardKind.ASSIGN, note=demand, due_on=feedback_due_on
    )
    send = partial(send, co_demand=co_demand, co_due_on=co_due_on, kind_of_case=case_kind, path=case_path)
    with stepping(petition, Act.ASSIGN, actor, at=at, token=token) as work:
        if feedback_due_on <= local_day(work.at):
            raise Refusal(_("反馈期限须在今天以后。"), code="invalid")
        joining.together(work, send, also=lambda case: not complained.blocks(case, unit, work.at))


def object_to(
    *,
    petition: Petition,
    actor: Actor,
    reason: str,
    suggested_unit: Unit | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """异议 within five working days, with reasons; the case stays here until the sender agrees (条例 23 ¶3)."""
    with stepping(petition, Act.OBJECT, actor, at=at, token=token) as work:
        if len(reason.strip()) < 5:
            raise Refusal(_("请详细写明异议的理由。"), code="invalid")
        sent = Share.objects.get(petition=work.petition, role=ShareRole.LEAD, ended_at=None)
        if work.petition.objections.filter(agreed=False, raised_at__gte=sent.sent_at).exists():
            raise Refusal(
                _("本单位的异议已经核实，没有获得同意，应当继续办理（条例第二十三条）。"), code="stale"
            )
        clock = clocks.running(work.petition, C.OBJECTION)
        if clock is None or work.at > clock.due_at:
            raise Refusal(
                _("已超过 5 个工作日的异议期限（条例第二十三条），本单位应当继续办理。"),
                code="stale",
            )
        assert work.petition.lead_unit is not None and actor.user is not None
        Objection.objects.create(
            petition=work.petition,
            unit=work.petition.lead_unit,
            reason=reason,
            suggested_unit=suggested_unit,
            raised_at=work.at,
            raised_by=actor.user,
        )
        work.text = reason
        if sent.sent_from is not None:
            tell(
                work,
                holders(Role.PETITION_OFFICER, unit=sent.sent_from, at=work.at),
                _("%(unit)s 对 %(number)s 提出异议，请核实。"),
            )


def decide_objection(
    *,
    petition: Petition,
    actor: Actor,
    agree: bool,
    decision: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The sender agrees (materials go back, the next unit gets its full time) or the unit goes on."""
    act = Act.AGREE_OBJECTION if agree else Act.REJECT_OBJECTION
    with stepping(petition, act, actor, at=at, token=token) as work:
        decision = said(decision, _("请写明核实意见。"))
        Objection.objects.filter(petition=work.petition, agreed=None).update(
            agreed=agree, decision=decision, decided_at=work.at, decided_by=actor.user
        )
        work.text = decision
        unit = work.petition.lead_unit
        assert unit is not None
        tell_unit(work, unit, _("%(number)s 的异议已核实：") + act.label)
        if agree:
            work.petition.shares.filter(ended_at=None).update(ended_at=work.at)
            work.change(lead_unit=None, responsible=None)
            work.holder = work.petition.registered_unit
            scope.rebuild(work.petition)


def accept(
    *,
    petition: Petition,
    actor: Actor,
    kind: Kind | None = None,
    path: Path | None = None,
    note: str = "",
    simplify: bool = False,
    supportable: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """受理, with the kind and path it will go (条例 29–31). Path six starts the 60 days (条例 34).

    Another kind or path than was set needs ``note`` to give the reasons. Joined cases are accepted along, to go the
    same way, unless they were classified otherwise. Whoever filed online is told by the step; all others afterwards
    (``noticing``), and the 15 days run on until then. ``simplify`` chooses 简易办理 for this case alone; then the unit
    says that its requests are ``supportable``, none likely to end in 不予支持.
    """
    with stepping(petition, Act.ACCEPT, actor, at=at, token=token) as work:
        way = accepting.chosen_way(work.petition, kind, path)
        if simplify:
            simplified.check_choice(work.petition, way, supportable=supportable, at=work.at)
        words = accepting.explain_change(work, way, note)

        def take(one: Stepping) -> None:
            assert one.petition.lead_unit is not None
            one.change(kind=way.kind, path=way.path, accepted_at=one.at)
            one.text = words if one is work else note
            one.public_text = accepting.words_to_petitioner(one.petition, way)
            if simplify and one is work:
                simplified.take(one)
            noticing.at_decision(one, NoticeOf.ACCEPTED)

        joining.together(work, take, also=partial(accepting.goes_along, way=way))


def _send(
    work: Stepping,
    *,
    unit: Unit,
    co_units: Sequence[Unit],
    kind: ForwardKind,
    note: str,
    due_on: date | None = None,
    co_demand: str = "",
    co_due_on: date | None = None,
    kind_of_case: Kind | None = None,
    path: Path | None = None,
) -> None:
    case = work.petition
    way = classifying.take_way(work, kind_of_case, path)
    if co_due_on is not None and co_due_on <= local_day(work.at):
        raise Refusal(_("协办反馈日期须在今天以后。"), code="invalid")
    check_receiver(case, unit, work.at)
    work.feedback_due_on = due_on
    share(work, unit, ShareRole.LEAD, kind, note, due_on)
    work.change(lead_unit=unit)
    beside = list({other.pk: other for other in co_units if other.pk != unit.pk}.values())
    parts.begin(work, beside, kind, co_demand or note, co_due_on, feedback_due_on=due_on)
    work.holder = unit
    scope.rebuild(case)
    work.text = "；".join(part for part in (way, note) if part)
    work.public_text = _("已%(how)s%(unit)s。") % {"how": kind.label, "unit": unit.name}
    work.detail |= {"unit": unit.pk, "co_units": [other.pk for other in co_units]}
    tell_unit(work, unit)


def check_receiver(petition: Petition, unit: Unit, at: datetime) -> None:
    if unit.kind in NOT_A_HANDLER:
        raise Refusal(_("请选择具体的部门或乡镇，不能转送给区县本身。"), code="invalid")
    if unit.kind == UnitKind.PETITION_OFFICE:
        raise Refusal(
            _("信访部门转送、督办，不办理信访事项本身（条例第十四条）。请选择有权处理的机关、单位。"),
            code="invalid",
        )
    if rules.litigation(petition) and not legal.is_legal(unit):
        _refuse_if_there_is_one(unit, at)
    if complained.blocks(petition, unit, at):
        raise Refusal(
            _(
                "本件反映的就是%(unit)s或其负责人，不能由其主办（条例第二十八条）。请转送其上级或其他有权处理机关。"
            )
            % {"unit": unit.name},
            code="invalid",
        )
    if unit.kind == UnitKind.DISCIPLINE and not petition.sealed:
        raise Refusal(_("检举控告请先“定性分类”，系统会密存并直接转纪检监察机关。"), code="invalid")


def _refuse_if_there_is_one(unit: Unit, at: datetime) -> None:
    """Raises Refusal: a 涉法涉诉 matter goes to a 政法 unit where the tree has one (条例 22)."""
    bodies = list(legal.bodies(local_day(at)))
    if bodies:
        raise Refusal(
            _(
                "本件定为涉法涉诉（路径一），%(unit)s不是政法机关：请转送%(bodies)s，或者用“引导到政法机关”告知信访人"
                "（条例第二十二条）。不属于涉法涉诉的，请先更改定性分类。"
            )
            % {"unit": unit.name, "bodies": "、".join(one.name for one in bodies[:5])},
            code="invalid",
        )
