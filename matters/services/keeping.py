"""What the office does to a matter: its name, and which cases belong to it. A person's word outlives every run."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import now
from matters import rules, selectors
from matters.enums import MatterAct
from matters.models import LONGEST_NAME, LONGEST_TEXT, Matter, MatterCase
from matters.services import inside
from petitions.models import Petition
from petitions.services.stepping import lock


def name(*, matter: Matter, actor: Actor, words: str, at: datetime | None = None) -> None:
    """Give a matter the name it is called by from now on.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: nothing said, too long, a number that belongs to somebody; ``"stale"``.
    """
    at = at or now()
    rules.require(MatterAct.NAME, actor)
    words = inside.written(words, _("请写明这个热点问题的名称。"), longest=LONGEST_NAME)
    with transaction.atomic():
        row = inside.locked(matter, actor, at)
        if row.name == words:
            return
        row.name, row.named_by = words, actor.post
        row.save(update_fields=["name", "named_by"])
        inside.on_record(row, MatterAct.NAME, actor, words, at)


def merge(*, matter: Matter, into: Matter, actor: Actor, reason: str, at: datetime | None = None) -> Matter:
    """Two matters that are one: all that is in ``matter`` goes into the other, with its joint tasks and suggestions.

    Its history stays and is shown with the other's; its own page leads there. Its name is kept where the other has
    none. Cases that this person may not read go along: they belong to the one matter whoever looks.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: no reason, a number that belongs to somebody, into itself;
            ``"stale"``: one of them is not there for this person any more, as after a merge by somebody else.
    """
    at = at or now()
    rules.require(MatterAct.MERGE, actor)
    reason = inside.written(reason, _("请写明为什么是同一个问题。"), longest=LONGEST_TEXT)
    if matter.pk == into.pk:
        raise Refusal(_("不能并入自己，请选另一个热点问题。"), code="invalid")
    with transaction.atomic():
        # By their keys: two people who merge the same two the other way round do not wait for one another for ever.
        rows = {
            one.pk: inside.locked(one, actor, at) for one in sorted((matter, into), key=lambda one: one.pk)
        }
        old, row = rows[matter.pk], rows[into.pk]
        links = inside.move(old, row, actor, at)
        old.tasks.update(matter=row)
        row.suggestions.add(*old.suggestions.all())
        Matter.objects.filter(merged_into=old).update(merged_into=row)
        old.merged_into = row
        old.save(update_fields=["merged_into"])
        if not row.name:
            row.name, row.named_by = old.name, old.named_by
            row.save(update_fields=["name", "named_by"])
        names = {"old": old.name or _("未命名"), "new": row.name or _("未命名"), "why": reason}
        words = _("“%(old)s”并入“%(new)s”：%(why)s") % names
        inside.on_record(old, MatterAct.MERGE, actor, words, at, into=row.pk, reason=reason, links=links)
    return row


def link(*, matter: Matter, actor: Actor, number: str, at: datetime | None = None) -> Petition:
    """Put a case into the matter, out of another one if it is in one. No run takes it out again.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: no such case for this person, or one that is not grouped (sealed, with
            somebody who stays out, against the offices that read this; 条例 28, 30); ``"stale"``: it is in already.
    """
    at = at or now()
    rules.require(MatterAct.LINK, actor)
    found = Petition.objects.visible_to(actor).filter(number=number.strip(), sealed=False).first()
    if found is None:
        raise Refusal(_("没有找到这个编号的信访件，请核对编号。"), code="invalid")
    with transaction.atomic():
        case = lock(found.pk)
        row = inside.locked(matter, actor, at)
        if not selectors.open_cases(Petition.objects.visible_to(actor)).filter(pk=case.pk).exists():
            raise Refusal(
                _("这件不归入热点问题：它是重复件，或者有人须回避，或者反映的是区领导机关、信访部门。"),
                code="invalid",
            )
        rows = MatterCase.objects.select_for_update().filter(petition=case)
        if rows.filter(matter=row, out=False).exists():
            raise Refusal(_("没有生效：这件已经在这个热点问题里。"), code="stale")
        rows.filter(out=False).update(out=True, by=actor.post, at=at)
        MatterCase.objects.update_or_create(
            petition=case, matter=row, defaults={"out": False, "by": actor.post, "at": at}
        )
        inside.on_record(row, MatterAct.LINK, actor, case.number, at, case)
    return case


def unlink(*, matter: Matter, actor: Actor, case: Petition, at: datetime | None = None) -> None:
    """Take a case out for good: no run puts it back here or anywhere else.

    Raises:
        Refusal: ``"forbidden"``; ``"stale"``: it is not in the matter, or this person does not read it any more.
    """
    at = at or now()
    rules.require(MatterAct.UNLINK, actor)
    with transaction.atomic():
        locked = lock(case.pk)
        row = inside.locked(matter, actor, at)
        if not selectors.cases_of(actor, row).filter(pk=locked.pk).exists():
            raise Refusal(_("没有生效：这件不在这个热点问题里。"), code="stale")
        MatterCase.objects.filter(petition=locked, matter=row).update(out=True, by=actor.post, at=at)
        inside.on_record(row, MatterAct.UNLINK, actor, locked.number, at, locked)
