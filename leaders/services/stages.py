"""事前登记, 事中处置, 事后督办: three stages of a reception (瑞安, domain A4), each done only after the one above it.

What is still open is asked of all rows, so that nobody finishes a day by not seeing part of it; what it is, is named
only to whoever may read the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Booking, DayCase, Promise, VisitDay, VisitRecord
from leaders.models.bookings import IN_LINE
from leaders.reception_enums import Stage, Turn
from leaders.services.bookings import lock_standing
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.services.stepping import lock

COLUMNS = {Stage.PREPARE: "prepared", Stage.HOLD: "held", Stage.FOLLOW: "followed"}
#: So many are named in a refusal; the page shows all.
NAMED = 5


@dataclass(frozen=True)
class Open:
    """One thing to do before a stage is done. ``petition``: the case it tells of."""

    text: str
    petition: int | None = None


@dataclass(frozen=True)
class StageRow:
    """A stage as the page shows it."""

    stage: Stage
    done_at: datetime | None
    done_by: str
    open: list[str]
    is_next: bool


def close_stage(*, day: VisitDay, actor: Actor, stage: Stage, at: datetime | None = None) -> VisitDay:
    """Finish a stage of the day, with when and by whom.

    Raises Refusal: not one's right, called off, done before, the stage above is not done, it has not begun, or
    something is open (named).
    """
    at = at or now()
    rules.require(LeaderAct.CLOSE_STAGE, actor, leader=day.post)
    with transaction.atomic():
        row = lock_standing(day.pk)
        _refuse_order(row, stage)
        if stage != Stage.PREPARE and row.starts_at > at:
            raise Refusal(_("这次接访还没有开始。"), code="stale")
        if still := in_words(open_items(row, stage), actor):
            raise Refusal(_refusal(stage, still), code="stale")
        name = COLUMNS[stage]
        setattr(row, f"{name}_at", at)
        setattr(row, f"{name}_by", actor.user)
        row.save(update_fields=[f"{name}_at", f"{name}_by"])
        audit.record(actor=actor, act="visit_day.stage", obj=row, detail={"stage": str(stage)}, at=at)
    return row


def mark_read(*, day: VisitDay, actor: Actor, at: datetime | None = None) -> int:
    """The leader has read what was taken along; the office says so for a leader who read it on paper. How many."""
    at = at or now()
    rules.require(LeaderAct.CLOSE_STAGE, actor, leader=day.post)
    with transaction.atomic():
        row = lock_standing(day.pk)
        n = DayCase.objects.concerning(actor).filter(day=row, read_at=None).update(read_at=at)
        if n:
            audit.record(actor=actor, act="visit_day.read", obj=row, detail={"cases": n}, at=at)
    return n


def keep_promise(*, promise: Promise, actor: Actor, text: str, at: datetime | None = None) -> None:
    """A promise that no unit was asked to keep has been kept: how. One with a 批示 is read by the leader instead.

    Raises Refusal: not one's right, nothing said, kept before, or a 批示 goes with it.
    """
    at = at or now()
    text = said(text, _("请写明怎样兑现的。"), longest=500)
    with transaction.atomic():
        case = lock(promise.record.petition_id)
        rules.require(LeaderAct.CLOSE_STAGE, actor, leader=promise.record.post, petition=case)
        if case.sealed:
            raise Refusal(_("检举控告件按纪检监察程序办理，不在此记录。"), code="forbidden")
        row = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
        if row.instruction_id is not None:
            raise Refusal(_("这项承诺已转为批示，由承办单位反馈、领导阅示。"), code="stale")
        if row.kept_at is not None:
            raise Refusal(_("已于%(when)s记为兑现。") % {"when": friendly_moment(row.kept_at)}, code="stale")
        row.kept_at, row.kept_by, row.kept_text = at, actor.user, text
        row.save(update_fields=["kept_at", "kept_by", "kept_text"])
        detail = {"case": case.audit_name}
        audit.record(actor=actor, act="visit_promise.keep", obj=promise.record, detail=detail, at=at)


def open_items(day: VisitDay, stage: Stage) -> list[Open]:
    """What is to be done before the stage is. Sealed cases have no part in it (条例 30)."""
    return {Stage.PREPARE: _to_prepare, Stage.HOLD: _to_hold, Stage.FOLLOW: _to_follow}[stage](day)


def _to_prepare(day: VisitDay) -> list[Open]:
    unread = DayCase.objects.filter(day=day, read_at=None, petition__sealed=False).select_related("petition")
    return [Open(_("%(n)s 还没有预读") % {"n": row.petition.number}, row.petition_id) for row in unread]


def _to_hold(day: VisitDay) -> list[Open]:
    line = Booking.objects.filter(day=day, state__in=IN_LINE, record=None).exclude(turn=Turn.ABSENT)
    found = [
        Open(
            _("%(n)s（%(turn)s）没有谈话记录，也没有记为未到")
            % {"n": place(row), "turn": row.get_turn_display()}
        )
        for row in line.order_by("slot", "ordinal")
    ]
    talked = VisitRecord.objects.filter(day=day).values("petition")
    picked = DayCase.objects.filter(day=day, petition__sealed=False).exclude(turn=Turn.ABSENT)
    found += [
        Open(_("带案 %(n)s 没有谈话记录，也没有记为未到") % {"n": row.petition.number}, row.petition_id)
        for row in picked.exclude(petition__in=talked).select_related("petition")
    ]
    return found


def _to_follow(day: VisitDay) -> list[Open]:
    promised = Promise.objects.filter(record__day=day, record__petition__sealed=False)
    waiting = promised.filter(kept_at=None).exclude(instruction__acknowledged=True)
    found = []
    for row in waiting.select_related("record__petition", "instruction__unit").order_by("due_on", "pk"):
        words = {"n": row.record.petition.number, "text": row.text[:20]}
        if row.instruction is None:
            why = _("%(n)s “%(text)s” 还没有记为兑现") % words
        elif row.instruction.is_open:
            why = _("%(n)s “%(text)s” %(unit)s还没有反馈") % {**words, "unit": row.instruction.unit.label}
        else:
            why = _("%(n)s “%(text)s” 已反馈，领导还没有阅示") % words
        found.append(Open(why, row.record.petition_id))
    return found


def place(booking: Booking) -> str:
    """Where somebody stands in line, in words without a name."""
    if booking.slot:
        return _("%(n)d 号") % {"n": booking.slot}
    return _("序 %(n)d") % {"n": booking.ordinal}


def in_words(items: Sequence[Open], actor: Actor) -> list[str]:
    """The sentences this person may read; one for all that tell of cases out of their sight."""
    asked = {item.petition for item in items if item.petition is not None}
    cases = unsealed_cases(actor) if asked else Petition.objects.none()
    seen = set(cases.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    words = [item.text for item in items if item.petition is None or item.petition in seen]
    if len(words) < len(items):
        words.append(_("还有您看不到的信访件没有办完，请信访局核对"))
    return words


def stage_rows(day: VisitDay, actor: Actor, at: datetime) -> list[StageRow]:
    """The three, with what is open of the next one."""
    found = []
    for stage in Stage:
        name = COLUMNS[stage]
        by = getattr(day, f"{name}_by")
        is_next = day.stage == stage
        begun = stage == Stage.PREPARE or day.day <= local_day(at)
        found.append(
            StageRow(
                stage=stage,
                done_at=getattr(day, f"{name}_at"),
                done_by=by.get_full_name() if by else "",
                open=in_words(open_items(day, stage), actor) if is_next and begun else [],
                is_next=is_next,
            )
        )
    return found


def begin_anew(day: VisitDay) -> None:
    """Of a locked day that another leader takes: who goes has read nothing yet."""
    DayCase.objects.filter(day=day).update(read_at=None)
    if day.prepared_at is not None:
        day.prepared_at = day.prepared_by = None
        day.save(update_fields=["prepared_at", "prepared_by"])


def _refuse_order(day: VisitDay, stage: Stage) -> None:
    for earlier in Stage:
        done_at = getattr(day, f"{COLUMNS[earlier]}_at")
        if earlier == stage:
            if done_at is not None:
                raise Refusal(
                    _("“%(stage)s”已于%(when)s完成。")
                    % {"stage": stage.label, "when": friendly_moment(done_at)},
                    code="stale",
                )
            return
        if done_at is None:
            raise Refusal(
                _("请先完成“%(before)s”，再完成“%(stage)s”。")
                % {"before": earlier.label, "stage": stage.label},
                code="stale",
            )


def _refusal(stage: Stage, still: list[str]) -> str:
    words = {"stage": stage.label, "what": "；".join(still[:NAMED]), "n": len(still)}
    if len(still) <= NAMED:
        return _("还不能完成“%(stage)s”：%(what)s。") % words
    return _("还不能完成“%(stage)s”，还有 %(n)d 项：%(what)s等。") % words
