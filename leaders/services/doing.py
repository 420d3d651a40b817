"""Who in the unit is to do an instruction (落实到人): named by the leader, the petition office or the unit's head."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post, Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Instruction
from leaders.services import instructions
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.services import telling


def candidates(task: Instruction, at: datetime) -> list[Post]:
    """People of the unit in office who may know of the case: nobody recused, nobody complained of (条例 28)."""
    return _able(task.petition, task.unit, at)


def _able(case: Petition, unit: Unit, at: datetime) -> list[Post]:
    posts = instructions.people_of(unit, at)
    own_part = petition_rules.answers_own_part(case, unit)
    able = set(telling.who_may_know(case, posts, own_part=own_part, at=at))
    return [post for post in posts if post.user_id in able and post.user.is_active]


def people_able(petition: Petition, at: datetime) -> list[Post]:
    """People of every unit that may be asked, for whoever writes an instruction."""
    units = instructions.units_that_may_do(petition, at)
    return [post for unit in units for post in _able(petition, unit, at)]


def instruct(
    *, petition: Petition, actor: Actor, doer: Post | None = None, at: datetime | None = None, **what: Any
) -> Instruction:
    """``instructions.instruct``, and with it who in the unit does it; both or nothing. Raises Refusal: as either."""
    at = at or now()
    with transaction.atomic():
        made = instructions.instruct(petition=petition, actor=actor, at=at, **what)
        if doer is not None:
            name_doer(instruction=made, actor=actor, post=doer, at=at)
    return made


def name_doer(*, instruction: Instruction, actor: Actor, post: Post, at: datetime | None = None) -> None:
    """That person is told; the unit goes on answering for it.

    Raises Refusal: not one's right, reported already, sealed meanwhile, not of the unit or not in office, recused or
    complained of, or named already.
    """
    at = at or now()
    with transaction.atomic():
        task = instructions.locked(instruction)
        case = task.petition
        rules.require(LeaderAct.NAME_DOER, actor, leader=task.post, unit=task.unit, petition=case)
        if not task.is_open:
            raise Refusal(_("没有生效：这件批示已经反馈，不用再指定承办人。"), code="stale")
        if post.unit_id != task.unit_id or not post.held_on(local_day(at)):
            words = _("请选择%(unit)s在岗的人员。")
            raise Refusal(words % {"unit": task.unit.label}, code="invalid")
        if post.pk not in {one.pk for one in candidates(task, at)}:
            words = _("%(who)s应当回避或者看不到本件，请另选人员。")
            raise Refusal(words % {"who": post.user.get_full_name()}, code="invalid")
        if task.doer_id == post.pk:
            raise Refusal(_("没有生效：承办人已经是这位。"), code="stale")
        task.doer = post
        task.save(update_fields=["doer"])
        detail = {"case": case.audit_name, "doer": post.user.username}
        audit.record(actor=actor, act="instruction.name_doer", obj=task, detail=detail, at=at)
        telling.notify_about(
            case,
            [post],
            text=_("%(number)s 的领导批示由您承办，请于 %(day)s 前反馈。")
            % {"number": case.number, "day": task.due_on.isoformat()},
            link=task.get_absolute_url(),
            dedupe_key=f"instruction:{task.pk}:doer:{post.pk}:{at.timestamp()}",
            level="soon",
            own_part=petition_rules.answers_own_part(case, task.unit),
            at=at,
        )
    instruction.refresh_from_db()
