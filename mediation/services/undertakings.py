"""承诺事项 of a joint sitting: each with its unit, last day and clock; reported on, accepted by the convener."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import leaders_in_charge, people_of
from accounts.services.units import check_active
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from mediation import sitting_rules
from mediation.models import DoingReport, Sitting, Undertaking, UndertakingClock
from mediation.services import sitting_inside, sittings
from mediation.services.sitting_inside import LONGEST
from mediation.sitting_enums import DoingState, SittingAct, SittingState
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import telling
from petitions.services.rungs import Rungs

A, D = SittingAct, DoingState
#: More than so many from one sitting is a list pasted into the wrong place.
MOST = 100


def undertake(
    *, sitting: Sitting, actor: Actor, unit: Unit, what: str, due_on: date, at: datetime | None = None
) -> Undertaking:
    """Write down what one unit of the sitting is to do by when; its clock starts and its desk is told.

    Raises Refusal: not one's right, not held, nothing said, a unit that did not sit or is complained of (条例 28), a
    day that cannot be kept.
    """
    at = at or now()
    what = said(what, _("请写明承诺做什么。"), longest=500)
    sitting_inside.check_day(due_on, at)
    with transaction.atomic():
        row = sitting_inside.locked_for(sitting, actor, A.UNDERTAKE, SittingState.HELD)
        if unit.pk != row.unit_id and not row.invitations.filter(unit=unit).exists():
            raise Refusal(_("%(unit)s没有参加这次会办，请另行邀请。") % {"unit": unit.label}, code="invalid")
        check_active([unit], at)
        if row.petition is not None:
            sittings.refuse_complained(row.petition, [unit], at)
        count = row.undertakings.count()
        if count >= MOST:
            raise Refusal(_("一次会办最多登记 %(n)d 件承诺事项。") % {"n": MOST}, code="invalid")
        made: Undertaking = Undertaking.objects.create(
            sitting=row,
            ordinal=count + 1,
            unit=unit,
            what=what,
            due_on=due_on,
            made_at=at,
            made_by=actor.user,
        )
        _start_clock(made, at)
        sitting_inside.on_record(made, actor, A.UNDERTAKE, at, unit=unit.pk, until=due_on)
        text = _("联合会办确定贵单位一件承诺事项，%(day)s前完成，请按期落实并反馈。") % {
            "day": due_on.isoformat()
        }
        sitting_inside.tell(row, people_of(unit, at), text, key=f"undertaken:{made.pk}", at=at)
    return made


def report(*, undertaking: Undertaking, actor: Actor, text: str, at: datetime | None = None) -> DoingReport:
    """What was done; the clock stops with it. Raises Refusal: not of the unit, nothing said, reported or over."""
    at = at or now()
    text = said(text, _("请写明落实的情况。"), longest=LONGEST)
    with transaction.atomic():
        row = sitting_inside.locked_undertaking(undertaking)
        sitting_rules.require(A.REPORT, actor, undertaking=row)
        _require(row, D.OPEN)
        made: DoingReport = DoingReport.objects.create(
            undertaking=row, text=text, at=at, by=actor.user, who=actor.label[:120]
        )
        row.state = D.REPORTED
        row.save(update_fields=["state"])
        _stop_clock(row, at)
        sitting_inside.on_record(row, actor, A.REPORT, at)
        told = _("%(unit)s已反馈一件会办承诺事项，请审核。") % {"unit": row.unit.label}
        posts = sitting_inside.conveners(row.sitting, at)
        sitting_inside.tell(row.sitting, posts, told, key=f"reported:{made.pk}", at=at)
    return made


def review(
    *,
    undertaking: Undertaking,
    actor: Actor,
    done: bool,
    text: str = "",
    new_due_on: date | None = None,
    nth: int | None = None,
    at: datetime | None = None,
) -> Undertaking:
    """Done; or not yet, with the reason and a new last day. ``nth``: which of the reports was read.

    Raises Refusal: not one's right, one's own report, nothing to review, another report than was read, no reason or
    day.
    """
    at = at or now()
    text = text.strip()
    if not done:
        text = said(text, _("还没有到位的，请写明还差什么。"), longest=LONGEST)
        if new_due_on is None:
            raise Refusal(_("还没有到位的，请填写新的完成日期。"), code="invalid")
        sitting_inside.check_day(new_due_on, at)
    with transaction.atomic():
        row = sitting_inside.locked_undertaking(undertaking)
        sitting_rules.require(A.REVIEW, actor, sitting=row.sitting)
        _require(row, D.REPORTED)
        if nth not in {None, row.reports.count()}:
            raise Refusal(_("没有生效：单位刚刚又报了一份，请阅读以后再审核。"), code="stale")
        given = row.reports.select_for_update().get(accepted=None)
        if actor.user is not None and given.by_id == actor.user.pk:
            raise Refusal(_("写反馈的人不能自己审核，请由其他人审核。"), code="forbidden")
        given.accepted, given.reply, given.replied_at, given.replied_by = done, text, at, actor.user
        given.new_due_on = None if done else new_due_on
        given.save(update_fields=["accepted", "reply", "replied_at", "replied_by", "new_due_on"])
        _move(row, new_due_on if not done else None, at)
        sitting_inside.on_record(row, actor, A.REVIEW, at, done=done, until=row.due_on)
        told = _("会办承诺事项已审核：到位。") if done else _("会办承诺事项已审核：还没有到位，请继续落实。")
        sitting_inside.tell(row.sitting, people_of(row.unit, at), told, key=f"reviewed:{given.pk}", at=at)
    return row


def let_go(petition: Petition, at: datetime) -> None:
    """The case was sealed: what hangs on it here ends at once and nobody is told of it again (条例 30)."""
    rows = Sitting.objects.select_for_update(of=("self",)).filter(petition=petition)
    for sitting in rows:
        open_ones = sitting.undertakings.filter(state__in=[D.OPEN, D.REPORTED])
        deadlines.stop_all(UndertakingClock.objects.filter(undertaking__in=open_ones), at)
        open_ones.update(state=D.LAPSED, ended_at=at)
        if sitting.state == SittingState.CALLED:
            sitting.state, sitting.cancelled_at = SittingState.CANCELLED, at
            sitting.cancel_reason = _("转为检举控告。")
            sitting.save(update_fields=["state", "cancelled_at", "cancel_reason"])


def _posts(unit: Unit, role: Role, at: datetime) -> list[Post]:
    return leaders_in_charge(unit, at) if role == Role.LEADER else people_of(unit, at)


def alert_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The unit before and at the day; in the place of the petition office the convener; then the inspectors. Units
    only, no subject and no name (domain G)."""
    rungs, lines = Rungs(now(), _posts), []
    for step in due:
        row: Undertaking = step.clock.undertaking  # type: ignore[attr-defined]
        case = row.sitting.petition
        if case is not None and case.sealed:
            continue
        role = Role(step.role)
        told = _conveners_told(row, case) if role == Role.PETITION_OFFICER else []
        lines.append(
            AlertLine(
                recipients=told or rungs.told_of(case, row.unit, role),
                text=_words(row, step, role) + step.late_text,
                link=row.get_absolute_url(),
                about=case.about if case is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *rungs.vacancies.lines()]


def _conveners_told(row: Undertaking, case: Petition | None) -> list[int]:
    at = now()
    posts = sitting_inside.conveners(row.sitting, at)
    if case is None:
        return sorted({post.user_id for post in posts})
    return telling.who_may_know(case, posts, at=at)


def _words(row: Undertaking, step: DueStep, role: Role) -> str:
    words = {"unit": row.unit.label}
    if step.kind == StepKind.REMIND:
        return _("%(unit)s的会办承诺事项将到期。") % words
    if role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
        return _("%(unit)s的会办承诺事项已到期，没有反馈，请督促。") % words
    return _("%(unit)s的会办承诺事项已到期，请立即反馈。") % words


def _move(row: Undertaking, new_due_on: date | None, at: datetime) -> None:
    if new_due_on is None:
        row.state, row.ended_at = D.DONE, at
        row.save(update_fields=["state", "ended_at"])
        return
    row.state, row.due_on = D.OPEN, new_due_on
    row.save(update_fields=["state", "due_on"])
    _start_clock(row, at)


def _require(row: Undertaking, wanted: DoingState) -> None:
    if row.state != wanted:
        raise Refusal(
            _("没有生效：这件承诺事项现在是“%(state)s”。") % {"state": DoingState(row.state).label},
            code="stale",
        )


def _start_clock(row: Undertaking, at: datetime) -> None:
    known = facts_of(row.sitting.petition, row.unit)
    deadlines.start(
        UndertakingClock,
        rule_code=RuleCode.UNDERTAKING,
        at=at,
        due_on=row.due_on,
        facts=known,
        undertaking=row,
    )


def _stop_clock(row: Undertaking, at: datetime) -> None:
    deadlines.stop_all(UndertakingClock.objects.filter(undertaking=row), at)
