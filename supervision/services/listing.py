"""挂牌督办: putting a supervision on the list, and ticking its milestones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import people_of
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from supervision import rules
from supervision.enums import State, SupervisionAct
from supervision.models import Listing, Milestone, Supervision
from supervision.services import inside

SHORTEST_DAYS = 4


def plan_back(start: date, due_on: date) -> list[tuple[str, date]]:
    """The nodes of SUPERVISION_MILESTONES (name, percent of the time), counted back from the last day: a node takes its
    share of the days, rounded down, and none comes before the day after the start."""
    days = (due_on - start).days
    return [
        (name, max(due_on - timedelta(days=days * (100 - share) // 100), start + timedelta(days=1)))
        for name, share in settings.SUPERVISION_MILESTONES
    ]


def put_on_list(
    *, supervision: Supervision, actor: Actor, due_on: date, reason: str, at: datetime | None = None
) -> Listing:
    """Put it on the red list until ``due_on``. Feedback is due by then at the latest; an earlier date stands.

    Raises Refusal: not one's right, not open, on the list already, no reason, or a date too near to plan towards.
    """
    at = at or now()
    reason = said(reason, _("请写明挂牌理由。"), longest=2000)
    inside.check_day(due_on, at)
    if (due_on - local_day(at)).days < SHORTEST_DAYS:
        raise Refusal(_("挂牌期限至少 %(n)d 天，否则排不出时间节点。") % {"n": SHORTEST_DAYS}, code="invalid")
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.LIST, actor, supervision=row)
        inside.require_state(row, State.OPEN)
        if Listing.objects.filter(supervision=row).exists():
            raise Refusal(_("没有生效：本次督办已经挂牌。"), code="stale")
        listing = Listing.objects.create(
            supervision=row,
            reason=reason,
            due_on=due_on,
            listed_at=at,
            listed_by=actor.user,
            who=actor.label[:120],
        )
        Milestone.objects.bulk_create(
            Milestone(listing=listing, name=name, due_on=day)
            for name, day in plan_back(local_day(at), due_on)
        )
        if row.due_on is None or due_on < row.due_on:
            row.due_on = due_on
            row.save(update_fields=["due_on"])
            inside.stop_clock(row, at)
            inside.start_clock(row, at)
        words = {"day": due_on.isoformat(), "text": reason}
        # 督办 is no act of a leader on the case: the line is the system's, under the name of who listed it.
        on_behalf = replace(actor, role=Role.SYSTEM)
        inside.into_history(row, on_behalf, _("挂牌督办，%(day)s前办结：%(text)s") % words, at)
        inside.on_record(row, actor, "list", at, until=due_on)
        told = _("%(number)s 被挂牌督办，请按时间节点办理。")
        inside.tell(row, people_of(row.unit, at), told, "listed", at, level="late")
    return listing


def tick(
    *, supervision: Supervision, milestone: Milestone, actor: Actor, note: str, at: datetime | None = None
) -> Milestone:
    """A node is reached, as whoever supervises has seen. Raises Refusal: not one's right, no note, ticked before."""
    at = at or now()
    note = said(note, _("请写明完成情况。"), longest=2000)
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.EFFORT, actor, supervision=row)
        inside.require_state(row, State.OPEN, State.FED_BACK)
        node = Milestone.objects.select_for_update(of=("self",)).get(
            pk=milestone.pk, listing__supervision=row
        )
        if node.done_at is not None:
            who = node.done_by.get_full_name() if node.done_by else ""
            raise Refusal(
                _("没有生效：%(who)s已于%(when)s登记完成。")
                % {"who": who, "when": friendly_moment(node.done_at)},
                code="stale",
            )
        node.done_at, node.done_by, node.note = at, actor.user, note
        node.save(update_fields=["done_at", "done_by", "note"])
        inside.on_record(row, actor, "tick", at)
    return node
