"""检举控告: sealed, taken back from whoever had it, and sent by the discipline route alone (条例 22, 30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit, User
from accounts.selectors import holders, posts_in
from core.errors import Refusal
from core.timekeeping import han_date, local_day
from core.wording import said
from notifications.services import withdraw
from petitions import rules
from petitions.enums import Act, ForwardKind, Kind, ShareRole, Status
from petitions.models import Objection, Petition
from petitions.services import complained, holding, joining, scope
from petitions.services.sharing import share, tell, tell_unit
from petitions.services.stepping import Stepping, stepping


def seal(
    *,
    petition: Petition,
    actor: Actor,
    reason: str,
    complained_people: Sequence[User] = (),
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A case already with a unit turns out to be 检举控告: taken back, sealed, sent to the discipline route (条例 30).
    One that was answered, refused or closed is not begun again: it is filed, and the discipline body given it to read.

    Everybody else loses it at once, its notices too, and first of all ``complained_people``, the staff it complains
    of. What the unit did so far stays in the history. Where no discipline body here may take it, its registrar or a
    trustee holds it, to hand it upward (``report_up``).
    """
    with transaction.atomic():
        with stepping(petition, Act.SEAL, actor, at=at, token=token) as work:
            reason = said(reason, _("请写明定为检举控告的理由。"))
            Objection.objects.filter(petition=work.petition, agreed=None).update(
                agreed=True, decision=reason, decided_at=work.at, decided_by=actor.user
            )
            work.change(kind=Kind.ACCUSATION, path=None, lead_unit=None)
            work.text = reason
            complained.name(work, people=complained_people)
            close_up(work)
            if work.step.to == Status.CLOSED:
                _leave_to_the_body(work)
        if work.petition.lead_unit is None:
            into_the_route(work.petition, work.at)
            petition.refresh_from_db()


def _leave_to_the_body(work: Stepping) -> None:
    """Access only, for a case that had its answer: the body reads the file and takes it up by its own procedure."""
    case = work.petition
    if case.closed_at is None:
        work.change(closed_at=work.at)
    work.public_text = _("本件已转由纪检监察机关按其程序处理。")
    body = discipline_body(work.at, case=case)
    if body is None:
        work.public_text = _("本件将移送上级纪检监察机关，由其按程序处理。")
        return
    share(work, body, ShareRole.LEAD, ForwardKind.FORWARD, "", None)
    work.change(lead_unit=body)
    scope.rebuild(case, at=work.at)
    tell_unit(work, body, _("%(number)s 转来，请查阅案卷，按程序处理。"))


def name_complained(
    *,
    petition: Petition,
    actor: Actor,
    complained_unit: Unit | None = None,
    complained_people: Sequence[User] = (),
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The discipline body learns whom a sealed case is against, a unit or people on the staff (条例 28, 30). They are
    out of it from then on, its registrar too; where the body itself may not keep it, it is routed anew.

    Raises Refusal: nobody was named who was not before.
    """
    with transaction.atomic():
        with stepping(petition, Act.NAME_COMPLAINED, actor, at=at, token=token) as work:
            complained.name(work, unit=complained_unit, people=complained_people)
            if not work.text:
                raise Refusal(_("请选择被反映的单位或工作人员；已经指明的不必再选。"), code="invalid")
            work.text = work.text.removeprefix("；")
            scope.rebuild(work.petition, at=work.at)
            stays = _may_keep(work.petition, work.at)
            if stays:
                _tell_heads(work)
        if not stays:
            route_anew(work.petition, work.at)
            petition.refresh_from_db()


def _may_keep(case: Petition, at: datetime) -> bool:
    lead = case.lead_unit
    return lead is not None and not complained.blocks(case, lead, at) and _somebody_left(case, lead, at)


def _tell_heads(work: Stepping) -> None:
    assert work.petition.lead_unit is not None
    heads = holders(Role.UNIT_HEAD, unit=work.petition.lead_unit, at=work.at)
    tell(work, heads, _("%(number)s 已指明被反映人，请核对经办人员。"))


def route_anew(petition: Petition, at: datetime) -> None:
    """The discipline body that leads a sealed case may not keep it: taken back with its notices, it goes to another
    body, or to those who hold it, who are told. One that was answered is closed and given to read, as by ``seal``."""
    with stepping(petition, Act.TAKE_BACK, Actor.system(), at=at) as work:
        case = work.petition
        Objection.objects.filter(petition=case, agreed=None).update(
            agreed=True, decision=_("本单位是被反映单位，已收回。"), decided_at=at
        )
        case.shares.filter(ended_at=None).update(ended_at=at)
        work.change(lead_unit=None, responsible=None)
        scope.rebuild(case, at=at)
        withdraw(about=case.about)
        work.public_text = _("已收回，另行转送。")
        if work.step.to == Status.CLOSED:
            _leave_to_the_body(work)
    if work.petition.lead_unit is None:
        into_the_route(work.petition, at)
    petition.refresh_from_db()


def into_the_route(petition: Petition, at: datetime) -> None:
    """A sealed case goes to the discipline body, if one may take it; else to those who hold it, who are told."""
    body = discipline_body(at, case=petition)
    if body is None:
        holding.tell_holders(petition, at)
    elif petition.status == Status.REGISTERED:
        route_sealed(petition=petition, unit=body, at=at)


def route_sealed(*, petition: Petition, unit: Unit, at: datetime) -> None:
    """The system hands a sealed case to the discipline body as soon as it is known to be one (条例 30)."""
    with stepping(petition, Act.ROUTE, Actor.system(), at=at) as work:
        share(work, unit, ShareRole.LEAD, ForwardKind.FORWARD, "", None)
        work.change(lead_unit=unit)
        work.holder = unit
        scope.rebuild(work.petition)
        tell_unit(work, unit)


def report_up(
    *,
    petition: Petition,
    actor: Actor,
    body: str,
    how: str,
    handed_over_at: datetime,
    receipt: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """An accusation that no body here may take was handed to the discipline body above (条例 30), outside of this
    system; the case ends here, and the petitioner is told where it is.

    ``body`` is the one above by name, ``how`` and ``handed_over_at`` the way it went, ``receipt`` what came back.

    Raises Refusal: one of these is missing, or the date is before the case was received or in days to come.
    """
    with stepping(petition, Act.REPORT_UP, actor, at=at, token=token) as work:
        if not (body.strip() and how.strip() and receipt.strip()):
            raise Refusal(_("请写明移送到哪个机关、以什么方式，以及对方的回执或文号。"), code="invalid")
        if not local_day(work.petition.received_at) <= local_day(handed_over_at) <= local_day(work.at):
            raise Refusal(_("移送日期须在收到之日到今天之间。"), code="invalid")
        words = {"body": body.strip(), "how": how.strip(), "receipt": receipt.strip()}
        words["day"] = han_date(handed_over_at)
        work.change(closed_at=work.petition.closed_at or work.at)
        work.text = _("%(day)s移送%(body)s；方式：%(how)s；回执：%(receipt)s") % words
        work.public_text = (
            _("已移送上级纪检监察机关：%(body)s，%(day)s，%(how)s，回执 %(receipt)s。以后请向该机关查询。")
            % words
        )


def discipline_body(at: datetime, *, case: Petition) -> Unit | None:
    """The discipline body a sealed case goes to; None where the tree has none, or only one that is complained of, by
    its head too, or in which everybody is."""
    bodies = Unit.objects.filter(kind=UnitKind.DISCIPLINE).active(local_day(at)).order_by("path")
    free = (body for body in bodies if not complained.blocks(case, body, at))
    return next((body for body in free if _somebody_left(case, body, at)), None)


def _somebody_left(case: Petition, body: Unit, at: datetime) -> bool:
    """A body that nobody works in yet takes the case all the same; one whose people are all recused would bury it."""
    out = rules.recused_from(case)
    staff = {post.user_id for post in posts_in(body, local_day(at))} if out else set()
    return not staff or not staff <= out


def close_up(work: Stepping) -> None:
    """Close the case to everybody but the discipline route, and take back what told others of it."""
    case = work.petition
    case.shares.filter(ended_at=None).update(ended_at=work.at)
    work.change(sealed=True, confidential=True, simplified=False, responsible=None, joined_to=None)
    joining.release(case)
    scope.rebuild(case, at=work.at)
    withdraw(about=case.about)
