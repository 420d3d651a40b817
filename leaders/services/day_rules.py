"""Rules that make reception days, and the month that comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, local_day, now
from core.wording import said
from deadlines.rulebook import rulebook
from leaders import rules
from leaders.enums import HolidayMove, LeaderAct, RulePattern, VisitKind
from leaders.models import DayRule, RuleSite, RuleTurn, Site, VisitDay
from leaders.models.day_rules import LAST
from leaders.month import Draft, draft_month
from leaders.services.bookings import lock_day
from leaders.services.days import DayPlan, check_hours, clash_of, plan_day

MOST_IN_TURN = 30


@dataclass(frozen=True, kw_only=True)
class RuleFacts:
    """``posts`` and ``sites`` in the order of their turns; ``nth`` 1 to 4, 5 for the last, None every week."""

    name: str
    kind: VisitKind
    pattern: RulePattern
    weekday: int
    nth: int | None = None
    start: time
    end: time
    posts: Sequence[Post]
    sites: Sequence[Site]
    slots: int | None = None
    slot_minutes: int = 20
    holiday: HolidayMove = HolidayMove.NEXT
    topics: str = ""
    valid_from: date
    valid_until: date | None = None


def add_rule(*, actor: Actor, facts: RuleFacts, at: datetime | None = None) -> DayRule:
    """Add a rule; it makes nothing by itself (``plan_month``).

    Raises Refusal: not one's right, nobody or no site in turn, hours or slots that cannot be, days in no order.
    """
    at = at or now()
    _check(facts, at)
    for post in facts.posts:
        rules.require(LeaderAct.PLAN_DAY, actor, leader=post)
    with transaction.atomic():
        names = ("kind", "pattern", "weekday", "nth", "start", "end", "slots", "slot_minutes", "holiday")
        row: DayRule = DayRule.objects.create(
            **{name: getattr(facts, name) for name in (*names, "valid_from", "valid_until")},
            name=said(facts.name, _("请写明排班名称。"), longest=80),
            topics=clean_text(facts.topics)[:200],
            added_at=at,
            added_by=actor.user,
        )
        RuleTurn.objects.bulk_create(
            RuleTurn(rule=row, ordinal=n, post=post) for n, post in enumerate(facts.posts, start=1)
        )
        RuleSite.objects.bulk_create(
            RuleSite(rule=row, ordinal=n, site=site) for n, site in enumerate(facts.sites, start=1)
        )
        audit.record(actor=actor, act="day_rule.add", obj=row, at=at)
    return row


def end_rule(*, rule: DayRule, actor: Actor, last_on: date, at: datetime | None = None) -> DayRule:
    """End a rule with ``last_on``, its last day. Days it has made stay as they are planned.

    Raises Refusal: not one's right, ended before that day, or a last day before its first.
    """
    at = at or now()
    with transaction.atomic():
        row: DayRule = DayRule.objects.select_for_update().get(pk=rule.pk)
        for turn in row.turns.select_related("post__unit"):
            rules.require(LeaderAct.PLAN_DAY, actor, leader=turn.post)
        if last_on < row.valid_from:
            raise Refusal(_("最后日期不能早于起始日期。"), code="invalid")
        if row.valid_until is not None and row.valid_until <= last_on:
            raise Refusal(
                _("这个排班到 %(day)s 就已结束。") % {"day": row.valid_until.isoformat()}, code="stale"
            )
        row.valid_until = last_on
        row.save(update_fields=["valid_until"])
        audit.record(actor=actor, act="day_rule.end", obj=row, detail={"last_on": last_on.isoformat()}, at=at)
    return row


def _check(facts: RuleFacts, at: datetime) -> None:
    if not facts.posts:
        raise Refusal(_("请至少选一位领导，按先后轮流。"), code="invalid")
    if not facts.sites:
        raise Refusal(_("请至少选一个场所；选几个就按先后轮流。"), code="invalid")
    if len(facts.posts) > MOST_IN_TURN or len(facts.sites) > MOST_IN_TURN:
        raise Refusal(_("轮流的领导和场所各不超过 %(n)d 个。") % {"n": MOST_IN_TURN}, code="invalid")
    if any(post.role != Role.LEADER for post in facts.posts):
        raise Refusal(_("请选择在任的领导。"), code="invalid")
    monthly = facts.pattern == RulePattern.MONTHLY
    if not 0 <= facts.weekday <= 6 or monthly != (facts.nth is not None) or not 1 <= (facts.nth or 1) <= LAST:
        raise Refusal(_("请选择星期几；每月一次的，还要选第几个。"), code="invalid")
    day = local_day(at)
    check_hours(
        datetime.combine(day, facts.start, SHANGHAI),
        datetime.combine(day, facts.end, SHANGHAI),
        facts.slots,
        facts.slot_minutes,
    )
    if facts.valid_until is not None and facts.valid_until < facts.valid_from:
        raise Refusal(_("最后日期不能早于起始日期。"), code="invalid")
    if facts.valid_until is not None and facts.valid_until < day:
        raise Refusal(_("最后日期已经过去。"), code="invalid")


@dataclass
class MonthLine:
    """One date of the preview. ``day`` is what was planned before; ``why_not`` why it cannot be planned."""

    draft: Draft
    day: VisitDay | None = None
    why_not: str = ""

    @property
    def new(self) -> bool:
        return self.day is None and not self.why_not and self.draft.on is not None

    def unannounced(self, at: datetime) -> bool:
        """Planned, still to come, and not shown to residents. A visit to a home never is."""
        day = self.day
        if day is None or day.published or day.kind == VisitKind.AT_HOME:
            return False
        return day.cancelled_at is None and day.starts_at > at


@dataclass
class Planned:
    """What came of a month: how many are new, and the sentences of those that could not be."""

    made: list[VisitDay] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def month_lines(actor: Actor, year: int, month: int, at: datetime) -> list[MonthLine]:
    """The month as the actor's rules make it, with what is there already and what clashes. Raises Refusal: no rule,
    or a calendar that has not been entered."""
    found = list(_rules_of(actor, year, month))
    if not found:
        raise Refusal(_("这个月没有生效的排班，请先登记排班。"), code="stale")
    drafts = draft_month(found, year, month, rulebook().calendar)
    there = {
        (day.rule_id, day.nominal_on): day
        for day in VisitDay.objects.filter(
            rule__in=found, nominal_on__in={one.nominal_on for one in drafts}
        ).with_row_relations()
    }
    lines = [MonthLine(draft, there.get((draft.rule.pk, draft.nominal_on))) for draft in drafts]
    for line in lines:
        if line.new:
            line.why_not = _why_not(line.draft, at)
    _mark_among_themselves(lines)
    return lines


def plan_month(
    *, actor: Actor, year: int, month: int, publish: bool = True, at: datetime | None = None
) -> Planned:
    """Plan what is missing of the month, each day in a transaction of its own; those that clash are left, with the
    sentence. Again for the same month, only what is missing is added: a rule makes a date once, by the database."""
    at = at or now()
    rules.require(LeaderAct.PLAN_DAY, actor)
    planned = Planned()
    for line in month_lines(actor, year, month, at):
        if line.day is not None or line.draft.on is None:
            continue
        try:
            planned.made.append(plan_day(actor=actor, plan=_plan(line.draft, publish), at=at))
        except Refusal as refusal:
            planned.refused.append(f"{line.draft.on.isoformat()} {line.draft.post.user}：{refusal.sentence}")
    return planned


def publish_month(*, actor: Actor, year: int, month: int, at: datetime | None = None) -> int:
    """Announce what is planned of the month and stands: residents read it and book from now on. How many days.

    Raises Refusal: not one's right, or no rule holds in that month.
    """
    at = at or now()
    rules.require(LeaderAct.PLAN_DAY, actor)
    lines = month_lines(actor, year, month, at)
    days = [line.day.pk for line in lines if line.day is not None and line.unannounced(at)]
    announced = 0
    for pk in days:
        with transaction.atomic():
            row = lock_day(pk)
            if row.published or row.cancelled_at is not None or row.is_over(at):
                continue
            rules.require(LeaderAct.PLAN_DAY, actor, leader=row.post)
            row.published, row.published_at = True, at
            row.save(update_fields=["published", "published_at"])
            audit.record(actor=actor, act="visit_day.publish", obj=row, at=at)
            announced += 1
    return announced


def _rules_of(actor: Actor, year: int, month: int) -> list[DayRule]:
    first = date(year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return list(
        DayRule.objects.visible_to(actor)
        .filter(valid_from__lte=last)
        .exclude(valid_until__lt=first)
        .prefetch_related("turns__post__user", "turns__post__unit", "places__site__unit")
        .order_by("pk")
    )


def _plan(draft: Draft, publish: bool = True) -> DayPlan:
    return DayPlan(
        post=draft.post,
        kind=VisitKind(draft.rule.kind),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        site=draft.site,
        slots=draft.rule.slots,
        slot_minutes=draft.rule.slot_minutes,
        topics=draft.rule.topics,
        published=publish,
        rule=draft.rule,
        nominal_on=draft.nominal_on,
    )


def _why_not(draft: Draft, at: datetime) -> str:
    assert draft.on is not None
    if draft.starts_at <= at:
        return _("已经过去")
    if not draft.post.held_on(draft.on):
        return _("当天不在任，请在排班里换人")
    if draft.site.used_from > draft.on or (draft.site.used_until and draft.site.used_until < draft.on):
        return _("场所当天没有启用")
    return clash_of(_plan(draft))


def _mark_among_themselves(lines: list[MonthLine]) -> None:
    """Two rules of the same month that want one leader or one site at once: the later one is told."""
    for place, line in enumerate(lines):
        for before in lines[:place]:
            if line.new and before.new and _meet(line.draft, before.draft):
                line.why_not = _("与“%(rule)s”同一天的安排冲突") % {"rule": before.draft.rule.name}


def _meet(one: Draft, other: Draft) -> bool:
    if one.starts_at >= other.ends_at or other.starts_at >= one.ends_at:
        return False
    together = one.rule.kind == other.rule.kind == VisitKind.GROUP
    same_site = one.site.pk == other.site.pk and not together
    return one.post.user_id == other.post.user_id or same_site
