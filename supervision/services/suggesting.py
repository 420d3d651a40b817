"""The three suggestions (条例 40): issuing one, and the written answer on adoption."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.in_office import InOffice
from accounts.models import Post, Unit, User
from accounts.selectors import holders, office_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from notifications.services import notify
from petitions import rules as petition_rules
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock
from petitions.services.vacant import Vacancies
from supervision.enums import Adoption, SuggestionAct, SuggestionKind
from supervision.models import Suggestion, SuggestionClock
from supervision.querysets import OFFICES, oversees

LONGEST = 10_000
ANSWERING = (Role.UNIT_HEAD, Role.HANDLER, Role.PETITION_OFFICER, Role.LEADER)
#: Who has authority over officials (domain D: 追责 goes to the body with cadre authority).
AUTHORITIES = frozenset({UnitKind.DISCIPLINE, UnitKind.PARTY_BODY, UnitKind.DISTRICT})


def may_issue(actor: Actor, kind: SuggestionKind | None = None) -> bool:
    """Inspectors of the petition office; its officers all but 追究责任."""
    if not oversees(actor):
        return False
    return actor.role == Role.INSPECTOR or kind != SuggestionKind.ACCOUNTABILITY


def may_answer(actor: Actor, row: Suggestion) -> bool:
    """The addressee's own people who may read it; asked with ``visible_to``."""
    return actor.unit is not None and actor.unit.pk == row.unit_id and actor.role in ANSWERING


def issue(
    *,
    actor: Actor,
    kind: SuggestionKind,
    unit: Unit,
    title: str,
    facts: str,
    basis: str,
    text: str,
    petition: Petition | None = None,
    about_unit: Unit | None = None,
    about_people: Collection[User] = (),
    at: datetime | None = None,
) -> Suggestion:
    """Suggest something to a unit; it has until the clock's end to answer in writing.

    Raises Refusal: not one's right; something not said; 追究责任 to a body without authority over officials, or to whom
    it is about; people named in another kind; a case one does not read, that is sealed, or is closed to the addressee.
    """
    at = at or now()
    _require(may_issue(actor, kind), SuggestionAct.ISSUE)
    row = Suggestion(
        kind=kind,
        unit=unit,
        petition=petition,
        title=said(title, _("请写明标题。"), longest=120),
        facts=said(facts, _("请写明事实。"), longest=LONGEST),
        basis=said(basis, _("请写明依据。"), longest=LONGEST),
        text=said(text, _("请写明建议。"), longest=LONGEST),
        about_unit=about_unit,
        issued_at=at,
        issued_by=actor.user,
    )
    _check_people(kind, unit, about_unit, about_people)
    with transaction.atomic():
        if petition is not None:
            _check_case(lock(petition.pk), actor)
        row.save(force_insert=True)
        row.about_people.set(about_people)
        known = facts_of(petition, unit)
        deadlines.start(SuggestionClock, rule_code=RuleCode.SUGGESTION, at=at, facts=known, suggestion=row)
        detail = {"kind": kind, "unit": unit.pk}
        audit.record(actor=actor, act="suggestion.issue", obj=row, detail=detail, at=at)
        words = _("收到%(kind)s，请按期书面反馈采纳情况。") % {"kind": kind.label}
        _tell(row, _readers(row, at), words, "issued", at)
    return row


def answer(
    *, suggestion: Suggestion, actor: Actor, adoption: Adoption, text: str, at: datetime | None = None
) -> Suggestion:
    """Written feedback on adoption: what was done, or why it was not (wholly) adopted.

    Raises Refusal: not the addressee, nothing said, or answered before.
    """
    at = at or now()
    missing = _("请写明采取的措施。") if adoption == Adoption.ADOPTED else _("请写明没有全部采纳的理由。")
    text = said(text, missing, longest=LONGEST)
    with transaction.atomic():
        row: Suggestion = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
        visible = Suggestion.objects.visible_to(actor).filter(pk=row.pk).exists()
        _require(visible and may_answer(actor, row), SuggestionAct.ANSWER)
        if row.answered_at is not None:
            who = row.answered_by.get_full_name() if row.answered_by else ""
            raise Refusal(
                _("没有生效：%(who)s已于%(when)s反馈。")
                % {"who": who, "when": friendly_moment(row.answered_at)},
                code="stale",
            )
        if row.lapsed_at is not None:
            raise Refusal(_("没有生效：本建议不再需要反馈。"), code="stale")
        row.adoption, row.answer, row.answered_at, row.answered_by = adoption, text, at, actor.user
        row.save(update_fields=["adoption", "answer", "answered_at", "answered_by"])
        deadlines.stop_all(SuggestionClock.objects.filter(suggestion=row), at)
        audit.record(actor=actor, act="suggestion.answer", obj=row, detail={"adoption": adoption}, at=at)
        posts = [post for post in _watchers(row, at) if _may_know(row, post)]
        words = _("%(kind)s已反馈：%(adoption)s。") % {
            "kind": row.get_kind_display(),
            "adoption": Adoption(adoption).label,
        }
        _tell(row, posts, words, "answered", at)
    suggestion.refresh_from_db()
    return suggestion


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """Whoever may read it in the unit; past the date also the office's inspectors. No title: it may name somebody."""
    at, found = now(), []
    vacancies = Vacancies(InOffice(at))
    for step in due:
        row: Suggestion = step.clock.suggestion  # type: ignore[attr-defined]
        up = step.role in {Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER}
        posts = [post for post in _watchers(row, at) if _may_know(row, post)] if up else _readers(row, at)
        if _sealed(row) and (up or row.unit.kind != UnitKind.DISCIPLINE):
            continue
        told = _ids(row, posts, at)
        if not told and not up and not _sealed(row):  # nobody there who may be told: one up
            vacancies.note(row.unit, Role(step.role))
            told = _ids(row, [post for post in _watchers(row, at) if _may_know(row, post)], at)
        words = {
            StepKind.REMIND: _("%(kind)s的书面反馈将到期。"),
            StepKind.BREACH: _("%(kind)s的书面反馈已到期，请立即反馈。"),
            StepKind.ESCALATE: _("%(kind)s超期没有书面反馈（%(unit)s），请督促。"),
        }[StepKind(step.kind)]
        found.append(
            AlertLine(
                recipients=told,
                text=words % {"kind": row.get_kind_display(), "unit": row.unit.label} + step.late_text,
                link=row.get_absolute_url(),
                about=row.petition.about if row.petition is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*found, *vacancies.lines()]


def _check_people(
    kind: SuggestionKind, unit: Unit, about_unit: Unit | None, about_people: Collection[User]
) -> None:
    if kind != SuggestionKind.ACCOUNTABILITY:
        if about_unit is not None or about_people:
            raise Refusal(_("只有追究责任建议写明责任单位和责任人员。"), code="invalid")
        return
    if unit.kind not in AUTHORITIES:
        raise Refusal(_("追究责任建议向有干部管理权限的机关提出，请改选建议对象。"), code="invalid")
    if about_unit is None and not about_people:
        raise Refusal(_("请写明责任单位或者责任人员。"), code="invalid")
    if about_unit is not None and unit.kind != UnitKind.DISTRICT and unit.is_within(about_unit):
        raise Refusal(_("建议对象就是责任单位，请改选建议对象。"), code="invalid")


def _check_case(case: Petition, actor: Actor) -> None:
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此提出建议。"), code="forbidden")
    reads = Petition.objects.visible_to(actor).filter(pk=case.pk).exists()
    if not reads or petition_rules.is_complained_of(case, actor):
        raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")


def _require(allowed: bool, act: SuggestionAct) -> None:
    if not allowed:
        raise Refusal(_("您当前的岗位不能“%(act)s”。") % {"act": act.label}, code="forbidden")


def _readers(row: Suggestion, at: datetime) -> list[Post]:
    """The addressee's people who may read it."""
    posts = [post for role in ANSWERING for post in holders(role, unit=row.unit, at=at)]
    return [post for post in posts if _may_know(row, post)]


def _sealed(row: Suggestion) -> bool:
    return row.petition is not None and row.petition.sealed


def _watchers(row: Suggestion, at: datetime) -> list[Post]:
    """Who issued it and their like; nobody of them any more once its case is sealed."""
    if _sealed(row):
        return []
    posts = office_posts(Role.INSPECTOR, at)
    if row.kind != SuggestionKind.ACCOUNTABILITY:
        posts += office_posts(Role.PETITION_OFFICER, at)
    return [post for post in posts if post.unit.kind in OFFICES]


def _may_know(row: Suggestion, post: Post) -> bool:
    """Never whom it is about, nor anybody in their unit."""
    if row.about_people.filter(pk=post.user_id).exists():
        return False
    return row.about_unit is None or not post.unit.is_within(row.about_unit)


def _ids(row: Suggestion, posts: Sequence[Post], at: datetime) -> list[int]:
    if row.petition is not None:
        return telling.who_may_know(row.petition, posts, at=at)
    return sorted({post.user_id for post in posts})


def _tell(row: Suggestion, posts: Sequence[Post], text: str, occasion: str, at: datetime) -> None:
    key, link = f"suggestion:{row.pk}:{occasion}", row.get_absolute_url()
    if row.petition is not None:
        telling.notify_about(row.petition, posts, text=text, link=link, dedupe_key=key, level="soon", at=at)
    else:
        ids = _ids(row, posts, at)
        notify(recipients=ids, text=text, link=link, dedupe_key=key, level="soon", at=at)
