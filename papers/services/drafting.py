"""A case's papers from the draft to the archive. Each door locks the case, the link and then the paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import desk_posts, holders, leaders_in_charge
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from documents import rules as paper_rules
from documents import services as documents
from documents.enums import PaperState
from documents.models import Paper
from documents.rendering import content_of, render
from documents.selectors import template_on
from papers import answers, rules
from papers.due import Due, field_of
from papers.enums import BY_A_LEADER, MANY, SUBJECTS
from papers.models import CasePaper, LetterCase
from papers.people import Value, names_any, names_anybody
from papers.prefill import fields_of
from papers.services.inside import locked, tell
from petitions.models import Petition
from petitions.services.stepping import lock


def draft(
    *, actor: Actor, petition: Petition, due: Due, token: str = "", at: datetime | None = None
) -> CasePaper:
    """A draft of what the case asks for, filled in. Where it is there already that one is given back: a double click
    makes one paper.

    Raises Refusal: not of that unit, an accusation, no template in force.
    """
    at = at or now()
    with transaction.atomic():
        case = lock(petition.pk)
        rules.require_draft(due, case, actor)
        if (found := _there(case, due, token)) is not None:
            return found
        # The district's own wording may leave out what a text that ships has a place for.
        known = {spec.name for spec in template_on(due.kind, local_day(at)).specs}
        filled = fields_of(due.kind, case, due.subject, actor, at)
        fields = {name: value for name, value in filled.items() if name in known}
        paper = documents.draft(
            actor=actor,
            unit=due.unit,
            kind=due.kind,
            fields=fields,
            about=case.about,
            major=due.kind in BY_A_LEADER,
            at=at,
        )
        named = names_anybody(case, due.kind, paper.fields, actor)
        row: CasePaper = CasePaper.objects.create(
            petition=case,
            paper=paper,
            kind=due.kind,
            named=named,
            token=token if due.kind in MANY and token else None,
            **field_of(due),
        )
    return row


def _there(case: Petition, due: Due, token: str) -> CasePaper | None:
    rows = CasePaper.objects.filter(petition=case, kind=due.kind)
    if due.kind in MANY:
        found: CasePaper | None = rows.filter(token=token).first() if token else None
        return found
    if due.kind in {"forwarding", "assignment"}:
        letter = (
            LetterCase.objects.filter(share=due.subject, counts=True).select_related("letter__paper").first()
        )
        if letter is not None:
            return letter.letter
    rows = rows.filter(correction=False, discarded_at=None, **field_of(due))
    existing: CasePaper | None = rows.first()
    return existing


def save(
    *,
    actor: Actor,
    row: CasePaper,
    fields: Mapping[str, Value],
    revision: int,
    submit: bool = False,
    at: datetime | None = None,
) -> CasePaper:
    """Put other words in; what was checked or signed is so no more. With ``submit`` the paper is handed in for the
    check, and must be complete.

    Raises Refusal: another person saved since ``revision`` was read ("stale"), a name that must not stand there, issued
    already, something the law asks for is missing ("incomplete": what was typed is kept as a draft by the caller).
    """
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        if found.revision != revision:
            raise Refusal(_changed(found), code="stale")
        paper = documents.revise(actor=actor, paper=found.paper, fields=fields, at=at)
        found.paper = paper
        found.named = names_any(found.cases, found.kind, paper.fields, actor)
        found.revision += 1
        found.submitted_at = None
        found.save(update_fields=["named", "revision", "submitted_at"])
        if submit:
            _hand_in(found, actor, at)
    return found


def _changed(row: CasePaper) -> str:
    who = row.paper.drafted_by.get_full_name() if row.paper.drafted_by else _("有人")
    return _("没有保存：%(who)s%(when)s改过这份文书。您写的还在下面，请对照右边的现稿，再保存一次。") % {
        "who": who,
        "when": friendly_moment(row.paper.drafted_at),
    }


def _hand_in(row: CasePaper, actor: Actor, at: datetime) -> None:
    paper_rules.require_complete(row.paper.template, row.paper.fields)
    render(
        content_of(row.paper), at=at
    )  # a sign without a typeface is found now, not when it is to be issued
    answers.check(row)
    rules.require_present_way(row)
    row.submitted_at = at
    row.save(update_fields=["submitted_at"])
    audit.record(actor=actor, act="paper.submit", obj=row.paper, at=at)
    tell(row, desk_posts(row.paper.unit, at), _("%(number)s 的%(paper)s等待核稿。"), "check", at, actor)


def check(*, actor: Actor, row: CasePaper, at: datetime | None = None) -> CasePaper:
    """核稿. Raises Refusal: not handed in, the drafter, not of the unit."""
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        if found.paper.state == PaperState.DRAFT and found.submitted_at is None:
            raise Refusal(_("拟稿人还没有提交核稿。"), code="stale")
        rules.require_present_way(found)
        found.paper = documents.check(actor=actor, paper=found.paper, at=at)
        tell(found, signers(found, at), _("%(number)s 的%(paper)s等待签发。"), "approve", at, actor)
    return found


def approve(*, actor: Actor, row: CasePaper, at: datetime | None = None) -> CasePaper:
    """签发. Raises Refusal: see ``documents.services.approve``; "incomplete" names what is missing by its article."""
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        rules.require_present_way(found)
        found.paper = documents.approve(actor=actor, paper=found.paper, at=at)
        _tell_drafter(found, _("%(number)s 的%(paper)s已签发，请编号印发。"), "issue", at, actor)
    return found


def send_back(*, actor: Actor, row: CasePaper, note: str, at: datetime | None = None) -> CasePaper:
    """退回修改, with what is to be mended. Raises Refusal."""
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        drafter = found.paper.drafted_by_id
        found.paper = documents.send_back(actor=actor, paper=found.paper, note=note, at=at)
        found.submitted_at = None
        found.save(update_fields=["submitted_at"])
        if drafter is not None:
            words = _("%(number)s 的%(paper)s被退回修改，请看退回意见。")
            tell(found, [drafter], words, f"back:{at.timestamp()}", at, actor)
    return found


def issue(*, actor: Actor, row: CasePaper, at: datetime | None = None) -> CasePaper:
    """编号印发: from then on the paper never changes, and the answer it gives is recorded in its words.

    Raises Refusal: see ``documents.services.issue`` and ``answers.take``.
    """
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        rules.require_present_way(found)
        found.paper = documents.issue(actor=actor, paper=found.paper, at=at)
        answers.take_at_issue(found, actor, at)
    return found


def archive(*, actor: Actor, row: CasePaper, at: datetime | None = None) -> CasePaper:
    with transaction.atomic():
        found = locked(row, actor)
        found.paper = documents.archive(actor=actor, paper=found.paper, at=at)
    return found


def correct(*, actor: Actor, row: CasePaper, at: datetime | None = None) -> CasePaper:
    """A draft in the place of an issued paper, with the same words to begin with. Raises Refusal: corrected before, or
    under review."""
    with transaction.atomic():
        old = locked(row, actor)
        answers.refuse_while_complained_about(old)
        paper: Paper = documents.correct(actor=actor, paper=old.paper, fields=old.paper.fields, at=at)
        subject = {name: getattr(old, name) for name in SUBJECTS}
        made: CasePaper = CasePaper.objects.create(
            petition=old.petition, paper=paper, kind=old.kind, named=old.named, correction=True, **subject
        )
        LetterCase.objects.bulk_create(
            LetterCase(letter=made, petition_id=one.petition_id, share_id=one.share_id, counts=False)
            for one in old.letter_cases.order_by("id")
        )
    return made


def signers(row: CasePaper, at: datetime) -> list[Post]:
    """Who is told that it waits for a signature: the unit's heads; where a leader must sign, those in charge of it."""
    unit = row.paper.unit
    return leaders_in_charge(unit, at) if row.paper.major else holders(Role.UNIT_HEAD, unit=unit, at=at)


def _tell_drafter(row: CasePaper, words: str, what: str, at: datetime, actor: Actor) -> None:
    if row.paper.drafted_by_id is not None:
        tell(row, [row.paper.drafted_by_id], words, what, at, actor)
