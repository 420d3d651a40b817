"""One press calls town and departments at once (条例 25); the office reports upward and declares it over.

There is no door that takes a dispatch back: whoever is concerned cannot make it undone (条例 25, 46(4)).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.querysets import UnitQuerySet
from accounts.selectors import holders, leaders_in_charge, office_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from petitions import rules as petition_rules
from petitions.enums import Act, Urgency
from petitions.models import Petition
from petitions.services import complained, following, scope, telling, urgency
from petitions.services.stepping import lock
from supervision import urgent_rules as rules
from supervision.enums import Line, UrgentAct
from supervision.models import DispatchedUnit, UpwardReport, UrgentNote, UrgentResponse

LONGEST = 4000
MOST_UNITS = 30


def units_to_call(case: Petition, at: datetime) -> UnitQuerySet:
    """Units that may be called: no district, discipline body or petition office, nor what is complained of or headed by
    somebody who is, or stands below such a unit (条例 28)."""
    units: UnitQuerySet = Unit.objects.active(local_day(at)).exclude(
        kind__in=[UnitKind.DISTRICT, UnitKind.DISCIPLINE, UnitKind.PETITION_OFFICE]
    )
    for unit in complained.units_blocked(case, at):
        if unit.kind != UnitKind.DISTRICT:
            units = units.exclude(path__startswith=unit.path)
    return units.order_by("path")


def dispatch(
    *,
    petition: Petition,
    actor: Actor,
    units: Collection[Unit],
    place: str,
    situation: str,
    measures: str = "",
    heads: int | None = None,
    at: datetime | None = None,
    token: str = "",
) -> UrgentResponse:
    """Call these bodies at once. The case becomes 重大紧急 if it was not; they read it until it is over; their people,
    the leaders in charge and the office are told now. Calling again while it runs adds bodies.

    Raises Refusal: not one's right; a sealed or closed case; nobody chosen, too many, or a unit that must not be
    called; no place or situation; the same form twice.
    """
    at = at or now()
    place = said(place, _("请写明地点。"), longest=200)
    situation = said(situation, _("请写明情况和趋势。"), longest=LONGEST)
    try:
        with transaction.atomic():
            case = lock(petition.pk)
            petition_rules.require(case, Act.DISPATCH, actor)
            chosen = _chosen(case, units, at)
            if case.urgency != Urgency.GRAVE:
                urgency.raise_urgency(
                    petition=case, actor=actor, urgency=Urgency.GRAVE, reason=situation[:500], at=at
                )
                case = lock(petition.pk)
            response = _response(case, actor, at, place, situation, measures, heads)
            called = _call(response, chosen, at)
            names = "、".join(unit.label for unit in called)
            following.remark(
                petition=case,
                act=Act.DISPATCH,
                actor=actor,
                text=_("紧急调度 %(units)s：%(place)s，%(text)s")
                % {"units": names, "place": place, "text": situation},
                at=at,
                token=token,
            )
            _on_record(response, actor, UrgentAct.DISPATCH, at, co_units=[unit.pk for unit in called])
            _tell_called(response, called, at)
    except IntegrityError as error:
        if "urgent_one_open" in str(error) or "dispatched_once" in str(error):
            raise Refusal(_("没有生效：刚刚已经有人调度本件，请看处置进展。"), code="stale") from error
        raise
    return response


def acknowledge(*, response: UrgentResponse, actor: Actor, at: datetime | None = None) -> DispatchedUnit:
    """The body says that it has the call. Raises Refusal: not called, or acknowledged before."""
    return _mark(response, actor, UrgentAct.ACKNOWLEDGE, at or now())


def arrive(*, response: UrgentResponse, actor: Actor, at: datetime | None = None) -> DispatchedUnit:
    """Its people are on the spot; whoever arrives has the call. Raises Refusal: not called, or arrived before."""
    return _mark(response, actor, UrgentAct.ARRIVE, at or now())


def note(*, response: UrgentResponse, actor: Actor, text: str, at: datetime | None = None) -> UrgentNote:
    """Progress, by a body that was called or the office. The office is told of what bodies report."""
    at = at or now()
    text = said(text, _("请写明进展。"), longest=LONGEST)
    with transaction.atomic():
        row = _locked(response)
        rules.require(UrgentAct.NOTE, actor, response=row)
        made = UrgentNote.objects.create(
            response=row, at=at, by=actor.user, unit=actor.unit, who=actor.label[:120], text=text
        )
        _on_record(row, actor, UrgentAct.NOTE, at)
        _tell(row, _office(at), _("%(number)s 紧急处置有新进展。"), f"note:{made.pk}", at, "info")
    return made


def report_up(
    *,
    response: UrgentResponse,
    actor: Actor,
    line: Line,
    to_whom: str,
    text: str,
    at: datetime | None = None,
) -> UpwardReport:
    """Put a report upward on record; it may come after it is over as well (终报)."""
    at = at or now()
    to_whom = said(to_whom, _("请写明报送对象。"), longest=200)
    text = said(text, _("请写明报送内容。"), longest=LONGEST)
    with transaction.atomic():
        row = _locked(response, also_cleared=True)
        rules.require(UrgentAct.REPORT_UP, actor, response=row)
        made = UpwardReport.objects.create(
            response=row, line=line, to_whom=to_whom, text=text, at=at, by=actor.user, who=actor.label[:120]
        )
        _into_history(row, actor, _("紧急情况上报：%(to)s") % {"to": to_whom}, at)
        _on_record(row, actor, UrgentAct.REPORT_UP, at, line=line)
    return made


def clear(
    *, response: UrgentResponse, actor: Actor, result: str, at: datetime | None = None
) -> UrgentResponse:
    """The office declares it over. Bodies that read the case by the call alone read it no more.

    Raises Refusal: not the office, no result, or a line upward on which nothing was reported yet (条例 25).
    """
    at = at or now()
    result = said(result, _("请写明处置结果。"), longest=LONGEST)
    with transaction.atomic():
        row = _locked(response)
        rules.require(UrgentAct.CLEAR, actor, response=row)
        reported = set(row.reports.values_list("line", flat=True))
        missing = [str(line.label) for line in Line if line not in reported]
        if missing:
            raise Refusal(_("还没有上报：%(lines)s。请先上报。") % {"lines": "；".join(missing)})
        row.cleared_at, row.cleared_by, row.result = at, actor.user, result
        row.save(update_fields=["cleared_at", "cleared_by", "result"])
        _into_history(row, actor, _("紧急处置完毕：%(text)s") % {"text": result}, at)
        _on_record(row, actor, UrgentAct.CLEAR, at)
        called = [one.unit for one in row.dispatched.select_related("unit")]
        told = [post for unit in called for post in _people(unit, at)]
        _tell(row, told, _("%(number)s 紧急处置已经结束。"), "cleared", at, "info")
        let_out(row)
    response.refresh_from_db()
    return response


def let_out(row: UrgentResponse) -> None:
    """The bodies' reading by the call alone ends."""
    for unit_id in row.dispatched.filter(granted=True).values_list("unit", flat=True):
        scope.revoke_unit(row.petition, unit_id)


def _chosen(case: Petition, units: Collection[Unit], at: datetime) -> list[Unit]:
    if not units:
        raise Refusal(_("请选择要调度的属地和部门。"), code="invalid")
    if len(units) > MOST_UNITS:
        raise Refusal(_("一次最多调度 %(n)d 个单位。") % {"n": MOST_UNITS}, code="invalid")
    wanted = {unit.pk for unit in units}
    able = list(units_to_call(case, at).filter(pk__in=wanted))
    if len(able) < len(wanted):
        raise Refusal(
            _("有的单位不能调度：被反映的单位、纪检监察机关和信访部门不在调度范围。请重新选择。"),
            code="invalid",
        )
    return able


def _response(
    case: Petition, actor: Actor, at: datetime, place: str, situation: str, measures: str, heads: int | None
) -> UrgentResponse:
    running: UrgentResponse | None = (
        UrgentResponse.objects.select_for_update(of=("self",)).open().filter(petition=case).first()
    )
    if running is not None:
        running.petition = case
        return running
    return UrgentResponse.objects.create(
        petition=case,
        place=place,
        heads=heads,
        situation=situation,
        measures=said(measures, longest=LONGEST) if measures.strip() else "",
        started_at=at,
        started_by=actor.user,
        who=actor.label[:120],
    )


def _call(response: UrgentResponse, units: list[Unit], at: datetime) -> list[Unit]:
    known = set(response.dispatched.values_list("unit", flat=True))
    fresh = [unit for unit in units if unit.pk not in known]
    if not fresh:
        raise Refusal(_("这些单位已经调度过，请看处置进展。"), code="stale")
    case = response.petition
    readers = set(case.scopes.filter(unit__in=fresh).values_list("unit", flat=True))
    for unit in fresh:
        scope.grant_unit(case, unit)
    DispatchedUnit.objects.bulk_create(
        DispatchedUnit(response=response, unit=unit, notified_at=at, granted=unit.pk not in readers)
        for unit in fresh
    )
    return fresh


def _mark(response: UrgentResponse, actor: Actor, act: UrgentAct, at: datetime) -> DispatchedUnit:
    with transaction.atomic():
        row = _locked(response)
        rules.require(act, actor, response=row)
        called = DispatchedUnit.objects.select_for_update().get(response=row, unit=actor.unit)
        done = called.acknowledged_at if act is UrgentAct.ACKNOWLEDGE else called.arrived_at
        if done is not None:
            who = called.acknowledged_by if act is UrgentAct.ACKNOWLEDGE else called.arrived_by
            raise Refusal(
                _("没有生效：%(who)s已于%(when)s登记。") % {"who": who, "when": friendly_moment(done)},
                code="stale",
            )
        if called.acknowledged_at is None:
            called.acknowledged_at, called.acknowledged_by = at, actor.label[:120]
        if act is UrgentAct.ARRIVE:
            called.arrived_at, called.arrived_by = at, actor.label[:120]
        called.save()
        _on_record(row, actor, act, at)
    return called


def _locked(response: UrgentResponse, *, also_cleared: bool = False) -> UrgentResponse:
    case = lock(response.petition_id)
    row: UrgentResponse = UrgentResponse.objects.select_for_update(of=("self",)).get(pk=response.pk)
    row.petition = case
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此调度。"), code="forbidden")
    if row.cleared_at is not None and not also_cleared:
        raise Refusal(
            _("没有生效：紧急处置已于%(when)s结束。") % {"when": friendly_moment(row.cleared_at)},
            code="stale",
        )
    return row


def _into_history(row: UrgentResponse, actor: Actor, text: str, at: datetime) -> None:
    if petition_rules.may(row.petition, Act.DISPATCH, actor):
        following.remark(petition=row.petition, act=Act.DISPATCH, actor=actor, text=text, at=at)


def _on_record(row: UrgentResponse, actor: Actor, act: UrgentAct, at: datetime, **detail: object) -> None:
    known: dict[str, object] = {"case": row.petition.audit_name}
    audit.record(actor=actor, act=f"urgent.{act}", obj=row, detail=known | detail, at=at)


def _office(at: datetime) -> list[Post]:
    return [*office_posts(Role.PETITION_OFFICER, at), *office_posts(Role.INSPECTOR, at)]


def _people(unit: Unit, at: datetime) -> list[Post]:
    return [post for role in rules.CALLED for post in holders(role, unit=unit, at=at)]


def _tell_called(row: UrgentResponse, units: list[Unit], at: datetime) -> None:
    for unit in units:
        posts = [*_people(unit, at), *leaders_in_charge(unit, at)]
        words = _("重大紧急 %(number)s：请立即签收并到场处置。")
        _tell(row, posts, words, f"called:{unit.pk}", at, "late")
    _tell(row, _office(at), _("重大紧急 %(number)s 已调度，请按两条线上报。"), "report", at, "late")


def _tell(
    row: UrgentResponse, posts: list[Post], words: str, occasion: str, at: datetime, level: str
) -> None:
    telling.notify_about(
        row.petition,
        posts,
        text=words % {"number": row.petition.number},
        link=row.get_absolute_url(),
        dedupe_key=f"urgent:{row.pk}:{occasion}",
        level=level,
        at=at,
    )
