"""What is set going because of a matter: a joint task of several units, or one of the three suggestions (条例 40)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.selectors import holders, office_posts
from core.errors import Refusal
from core.timekeeping import friendly_moment, han_date, local_day, now
from matters import rules
from matters.enums import MatterAct
from matters.models import LONGEST_NAME, LONGEST_TEXT, JointTask, Matter, TaskPart
from matters.services import inside
from notifications.services import notify
from petitions.models import Petition
from supervision.enums import SuggestionKind
from supervision.models import Suggestion
from supervision.services import suggesting

#: A day farther off than this is a slip of the year.
FARTHEST = 366


def open_task(
    *,
    matter: Matter,
    actor: Actor,
    title: str,
    text: str,
    lead: Unit,
    units: Sequence[Unit],
    due_on: date,
    at: datetime | None = None,
) -> JointTask:
    """Ask a lead unit and others to settle the matter together, by a day.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: nothing said, somebody's number, a day that is over or too far off,
            nobody beside the lead unit, a unit that one of the cases complains of (条例 28); ``"stale"``.
    """
    at = at or now()
    rules.require(MatterAct.TASK, actor)
    title = inside.written(title, _("请写明任务名称。"), longest=LONGEST_NAME)
    text = inside.written(text, _("请写明要求。"), longest=LONGEST_TEXT)
    if not 0 < (due_on - local_day(at)).days <= FARTHEST:
        raise Refusal(_("完成日期要在明天以后、一年以内，请核对。"), code="invalid")
    others = [unit for unit in dict.fromkeys(units) if unit != lead]
    if not others:
        raise Refusal(_("联合任务至少要有一个参加单位。只请一个单位办的，请用批示或者建议。"), code="invalid")
    assert actor.post is not None
    with transaction.atomic():
        row = inside.locked(matter, actor, at)
        _check_free(row, [lead, *others])
        task = JointTask.objects.create(
            matter=row, title=title, text=text, lead=lead, due_on=due_on, opened_at=at, opened_by=actor.post
        )
        TaskPart.objects.bulk_create([TaskPart(task=task, unit=unit) for unit in (lead, *others)])
        inside.on_record(row, MatterAct.TASK, actor, title, at, units=[unit.pk for unit in (lead, *others)])
        words = _("收到联合任务“%(title)s”，请于 %(day)s前反馈。") % {"title": title, "day": han_date(due_on)}
        _tell(task, _heads([lead, *others], at), words, "opened", at)
    return task


def report(*, part: TaskPart, actor: Actor, text: str, at: datetime | None = None) -> None:
    """A unit's word on its own part; a later one takes the place of the earlier, which stays in the history.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``; ``"stale"``: the task has ended.
    """
    at = at or now()
    rules.require(MatterAct.REPORT, actor, part.unit)
    text = inside.written(text, _("请写明做了什么、结果如何。"), longest=LONGEST_TEXT)
    with transaction.atomic():
        task = _open_task(part.task_id)
        part.report, part.reported_at, part.reported_by = text, at, actor.post
        part.save(update_fields=["report", "reported_at", "reported_by"])
        words = f"{part.unit.label}：{text}"
        inside.on_record(task.matter, MatterAct.REPORT, actor, words, at, unit=part.unit_id)
        told = _("%(unit)s反馈了联合任务“%(title)s”。") % {"unit": part.unit.label, "title": task.title}
        _tell(task, [task.opened_by.user_id], told, f"report:{part.pk}:{at:%Y%m%d%H%M%S}", at)


def end_task(*, task: JointTask, actor: Actor, result: str, at: datetime | None = None) -> None:
    """Say what came of it; nothing is reported on it any more.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``; ``"stale"``: ended before.
    """
    at = at or now()
    rules.require(MatterAct.END, actor)
    result = inside.written(result, _("请写明任务的结果。"), longest=LONGEST_TEXT)
    with transaction.atomic():
        row = _open_task(task.pk)
        row.ended_at, row.ended_by, row.result = at, actor.post, result
        row.save(update_fields=["ended_at", "ended_by", "result"])
        inside.on_record(row.matter, MatterAct.END, actor, f"{row.title}：{result}", at)


def suggest(
    *,
    matter: Matter,
    actor: Actor,
    kind: SuggestionKind,
    unit: Unit,
    title: str,
    facts: str,
    basis: str,
    text: str,
    at: datetime | None = None,
) -> Suggestion:
    """改进工作 or 完善政策 of a matter, through the door of the three suggestions (条例 40).

    Raises:
        Refusal: as there; ``"invalid"``: 追究责任 needs the facts of one case, not of many.
    """
    at = at or now()
    rules.require(MatterAct.SUGGEST, actor)
    if kind == SuggestionKind.ACCOUNTABILITY:
        raise Refusal(_("追究责任的建议请在具体信访件上提出。"), code="invalid")
    with transaction.atomic():
        row = inside.locked(matter, actor, at)
        facts = inside.written(facts, _("请写明事实。"), longest=suggesting.LONGEST)
        made = suggesting.issue(
            actor=actor, kind=kind, unit=unit, title=title, facts=facts, basis=basis, text=text, at=at
        )
        row.suggestions.add(made)
        inside.on_record(row, MatterAct.SUGGEST, actor, f"{kind.label}：{made.title}", at, suggestion=made.pk)
    return made


def _open_task(pk: int) -> JointTask:
    row: JointTask = (
        JointTask.objects.select_for_update(of=("self",)).select_related("matter", "opened_by").get(pk=pk)
    )
    if not row.is_open:
        when = friendly_moment(row.ended_at) if row.ended_at else ""
        raise Refusal(_("没有生效：这项任务已于%(when)s了结。") % {"when": when}, code="stale")
    return row


def _check_free(matter: Matter, units: Sequence[Unit]) -> None:
    """Whoever is complained of does not settle it (条例 28), nor does anything below it."""
    # Whoever presses may not see all of its cases: the unit is barred all the same.
    linked = Petition.objects.filter(sealed=False, pk__in=matter.cases.filter(out=False).values("petition"))
    complained = [
        case.complained_unit
        for case in linked.exclude(complained_unit=None).select_related("complained_unit")
        if case.complained_unit is not None
    ]
    for unit in units:
        if any(unit.is_within(one) for one in complained):
            raise Refusal(
                _("有件反映的就是%(unit)s，不能请它办理（条例第二十八条），请换一个单位。")
                % {"unit": unit.label},
                code="invalid",
            )


def _heads(units: Iterable[Unit], at: datetime) -> set[int]:
    """Who answers for these units: their heads; where one has none, its officers and handlers."""
    found: set[int] = set()
    for unit in units:
        posts = holders(Role.UNIT_HEAD, unit=unit, at=at) or [
            post for role in (Role.PETITION_OFFICER, Role.HANDLER) for post in holders(role, unit=unit, at=at)
        ]
        found |= {post.user_id for post in posts}
    return found


def _tell(task: JointTask, people: Iterable[int], text: str, key: str, at: datetime) -> None:
    notify(
        recipients=set(people) or {post.user_id for post in office_posts(Role.PETITION_OFFICER, at)},
        text=text,
        link=task.get_absolute_url(),
        dedupe_key=f"task:{task.pk}:{key}",
        level="soon",
        at=at,
    )
