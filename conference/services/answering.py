"""The unit's written report on what the conference decided, and the word on it: done, or not yet."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import office_posts, people_of
from conference import rules
from conference.enums import ConferenceAct, OrderKind, OrderState
from conference.models import Order, OrderReport
from conference.services import inside, ordering
from core.errors import Refusal
from core.timekeeping import friendly_moment, now
from core.wording import said


def report(*, order: Order, actor: Actor, text: str, at: datetime | None = None) -> OrderReport:
    """What was done. The clock stops with it. Raises Refusal: not of the unit, nothing said, reported or over."""
    at = at or now()
    text = said(text, _("请写明整改、落实的情况。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = ordering.locked(order)
        rules.require(ConferenceAct.ANSWER, actor, order=row)
        _require(row, OrderState.OPEN)
        made: OrderReport = OrderReport.objects.create(
            order=row, text=text, at=at, by=actor.user, who=actor.label[:120]
        )
        row.state = OrderState.REPORTED
        row.save(update_fields=["state"])
        ordering.stop_clock(row, at)
        inside.on_record(row, actor, "answer", at)
        words = {"unit": row.unit.label, "kind": row.get_kind_display()}
        told = _("%(unit)s已就%(kind)s书面报告，请审核。") % words
        inside.tell(row, overseers(row, at), told, f"answered:{made.pk}", at, case=row.petition)
    return made


def review(
    *,
    order: Order,
    actor: Actor,
    done: bool,
    text: str = "",
    new_due_on: date | None = None,
    nth: int | None = None,
    at: datetime | None = None,
) -> Order:
    """Done; or not yet, with the reason and a new last day. ``nth``: which of the reports was read.

    Raises Refusal: not one's right, one's own report, nothing to review, another report than the one that was read, no
    reason or no day.
    """
    at = at or now()
    if not done:
        text = said(text, _("还没有到位的，请写明还差什么。"), longest=inside.LONGEST)
        if new_due_on is None:
            raise Refusal(_("还没有到位的，请填写新的期限。"), code="invalid")
        inside.check_day(new_due_on, at)
    elif text.strip():
        text = said(text, longest=inside.LONGEST)
    with transaction.atomic():
        row = ordering.locked(order)
        rules.require(ConferenceAct.REVIEW, actor, order=row)
        _require(row, OrderState.REPORTED)
        if nth not in {None, row.reports.count()}:
            raise Refusal(_("没有生效：单位刚刚又报了一份，请阅读以后再审核。"), code="stale")
        given = row.reports.select_for_update().get(accepted=None)
        if actor.user is not None and given.by_id == actor.user.pk:
            raise Refusal(_("写报告的人不能自己审核，请由其他人审核。"), code="forbidden")
        given.accepted, given.reply, given.replied_at, given.replied_by = done, text.strip(), at, actor.user
        given.new_due_on = None if done else new_due_on
        given.save(update_fields=["accepted", "reply", "replied_at", "replied_by", "new_due_on"])
        _move(row, done, new_due_on, at)
        inside.on_record(row, actor, "review", at, done=done, until=row.due_on)
        words = {"kind": row.get_kind_display()}
        told = (
            _("%(kind)s的报告已审核：到位。") if done else _("%(kind)s的报告已审核：还没有到位，请继续整改。")
        )
        inside.tell(row, people_of(row.unit, at), told % words, f"reviewed:{given.pk}", at, case=row.petition)
    return row


def _move(row: Order, done: bool, new_due_on: date | None, at: datetime) -> None:
    if done:
        row.state, row.ended_at = OrderState.DONE, at
        row.save(update_fields=["state", "ended_at"])
        return
    row.state, row.due_on = OrderState.OPEN, new_due_on
    row.save(update_fields=["state", "due_on"])
    ordering.start_clock(row, at)


def overseers(row: Order, at: datetime) -> list[Post]:
    """Who reads the report: officers and inspectors of the petition office; of what was ordered against that office
    itself, whoever was in the chair."""
    posts = [*inside.keepers(at), *office_posts(Role.INSPECTOR, at)]
    return [post for post in posts if not post.unit.is_within(row.unit)] or [row.item.meeting.chair]


def _require(row: Order, wanted: OrderState) -> None:
    if row.state == wanted:
        return
    last = row.reports.select_related("by").order_by("-at", "-id").first()
    if row.kind == OrderKind.LISTED:
        raise Refusal(_("已转挂牌督办，请在督办中反馈。"), code="stale")
    if wanted == OrderState.OPEN and row.state == OrderState.REPORTED and last is not None:
        words = {"who": last.by.get_full_name() if last.by else "", "when": friendly_moment(last.at)}
        raise Refusal(_("没有生效：%(who)s已于%(when)s报告，正在等待审核。") % words, code="stale")
    words = {"state": str(OrderState(row.state).label)}
    raise Refusal(_("没有生效：这项决定现在是“%(state)s”。") % words, code="stale")
