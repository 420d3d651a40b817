"""Who may do what with a paper of a case: the case's own rules first, then those of papers (``documents.rules``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from conference import rules as conference
from conference.enums import ConferenceAct
from core.errors import Refusal
from core.timekeeping import friendly_moment
from documents import rules as papers
from documents.enums import PaperState, Series
from documents.selectors import series_of
from papers import answers
from papers.due import Due, may_have
from papers.enums import SUBJECTS, Step
from papers.models import CasePaper
from petitions import rules as cases
from petitions.models import Petition
from petitions.services import noticing
from reviews import rules as reviews
from reviews.enums import ReviewAct
from supervision.models import Suggestion, Supervision

#: The one thing that is done next in each state.
NEXT: dict[str, Step] = {
    PaperState.CHECKED: Step.APPROVE,
    PaperState.APPROVED: Step.ISSUE,
    PaperState.SERVED: Step.ARCHIVE,
}


def reads(row: CasePaper, actor: Actor) -> bool:
    """As ``CasePaper.objects.visible_to``, and of an unissued 复查意见书 whoever may read why it was asked for."""
    return CasePaper.objects.visible_to(actor).filter(pk=row.pk).exists() and reads_words(row, actor)


def reads_words(row: CasePaper, actor: Actor) -> bool:
    """The second half of ``reads``, of a paper that ``visible_to`` gave."""
    return row.review is None or row.paper.is_frozen or reviews.reads_reason(row.review, actor)


def barred_from(rows: Iterable[CasePaper], actor: Actor) -> set[int]:
    """Ids of the reviews of these papers on whose other side the actor stands (``reviews.is_of_the_other_side``). Two
    queries, none where no paper is a review's."""
    return reviews.of_the_other_side(actor, [row.review for row in rows if row.review is not None])


def may_draft(due: Due, petition: Petition, actor: Actor) -> bool:
    """The unit whose paper it is; nobody recused, complained of or out of the case's scope (条例 28, 30)."""
    return bool(may_draft_of([due], petition, actor))


def may_draft_of(dues: Iterable[Due], petition: Petition, actor: Actor) -> list[Due]:
    """Those of them for which ``may_draft`` holds. The case is asked about once; a review by itself."""
    mine = [one for one in dues if may_have(petition, one.kind) and papers.works_for(actor, one.unit)]
    if not mine or cases.is_complained_of(petition, actor) or cases.is_recused(petition, actor):
        return []
    if not Petition.objects.visible_to(actor).filter(pk=petition.pk).exists():
        return [one for one in mine if one.kind == "service_record" and _keeps(one, actor)]
    seen = {model: _seen(model, mine, actor) for model in (Supervision, Suggestion)}
    return [one for one in mine if _of_its_subject(one, actor, seen)]


def _seen(model: Any, dues: list[Due], actor: Actor) -> set[int]:
    """Ids of those rows of the model that papers are due about and that this post may read."""
    asked = [one.subject.pk for one in dues if isinstance(one.subject, model)]
    found = model.objects.visible_to(actor).filter(pk__in=asked)
    return set(found.values_list("pk", flat=True)) if asked else set()


def _of_its_subject(due: Due, actor: Actor, seen: dict[Any, set[int]]) -> bool:
    if due.kind in SUBJECTS["review"]:
        return reviews.may(ReviewAct.SERVE, actor, review=due.subject)
    if due.kind in SUBJECTS["order"]:
        return conference.may(ConferenceAct.ORDER, actor, order=due.subject)
    model = type(due.subject)
    return model not in seen or due.subject.pk in seen[model]


def _keeps(due: Due, actor: Actor) -> bool:
    """What proves the service of a paper that the unit keeps, though it read the case no more."""
    return bool(CasePaper.objects.visible_to(actor).filter(paper=due.subject).exists())


def require_draft(due: Due, petition: Petition, actor: Actor) -> None:
    """Raises Refusal (code "forbidden")."""
    if not may_draft(due, petition, actor):
        raise Refusal(
            _("%(paper)s由%(unit)s拟写。") % {"paper": due.label, "unit": due.unit.label}, code="forbidden"
        )


def writes_somewhere(petition: Petition, actor: Actor) -> bool:
    """Whether the actor writes any paper of this case, or would if it asked for one: their unit has a part in it."""
    if cases.is_complained_of(petition, actor) or cases.is_recused(petition, actor) or petition.sealed:
        return False
    units = [one.unit for one in petition.shares.all() if one.ended_at is None]
    return any(papers.works_for(actor, unit) for unit in [petition.registered_unit, *units])


def require_work(row: CasePaper, actor: Actor) -> None:
    """Whatever is done to a paper is done by somebody who reads it, on a case that may have such a paper still.

    Raises Refusal: as for a paper that does not exist, or one that an accusation may not have (条例 30).
    """
    if not reads(row, actor):
        raise Refusal(_("没有这份文书，或者不在您可查看的范围内。"), code="not_found")
    kind = row.proof_of.of_case.kind if row.proof_of is not None else row.kind
    if not may_have(row.petition, kind):
        raise Refusal(_("本件已转为检举控告，按规定不再出具这种文书（条例第三十条）。"), code="stale")
    if row.review is not None and reviews.is_of_the_other_side(actor, row.review):
        raise Refusal(_("原办理单位的人员不参与复查复核文书。"), code="forbidden")
    if row.paper.forgotten_at is not None:
        raise Refusal(_("此件的内容已按档案规定去标识，不能再办理。"), code="stale")


def require_present_way(row: CasePaper) -> None:
    """A notice of acceptance says the path; written before the case was put on another one it is not used any more,
    nor is an extension of days that the case has not (条例 23, 34). One query, of these kinds alone.

    Raises Refusal: code "stale".
    """
    if row.kind == "extension" and not cases.on_path_six(row.petition):
        raise Refusal(
            _("本件已经不走信访程序，没有 60 日期限，不再出具延期告知书：请作废这份文书。"), code="stale"
        )
    if row.kind != "acceptance":
        return
    changed = noticing.last_change(row.petition)
    if changed is not None and row.paper.drafted_at < changed.at:
        raise Refusal(
            _("这份告知书是%(when)s改变目的或路径以前拟写的：请按现在的途径修改，或者作废后重新拟写。")
            % {"when": friendly_moment(changed.at)},
            code="stale",
        )


def may_write(row: CasePaper, actor: Actor, barred: Collection[int] | None = None) -> bool:
    """``barred``: what ``barred_from`` said of a list that this paper is of."""
    if not papers.works_for(actor, row.paper.unit) or row.paper.forgotten_at is not None:
        return False
    return not _is_barred(row, actor, barred)


def may_sign(row: CasePaper, actor: Actor, barred: Collection[int] | None = None) -> bool:
    return papers.signs_for(actor, row.paper) and not _is_barred(row, actor, barred)


def _is_barred(row: CasePaper, actor: Actor, barred: Collection[int] | None) -> bool:
    if row.review is None:
        return False
    return row.review.pk in (barred_from([row], actor) if barred is None else barred)


def next_step(row: CasePaper, actor: Actor, barred: Collection[int] | None = None) -> Step | None:
    """What this person does next with the paper; None: it waits for somebody else, or for nobody."""
    step = _next(row)
    if step is None or not may_have(row.petition, row.kind):
        return None
    if step is Step.APPROVE:
        return step if may_sign(row, actor, barred) else None
    if not may_write(row, actor, barred):
        return None
    own = actor.user is not None and actor.user.pk == row.paper.drafted_by_id
    if step is Step.CHECK and own:
        return None
    return step


def _next(row: CasePaper) -> Step | None:
    state, template = row.paper.state, row.paper.template
    if state == PaperState.DRAFT:
        if not template.approval:
            return Step.ISSUE
        return Step.SUBMIT if row.submitted_at is None else Step.CHECK
    if state == PaperState.ISSUED:
        return Step.SERVE if template.service else Step.ARCHIVE
    return NEXT.get(state)


def lacks_word(row: CasePaper) -> bool:
    """Whether the paper will be numbered and its unit has no 机关代字 to number it with. A query for drafts."""
    paper = row.paper
    if paper.is_frozen or row.discarded_at is not None or paper.template.series == Series.NONE:
        return False
    return series_of(paper.unit, paper.template.series) is None


def may_discard(row: CasePaper, actor: Actor) -> bool:
    """Whoever wrote it, or the unit's head, before it has a number."""
    if row.paper.is_frozen or row.discarded_at is not None or not may_write(row, actor):
        return False
    return papers.discards(actor, row.paper)


def may_raise_at_all(row: CasePaper) -> bool:
    """Whether it is still to be signed by somebody."""
    return row.paper.state in {PaperState.DRAFT, PaperState.CHECKED} and row.paper.template.approval


def may_raise(row: CasePaper, actor: Actor) -> bool:
    """Ask for a leader's signature, or, as a leader, say that none is needed. Before it is signed."""
    paper = row.paper
    if not may_raise_at_all(row):
        return False
    if row.review is not None and reviews.is_of_the_other_side(actor, row.review):
        return False
    leads = papers.leads_over(actor, paper.unit)
    return leads or (not paper.major and may_write(row, actor))


WAITS = {
    Step.SUBMIT: _lazy("拟稿人还没有提交核稿。"),
    Step.CHECK: _lazy("等待%(unit)s由拟稿人以外的人员核稿。"),
    Step.APPROVE: _lazy("等待%(unit)s的负责人或者领导签发。"),
    Step.ISSUE: _lazy("等待%(unit)s编号印发。"),
    Step.SERVE: _lazy("等待%(unit)s送达。"),
    Step.ARCHIVE: _lazy("等待%(unit)s归档。"),
}


def waits_for(row: CasePaper) -> str:
    """Whom the paper waits for, in words; empty once it is archived."""
    step = _next(row)
    if step is Step.APPROVE and row.paper.major:
        return _("等待领导签发。")
    return str(WAITS[step]) % {"unit": row.paper.unit.label} if step is not None else ""


def may_send_back(row: CasePaper, actor: Actor) -> bool:
    if row.paper.is_frozen or row.discarded_at is not None or not row.paper.template.approval:
        return False
    if row.paper.state == PaperState.DRAFT and row.submitted_at is None:
        return False
    if row.paper.state == PaperState.APPROVED:
        return may_sign(row, actor)
    return may_write(row, actor) or may_sign(row, actor)


def may_correct(row: CasePaper, actor: Actor) -> bool:
    corrected = hasattr(row.paper, "correction")
    if corrected or not row.paper.is_frozen or not may_have(row.petition, row.kind):
        return False
    return may_write(row, actor) and not answers.complained_about(row)
