"""What comes after and beside: evaluation, supplements, linking, what rooms above did, closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.bulk import step_transaction
from core.errors import Refusal
from core.uploads import prepare_files
from core.wording import said
from petitions import extensions, rules
from petitions.enums import Act, ForwardKind, Rating, ReportState, ShareRole, Status
from petitions.models import Evaluation, Petition, PetitionEvent
from petitions.services import attaching, joining, scope, telling
from petitions.services.stepping import lock, record_event, stepping

LONGEST_REASON = 2000  # signs


def evaluate(
    *,
    petition: Petition,
    actor: Actor,
    office_rating: Rating,
    unit_rating: Rating,
    comment: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """满意度评价, by the petitioner alone, once (条例 21; domain B5).

    Of 不满意 somebody else hears: of the unit's the petition office, of the office's its inspectors. Neither of the two
    that are rated reads its own before the case is closed (domain G).
    """
    with stepping(petition, Act.EVALUATE, actor, at=at, token=token) as work:
        rated = Evaluation.objects.create(
            petition=work.petition,
            office_rating=office_rating,
            unit_rating=unit_rating,
            comment=comment,
            at=work.at,
        )
        work.public_text = _("您已评价。谢谢。")
        if Rating.DISSATISFIED in {office_rating, unit_rating}:
            case = work.petition
            office = office_rating == Rating.DISSATISFIED
            told = telling.those_above_the_office if office else telling.those_who_watch
            telling.notify_about(
                case,
                told(case, work.at),
                text=_("%(number)s 信访人评价“不满意”，请了解情况。") % {"number": case.number},
                dedupe_key=f"evaluation:{rated.pk}",
                level="soon",
                at=work.at,
            )


def supplement(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
    token: str = "",
) -> None:
    """补充材料 by the petitioner; stops no clock, and answers what was asked for (通知补充材料). Whoever answers for
    the case is told."""
    files = prepare_files(files)
    with (
        attaching.undone_with_the_step(),
        stepping(petition, Act.SUPPLEMENT, actor, at=at, token=token) as work,
    ):
        if not text.strip() and not files:
            raise Refusal(_("请写明补充的内容，或上传材料。"), code="invalid")
        kept = attaching.attach(work.petition, files, actor=actor, at=work.at)
        work.text = text
        work.public_text = text + (_("（附件 %(n)d 个）") % {"n": len(kept)} if kept else "")
        case = work.petition
        telling.notify_about(
            case,
            telling.those_who_answer(case, work.at),
            text=_("%(number)s 有补充材料。") % {"number": case.number},
            dedupe_key=f"supplement:{case.pk}:{work.at.timestamp()}",
            at=work.at,
        )


def link(
    *,
    petition: Petition,
    actor: Actor,
    original: Petition,
    join: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """重复信访: same person and same matter, judged by a person, never merged silently.

    With ``join`` the case is answered together with the original (``services.joining``); it keeps its own number,
    receipt and clocks. Linking again without ``join`` takes it out of that.

    Raises Refusal: linked to itself, in a circle, to a case on the other side of the seal, or joined where one is
    answered already.
    """
    with step_transaction():
        joining.one_link_at_a_time(petition, original)
        # The original first, as in every step that joined cases take along.
        root = lock(joining.root_of(original))
        with stepping(petition, Act.LINK, actor, at=at, token=token) as work:
            joining.check_root(work.petition, original, root)
            if join:
                joining.join(work.petition, root)
            work.change(repeat_of=root, first_here=False, joined_to=root if join else None)
            # History stays when the original is sealed, or its reader recused: it names no number. The page shows
            # the original from ``repeat_of``, to whoever may read it.
            work.text = _("并入同一事项的原件") if join else _("关联同一事项的原件")
            work.detail = {"original": root.audit_name, "joined": join}
            work.untold = not join  # a mere link changes nothing for them
            work.public_text = _words_of_joining(work.petition, root) if join else ""


def _words_of_joining(case: Petition, root: Petition) -> str:
    """For the petitioner: where the answer comes from, and that nothing else changes."""
    where = _("由%(unit)s") % {"unit": root.lead_unit.name} if root.lead_unit is not None else ""
    if case.sealed:
        where = ""
    return _(
        "本件与同一事项的另一件一并办理，%(where)s一并答复，答复会按本件的编号送达您。编号、查询码和期限照旧；不能一并答复的，本件另行答复。"
    ) % {"where": where}


def unlink(
    *,
    petition: Petition,
    actor: Actor,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """撤销关联: it is not the same person's same matter after all, or is to be answered by itself (条例 19).

    Its clocks ran all the time; from now on the original's steps no longer take it along, and it counts as a first-time
    case again. In every state: an answer that was given together with the original's stays this case's own, since only
    a review sets an answer aside (条例 35, 36), and a false repeat would otherwise stay one for good.

    Raises Refusal: linked to nothing, or taken apart a moment ago; no reason.
    """
    with step_transaction():
        joining.one_link_at_a_time(petition)
        joining.lock_above(petition)
        with stepping(petition, Act.UNLINK, actor, at=at, token=token) as work:
            case = work.petition
            work.text = said(reason, _("请写明为什么撤销关联。"), longest=LONGEST_REASON)
            assert case.repeat_of is not None  # rules.require
            work.detail = {"original": case.repeat_of.audit_name, "joined": case.joined_to_id is not None}
            work.untold = case.joined_to_id is None  # they were never told of a mere link
            apart_from = joining.part(case)
            work.change(repeat_of=None, joined_to=None, first_here=True, has_joined=case.has_joined)
            work.public_text = _words_of_parting(case)
            if case.state.is_open:
                _tell_of_parting(case, work.at)
        for one in apart_from:
            _note_parting(one, petition, actor, work.at)


def _words_of_parting(case: Petition) -> str:
    """For the petitioner, who was told that the two go together."""
    if case.concluded_at is None:
        return _("本件不再与另一件一并办理，从现在起单独办理、单独答复。编号、查询码和期限照旧。")
    return _("本件不再与另一件一并办理。已经作出的答复不变，对它的评价和申请复查的权利照旧。")


def _tell_of_parting(case: Petition, at: datetime) -> None:
    telling.notify_about(
        case,
        telling.those_who_answer(case, at),
        text=_("%(number)s 已撤销与原件的关联，以后请单独办理。") % {"number": case.number},
        dedupe_key=f"unlink:{case.pk}:{at.timestamp()}",
        at=at,
    )


def _note_parting(original: Petition, case: Petition, actor: Actor, at: datetime) -> None:
    """A line in the original's history. It names no number and no reason: other people read that case."""
    record_event(
        original,
        Act.UNLINK,
        actor,
        at,
        before=original.state,
        public=False,
        text=_("有一件曾关联本件的信访件已撤销关联，单独办理"),
    )
    audit.record(actor=actor, act="petition.unlink", obj=original, detail={"case": case.audit_name}, at=at)


def remark(
    *,
    petition: Petition,
    act: Act,
    actor: Actor,
    text: str,
    public_text: str = "",
    at: datetime | None = None,
    token: str = "",
) -> PetitionEvent:
    """Put what a room above did (批示, 接访, 调解, 督办, 听证, 管辖协调) into the history; the state does not move."""
    if act not in {Act.INSTRUCT, Act.RECEIVE, Act.MEDIATE, Act.SUPERVISE, Act.DISPATCH, Act.HEAR, Act.CONFER}:
        raise ValueError(f"{act} has a door of its own")
    with stepping(petition, act, actor, at=at, token=token) as work:
        work.text, work.public_text = text, public_text
        # Of mediation the petitioner reads the lines that were written for both sides, and no other.
        work.untold = work.untold or (act == Act.MEDIATE and not public_text)
    assert work.event is not None
    return work.event


def grant_reading(*, petition: Petition, user_id: int) -> None:
    """Let the person a case was put into the hands of read it (包案, 调解)."""
    from accounts.models import User

    scope.grant(petition, User.objects.get(pk=user_id))


def revoke_reading(*, petition: Petition, user_id: int) -> None:
    """The package was struck off, the mediation ended: reading by name ends with it, unless another room still
    gives the case to the same person. Call it when what it was given for has been ended."""
    if not extensions.still_reads(petition, user_id):
        scope.revoke(petition, user_id)


def close(
    *,
    petition: Petition,
    actor: Actor,
    text: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """办结归档. The system closes a served case by itself when the 30-day window has passed unused."""
    with stepping(petition, Act.CLOSE, actor, at=at, token=token) as work:
        before = Status(work.petition.status)
        if rules.report_pending(work.petition):
            raise Refusal(_why_not_closed(work.petition), code="stale")
        if before == Status.REFUSED and _was_assigned_to(work.petition, actor):
            raise Refusal(
                _("本件是交办件，本单位不予受理的，由交办单位审核后办结（条例第二十二条）。"), code="stale"
            )
        if before == Status.REFUSED and work.petition.notice_owed:
            raise Refusal(
                _(
                    "不予受理还没有书面告知信访人（条例第二十三条）：请先送达告知书或者登记“书面告知”，再办结。"
                ),
                code="stale",
            )
        work.change(closed_at=work.at)
        work.text = text or (_("评价期届满，未评价") if before == Status.SERVED else "")
        work.public_text = _("本件已办结归档。")


def _was_assigned_to(case: Petition, actor: Actor) -> bool:
    """By another office to the actor's own unit: no unit closes what it refused to take from whoever answers for it."""
    lead = case.shares.filter(role=ShareRole.LEAD, ended_at=None, kind=ForwardKind.ASSIGN).first()
    if lead is None or actor.unit is None or lead.sent_from_id in {None, lead.unit_id}:
        return False
    return lead.unit_id == actor.unit.pk


def _why_not_closed(case: Petition) -> str:
    """Of what was assigned (条例 22)."""
    return {
        ReportState.DUE: _(
            "本件是交办件：请责任单位先“报送办结报告”，经交办单位认可后再办结（条例第二十二条）。"
        ),
        ReportState.SENT: _(
            "本件是交办件，办结报告正在审核：请交办单位先认可或者退回，再办结（条例第二十二条）。"
        ),
        ReportState.RETURNED: _(
            "本件是交办件，办结报告已退回：请责任单位重新报送，经认可后再办结（条例第二十二条）。"
        ),
    }[rules.report_state(case)]


def close_lapsed(petition_ids: Sequence[int], at: datetime) -> None:
    """Close served cases whose 30 days have passed unused, and evaluated ones nobody filed away.

    One that was assigned waits for its report, and is closed when that is accepted; both sides are told once.
    """
    closable = Petition.objects.filter(pk__in=petition_ids, status__in=[Status.SERVED, Status.EVALUATED])
    # A step locks the case first and its clocks second; the sweep comes the other way round, so it must not wait:
    # a busy case raises, its clock is put off and comes again.
    for petition in closable.select_for_update(of=("self",), nowait=True).prefetch_related("shares"):
        if rules.report_pending(petition):
            _tell_of_waiting(petition, at)
            continue
        close(petition=petition, actor=Actor.system(), at=at)


def _tell_of_waiting(case: Petition, at: datetime) -> None:
    telling.notify_about(
        case,
        {*telling.those_who_watch(case, at), *telling.those_who_answer(case, at)},
        text=_("%(number)s 评价期已经届满，办结报告认可以后才能办结，请抓紧报送、审核。")
        % {"number": case.number},
        dedupe_key=f"report-waits:{case.pk}:{case.served_at:%Y%m%d}",
        level="soon",
        at=at,
    )
