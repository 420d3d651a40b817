"""The one door through which a case moves. Every act in services/ runs inside :func:`stepping`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.bulk import current_load, made_here, step_transaction
from core.errors import Refusal
from core.timekeeping import now
from petitions import rules
from petitions.archive_enums import ArchiveAct
from petitions.enums import Act, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import clocks, codes, own_clocks, part_clocks, scope
from petitions.signals import petition_stepped
from petitions.workflow import ClockCode, Step


@dataclass
class Stepping:
    """What an act's body may set while the row is locked. ``holder``: the unit the case was given to; ``untold``: of a
    public act, that this once it is nothing to the petitioner; ``done_at``: when it was done, where that lies before
    its entry: the clocks go by it."""

    petition: Petition
    step: Step
    actor: Actor
    at: datetime
    text: str = ""
    public_text: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)
    feedback_due_on: date | None = None
    holder: Unit | None = None
    untold: bool = False
    done_at: datetime | None = None
    event: PetitionEvent | None = None

    def change(self, **values: Any) -> None:
        """Set fields of the case; they are saved with ``update_fields`` at the end. Never ``status``."""
        assert "status" not in values, "the table moves the status"
        for name, value in values.items():
            setattr(self.petition, name, value)
            self.changed.add(name)


@contextmanager
def stepping(
    petition: Petition | int,
    act: Act,
    actor: Actor,
    *,
    at: datetime | None = None,
    token: str = "",
) -> Iterator[Stepping]:
    """Lock the case, check table and permission, run the body, then write state, clocks, event and audit entry.

    One transaction; nothing of it stays if the body raises. ``token`` is the form's: the same form twice is refused.

    Raises:
        Refusal: see :func:`rules.require`; also for a form that was sent twice.
    """
    at = at or now()
    try:
        with step_transaction():
            locked = lock(petition)
            if token and locked.events.filter(submit_key=codes.submit_key(token)).exists():
                raise Refusal(_("这一步已经提交过，没有重复办理。"), code="repeated")
            row = rules.require(locked, act, actor)
            work = Stepping(locked, row, actor, at, stops=set(row.stops), starts=set(row.starts))
            yield work
            _finish(work, token)
    except IntegrityError as error:
        if "event_once_per_form" in str(error):
            raise Refusal(_("这一步已经提交过，没有重复办理。"), code="repeated") from error
        raise
    if not isinstance(petition, int):
        _bring_up_to_date(petition, locked)


#: What the rules of nearly every step look at.
RELATIONS = ("lead_unit", "registered_unit", "complained_unit", "responsible")


def lock(case: Petition | int) -> Petition:
    """The case row, locked until the end of the transaction, with the units its rules look at.

    Given a case that has its units loaded, only the row is read; units that are still its own are taken over.
    """
    pk = case if isinstance(case, int) else case.pk
    if (own := made_here(Petition, pk)) is not None:
        return own
    rows = own_clocks.asked_with(Petition.objects.select_for_update(of=("self",), no_key=True))
    if isinstance(case, int) or not all(_known(case, name) for name in RELATIONS):
        locked: Petition = rows.select_related(*RELATIONS).get(pk=pk)
        return locked
    locked = rows.get(pk=pk)
    for name in RELATIONS:
        if getattr(locked, f"{name}_id") == getattr(case, f"{name}_id"):
            setattr(locked, name, getattr(case, name))
    return locked


def _known(case: Petition, name: str) -> bool:
    return getattr(case, f"{name}_id") is None or name in case._state.fields_cache


def _bring_up_to_date(petition: Petition, locked: Petition) -> None:
    """The caller's object as the row now is, without reading it again."""
    if petition is locked:
        return
    for field_ in Petition._meta.concrete_fields:
        setattr(petition, field_.attname, getattr(locked, field_.attname))
    for name in RELATIONS:
        if name in locked._state.fields_cache:
            setattr(petition, name, getattr(locked, name))
    petition.__dict__.pop("_prefetched_objects_cache", None)


def _finish(work: Stepping, token: str) -> None:
    petition, step = work.petition, work.step
    # What the pages say of each clock's start and end is read from the table.
    assert work.stops <= step.stops | step.may_stop and work.starts <= step.starts | step.may_start, step.act
    before = Status(petition.status)
    after = step.target(before)
    if after != before:
        petition.status = after
        work.changed.add("status")
        if not after.is_open:
            scope.retire(petition)
    if step.act in part_clocks.ENDING:
        part_clocks.stop_of_case(petition, work.at)
    if "due_at" in work.changed:
        clocks.forget(petition)
    if petition.notice_owed and ClockCode.NOTICE in work.stops:
        work.change(notice_owed=False)  # told, or nobody here owes it any more
    own = own_clocks.concern(petition, step.act)
    if work.stops or work.starts or work.holder or own or "due_at" in work.changed:
        nearest = clocks.move(
            petition,
            work.stops,
            work.starts,
            work.done_at or work.at,
            act=step.act,
            feedback_due_on=work.feedback_due_on,
            holder=work.holder,
            entered_at=work.at,
        )
        if nearest != petition.due_at or "due_at" in work.changed:
            work.change(due_at=nearest)
    if work.changed:
        petition.save(update_fields=sorted(work.changed))
    event = work.event = record_event(
        petition,
        step.act,
        work.actor,
        work.at,
        before=before,
        public=step.public and not work.untold,
        text=work.text,
        public_text=work.public_text,
        token=token,
    )
    audit.record(
        actor=work.actor,
        act=f"petition.{step.act}",
        obj=petition,
        detail=work.detail,
        at=work.at,
    )
    petition_stepped.send(sender=Petition, petition=petition, event=event, actor=work.actor, step=step)


def record_event(
    petition: Petition,
    act: Act | ArchiveAct,
    actor: Actor,
    at: datetime,
    *,
    before: Status | None,
    public: bool,
    text: str = "",
    public_text: str = "",
    token: str = "",
) -> PetitionEvent:
    """Append one row of history."""
    event = PetitionEvent(
        petition=petition,
        act=act,
        at=at,
        user=actor.user,
        unit=actor.unit,
        who=actor.label[:120],
        from_status=before or "",
        to_status=petition.status,
        public=public,
        text=text,
        public_text=public_text,
        submit_key=codes.submit_key(token) if token else None,
    )
    append_event(event)
    return event


def append_event(event: PetitionEvent) -> None:
    """Write it; within a bulk load a thousand at a time, so it has no id yet."""
    if (load := current_load()) is not None:
        load.put(event, PetitionEvent.objects.bulk_create)
    else:
        event.save(force_insert=True)
