"""延期申请: asked for by whoever handles the case, decided by the unit's head (条例 34): yes, no, or asked back.

Yes is the petitions' own act 延期, with all that it checks; nothing here lengthens a term by itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import holders
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, now
from core.wording import said
from leaders.enums import AskState
from leaders.models import ExtensionAsk
from petitions import rules as petition_rules
from petitions.enums import Status
from petitions.models import Extension, Petition, PetitionClock
from petitions.services import handling, telling
from petitions.services.stepping import lock

MOST_DAYS = 30
ASKERS = frozenset({Role.HANDLER, Role.PETITION_OFFICER})


def term_of(petition: Petition) -> PetitionClock | None:
    """The running clock of the 60 days, with its rule. One query."""
    running = PetitionClock.objects.filter(petition=petition, stopped_at=None, rule__code="conclusion")
    return running.select_related("rule").first()


def may_ask(petition: Petition, actor: Actor) -> bool:
    """Whoever handles the case in the unit that answers for it."""
    if actor.role not in ASKERS or petition.sealed or petition.lead_unit_id is None or actor.unit is None:
        return False
    return actor.unit.pk == petition.lead_unit_id and not _out(petition, actor)


def why_not(petition: Petition, at: datetime) -> str:
    """Why no extension can be asked for now, in words; empty where one can."""
    if petition.status != Status.ACCEPTED or petition.simplified:
        return _("只有已受理、按普通程序办理的件可以申请延期。")
    if Extension.objects.filter(petition=petition).exists():
        return _("本件已经延期一次，不能再次延期（条例第三十四条）。")
    clock = term_of(petition)
    if clock is None:
        return _("本件没有 60 日办理期限，不需要延期（条例第三十四条只适用于路径六）。")
    if at > clock.due_at:
        return _("办理期限已届满，不能再延期（条例第三十四条）。")
    return ""


def ask(
    *, petition: Petition, actor: Actor, days: int, reason: str, at: datetime | None = None
) -> ExtensionAsk:
    """Ask the head of one's unit; asked again after it was asked back, it is the same request.

    Raises Refusal: not the unit that handles it, days or reason that cannot be, a case that cannot be extended, or
    one that waits for its answer already.
    """
    at = at or now()
    with transaction.atomic():
        case = lock(petition.pk)
        if not may_ask(case, actor):
            raise Refusal(_("延期由承办本件的单位申请。"), code="forbidden")
        if not 1 <= days <= MOST_DAYS:
            raise Refusal(_("延长期限为 1 至 30 日（条例第三十四条）。"), code="invalid")
        words = said(reason, _("请写明延期的理由。"), longest=1000)
        if refusal := why_not(case, at):
            raise Refusal(refusal, code="stale")
        open_ones = ExtensionAsk.objects.filter(petition=case, state__in=[AskState.ASKED, AskState.RETURNED])
        row = open_ones.select_for_update().first() or ExtensionAsk(petition=case)
        if row.pk is not None and row.state == AskState.ASKED and row.unit_id == case.lead_unit_id:
            raise Refusal(_("已经申请过，正在等单位负责人批。"), code="stale")
        row.unit, row.days, row.reason, row.state = case.lead_unit, days, words, AskState.ASKED
        row.asked_at, row.asked_by, row.asked_who = at, actor.user, actor.label[:120]
        row.words, row.decided_at, row.decided_by = "", None, None
        row.save()
        _record(row, case, actor, "extension.ask", at)
        telling.notify_about(
            case,
            holders(Role.UNIT_HEAD, unit=case.lead_unit, at=at),
            text=_("%(number)s 申请延期 %(days)d 日，请批。") % {"number": case.number, "days": days},
            link=row.get_absolute_url(),
            dedupe_key=f"extension-ask:{row.pk}:{at.timestamp()}",
            level="soon",
            at=at,
        )
    return row


def grant(*, ask: ExtensionAsk, actor: Actor, at: datetime | None = None) -> None:
    """Yes: the term is extended by the petitions' door, and the petitioner told the reason."""
    at = at or now()
    with transaction.atomic():
        row = _open(ask, actor)
        handling.extend(petition=row.petition, actor=actor, days=row.days, reason=row.reason, at=at)
        _decide(row, actor, AskState.GRANTED, "", at)


def refuse(*, ask: ExtensionAsk, actor: Actor, words: str, at: datetime | None = None) -> None:
    """No: the term stays as it is. Says why."""
    at = at or now()
    with transaction.atomic():
        row = _open(ask, actor)
        reason = said(words, _("请写明为什么不同意。"), longest=1000)
        _decide(row, actor, AskState.REFUSED, reason, at)


def ask_back(*, ask: ExtensionAsk, actor: Actor, words: str, at: datetime | None = None) -> None:
    """退回补充: says what is missing; the term goes on meanwhile."""
    at = at or now()
    with transaction.atomic():
        row = _open(ask, actor)
        reason = said(words, _("请写明还要说明什么。"), longest=1000)
        _decide(row, actor, AskState.RETURNED, reason, at)


def may_decide(row: ExtensionAsk, actor: Actor) -> bool:
    own = actor.unit is not None and actor.unit.pk == row.unit_id == row.petition.lead_unit_id
    return own and actor.role == Role.UNIT_HEAD and not _out(row.petition, actor)


def _open(ask: ExtensionAsk, actor: Actor) -> ExtensionAsk:
    """Case and request, locked, for the head's word."""
    case = lock(ask.petition_id)
    row: ExtensionAsk = ExtensionAsk.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    row.petition = case
    if case.sealed or not may_decide(row, actor):
        raise Refusal(_("延期由责任单位负责人批准（条例第三十四条）。"), code="forbidden")
    if row.state != AskState.ASKED:
        when = friendly_moment(row.decided_at) if row.decided_at else ""
        told = {"when": when, "state": row.get_state_display()}
        raise Refusal(_("没有生效：%(when)s已经处理（%(state)s）。") % told, code="stale")
    return row


def _decide(row: ExtensionAsk, actor: Actor, state: AskState, words: str, at: datetime) -> None:
    row.state, row.words, row.decided_at, row.decided_by = state, words, at, actor.user
    row.save(update_fields=["state", "words", "decided_at", "decided_by"])
    _record(row, row.petition, actor, f"extension.{state}", at)
    telling.notify_about(
        row.petition,
        [row.asked_by_id] if row.asked_by_id else [],
        text=_("%(number)s 的延期申请：%(state)s。")
        % {"number": row.petition.number, "state": row.get_state_display()},
        link=row.get_absolute_url(),
        dedupe_key=f"extension-ask:{row.pk}:{state}:{at.timestamp()}",
        at=at,
    )


def _record(row: ExtensionAsk, case: Petition, actor: Actor, act: str, at: datetime) -> None:
    audit.record(actor=actor, act=act, obj=row, detail={"case": case.audit_name}, at=at)


def _out(case: Petition, actor: Actor) -> bool:
    return petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor)
