"""The one door through which a case moves. Every act in services/ runs inside :func:`stepping`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from petitions import rules
from petitions.enums import Act, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import clocks, codes, scope
from petitions.signals import petition_stepped
from petitions.workflow import Step


@dataclass
class Stepping:
    """What an act's body may set while the row is locked."""

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
    pk = petition if isinstance(petition, int) else petition.pk
    at = at or now()
    try:
        with transaction.atomic():
            locked = lock(pk)
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
        petition.refresh_from_db()


def lock(pk: int) -> Petition:
    """The case row, locked until the end of the transaction, with the units its rules look at."""
    return (
        Petition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lead_unit", "registered_unit", "complained_unit", "responsible")
        .get(pk=pk)
    )


def _finish(work: Stepping, token: str) -> None:
    petition, step = work.petition, work.step
    before = Status(petition.status)
    after = step.target(before)
    if after != before:
        petition.status = after
        work.changed.add("status")
        if not after.is_open:
            scope.retire(petition)
    if work.stops:
        clocks.stop_all(petition, work.stops, work.at, act=step.act)
    if work.starts:
        clocks.start_all(petition, work.starts, work.at, feedback_due_on=work.feedback_due_on)
    if work.stops or work.starts or "due_at" in work.changed:
        petition.due_at = clocks.nearest_due(petition)
        work.changed.add("due_at")
    if work.changed:
        petition.save(update_fields=sorted(work.changed))
    event = record_event(
        petition,
        step.act,
        work.actor,
        work.at,
        before=before,
        public=step.public,
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
    act: Act,
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
    return PetitionEvent.objects.create(
        petition=petition,
        act=act,
        at=at,
        user=actor.user,
        unit=actor.unit,
        who=actor.label,
        from_status=before or "",
        to_status=petition.status,
        public=public,
        text=text,
        public_text=public_text,
        submit_key=codes.submit_key(token) if token else None,
    )
