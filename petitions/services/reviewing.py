"""What 复查 and 复核 (条例 35, 36) do to a case: a line in its history, and 责令重新办理.

They are asked for and decided in the room above, which has its own table of who may; here the step is the system's,
under the name of who did it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.bulk import made_here, step_transaction
from core.errors import Refusal
from core.timekeeping import local_day
from petitions.enums import Act, ReportState
from petitions.models import Evaluation, Extension, PaperService, Petition, PetitionEvent, Reply
from petitions.services import clocks, scope
from petitions.services.stepping import stepping
from petitions.workflow import ClockCode as C


def note(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    public_text: str,
    at: datetime | None = None,
    token: str = "",
) -> PetitionEvent:
    """Put what was done in a review into the case's history; the state does not move."""
    with stepping(petition, Act.REVIEW, _for(actor), at=at, token=token) as work:
        work.text, work.public_text = text, public_text
    assert work.event is not None
    return work.event


def redo(
    *, petition: Petition, actor: Actor, text: str, public_text: str, at: datetime | None = None
) -> None:
    """责令重新办理: back to the unit that answered, with 60 days from now (条例 34, 36).

    Whatever went the simplified way goes the ordinary one now. The answer, its service, its rating and its extension
    stay as they were, as former papers of the case; the new answer is served, rated and reviewed by itself.
    """
    with step_transaction():
        with stepping(petition, Act.REDO, _for(actor), at=at) as work:
            case = work.petition
            then = [[one.ordinal, one.outcome, one.opinion] for one in case.requests.order_by("ordinal")]
            Reply.objects.filter(petition=case).update(petition=None, former_of=case, outcomes_then=then)
            for paper in (PaperService, Evaluation, Extension):
                paper.objects.filter(petition=case).update(petition=None, former_of=case)
            # The report was on the answer that is set aside; the new one is reported anew (条例 22).
            assigned = case.shares.filter(ended_at=None).exclude(report=ReportState.NONE)
            asked = assigned.update(report=ReportState.DUE)
            work.change(concluded_at=None, served_at=None, closed_at=None, simplified=False)
            scope.revive(case)
            work.text, work.public_text = text, public_text
        if asked:
            _give_the_report_a_day(case, work.at)


def _give_the_report_a_day(case: Petition, at: datetime) -> None:
    """The sender's day has passed with the former answer: the new one is reported so many days after it is due."""
    answer = clocks.running(case, C.CONCLUSION)
    if answer is not None:
        day = local_day(answer.due_at) + timedelta(days=settings.REPORT_DAYS_AFTER_ANSWER)
        clocks.start_all(case, [C.FEEDBACK], at, feedback_due_on=day)


def refuse_the_same_again(case: Petition, text: str, outcomes: dict[int, tuple[str, str]]) -> None:
    """A unit ordered to handle a matter anew may not answer with the same facts and reasons (条例 36; domain B9).

    ``outcomes``: ordinal of a request to (outcome, opinion). Raises Refusal: word for word an answer that was set
    aside, with the same outcome on every request.
    """
    if made_here(Petition, case.pk) is not None:
        return
    for former in case.former_reply_set.all():
        then = {ordinal: (outcome, _bare(opinion)) for ordinal, outcome, opinion in former.outcomes_then}
        now = {ordinal: (outcome, _bare(opinion)) for ordinal, (outcome, opinion) in outcomes.items()}
        if _bare(former.text) == _bare(text) and then == now:
            raise Refusal(
                _(
                    "本件被责令重新办理，不能以同一事实和理由作出与原处理意见相同的意见。"
                    "请写明重新调查的情况和新的处理意见。"
                ),
                code="invalid",
            )


def _bare(text: str) -> str:
    return "".join(text.split())


def _for(actor: Actor) -> Actor:
    """The system, on behalf of whoever did it: history and audit log name them."""
    return replace(actor, role=Role.SYSTEM)
