"""The clocks of co-units' parts: they run until the part is answered or ended, or the lead has answered the whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.timekeeping import local_day
from deadlines.enums import RuleCode
from deadlines.services import clocks as engine
from petitions.enums import Act, ShareRole, Status
from petitions.facts import facts_of
from petitions.models import Petition, Share, ShareClock
from petitions.services import clocks
from petitions.workflow import ClockCode as C

#: After these nothing is waited for any more: the whole was answered or refused, or the case left the lead's hands.
ENDING = frozenset({Act.CONCLUDE, Act.REFUSE, Act.TAKE_BACK, Act.SEAL, Act.AGREE_OBJECTION})


def default_day(petition: Petition, at: datetime, feedback_due_on: date | None = None) -> date | None:
    """The day by which a co-unit contributes where nobody sets one: ``CO_DAYS_BEFORE`` days before the case's own day
    (of what is assigned, else of the 60 days), tomorrow at the earliest. None before the case has such a day: then the
    rule's days count. One query at most."""
    day = feedback_due_on
    if day is None:
        found = clocks.running(petition, C.FEEDBACK) or clocks.running(petition, C.CONCLUSION)
        day = local_day(found.due_at) if found is not None else None
    if day is None:
        return None
    return max(day - timedelta(days=settings.CO_DAYS_BEFORE), local_day(at) + timedelta(days=1))


def start(share: Share, at: datetime) -> None:
    """Of a part that begins now: its answer, and the five working days of an objection (条例 23 by analogy). What goes
    along with an original has none of its own: it is answered there."""
    if share.petition.joined_to_id is not None or share.petition.sealed:
        return
    answer(share, at)
    _begin(share, RuleCode.OBJECTION, at)


def answer(share: Share, at: datetime) -> None:
    """The clock of the answer alone, to the end of ``feedback_due_on``; without it, the rule's day becomes it."""
    if share.petition.joined_to_id is None:
        clock = _begin(share, RuleCode.CO_ANSWER, at, share.feedback_due_on)
        if share.feedback_due_on is None:
            share.feedback_due_on = local_day(clock.due_at)
            share.save(update_fields=["feedback_due_on"])


def _begin(share: Share, code: RuleCode, at: datetime, due_on: date | None = None) -> ShareClock:
    known = facts_of(share.petition, share.unit)
    return engine.start(ShareClock, rule_code=code, at=at, due_on=due_on, facts=known, share=share)


def stop(share: Share, at: datetime, *codes: RuleCode) -> None:
    """Stop the running clocks of one part; ``codes``: only these."""
    running = ShareClock.objects.filter(share=share)
    engine.stop_all(running.filter(rule__code__in=codes) if codes else running, at)


def stop_of_case(petition: Petition, at: datetime) -> None:
    """Stop those of every part of the case. One query."""
    engine.stop_all(ShareClock.objects.filter(share__petition=petition), at)


def hand_over(share: Share, heir: Share) -> None:
    """Whoever took over a unit's part has the same days for it (条例 24)."""
    ShareClock.objects.filter(share=share, stopped_at=None).update(share=heir)


def objection_open(share: Share, at: datetime) -> bool:
    """Whether the five working days of the objection have not passed."""
    found = ShareClock.objects.filter(share=share, stopped_at=None, rule__code=RuleCode.OBJECTION).first()
    return found is not None and at <= found.due_at


def own_parts(case: Petition, actor: Actor) -> list[Share]:
    """Live parts within the actor's unit. One query."""
    assert actor.unit is not None
    unit = actor.unit
    live = case.shares.select_related("unit", "sent_from").filter(ended_at=None, role=ShareRole.CO)
    return [part for part in live if part.unit.is_within(unit)]


def open_objections(case: Petition, actor: Actor, at: datetime) -> list[Share]:
    """Those of them to which the unit may still object: it has not, and the five working days have not passed."""
    mine = own_parts(case, actor)
    return [part for part in mine if part.objected_at is None and objection_open(part, at)]


def catch_up(at: datetime) -> list[Share]:
    """Give the parts that were open before clocks existed theirs, as if they had had them from the day they were sent:
    that of the answer to the part's own day, and that of the objection where its five working days are not over. Says
    in the clock's own reckoning why it was entered late. Cases that go along with another, sealed ones, and parts that
    have answered have none. Called again, it finds nothing.
    """
    waiting = Share.objects.filter(
        role=ShareRole.CO,
        ended_at=None,
        answered_at=None,
        objected_at=None,
        clocks=None,
        petition__sealed=False,
        petition__joined_to=None,
        petition__status__in=[Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED],
    )
    done = []
    for pk in waiting.order_by("petition_id", "id").values_list("pk", flat=True):
        with transaction.atomic():
            rows = waiting.select_for_update(of=("self", "petition")).select_related("petition", "unit")
            part = rows.filter(pk=pk).first()
            if part is not None:
                _begin_late(part, at)
                done.append(part)
    return done


def _begin_late(part: Share, at: datetime) -> None:
    known = facts_of(part.petition, part.unit)
    why = _("本件发出时还没有协办期限，%(day)s 补记，从发出之日起算。") % {"day": local_day(at).isoformat()}
    for code, day in ((RuleCode.CO_ANSWER, part.feedback_due_on), (RuleCode.OBJECTION, None)):
        clock = engine.build(ShareClock, rule_code=code, at=part.sent_at, due_on=day, facts=known, share=part)
        if code == RuleCode.OBJECTION and clock.due_at < at:
            continue
        clock.explanation = {**clock.explanation, "steps": [why, *clock.explanation["steps"]]}
        clock.save(force_insert=True)
        if code == RuleCode.CO_ANSWER and part.feedback_due_on is None:
            part.feedback_due_on = local_day(clock.due_at)
            part.save(update_fields=["feedback_due_on"])
    audit.record(actor=Actor.system(), act="petition.part_clocks", obj=part.petition, at=at)
