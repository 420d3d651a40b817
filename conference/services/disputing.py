"""管辖争议 (条例 24): the units agree, else their common superior decides, else the joint conference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Post, Unit
from accounts.selectors import people_of
from accounts.services.units import check_active
from conference import rules
from conference.enums import ConferenceAct, DisputeState
from conference.models import Dispute, DisputeStep, Item
from conference.services import inside
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from petitions.enums import Act, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import complained, forwarding
from petitions.services.stepping import lock

#: Before anybody has taken the case in hand.
DISPUTED_IN = (Status.REGISTERED, Status.FORWARDED, Status.OBJECTED)
S = DisputeState


def common_superior(units: Sequence[Unit]) -> Unit | None:
    """The nearest unit above all of them that is none of them. None where their trees have no common root. One query
    at most."""
    paths = [unit.ancestor_ids for unit in units]
    own = {unit.pk for unit in units}
    shared = [pk for pk in paths[0] if all(pk in path for path in paths) and pk not in own] if paths else []
    return Unit.objects.filter(pk=shared[-1]).first() if shared else None


def check_units(case: Petition, units: Iterable[Unit], at: datetime) -> None:
    """Units that could handle the case. Raises Refusal: not in the tree, complained of, no body that handles."""
    units = list(units)
    check_active(units, at)
    for unit in units:
        if unit.kind in {UnitKind.DISTRICT, UnitKind.DISCIPLINE}:
            words = {"unit": unit.label}
            raise Refusal(_("%(unit)s不办理这类信访件，请改选具体的部门或乡镇。") % words, code="invalid")
        if complained.blocks(case, unit, at):
            raise Refusal(
                _(
                    "本件反映的就是%(unit)s或其负责人，不能参与管辖协调，也不能办理（条例第二十八条）。请改选其他单位。"
                )
                % {"unit": unit.label},
                code="invalid",
            )


def open_dispute(
    *, petition: Petition, actor: Actor, units: Collection[Unit], facts: str, at: datetime | None = None
) -> Dispute:
    """Two or more bodies refuse a case, or claim it. They are asked to agree first.

    Raises Refusal: not one's right, a sealed case or one in hand already, fewer than two units, one that may not handle
    it, nothing said, disputed already.
    """
    at = at or now()
    facts = said(facts, _("请写明争议情况：各单位的意见和理由。"), longest=inside.LONGEST)
    chosen = list({unit.pk: unit for unit in units}.values())
    with transaction.atomic():
        case = lock(petition.pk)
        if case.sealed:
            raise Refusal(_(inside.SEALED), code="forbidden")
        reads = Petition.objects.visible_to(actor).filter(pk=case.pk).exists()
        rules.require(ConferenceAct.OPEN, actor, petition=case)
        if not reads:
            raise Refusal(_("没有找到这个编号的信访件。"), code="not_found")
        if case.status not in DISPUTED_IN:
            words = {"state": Status(case.status).label}
            raise Refusal(
                _("没有生效：本件现在是“%(state)s”，已有单位承办，没有管辖争议。") % words, code="stale"
            )
        if len(chosen) < 2:
            raise Refusal(_("管辖争议至少有两个单位，请选择有关单位。"), code="invalid")
        check_units(case, chosen, at)
        row = _created(case, actor, chosen, facts, at)
        inside.on_record(row, actor, "open", at, units=sorted(unit.pk for unit in chosen))
        names = "、".join(unit.label for unit in chosen)
        inside.into_history(case, actor, _("管辖争议，请%(units)s协商：") % {"units": names} + facts, at)
        told = _("%(number)s 有管辖争议，请协商。") % {"number": case.number}
        tell_readers(row, people_of(chosen, at), told, "opened", at)
    return row


def _created(case: Petition, actor: Actor, units: list[Unit], facts: str, at: datetime) -> Dispute:
    row = Dispute(
        petition=case,
        facts=facts,
        superior=common_superior(units),
        opened_at=at,
        opened_by=actor.user,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "dispute_one_live_per_case" in str(error):
            raise Refusal(_("本件的管辖争议正在协调，不用再提。"), code="stale") from error
        raise
    row.units.set(units)
    _note(row, actor, facts, at)
    return row


def locked(dispute: Dispute) -> Dispute:
    """The case and the dispute, in that order. Raises Refusal: sealed meanwhile, or over."""
    case = lock(dispute.petition_id)
    rows = Dispute.objects.select_for_update(of=("self",)).select_related("superior", "ended_by")
    row: Dispute = rows.get(pk=dispute.pk)
    row.petition = case
    if case.sealed:
        raise Refusal(_(inside.SEALED), code="forbidden")
    return row


def require_live(row: Dispute) -> None:
    """Raises Refusal where it is over."""
    if row.is_live:
        return
    who = row.ended_by.get_full_name() if row.ended_by else _("系统")
    words = {"who": who, "when": friendly_moment(row.ended_at) if row.ended_at else ""}
    raise Refusal(_("没有生效：%(who)s已于%(when)s了结这件争议。") % words, code="stale")


def raise_up(
    *, dispute: Dispute, actor: Actor, reason: str, step: str = "", at: datetime | None = None
) -> Dispute:
    """They did not agree: to the common superior. That one did not decide, or there is none: to the conference.
    ``step``: where the actor saw it, so that a second press does not take it two steps up.

    Raises Refusal: not one's right, no reason, raised meanwhile, before the conference already, over.
    """
    at = at or now()
    reason = said(reason, _("请写明没有协商一致或者没有决定的情况。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = locked(dispute)
        rules.require(ConferenceAct.RAISE, actor, dispute=row)
        require_live(row)
        if row.state == S.CONFERENCE:
            raise Refusal(_("没有生效：已经提交联席会议，请列入会议议题。"), code="stale")
        if step not in {"", row.state}:
            words = {"step": DisputeState(row.state).label}
            raise Refusal(_("没有生效：刚刚已经报请“%(step)s”，不用再报。") % words, code="stale")
        up = S.SUPERIOR if row.state == S.TALKS and row.superior is not None else S.CONFERENCE
        row.state = up
        row.save(update_fields=["state"])
        _note(row, actor, reason, at)
        inside.on_record(row, actor, "raise", at, step=up)
        words = {"step": up.label}
        inside.into_history(row.petition, actor, _("管辖争议报请%(step)s：") % words + reason, at)
        if up == S.SUPERIOR and row.superior is not None:
            told = _("%(number)s 的管辖争议请决定由哪个单位承办。") % {"number": row.petition.number}
            tell_readers(row, inside.leaders_of(row.superior, at), told, "superior", at)
    return row


def agree(
    *,
    dispute: Dispute,
    actor: Actor,
    lead_unit: Unit,
    co_units: Sequence[Unit] = (),
    basis: str,
    decided_on: date,
    at: datetime | None = None,
) -> Dispute:
    """The units have agreed among themselves: who leads is one of them. Raises Refusal."""
    at = at or now()
    with transaction.atomic():
        row = locked(dispute)
        rules.require(ConferenceAct.AGREE, actor, dispute=row)
        require_live(row)
        if not row.units.filter(pk=lead_unit.pk).exists():
            raise Refusal(_("协商一致的，主办单位应是有关单位之一。"), code="invalid")
        _check_day(row, decided_on, at)
        settle(row, actor, S.TALKS, lead_unit, co_units, basis, decided_on, at)
    return row


def decide(
    *,
    dispute: Dispute,
    actor: Actor,
    lead_unit: Unit,
    co_units: Sequence[Unit] = (),
    basis: str,
    decided_on: date,
    at: datetime | None = None,
) -> Dispute:
    """The common superior decides, once the units have not agreed. Raises Refusal: not a leader of it, not its turn."""
    at = at or now()
    with transaction.atomic():
        row = locked(dispute)
        rules.require(ConferenceAct.DECIDE, actor, dispute=row)
        require_live(row)
        if row.state != S.SUPERIOR:
            words = {"state": DisputeState(row.state).label}
            raise Refusal(_("没有生效：这件争议现在是“%(state)s”。") % words, code="stale")
        _check_day(row, decided_on, at)
        settle(row, actor, S.SUPERIOR, lead_unit, co_units, basis, decided_on, at)
    return row


def settle_in(item: Item, actor: Actor, number: str, day: date, at: datetime) -> None:
    """What the conference decided, as its minutes are issued; the caller has asked for the right to issue."""
    assert item.dispute is not None and item.lead_unit is not None
    row = locked(item.dispute)
    if row.state != S.CONFERENCE:
        words = {"n": item.ordinal, "state": DisputeState(row.state).label}
        raise Refusal(
            _("第%(n)d项的争议现在是“%(state)s”，请把该项改为不指定单位再印发。") % words, code="stale"
        )
    row.item = item
    basis = _("%(number)s第%(n)d项：%(text)s") % {
        "number": number,
        "n": item.ordinal,
        "text": item.decision,
    }
    settle(row, actor, S.CONFERENCE, item.lead_unit, list(item.co_units.all()), basis, day, at)


def settle(
    row: Dispute,
    actor: Actor,
    how: DisputeState,
    lead_unit: Unit,
    co_units: Sequence[Unit],
    basis: str,
    day: date,
    at: datetime,
) -> None:
    """Write the decision. ``row`` is locked, rights were asked. Raises Refusal: a unit that may not handle the case, no
    basis."""
    basis = said(basis, _("请写明决定的依据。"), longest=inside.LONGEST + 100)
    helping = list({unit.pk: unit for unit in co_units if unit.pk != lead_unit.pk}.values())
    check_units(row.petition, [lead_unit, *helping], at)
    row.how, row.lead_unit, row.basis, row.decided_on = how, lead_unit, basis, day
    row.state, row.ended_at, row.ended_by = S.DECIDED, at, actor.user
    fields = ["how", "lead_unit", "basis", "decided_on", "state", "ended_at", "ended_by", "item"]
    row.save(update_fields=fields)
    row.co_units.set(helping)
    _note(row, actor, basis, at)
    inside.on_record(row, actor, "settle", at, step=how, unit=lead_unit.pk)
    words = {"how": how.label, "unit": lead_unit.label, "co": "、".join(unit.label for unit in helping)}
    text = _("%(how)s：由%(unit)s主办。") % words
    if helping:
        text = _("%(how)s：由%(unit)s主办，%(co)s协办。") % words
    inside.into_history(row.petition, actor, text + basis, at)
    posts = people_of(row.units.all(), at)
    told = _("%(number)s 的管辖已决定：由%(unit)s主办。") % {
        "number": row.petition.number,
        "unit": lead_unit.label,
    }
    _free_for(row, lead_unit, at)
    tell_readers(row, [*posts, *inside.keepers(at)], told, "decided", at)


def _free_for(row: Dispute, lead_unit: Unit, at: datetime) -> None:
    """Where another unit has the case than the one decided on, it comes back to the office, which sends it there: the
    five working days of an objection are long over by then."""
    case = row.petition
    if case.lead_unit_id in {None, lead_unit.pk}:
        return
    why = _("管辖已决定由%(unit)s主办，已收回。") % {"unit": lead_unit.label}
    forwarding.take_back(case, at, why=why)
    case.refresh_from_db()


def end_without(case: Petition, at: datetime) -> None:
    """The case was sealed, or some unit took it in hand, refused it or closed it: there is nothing to dispute."""
    for row in Dispute.objects.select_for_update(of=("self",)).live().filter(petition=case):
        row.state, row.ended_at = S.LAPSED, at
        row.save(update_fields=["state", "ended_at"])


def refuse_objection(case: Petition, event: PetitionEvent) -> None:
    """Who is competent was decided: the unit that was named does not object to that any more.

    Raises Refusal (code "invalid"), naming the article.
    """
    if event.act != Act.OBJECT or case.lead_unit_id is None:
        return
    last = Dispute.objects.filter(petition=case, state=S.DECIDED).order_by("-ended_at", "-id").first()
    if last is None or last.lead_unit_id != case.lead_unit_id:
        return
    assert last.decided_on is not None
    words = {"how": DisputeState(last.how).label, "day": last.decided_on.isoformat()}
    raise Refusal(
        _(
            "本件的管辖已于%(day)s决定（%(how)s），由本单位主办，不能再提出管辖异议（条例第二十四条），请按期受理。"
        )
        % words,
        code="invalid",
    )


def tell_readers(row: Dispute, posts: Iterable[Post], text: str, key: str, at: datetime) -> None:
    """Whoever of them may open its page."""
    seen = [post for post in posts if Dispute.objects.visible_to(Actor.of(post)).filter(pk=row.pk).exists()]
    inside.tell(row, seen, text, key, at, case=row.petition)


def _check_day(row: Dispute, day: date, at: datetime) -> None:
    if day > local_day(at):
        raise Refusal(_("决定日期不能在今天之后。"), code="invalid")
    if day < local_day(row.opened_at):
        words = {"day": local_day(row.opened_at).isoformat()}
        raise Refusal(_("决定日期不能早于提出争议的日期（%(day)s）。") % words, code="invalid")


def _note(row: Dispute, actor: Actor, text: str, at: datetime) -> None:
    DisputeStep.objects.create(
        dispute=row, state=row.state, text=text, at=at, by=actor.user, who=actor.label[:120]
    )
