"""疏导教育 and 帮扶救助 once a matter has ended (条例 37): set down, and done with a note."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.selectors import desk_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from core.wording import said
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock
from reviews import rules, windows
from reviews.enums import Care, ReviewAct
from reviews.models import CareTask

LONGEST, LONGEST_NOTE = 300, 2000


def plan(
    *,
    petition: Petition,
    actor: Actor,
    kind: Care,
    text: str,
    unit: Unit,
    due_on: date,
    at: datetime | None = None,
) -> CareTask:
    """Who does what until when (``due_on``: a day in Asia/Shanghai). Raises Refusal: not one's right; not ended by a
    复核; a unit that does not read the case; a day that is over; the same again."""
    at = at or now()
    text = said(text, _("请写明做什么。"), longest=LONGEST)
    with transaction.atomic():
        case = lock(petition.pk)
        rules.require(ReviewAct.CARE, actor, petition=case)
        if not windows.ended_words(case):
            raise Refusal(_("复核终结以后才安排疏导帮扶（条例第三十七条）。"), code="stale")
        if unit.pk not in {one.pk for one in units_for(case)}:
            raise Refusal(_("请选择办理本件的单位。"), code="invalid")
        if due_on < local_day(at):
            raise Refusal(_("期限不能早于今天。"), code="invalid")
        if case.care_tasks.filter(kind=kind, text=text, unit=unit, done_on=None).exists():
            raise Refusal(_("没有生效：同样的事项已经安排过了，还没有完成。"), code="stale")
        assert actor.user is not None
        task: CareTask = CareTask.objects.create(
            petition=case, kind=kind, text=text, unit=unit, due_on=due_on, made_by=actor.user, made_at=at
        )
        _on_record(task, actor, "care", at)
        telling.notify_about(
            case,
            desk_posts(unit, at),
            text=_("%(number)s 安排了%(kind)s，%(day)s前完成。")
            % {"number": case.number, "kind": Care(kind).label, "day": han_date(due_on)},
            link=task.get_absolute_url(),
            dedupe_key=f"care:{task.pk}",
            at=at,
        )
    return task


def finish(*, task: CareTask, actor: Actor, done_on: date, note: str, at: datetime | None = None) -> CareTask:
    """Done, with what came of it. Raises Refusal: not one's right; done before; no note; a day to come or before it was
    set down."""
    at = at or now()
    note = said(note, _("请写明办理情况。"), longest=LONGEST_NOTE)
    with transaction.atomic():
        case = lock(task.petition_id)
        row = CareTask.objects.select_for_update(of=("self",)).select_related("unit").get(pk=task.pk)
        row.petition = case
        rules.require_care(actor, row)
        if row.done_on is not None:
            raise Refusal(_("没有生效：已经登记完成了。"), code="stale")
        if not local_day(row.made_at) <= done_on <= local_day(at):
            raise Refusal(_("完成日期须在安排之日到今天之间。"), code="invalid")
        row.done_on, row.done_by, row.note = done_on, actor.user, note
        row.save(update_fields=["done_on", "done_by", "note"])
        _on_record(row, actor, "care_done", at)
    task.refresh_from_db()
    return task


def units_for(case: Petition) -> list[Unit]:
    """Who may be told to: the unit that answered and the office that registered the case."""
    units = [case.lead_unit, case.registered_unit]
    return list({unit.pk: unit for unit in units if unit is not None}.values())


def _on_record(task: CareTask, actor: Actor, act: str, at: datetime) -> None:
    detail = {
        "case": task.petition.audit_name,
        "care": task.kind,
        "unit": task.unit_id,
        "until": str(task.due_on),
    }
    audit.record(actor=actor, act=f"review.{act}", obj=task, detail=detail, at=at)
