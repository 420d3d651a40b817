"""办结报告 on what was assigned (交办, 条例 22): sent by the lead unit once the case is answered, accepted or returned
by the office that assigned it. Until it is accepted the case is not closed, by hand or by the window's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import desk_posts, holders
from core.bulk import step_transaction
from core.errors import Refusal
from core.timekeeping import local_day
from core.uploads import prepare_files
from core.wording import said
from petitions.enums import Act, ReportState, ShareRole, Status
from petitions.models import ClosingReport, Petition, ReportDecision, Share
from petitions.services import attaching, clocks, following, joining, telling
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

#: The petitioner's window is at least so long: nothing served later than that has lapsed.
WINDOW = timedelta(days=30)
LONGEST_CONTACT, LONGEST_PHONE, LONGEST_WORD = 60, 40, 2000


def send_report(
    *,
    petition: Petition,
    actor: Actor,
    demand: str,
    handling: str,
    result: str,
    attitude: str,
    contact: str,
    phone: str,
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
    token: str = "",
) -> None:
    """报送办结报告, the first time or again after it was returned. The feedback clock ends with it, not with the
    answer. Every version stays. Joined cases that were answered in the same step are reported along.

    Raises Refusal: not assigned, not answered, waiting for a decision already, a part left empty, files not taken.
    """
    files = prepare_files(files)
    with (
        attaching.undone_with_the_step(),
        stepping(petition, Act.SEND_REPORT, actor, at=at, token=token) as work,
    ):
        texts = {
            "demand": said(demand, _("请写明主要诉求。")),
            "handling": said(handling, _("请写明调查和办理情况。")),
            "result": said(result, _("请写明办理结果。")),
            "attitude": said(attitude, _("请写明信访人的意见；没有表态的，写明“未表态”。")),
            "contact": said(contact, _("请填写联系人。"), longest=LONGEST_CONTACT),
            "phone": said(phone, _("请填写联系电话。"), longest=LONGEST_PHONE),
        }
        made: list[ClosingReport] = []

        def report(one: Stepping) -> None:
            made.append(_report(one, texts, along_with=made[0] if made else None))
            if one is work:
                made[0].files.set(attaching.attach(one.petition, files, actor=actor, at=one.at))

        joining.together(work, report, also=lambda case: _answered_with(case, work.petition))


def _report(work: Stepping, texts: dict[str, str], along_with: ClosingReport | None) -> ClosingReport:
    case, share = work.petition, lead_share(work.petition)
    earlier = share.reports.filter(reply__petition=case).count()
    assert case.lead_unit is not None
    row = ClosingReport.objects.create(
        petition=case,
        share=share,
        reply=case.reply,
        along_with=along_with,
        unit=case.lead_unit,
        sent_at=work.at,
        sent_by=work.actor.user,
        who=work.actor.label[:120],
        **texts,
    )
    _set(share, ReportState.SENT)
    work.text = _("第 %(n)d 次报送") % {"n": earlier + 1}
    _tell(work, senders(share, work.at), _("%(number)s 的办结报告已报送，请审核。"))
    return row


def _answered_with(case: Petition, original: Petition) -> bool:
    """Answered in the original's step: what is reported of one answer would be untrue of another."""
    return case.concluded_at is not None and case.concluded_at == original.concluded_at


def decide_report(
    *,
    petition: Petition,
    actor: Actor,
    accept: bool,
    decision: str = "",
    due_on: date | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The sender accepts the report, or returns it with a reason and a new last day, from which the feedback clock
    runs anew. A case whose window has ended meanwhile is closed with the acceptance.

    Raises Refusal: nothing to decide upon (any more), one's own report, returned without reason or with a day that is
    not to come.
    """
    act = Act.ACCEPT_REPORT if accept else Act.RETURN_REPORT
    decided: list[Petition] = []
    with step_transaction():
        with stepping(petition, act, actor, at=at, token=token) as work:
            report = last_report(work.petition)
            assert report is not None  # rules.require
            if actor.user is not None and report.sent_by_id == actor.user.pk:
                raise Refusal(_("办结报告是您报送的，请由另一人审核。"), code="forbidden")
            words = _checked(accept, decision, due_on, work.at)

            def decide(one: Stepping) -> None:
                _decide(one, accept=accept, text=words, due_on=None if accept else due_on)
                decided.append(one.petition)

            joining.together(work, decide, also=lambda case: _went_along(case, report))
        for case in decided if accept else ():
            _close_if_over(case, work.at)
    if accept:
        petition.refresh_from_db()


def _checked(accept: bool, decision: str, due_on: date | None, at: datetime) -> str:
    if accept:
        return said(decision, longest=LONGEST_WORD) if decision.strip() else ""
    words = said(decision, _("请写明退回的理由。"), longest=LONGEST_WORD)
    if due_on is None or due_on <= local_day(at):
        raise Refusal(_("请另定报送期限，须在今天以后。"), code="invalid")
    return words


def _decide(work: Stepping, *, accept: bool, text: str, due_on: date | None) -> None:
    case, share = work.petition, lead_share(work.petition)
    report = last_report(case)
    assert report is not None
    ReportDecision.objects.create(
        report=report,
        accepted=accept,
        text=text,
        due_on=due_on,
        at=work.at,
        by=work.actor.user,
        who=work.actor.label[:120],
    )
    _set(share, ReportState.ACCEPTED if accept else ReportState.RETURNED)
    work.feedback_due_on = due_on
    work.text = text
    told = _("%(number)s 的办结报告已认可。")
    if due_on is not None:
        work.text = _("%(why)s（请于 %(day)s 前重新报送）") % {"why": text, "day": due_on.isoformat()}
        told = _("%(number)s 的办结报告已退回，请重新报送。")
    _tell(work, desk_posts(share.unit, work.at), told)


def _went_along(case: Petition, report: ClosingReport) -> bool:
    last = last_report(case)
    return last is not None and last.along_with_id == report.pk


def _close_if_over(case: Petition, at: datetime) -> None:
    """The petitioner's 30 days ended while the report was waited for."""
    if case.status not in {Status.SERVED, Status.EVALUATED} or case.served_at is None:
        return
    if at - case.served_at < WINDOW:
        return
    window = clocks.running(case, C.PETITIONER_WINDOW)
    if window is not None and window.ends_at < at:
        following.close(petition=case, actor=Actor.system(), at=at)


def lead_share(case: Petition) -> Share:
    """The share of the unit that leads now, with its sender."""
    shares = Share.objects.select_related("unit", "sent_from")
    return shares.get(petition=case, role=ShareRole.LEAD, ended_at=None)


def last_report(case: Petition) -> ClosingReport | None:
    """The newest version on the answer in force."""
    rows = ClosingReport.objects.filter(reply__petition=case, share__ended_at=None)
    return rows.order_by("-sent_at", "-id").first()


def senders(share: Share, at: datetime) -> list[Post | int]:
    """Who decides upon the report: the officers of the unit it was sent from, else whoever sent it."""
    found: list[Post | int] = []
    if share.sent_from is not None:
        found += holders(Role.PETITION_OFFICER, unit=share.sent_from, at=at)
    return found or ([share.sent_by_id] if share.sent_by_id is not None else [])


def _set(share: Share, state: ReportState) -> None:
    share.report = state
    share.save(update_fields=["report"])


def _tell(work: Stepping, people: Sequence[Post | int], text: str) -> None:
    case = work.petition
    telling.notify_about(
        case,
        people,
        text=text % {"number": case.number},
        dedupe_key=f"step:{case.pk}:{work.step.act}:{work.at.timestamp()}",
        at=work.at,
    )
