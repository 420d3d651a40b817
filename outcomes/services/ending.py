"""三到位一处理 (条例 27) before a case is closed by hand, and the marks 化解 and 息诉.

Nothing is derived from anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from outcomes import rules
from outcomes.enums import HOW_OF, CheckItem, CheckResult, MarkHow, MarkKind, OutcomeAct
from outcomes.models import ClosingCheck, Mark
from outcomes.services import inside
from petitions.enums import Kind, Status
from petitions.models import Petition, Reply

LONGEST_NOTE, LONGEST_EVIDENCE = 500, 2000


def needs_checks(case: Petition) -> bool:
    """An answered 申诉求决 that is not sealed; one that was not accepted has nothing to look back on. One query."""
    return not case.sealed and case.kind == Kind.APPEAL and Reply.objects.filter(petition=case).exists()


def unchecked(case: Petition) -> list[CheckItem]:
    """The items that nobody has answered yet for the answer in force. Two queries."""
    if not needs_checks(case):
        return []
    known = set(ClosingCheck.objects.filter(reply__petition=case).values_list("item", flat=True))
    return [item for item in CheckItem if item not in known]


def refuse_unchecked(case: Petition, actor: Actor) -> None:
    """In the transaction of 办结归档. What the window's end closes is not held up: the checks stay to be made.

    Raises Refusal: somebody closes the case and an item is open (条例 27).
    """
    if actor.role == Role.SYSTEM or not (left := unchecked(case)):
        return
    raise Refusal(
        _("办结前先核对“三到位一处理”（条例第二十七条）：请责任单位在本件页的“答复之后”填写，还有 %(n)d 项。")
        % {"n": len(left)},
        code="stale",
    )


def check(
    *,
    petition: Petition,
    actor: Actor,
    answers: Mapping[CheckItem, tuple[CheckResult, str]],
    at: datetime | None = None,
) -> None:
    """All four at once; the newest row of each counts, and those before it stay as they are.

    ``answers``: item to (result, note).

    Raises Refusal: not of the lead unit, not answered yet, one left out, 没有做到 without saying what is missing.
    """
    at = at or now()
    with transaction.atomic():
        case = inside.locked_case(petition.pk)
        rules.require(OutcomeAct.CHECK, actor, case)
        if not needs_checks(case):
            raise Refusal(_("没有生效：申诉求决件作出答复以后才核对。"), code="stale")
        reply = Reply.objects.get(petition=case)
        for item in CheckItem:
            if item not in answers:
                raise Refusal(
                    _("“%(item)s”还没有核对，四项都要填写。") % {"item": item.label}, code="invalid"
                )
            result, note = answers[item]
            note = said(note, longest=LONGEST_NOTE) if note.strip() else ""
            if result == CheckResult.NOT_DONE and not note:
                raise Refusal(
                    _("“%(item)s”没有做到的，请写明还差什么。") % {"item": item.label}, code="invalid"
                )
            ClosingCheck.objects.create(
                petition=case, reply=reply, item=item, result=result, note=note,
                at=at, by=actor.user, who=actor.label[:120],
            )  # fmt: skip
        results = {str(item): str(result) for item, (result, _note) in answers.items()}
        inside.on_record(case, case, actor, "check", at, **results)


def mark(
    *,
    petition: Petition,
    actor: Actor,
    kind: MarkKind,
    on: date,
    how: MarkHow,
    evidence: str,
    at: datetime | None = None,
) -> Mark:
    """Raises Refusal: not one's right, before the answer, an impossible day, no evidence, 息诉 without the petitioner's
    own word, marked already."""
    at = at or now()
    evidence = said(
        evidence, _("请写明凭据，例如现场照片、付款凭证、本人签字的书面材料。"), longest=LONGEST_EVIDENCE
    )
    try:
        with transaction.atomic():
            case = inside.locked_case(petition.pk)
            rules.require(OutcomeAct.MARK, actor, case)
            if case.concluded_at is None:
                raise Refusal(
                    _("没有生效：作出答复以后才登记，本件现在是“%(state)s”。")
                    % {"state": Status(case.status).label},
                    code="stale",
                )
            if how not in HOW_OF[kind]:
                raise Refusal(_("息诉须由信访人本人表示或者书面签字，别人不能代替。"), code="invalid")
            if not local_day(case.registered_at) <= on <= local_day(at):
                raise Refusal(_("日期须在登记之日到今天之间。"), code="invalid")
            row = Mark.objects.create(
                petition=case, kind=kind, on=on, how=how, evidence=evidence,
                at=at, by=actor.user, who=actor.label[:120],
            )  # fmt: skip
            inside.on_record(case, row, actor, "mark", at, kind=str(kind), how=str(how))
    except IntegrityError as error:
        if "mark_one_standing" in str(error):
            raise Refusal(
                _("没有生效：已经登记过“%(kind)s”。") % {"kind": kind.label}, code="stale"
            ) from error
        raise
    return row


def unmark(*, row: Mark, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """It turned out otherwise; the row stays with the reason.

    Raises Refusal: not one's right, no reason, taken back before.
    """
    at = at or now()
    reason = said(reason, _("请写明为什么撤销。"), longest=500)
    with transaction.atomic():
        case = inside.locked_case(row.petition_id)
        rules.require(OutcomeAct.UNMARK, actor, case)
        done = Mark.objects.filter(pk=row.pk, ended_at=None).update(
            ended_at=at, ended_by=actor.user, end_reason=reason
        )
        if not done:
            raise Refusal(_("没有生效：这一项登记已经撤销。"), code="stale")
        inside.on_record(case, row, actor, "unmark", at, kind=row.kind)
    row.refresh_from_db()


def end_marks(case: Petition, actor: Actor, at: datetime) -> None:
    """In the transaction of 责令重新办理: what was resolved by an answer that no longer stands is not resolved by the
    next one. The rows stay with the reason."""
    for row in Mark.objects.select_for_update().filter(petition=case, ended_at=None):
        row.ended_at, row.ended_by = max(at, row.at), actor.user
        row.end_reason = _("本件被责令重新办理，原处理意见不再有效")
        row.save(update_fields=["ended_at", "ended_by", "end_reason"])
        inside.on_record(case, row, actor, "unmark", at, kind=row.kind)
