"""执行 of what an answer supported (条例 32): opened with the answer, reported by the unit, confirmed by the sender.

Every door locks the case first, so that none of them can meet another half-way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import desk_posts, holders, office_posts
from core.errors import Refusal
from core.timekeeping import friendly_moment, han_date, local_day, now
from core.uploads import prepare_files
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from outcomes import rules
from outcomes.enums import UNDONE, ExecutionState, OutcomeAct
from outcomes.models import Execution, ExecutionClock, ExecutionReport
from outcomes.services import inside
from petitions.enums import Outcome
from petitions.extensions import Replaced
from petitions.facts import facts_of
from petitions.models import Petition, PetitionRequest, Reply
from petitions.services import attaching

LONGEST = 5000
#: A date set by hand lies within this many days; a year and a bit, for what needs a season of building.
FARTHEST = 400


def open_for(case: Petition, at: datetime) -> list[Execution]:
    """A row with its clock for every request that was answered with 支持 and has none, in the caller's transaction."""
    if case.sealed or case.lead_unit is None:
        return []
    asked = list(case.requests.filter(outcome=Outcome.SUPPORTED))
    if not asked:
        return []
    reply = Reply.objects.get(petition=case)
    rounds = dict(Execution.objects.filter(reply=reply).values_list("request_id").annotate(Max("round")))
    known = set(
        Execution.objects.filter(reply=reply)
        .exclude(state=ExecutionState.SET_ASIDE)
        .values_list("request_id", flat=True)
    )
    answer = Replaced(reply, "", [], "")
    made = [_open(case, one, answer, at, rounds.get(one.pk, 0) + 1) for one in asked if one.pk not in known]
    _ask_for_the_day(case, made, at)
    return made


def _ask_for_the_day(case: Petition, made: list[Execution], at: datetime) -> None:
    """The heads of the unit are told of the default day, so that they confirm it or set another."""
    if made:
        day = han_date(made[0].due_on)
        inside.tell(
            case,
            holders(Role.UNIT_HEAD, unit=made[0].unit, at=at),
            _("%(number)s 支持的诉求默认{day}前落实，请确认或者另定期限。").format(day=day),
            link=f"{case.get_absolute_url()}#outcomes",
            key=f"execution-due:{made[0].reply_id}:{made[0].round}",
            at=at,
        )


def default_due_on(at: datetime) -> date:
    """The last day in Asia/Shanghai to carry out what is supported now, unless the head of the unit sets another."""
    return local_day(at) + timedelta(days=settings.EXECUTION_DAYS)


def _open(case: Petition, request: PetitionRequest, ground: Replaced, at: datetime, round_: int) -> Execution:
    """Of the answer, or of the decision ``ground`` in its place."""
    due_on = default_due_on(at)
    row = Execution.objects.create(
        petition=case,
        request=request,
        reply=ground.reply,
        unit=ground.reply.unit,
        what=ground.what.strip() or request.opinion.strip() or request.text,
        source=ground.words[:120],
        round=round_,
        opened_at=at,
        due_on=due_on,
    )
    _start_clock(row, due_on, at)
    return row


def _start_clock(row: Execution, due_on: date, at: datetime) -> None:
    known = facts_of(row.petition, row.unit)
    deadlines.start(
        ExecutionClock, rule_code=RuleCode.EXECUTION, at=at, due_on=due_on, facts=known, execution=row
    )


def follow_words(case: Petition) -> None:
    """The paper of the answer came out in other words: what is not reported yet is to be carried out as it says."""
    of_the_answer = Execution.objects.filter(reply__petition=case, state=ExecutionState.OPEN, source="")
    for row in of_the_answer.select_related("request"):
        row.what = row.request.opinion.strip() or row.request.text
        row.save(update_fields=["what"])


def set_aside(case: Petition, actor: Actor, at: datetime, reason: str) -> None:
    """The answer no longer stands, or the case was sealed: what is not done yet is not asked for any more. ``reason``
    stays on the row; the unit is told, but of a sealed case nobody."""
    _end(case, Execution.objects.filter(petition=case, state__in=UNDONE), actor, at, reason)


def follow_correction(case: Petition, actor: Actor, at: datetime) -> None:
    """The answer was put right before its service: what it does not support any more is not carried out, what it
    supports now is, and the rest goes by its words."""
    of_the_answer = Execution.objects.filter(reply__petition=case)
    gone = of_the_answer.filter(state__in=UNDONE).exclude(request__outcome=Outcome.SUPPORTED)
    _end(case, gone, actor, at, _("答复已更正，不再支持这一项"))
    follow_words(case)
    open_for(case, at)


def _end(case: Petition, rows: QuerySet[Execution], actor: Actor, at: datetime, reason: str) -> None:
    found = list(rows.select_related("unit").select_for_update(of=("self",)).order_by("pk"))
    if not found:
        return
    pks = [row.pk for row in found]
    deadlines.stop_all(ExecutionClock.objects.filter(execution__in=pks), at)
    Execution.objects.filter(pk__in=pks).update(
        state=ExecutionState.SET_ASIDE, ended_at=at, end_reason=reason[:300]
    )
    for row in found:
        row.petition = case
        inside.on_record(case, row, actor, "set_aside", at)
        if not case.sealed:
            words = _("%(number)s 的一项落实不再执行，原答复已不再有效。")
            _tell(row, desk_posts(row.unit, at), words, "set_aside", at)


def replace_answer(case: Petition, replaced: Replaced, actor: Actor, at: datetime) -> None:
    """What a decision of a review put in the place of the answer: the answer's open executions end with that reason,
    and each request it grants is carried out by the unit that answered, with a clock of its own."""
    if case.sealed:
        return
    reason = _("%(words)s，原答复不再有效") % {"words": replaced.words}
    set_aside(case, actor, at, reason)
    before = Execution.objects.filter(reply=replaced.reply).aggregate(last=Max("round"))["last"] or 1
    made = [_open(case, one, replaced, at, before + 1) for one in replaced.grants]
    _ask_for_the_day(case, made, at)


def set_due(
    *, execution: Execution, actor: Actor, due_on: date, reason: str = "", at: datetime | None = None
) -> Execution:
    """The head of the unit sets the day (Asia/Shanghai) once, before the present one has passed; to leave the present
    one as it is needs no reason.

    Raises Refusal: not the head, set before, too late, a day in the past or too far, no reason for another one.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked(execution)
        rules.require(OutcomeAct.SET_DUE, actor, row.petition)
        _require(row, ExecutionState.OPEN)
        if row.due_by_id is not None:
            raise Refusal(_("执行日期已经设定过，只能设定一次。"), code="stale")
        if local_day(at) > row.due_on:
            raise Refusal(
                _("执行期限已于 %(day)s届满，逾期后不能再改日期。请尽快落实并反馈。")
                % {"day": han_date(row.due_on)},
                code="stale",
            )
        _check_due(due_on, at)
        if due_on != row.due_on:
            reason = said(reason, _("请写明为什么定在这一天，例如招标、施工需要的时间。"), longest=500)
            deadlines.stop_all(ExecutionClock.objects.filter(execution=row), at)
            _start_clock(row, due_on, at)
        row.due_on, row.due_by, row.due_reason = due_on, actor.user, reason.strip()[:500]
        row.save(update_fields=["due_on", "due_by", "due_reason"])
        inside.on_record(row.petition, row, actor, "set_due", at, due_on=due_on.isoformat())
    execution.refresh_from_db()
    return execution


def report(
    *,
    execution: Execution,
    actor: Actor,
    text: str,
    done_on: date,
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
) -> ExecutionReport:
    """The unit reports that it is done, with proof; the clock stops and the sender is asked to look into it.

    Raises Refusal: not of that unit, nothing said, an impossible day, reported before (with who and when).
    """
    at = at or now()
    text = said(text, _("请写明怎样落实的、有什么凭据。"), longest=LONGEST)
    files = prepare_files(files)
    with attaching.undone_with_the_step(), transaction.atomic():
        row = _locked(execution)
        rules.require(OutcomeAct.REPORT, actor, row.petition)
        _require(row, ExecutionState.OPEN)
        if not local_day(row.opened_at) <= done_on <= local_day(at):
            raise Refusal(_("落实日期须在答复之日到今天之间。"), code="invalid")
        made = ExecutionReport.objects.create(
            execution=row, at=at, by=actor.user, who=actor.label[:120], done_on=done_on, text=text
        )
        made.files.set(attaching.attach(row.petition, files, actor=actor, at=at))
        row.state = ExecutionState.REPORTED
        row.save(update_fields=["state"])
        deadlines.stop_all(ExecutionClock.objects.filter(execution=row), at)
        inside.on_record(row.petition, row, actor, "report", at, done_on=done_on.isoformat())
        _tell(row, _senders(row, at), _("%(number)s 支持的诉求已反馈落实，请核实。"), f"report:{made.pk}", at)
    execution.refresh_from_db()
    return made


def confirm(
    *,
    execution: Execution,
    actor: Actor,
    done: bool,
    word: str,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Execution:
    """The sender's word on a report, after looking into it: done, or back to the unit with a new day.

    Raises Refusal: not the sender's officer, whoever reported it, nothing to confirm, no word on how it was looked
    into, no new day.
    """
    at = at or now()
    word = said(word, _("请写明怎样核实的：到现场看过、问过信访人，或者看过什么凭据。"), longest=LONGEST)
    with transaction.atomic():
        row = _locked(execution)
        rules.require(OutcomeAct.CONFIRM, actor, row.petition)
        _require(row, ExecutionState.REPORTED)
        last = row.reports.get(accepted=None)
        if actor.user is not None and last.by_id == actor.user.pk:
            raise Refusal(_("自己反馈的不能由自己核实，请由另一人核实。"), code="forbidden")
        rules.require_confirm(actor, row)
        last.accepted, last.word, last.decided_at = done, word, at
        last.decided_by, last.decided_who = actor.user, actor.label[:120]
        last.save(update_fields=["accepted", "word", "decided_at", "decided_by", "decided_who"])
        if done:
            row.state, row.done_on, row.ended_at = ExecutionState.DONE, last.done_on, at
        else:
            row.state, row.due_on = ExecutionState.OPEN, _again(row, due_on, at)
        row.save(update_fields=["state", "done_on", "ended_at", "due_on"])
        inside.on_record(row.petition, row, actor, "confirm", at, done=done)
        words = _("%(number)s 的落实情况已核实。") if done else _("%(number)s 的落实情况被退回，请继续执行。")
        _tell(row, desk_posts(row.petition.lead_unit or row.unit, at), words, f"confirm:{last.pk}", at)
    execution.refresh_from_db()
    return execution


def _again(row: Execution, due_on: date | None, at: datetime) -> date:
    if due_on is None:
        raise Refusal(_("退回的，请写明要在哪一天以前落实。"), code="invalid")
    _check_due(due_on, at)
    _start_clock(row, due_on, at)
    return due_on


def _check_due(due_on: date, at: datetime) -> None:
    today = local_day(at)
    if due_on < today:
        raise Refusal(_("执行日期不能早于今天。"), code="invalid")
    if (due_on - today).days > FARTHEST:
        raise Refusal(_("执行日期离今天超过 %(n)d 天，请核对年份。") % {"n": FARTHEST}, code="invalid")


def _require(row: Execution, wanted: ExecutionState) -> None:
    if row.state == wanted:
        return
    last = row.reports.last()
    words = {"state": ExecutionState(row.state).label, "who": "", "when": ""}
    if last is not None:
        who, when = (last.who, last.at) if last.decided_at is None else (last.decided_who, last.decided_at)
        words |= {"who": who, "when": friendly_moment(when)}
        raise Refusal(_("没有生效：%(who)s已于%(when)s办理，本项现在是“%(state)s”。") % words, code="stale")
    raise Refusal(_("没有生效：本项现在是“%(state)s”。") % words, code="stale")


def _locked(execution: Execution) -> Execution:
    case = inside.locked_case(execution.petition_id)
    rows = Execution.objects.select_for_update(of=("self",)).select_related("request", "unit")
    row: Execution = rows.get(pk=execution.pk)
    row.petition = case
    return row


def _senders(row: Execution, at: datetime) -> list[Post]:
    """The officers of the office that registered the case; where it has none who may confirm, those of the petition
    office."""
    own = holders(Role.PETITION_OFFICER, unit=row.petition.registered_unit, at=at)
    own = [post for post in own if not post.unit.is_within(row.unit)]
    return own or office_posts(Role.PETITION_OFFICER, at)


def _tell(row: Execution, posts: Sequence[Post], text: str, what: str, at: datetime) -> None:
    inside.tell(
        row.petition, posts, text, link=row.get_absolute_url(), key=f"execution:{row.pk}:{what}", at=at
    )
