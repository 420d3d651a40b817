"""May this actor do this act on this case now? One function serves the service, the view and the template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.selectors import has_ended
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from petitions import extensions, ways
from petitions.enums import (
    Act,
    Kind,
    PartState,
    Path,
    ReplyKind,
    ReportState,
    ShareRole,
    Status,
    Urgency,
)
from petitions.models import Petition, Share
from petitions.models.handling import WAITING_REPORTS
from petitions.querysets import REGISTRAR_ROLES, TRUSTEE_ROLES, sees_sealed
from petitions.workflow import STEPS, Relation, Step, step_for


def allowed_acts(petition: Petition, actor: Actor) -> list[Step]:
    """The rows this actor may use now, in the order of the table. Reads the petition's live shares once."""
    if is_recused(petition, actor):
        return []
    return [step for step in STEPS if Status(petition.status) in step.frm and _may(petition, step, actor)]


def require(petition: Petition, act: Act, actor: Actor) -> Step:
    """The row to use, or a :class:`Refusal` with a sentence for the user.

    Raises:
        Refusal: code ``"stale"`` (409) if the state does not allow the act, ``"forbidden"`` (403) if the actor may not.
    """
    step = step_for(Status(petition.status), act)
    if step is None:
        raise Refusal(_stale_sentence(petition, act), code="stale")
    if not petition.sealed and (words := _nothing_to(act, petition)):
        raise Refusal(words, code="stale")
    if is_recused(petition, actor) or not _may(petition, step, actor):
        raise Refusal(
            _("您当前的岗位不能对本件进行“%(act)s”。") % {"act": act.label},
            code="forbidden",
        )
    return step


def _nothing_to(act: Act, petition: Petition) -> str:
    """Why there is nothing (any more) that the act could be done to; empty where there is, or where every case has
    it. What somebody else did a moment ago is told so, not as a missing right."""
    if act in NEEDS:
        has, words = NEEDS[act]
        return "" if has(petition) else str(words)
    if act in {Act.SEND_REPORT, Act.ACCEPT_REPORT, Act.RETURN_REPORT} and not _has_matter(petition, act):
        return {
            ReportState.NONE: _("没有生效：本件不是交办件，不须报送办结报告。"),
            ReportState.DUE: _("没有生效：办结报告还没有报送，不能审核。"),
            ReportState.SENT: _("没有生效：办结报告已经报送，正在等待交办单位审核。"),
            ReportState.RETURNED: _("没有生效：办结报告刚刚已经退回，等待重新报送。"),
            ReportState.ACCEPTED: _("没有生效：办结报告已经认可。"),
        }[report_state(petition)]
    return ""


#: Which co-units' parts an act can be done to.
PARTS_FOR = {
    Act.CO_END: frozenset(PartState) - {PartState.ENDED},
    Act.CO_RETURN: frozenset({PartState.ANSWERED}),
    Act.CO_WEIGH: frozenset({PartState.OBJECTED}),
}


def parts_for(act: Act, petition: Petition) -> list[Share]:
    """The live parts of co-units that the act can be done to now. One query at most."""
    return [share for share in petition.shares.all() if share.is_live_part and share.part in PARTS_FOR[act]]


def report_state(petition: Petition) -> ReportState:
    """Of the report on what was assigned to the unit that leads now. One query at most."""
    for share in petition.shares.all():
        if share.role == ShareRole.LEAD and share.ended_at is None:
            return ReportState(share.report)
    return ReportState.NONE


def report_pending(petition: Petition) -> bool:
    """Whether the case waits for its report to be sent and accepted before it may be closed (条例 22). What was not
    accepted for handling has no answer to report on."""
    return petition.status != Status.REFUSED and report_state(petition) in WAITING_REPORTS


def on_path_six(petition: Petition) -> bool:
    """Whether the case ends in a 处理意见书, or the 简易答复 in its place (条例 31(6))."""
    return petition.kind == Kind.APPEAL and petition.path == Path.PETITION


def opinion_pending(petition: Petition) -> bool:
    """Whether an answer of path six was settled on and is not made yet, neither here nor outside (条例 34)."""
    reply = getattr(petition, "reply", None)
    return reply is not None and reply.made_at is None and on_path_six(petition)


def practice_waits(petition: Petition) -> bool:
    """Whether a suggestion was adopted and nobody has said yet that it is done (条例 29)."""
    if petition.kind != Kind.SUGGESTION:
        return False
    adoption = getattr(petition, "adoption", None)
    return adoption is not None and adoption.waits


def litigation(petition: Petition) -> bool:
    """涉法涉诉: a matter of courts, procuratorates and police, kept apart from petitions (条例 28, 31(1))."""
    return petition.kind == Kind.APPEAL and petition.path == Path.LITIGATION


#: Acts that need what most cases have not (any more): whether it is there, and what to say where it is not.
NEEDS: dict[Act, tuple[Callable[[Petition], bool], Any]] = {
    Act.CO_END: (
        lambda case: bool(parts_for(Act.CO_END, case)),
        _lazy("没有生效：本件没有协办单位，或者刚刚已经结束协办。"),
    ),
    Act.CO_RETURN: (
        lambda case: bool(parts_for(Act.CO_RETURN, case)),
        _lazy("没有生效：没有可以退回的协办意见，协办单位还没有反馈，或者刚刚已经退回。"),
    ),
    Act.CO_WEIGH: (
        lambda case: bool(parts_for(Act.CO_WEIGH, case)),
        _lazy("没有生效：没有等待核实的协办异议，或者刚刚已经核实。"),
    ),
    Act.CONVERT: (lambda case: case.simplified, _lazy("没有生效：本件已经按普通程序办理。")),
    Act.EXTEND: (
        on_path_six,
        _lazy("本件没有 60 日办理期限，不需要延期（条例第三十四条只适用于路径六）。"),
    ),
    Act.GIVE_NOTICE: (lambda case: case.notice_owed, _lazy("没有生效：本件的受理情况已经告知信访人。")),
    Act.GUIDE: (
        litigation,
        _lazy("没有生效：先“定性分类”为申诉求决、路径一（涉法涉诉），才能引导到政法机关。"),
    ),
    Act.MAKE_OPINION: (opinion_pending, _lazy("没有生效：本件的答复已经成文，或者不出具处理意见书。")),
    Act.PRACTISE: (
        # Of what is no suggestion, ``ways`` says that it is nobody's.
        lambda case: case.kind != Kind.SUGGESTION or practice_waits(case),
        _lazy("没有生效：本件没有采纳的建议要落实，或者已经登记落实。"),
    ),
    Act.UNLINK: (
        lambda case: case.repeat_of_id is not None,
        _lazy("没有生效：本件没有关联原件，或者刚刚已经撤销关联。"),
    ),
}


def may(petition: Petition, act: Act, actor: Actor) -> bool:
    """Whether :func:`require` would let the act through now."""
    step = step_for(Status(petition.status), act)
    return step is not None and not is_recused(petition, actor) and _may(petition, step, actor)


def is_recused(petition: Petition, actor: Actor) -> bool:
    """Whoever has an interest neither reads nor steers the case (条例 28). One query, on a case with recusals."""
    return actor.user is not None and actor.user.pk in recused_from(petition)


def recused_from(petition: Petition) -> set[int]:
    """User ids of whoever stays out of the case now. One query, on a case with recusals."""
    if not petition.has_recusals:
        return set()
    return set(petition.recusals.filter(ended_at=None).values_list("user_id", flat=True))


def is_complained_of(petition: Petition, actor: Actor) -> bool:
    """Whoever is complained about neither sees nor steers the case (条例 28, 30)."""
    complained = petition.complained_unit
    if complained is None or actor.unit is None or complained.kind == UnitKind.DISTRICT:
        return False  # everybody stands within the district itself
    return actor.unit.is_within(complained)


def answers_own_part(petition: Petition, unit: Unit) -> bool:
    """Whether the unit is a co-unit now. One that is complained of as well answers for its own part, and is told of
    that and of nothing else (条例 28). One query at most."""
    shares = petition.shares.all()
    return any(
        share.unit_id == unit.pk and share.role == ShareRole.CO and share.ended_at is None for share in shares
    )


def _may(petition: Petition, step: Step, actor: Actor) -> bool:  # noqa: PLR0911 (one line per ground)
    if actor.role not in step.by:
        return False
    if actor.role == Role.SYSTEM:
        return True
    if step.relation is Relation.OWN:
        return actor.role == Role.PETITIONER
    if actor.unit is None:
        return False
    if is_complained_of(petition, actor):
        # Even as a co-unit it only answers for its own part (条例 28).
        return step.act in {Act.NOTE, Act.CO_ANSWER} and _has_share(petition, actor, ShareRole.CO)
    if step.relation is Relation.HOLDER:
        handed_up = petition.events.filter(act=Act.REPORT_UP)
        return _holds_alone(petition, actor) and not handed_up.exists()
    if petition.sealed and (not sees_sealed(actor) or step.act in ways.NOT_SEALED):
        return False
    if not _has_matter(petition, step.act, actor):
        return False
    return _stands(petition, step.relation, actor)


def _has_matter(petition: Petition, act: Act, actor: Actor | None = None) -> bool:  # noqa: PLR0911 (one line per act)
    """Acts upon something that most cases do not have, or by somebody other than the one who asked."""
    if not ways.knows(ways.Way.of(petition), act):
        return False
    if act in NEEDS and not NEEDS[act][0](petition):
        return False
    match act:
        case Act.CLOSE:
            return not _was_rated(petition, actor)
        case Act.SUCCEED:
            lead = petition.lead_unit if Status(petition.status).is_open else None
            return lead is not None and has_ended(lead, local_day(now()))
        case Act.READMIT:
            return petition.has_recusals
        case Act.MAKE_OPINION:
            # A 简易答复 is issued here or told; it has no number to enter.
            return petition.reply.kind == ReplyKind.OPINION
        case Act.SEND_REPORT:
            return report_state(petition) in {ReportState.DUE, ReportState.RETURNED}
        case Act.ACCEPT_REPORT | Act.RETURN_REPORT:
            return report_state(petition) == ReportState.SENT
        case Act.RAISE_URGENCY:
            return petition.urgency != Urgency.GRAVE
        case Act.ASK_LOWERING:
            return petition.urgency != Urgency.NORMAL
        case Act.AGREE_LOWERING | Act.REJECT_LOWERING:
            asked_by = petition.lowering_asked_by_id
            user = actor.user if actor is not None else None
            return asked_by is not None and user is not None and asked_by != user.pk
    return True


def _was_rated(petition: Petition, actor: Actor | None) -> bool:
    """Whoever works for the unit that was rated does not file the case away: filed the day after the rating, it would
    tell them who said what (domain G). The petition office does, or the end of the window; of a sealed case its own
    route."""
    if petition.status != Status.EVALUATED or petition.sealed or actor is None or actor.unit is None:
        return False
    office = actor.role == Role.PETITION_OFFICER and actor.unit.kind == UnitKind.PETITION_OFFICE
    return not office and _leads(petition, actor)


def _leads(petition: Petition, actor: Actor) -> bool:
    """Within whose unit the lead unit is; everybody stands within the district."""
    lead, unit = petition.lead_unit, actor.unit
    return lead is not None and unit is not None and lead.is_within(unit) and unit.kind != UnitKind.DISTRICT


def _stands(petition: Petition, relation: Relation, actor: Actor) -> bool:  # noqa: PLR0911
    assert actor.unit is not None
    office = (
        actor.role in {Role.PETITION_OFFICER, Role.CLERK} and petition.registered_unit.is_within(actor.unit)
    ) or (actor.role == Role.PETITION_OFFICER and actor.unit.kind == UnitKind.PETITION_OFFICE)
    lead = petition.lead_unit is not None and petition.lead_unit.is_within(actor.unit)
    if petition.complained_unit is not None and petition.complained_unit.kind == UnitKind.PETITION_OFFICE:
        # The office complained of is out; a leader of the district sends the case on in its place.
        office = office or (actor.role == Role.LEADER and actor.unit.kind == UnitKind.DISTRICT)
    match relation:
        case Relation.ANYONE:
            return Petition.objects.visible_to(actor).filter(pk=petition.pk).exists()
        case Relation.OFFICE:
            return office
        case Relation.DISTRICT_OFFICE:
            return actor.unit.kind == UnitKind.PETITION_OFFICE
        case Relation.LEAD:
            return lead
        case Relation.LEAD_OR_OFFICE:
            return lead or office
        case Relation.CO:
            return _has_share(petition, actor, ShareRole.CO)
        case Relation.PARTY:
            return lead or office or _has_share(petition, actor, ShareRole.CO)
    return False


def _holds_alone(petition: Petition, actor: Actor) -> bool:
    """A sealed case that went to no discipline body, in the hands of its registrar or trustee (services.scope): the
    one exception to the rule that nobody outside the discipline route acts on it."""
    if not petition.sealed or petition.lead_unit is not None:
        return False
    return Petition.objects.held_by_name(actor).filter(pk=petition.pk).exists()


def can_hold(petition: Petition, actor: Actor) -> bool:
    """Whether this hat can hold the case by name: ``PetitionQuerySet.held_by_name`` for one case and one post."""
    if actor.unit is None or actor.post is None or is_complained_of(petition, actor):
        return False
    if is_recused(petition, actor):
        return False
    if actor.role in TRUSTEE_ROLES and petition.lead_unit_id is not None:
        return False
    if actor.role == Role.LEADER:
        heads = list(actor.post.charge_units.all())
    else:
        heads = [actor.unit] if actor.role in REGISTRAR_ROLES | TRUSTEE_ROLES else []
    return any(petition.registered_unit.is_within(head) for head in heads)


def _has_share(petition: Petition, actor: Actor, role: ShareRole) -> bool:
    assert actor.unit is not None
    return any(
        share.role == role and share.ended_at is None and share.unit.is_within(actor.unit)
        for share in petition.shares.all()
    )


def _stale_sentence(petition: Petition, act: Act) -> str:
    """Who moved the case on, where the act was possible before that; else in which state it will be."""
    if act == Act.SEAL and petition.status == Status.REGISTERED:
        return _("本件还没有转送，请用“定性分类”定为检举控告。")
    possible = {status for step in STEPS if step.act == act for status in step.frm}
    last = petition.events.exclude(to_status=F("from_status")).order_by("-at", "-id").first()
    words = {"act": act.label, "state": Status(petition.status).label}
    if last is None or last.from_status not in possible:
        when = "、".join(str(status.label) for status in Status if status in possible)
        return _("没有生效：本件现在是“%(state)s”，“%(act)s”要在“%(when)s”时办理。") % (
            words | {"when": when}
        )
    return _("没有生效：%(who)s已于%(when)s办理“%(done)s”，本件现在是“%(state)s”，不能再“%(act)s”。") % {
        **words,
        "who": last.who,
        "when": friendly_moment(last.at),
        "done": Act(last.act).label,
    }


#: Who works with the people behind a case and may need to reach them.
CONTACT_ROLES = frozenset({Role.CLERK, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD})


def knows_petitioner(petition: Petition, actor: Actor) -> bool:
    """Whether even the masked name may be shown: in a confidential case only to the petition office and, sealed, to
    the discipline route, or to whoever must hand the case up to it (条例 30; domain G: the sender's contact stays
    hidden from other units)."""
    if actor.unit is None or is_complained_of(petition, actor):
        return False
    if petition.sealed:
        return actor.unit.kind == UnitKind.DISCIPLINE or _holds_alone(petition, actor)
    return not petition.confidential or actor.unit.kind == UnitKind.PETITION_OFFICE


def may_reveal(petition: Petition, actor: Actor) -> bool:
    """Whether one masked field may be opened, with a reason and on record (PIPL 6, 28)."""
    if not knows_petitioner(petition, actor):
        return False
    if actor.role in CONTACT_ROLES and (
        _stands(petition, Relation.PARTY, actor) or _holds_alone(petition, actor)
    ):
        return True
    return extensions.was_asked_to_call(petition, actor)


def sees_evaluation(petition: Petition, actor: Actor) -> bool:
    """Until the case is closed the rating is hidden from both that were rated, the unit and the petition office
    (domain B5, G): inspectors and leaders read it. What an officer needs of it stands on the page of the return visit
    that they arrange."""
    if petition.status == Status.CLOSED:
        return True
    return actor.role in {Role.INSPECTOR, Role.LEADER} and not _leads(petition, actor)


def stands_apart(petition: Petition, actor: Actor) -> bool:
    """Officers, inspectors and leaders who do not answer for the case themselves: they watch over how it is
    answered, and hear of a unit that was rated 不满意."""
    watching = {Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER}
    return actor.role in watching and not _leads(petition, actor)
