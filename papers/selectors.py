"""What the pages of this room show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from core.timekeeping import now
from documents import rules as paper_rules
from documents.enums import PaperKind, PaperState
from papers import rules
from papers.due import Due, papers_of
from papers.enums import MANY, OF_ACCEPTANCE, PER_ANSWER, SUBJECTS, Step, subject_of
from papers.models import CasePaper, LetterCase
from papers.querysets import OF_REVIEWS, CasePaperQuerySet
from petitions.enums import ReplyKind
from petitions.extensions import Decision, Part
from petitions.models import Petition
from petitions.selectors.veiling import over_rows
from petitions.services.codes import new_token
from supervision.querysets import oversees

TONES = {
    PaperState.DRAFT: "info",
    PaperState.CHECKED: "info",
    PaperState.APPROVED: "soon",
    PaperState.ISSUED: "soon",
    PaperState.SERVED: "done",
    PaperState.ARCHIVED: "plain",
    PaperState.VOID: "plain",
}


@dataclass(frozen=True)
class PaperRow:
    """One paper in a list, with what this reader does next with it."""

    row: CasePaper
    step: Step | None

    @property
    def state(self) -> str:
        if self.row.paper.forgotten_at is not None:
            return str(_("已去标识"))
        if self.row.paper.state == PaperState.DRAFT and self.row.submitted_at is not None:
            return str(_("待核稿"))
        return str(self.row.paper.get_state_display())

    @property
    def tone(self) -> str:
        return TONES[PaperState(self.row.paper.state)]


@dataclass(frozen=True)
class View:
    key: str
    label: Any
    empty: Any


VIEWS: tuple[View, ...] = (
    View("work", _("拟稿中"), _("没有正在拟写的文书。")),
    View("check", _("待核稿"), _("没有等您核稿的文书。")),
    View("sign", _("待签发"), _("没有等您签发的文书。")),
    View("issue", _("待印发"), _("没有等待编号印发的文书。")),
    View("serve", _("待送达"), _("没有等待送达的文书。")),
    View("issued", _("已印发"), _("还没有印发过文书。")),
)


def in_view(view: str, actor: Actor) -> CasePaperQuerySet:
    """Papers of a list, for a post that works for their unit or signs for it."""
    seen: CasePaperQuerySet = CasePaper.objects.visible_to(actor).with_row_relations()
    mine = seen.of_desk(actor)
    match view:
        case "check":
            return mine.to_check().exclude(paper__drafted_by=actor.user)
        case "sign":
            return _to_sign(seen, actor)
        case "issue":
            return mine.to_issue()
        case "serve":
            return mine.to_serve()
        case "issued":
            return mine.filter(paper__issued_at__isnull=False)
    return mine.filter(paper__state=PaperState.DRAFT, submitted_at=None)


def _to_sign(seen: CasePaperQuerySet, actor: Actor) -> CasePaperQuerySet:
    """What ``documents.rules.require_approver`` lets this post sign: a head's own unit, a leader's and all below it."""
    assert actor.unit is not None
    waiting = seen.to_sign().exclude(paper__drafted_by=actor.user)
    if actor.role == "leader":
        return waiting.filter(paper__unit__path__startswith=actor.unit.path)
    if actor.role == "unit_head":
        return waiting.filter(paper__unit=actor.unit, paper__major=False)
    return waiting.none()


def views_of(actor: Actor) -> Sequence[View]:
    """The lists of this hat, the one it opens with first. Leaders sign and do nothing else here."""
    if actor.role == "leader":
        return [one for one in VIEWS if one.key in {"sign", "issued"}]
    if actor.role == "unit_head":
        return sorted(VIEWS, key=lambda one: one.key not in {"sign"})
    return [one for one in VIEWS if one.key != "sign"]


def rows_of(papers: Sequence[CasePaper], actor: Actor) -> list[PaperRow]:
    barred = rules.barred_from(papers, actor)
    return [PaperRow(row, rules.next_step(row, actor, barred)) for row in papers]


def papers_on(petition: Petition, actor: Actor) -> list[CasePaper]:
    """Those of a case that this reader may see, the newest first."""
    found = CasePaper.objects.visible_to(actor).on_case(petition)
    rows = list(found.select_related("paper__template", "paper__unit", *OF_REVIEWS).order_by("-id"))
    for row in rows:
        row.petition = petition
    return [row for row in rows if rules.reads_words(row, actor)]


def wanted(petition: Petition, actor: Actor) -> list[Due]:
    """What the case asks for, is not there yet, and is this unit's to write."""
    if actor.role not in paper_rules.WRITERS:
        return []
    there = CasePaper.objects.filter(petition=petition, discarded_at=None)
    there = there.exclude(kind__in=[kind.value for kind in MANY])
    made = {
        (row["kind"], _subject_id(row), _answer_id(row))
        for row in there.values("kind", *(f"{name}_id" for name in SUBJECTS))
    }
    # A co-unit that was written to by the letter of a lead, before co-units had one of their own, has its letter.
    made |= {(PaperKind.CO_LETTER.value, share, None) for kind, share, _none in made if kind in OF_LEADS}
    lettered = LetterCase.objects.filter(petition=petition, counts=True).values_list("share_id", flat=True)
    made |= {(kind.value, share, None) for kind in OF_LEADS for share in lettered}
    lacking = [due for due in papers_of(petition, suggestions=oversees(actor)) if due.about not in made]
    return rules.may_draft_of(lacking, petition, actor)


def _subject_id(row: dict[str, Any]) -> int | None:
    """An old 督办函 about a line of the history is about no supervision."""
    name = subject_of(row["kind"])
    return row[f"{name}_id"] if name else None


def _answer_id(row: dict[str, Any]) -> int | None:
    return row["reply_id"] if row["kind"] in PER_ANSWER else None


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: what is due, and what there is. Nothing for a unit complained of (条例 28)."""
    rows = rows_of(papers_on(petition, actor), actor)
    due = wanted(petition, actor)
    if not rows and not due:
        return None
    context = {
        "petition": petition,
        "rows": rows,
        "due": [one for one in due if one.asked],
        "token": new_token(),
    }
    return Part("papers/case_part.html", context | {"beside": [one for one in due if not one.asked]})


def address_to_serve(petition: Petition) -> str:
    """Where the answer is served: on its paper, if there is one."""
    reply = getattr(petition, "reply", None)
    if reply is None:
        return ""
    rows = (
        CasePaper.objects.filter(reply=reply, kind__in=SUBJECTS["reply"], discarded_at=None)
        .select_related("paper")
        .order_by("-id")
    )
    row = rows.first()
    return row.get_absolute_url() if row is not None else ""


def address_of_notice(petition: Petition) -> str:
    """Where the notice of acceptance or refusal is served: on its paper, if there is one."""
    rows = CasePaper.objects.filter(
        petition=petition, kind__in=OF_ACCEPTANCE, discarded_at=None, paper__served_at=None
    )
    row = rows.select_related("paper").order_by("-id").first()
    return row.get_absolute_url() if row is not None else ""


def address_of_guidance(petition: Petition) -> str:
    """Where a 涉法涉诉 matter is guided: on the paper that tells it, if one is being written."""
    rows = CasePaper.objects.filter(
        petition=petition, kind=PaperKind.GUIDANCE, discarded_at=None, paper__served_at=None
    )
    row = rows.select_related("paper").order_by("-id").first()
    return row.get_absolute_url() if row is not None else ""


def caution_before_service(petition: Petition) -> str:
    """An opinion is a paper (条例 32): whoever serves it here names the number of one written elsewhere."""
    reply = getattr(petition, "reply", None)
    if reply is None or reply.kind != ReplyKind.OPINION or reply.paper_number or address_to_serve(petition):
        return ""
    return _now(
        "本系统里还没有拟写处理意见书。请先在本件的“文书”里拟写、核稿、签发、编号，再从文书登记送达；"
        "已在系统之外出具处理意见书的，在这里登记送达，并填写它的文号。"
    )


OF_LEADS = (PaperKind.FORWARDING, PaperKind.ASSIGNMENT)
#: What is addressed to the petitioner; letters between offices are not.
TO_PETITIONER = (
    PaperKind.ACCEPTANCE,
    PaperKind.REFUSAL,
    PaperKind.NO_FURTHER,
    PaperKind.ROUTING,
    PaperKind.GUIDANCE,
    PaperKind.SUPPLEMENT,
    PaperKind.EXTENSION,
    PaperKind.OPINION,
    PaperKind.SIMPLE_REPLY,
    PaperKind.REVIEW,
    PaperKind.FINAL_REVIEW,
)


def own_papers(petition: Petition) -> CasePaperQuerySet:
    """Papers addressed to the petitioner that were served by now, in that order; none of a sealed case (条例 30)."""
    if petition.sealed:
        return CasePaper.objects.none()
    found: CasePaperQuerySet = CasePaper.objects.filter(
        petition=petition,
        kind__in=TO_PETITIONER,
        paper__served_at__lte=now(),
        paper__forgotten_at=None,
        discarded_at=None,
    )
    return found.select_related("paper__unit", "petition").order_by("paper__served_at", "id")


def own_part(petition: Petition, at: datetime) -> Part | None:
    """On the petitioner's own page. One query."""
    rows = list(own_papers(petition))
    return Part("papers/own_part.html", {"rows": rows}) if rows else None


def to_sign(actor: Actor) -> CasePaperQuerySet:
    """What waits for this post's signature, the oldest first."""
    return in_view("sign", actor).order_by("paper__drafted_at", "id")


def show_to_sign(rows: Sequence[CasePaper], actor: Actor) -> list[Decision]:
    over_rows([row.petition for row in rows], actor)
    return [
        Decision(
            what=str(row.get_kind_display()),
            title=row.petition.subject,
            why=f"{row.petition.number} · {row.paper.unit.label}",
            url=row.get_absolute_url(),
            since=row.paper.drafted_at,
        )
        for row in rows
    ]
