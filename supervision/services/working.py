"""Pressing on (efforts), what the unit reports, and the supervisor's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.selectors import people_of
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.uploads import PreparedFile, prepare_files
from core.wording import said
from petitions import rules as petition_rules
from petitions.enums import Act, CallOutcome
from petitions.services import attaching, handling
from supervision import rules
from supervision.enums import EVIDENCE, FILE, NUMBER, OUTCOME, WANTED, Mode, State, SupervisionAct
from supervision.models import Milestone, Supervision, SupervisionEffort, SupervisionFeedback
from supervision.models.files import WithFile
from supervision.services import inside

LONGEST = 10_000


def record_effort(
    *,
    supervision: Supervision,
    actor: Actor,
    mode: Mode,
    on: date,
    who: str,
    found: str,
    number: str = "",
    outcome: CallOutcome | str = "",
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
) -> SupervisionEffort:
    """Put one of the six modes on record, with what proves it (``EVIDENCE``).

    Raises Refusal: not one's right; not open; a day to come or before the supervision; nobody or nothing said; the
    proof of the mode is missing; a file that is not taken.
    """
    at = at or now()
    found = said(found, _("请写明了解到的情况。"), longest=LONGEST)
    who = said(who, _("请写明督办人员。"), longest=120)
    prepared = prepare_files(files[:1])
    number = clean_text(number)[:120]
    given = {FILE: bool(prepared), NUMBER: bool(number), OUTCOME: bool(outcome)}
    if not any(given[one] for one in EVIDENCE[mode]):
        raise Refusal(str(WANTED[mode]), code="invalid")
    with attaching.undone_with_the_step(), transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.EFFORT, actor, supervision=row)
        inside.require_state(row, State.OPEN, State.FED_BACK)
        assert row.opened_at is not None
        if not local_day(row.opened_at) <= on <= local_day(at):
            raise Refusal(_("日期须在发出督办之日到今天之间。"), code="invalid")
        effort = SupervisionEffort(
            supervision=row,
            mode=mode,
            on=on,
            who=who,
            found=found,
            number=number,
            outcome=outcome if mode == Mode.PHONE else "",
            at=at,
            by=actor.user,
        )
        keep_file(effort, prepared)
        effort.save(force_insert=True)
        inside.on_record(row, actor, "effort", at, mode=mode)
    return effort


def feed_back(
    *,
    supervision: Supervision,
    actor: Actor,
    measures: str,
    result: str,
    done_on: date,
    at: datetime | None = None,
) -> SupervisionFeedback:
    """The unit says what it did, with what result and on which day; the clock stops and the supervisor is told.

    Raises Refusal: not of that unit, nothing said, a day to come, or reported before.
    """
    at = at or now()
    measures = said(measures, _("请写明采取的措施。"), longest=LONGEST)
    result = said(result, _("请写明办理结果。"), longest=LONGEST)
    if done_on > local_day(at):
        raise Refusal(_("完成日期不能晚于今天；还没有完成的，请写明进展，填写今天。"), code="invalid")
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.FEED_BACK, actor, supervision=row)
        inside.require_state(row, State.OPEN)
        feedback = SupervisionFeedback.objects.create(
            supervision=row,
            measures=measures,
            result=result,
            done_on=done_on,
            at=at,
            by=actor.user,
            who=actor.label[:120],
        )
        row.state = State.FED_BACK
        row.save(update_fields=["state"])
        inside.stop_clock(row, at)
        case = row.petition
        if case is not None and any(
            step.act == Act.NOTE for step in petition_rules.allowed_acts(case, actor)
        ):
            note = _("督办反馈：%(text)s") % {"text": measures}
            handling.note(petition=case, actor=actor, text=note, at=at)
        inside.on_record(row, actor, "feed_back", at)
        words = _("%(number)s 的督办已反馈，请审核。")
        inside.tell(row, inside.overseers(row, at), words, f"fed:{feedback.pk}", at, level="info")
    supervision.refresh_from_db()
    return feedback


def decide(
    *,
    supervision: Supervision,
    actor: Actor,
    accept: bool,
    text: str = "",
    due_on: date | None = None,
    at: datetime | None = None,
) -> Supervision:
    """Accept the feedback, which ends it, or return it with a reason and a new date.

    Raises Refusal: not one's right, nothing to decide upon, one's own feedback, milestones of the red list that nobody
    has seen reached, no reason, an impossible date.
    """
    at = at or now()
    with transaction.atomic():
        row = inside.locked(supervision)
        rules.require(SupervisionAct.DECIDE, actor, supervision=row)
        inside.require_state(row, State.FED_BACK)
        left = Milestone.objects.filter(listing__supervision=row, done_at=None).count() if accept else 0
        if left:
            words = _("挂牌的时间节点还有 %(n)d 个没有登记完成，请逐个核实登记，或者退回反馈。")
            raise Refusal(words % {"n": left}, code="invalid")
        feedback = row.feedbacks.select_for_update().get(accepted=None)
        if actor.user is not None and feedback.by_id == actor.user.pk:
            raise Refusal(_("反馈是您填写的，须由其他人审核。"), code="forbidden")
        word = (
            said(text, _("请写明退回的理由：还差什么。"), longest=LONGEST)
            if not accept or text.strip()
            else ""
        )
        feedback.accepted, feedback.reply, feedback.replied_at = accept, word, at
        feedback.replied_by = actor.user
        feedback.save(update_fields=["accepted", "reply", "replied_at", "replied_by"])
        if accept:
            _close(row, actor, word, at)
        else:
            _return(row, actor, word, due_on, at, feedback)
    supervision.refresh_from_db()
    return supervision


def _close(row: Supervision, actor: Actor, word: str, at: datetime) -> None:
    row.state, row.ended_at, row.ended_by, row.end_text = State.CLOSED, at, actor.user, word
    row.save(update_fields=["state", "ended_at", "ended_by", "end_text"])
    line = _("督办办结：%(ground)s（%(unit)s）") % {
        "ground": row.get_ground_display(),
        "unit": row.unit.label,
    }
    inside.into_history(row, actor, line, at)
    inside.on_record(row, actor, "close", at)
    inside.tell(row, people_of(row.unit, at), _("%(number)s 的督办已办结。"), "closed", at, level="info")


def _return(
    row: Supervision,
    actor: Actor,
    word: str,
    due_on: date | None,
    at: datetime,
    feedback: SupervisionFeedback,
) -> None:
    row.due_on = due_on or inside.default_due_on(at)
    inside.check_day(row.due_on, at)
    row.state = State.OPEN
    row.save(update_fields=["state", "due_on"])
    inside.start_clock(row, at)
    words = {"text": word, "unit": row.unit.label, "day": row.due_on.isoformat()}
    line = _("退回督办反馈：%(text)s（%(unit)s，%(day)s前再反馈）") % words
    inside.into_history(row, actor, line, at)
    inside.on_record(row, actor, "return", at, until=row.due_on)
    told = _("%(number)s 的督办反馈被退回，请继续办理。")
    inside.tell(row, people_of(row.unit, at), told, f"returned:{feedback.pk}", at)


def keep_file(row: WithFile, prepared: Sequence[PreparedFile]) -> None:
    """Put the one prepared file under the row, which is not saved yet."""
    for file in prepared:
        facts = file.facts
        row.file_name, row.file_type = facts.name, facts.content_type
        row.file_size, row.file_sha256 = facts.size, facts.sha256
        row.file.save(facts.name, file, save=False)
        attaching.goes_with_the_step(str(row.file.name))
