"""告知: the petitioner is told in writing what was decided about acceptance, the path and the procedure (条例 23).

The 15 days of 条例 23 are for deciding and for telling; they end with the telling that is on record. Whoever filed
online is told by their own page in the very step. All others by a paper that is served (``papers``), or by one that was
made elsewhere and is entered here (``give_notice``). Whose name or address is not clear cannot be told, and need not
be: that is recorded as such, never as told.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from core.bulk import current_load
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day
from petitions import extensions
from petitions.enums import Act, Channel, NoticeOf, NoticeWay, Status
from petitions.models import Petition, PetitionEvent, WrittenNotice
from petitions.services import clocks, joining, outside
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

#: Signs of what is said of somebody who cannot be found.
LEAST_PROOF = 6
#: Ways that need words on what shows them.
PROVED = {
    NoticeWay.LEFT: _lazy("留置送达须写明见证人或者拍照留证的情况。"),
    NoticeWay.POST: _lazy("邮寄的，请填写邮件编号或者回执。"),
    NoticeWay.ENTRUSTED: _lazy("委托送达的，请写明受委托的单位和回证。"),
    NoticeWay.PUBLIC: _lazy("公告的，请写明原因和公告的地点或者载体。"),
    NoticeWay.PHONE: _lazy("电话告知的，请写明拨打的号码和通话情况。"),
    NoticeWay.NOBODY: _lazy("无从告知的，请写明怎样查找过、为什么姓名或者住址不清（如退信情况）。"),
}


def by_the_system(case: Petition) -> NoticeWay | None:
    """How the step itself tells the petitioner, if it can: by their own page, where they filed the case themselves. Of
    whom neither address nor telephone is known nobody can ask where to write. One query, none of online cases."""
    if case.channel == Channel.ONLINE and case.query_code_hash:
        return NoticeWay.PAGE
    reachable = case.persons.exclude(name="").exclude(address="", phone="")
    return None if reachable.exists() else NoticeWay.NOBODY


def of_itself(case: Petition, of: NoticeOf, at: datetime) -> WrittenNotice | None:
    """What is on record where the step itself tells, or nobody can be told; not saved. One query, none of online
    cases."""
    way = by_the_system(case)
    if way is None:
        return None
    proof = _("登记时没有留下能够联系的姓名、住址或电话。") if way == NoticeWay.NOBODY else ""
    return WrittenNotice(petition=case, of=of, way=way, told_at=at, proof=proof, recorded_at=at)


def at_decision(work: Stepping, of: NoticeOf) -> bool:
    """Within the step that decides: the petitioner is told at once, or is still to be told (False), while the 15 days
    run on. Nothing is owed where the route has notices of its own (条例 23 ¶4)."""
    case = work.petition
    if not clocks.applies(case, C.NOTICE):
        work.stops.add(C.NOTICE)
        return True
    told = of_itself(case, of, work.at)
    if told is None:
        work.change(notice_owed=True)
        work.stops.discard(C.NOTICE)
        return False
    work.stops.add(C.NOTICE)
    keep(told)
    return True


def as_given(
    *,
    way: NoticeWay,
    told_at: datetime,
    recipient: str,
    proof: str,
    consented: bool,
    paper_number: str,
    by: Any,
) -> WrittenNotice:
    """What somebody typed of a telling; of no case yet, and not looked at (``check``)."""
    return WrittenNotice(
        way=way,
        told_at=told_at,
        recipient=clean_text(recipient),
        proof=clean_text(proof),
        consented=consented,
        paper_number=clean_text(paper_number)[:60],
        by=by,
    )


def give_notice(
    *,
    petition: Petition,
    actor: Actor,
    way: NoticeWay,
    told_at: datetime,
    recipient: str = "",
    proof: str = "",
    consented: bool = False,
    paper_number: str = "",
    issued_here: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The notice of acceptance or refusal was given; the 15 days go by ``told_at``, when it was handed over or sent.

    ``paper_number``: the 文号 of a notice that was made outside the system; one that is written here is served from
    its own page (``issued_here``). Joined cases of the same people are told by the same paper.

    Raises Refusal: an impossible date, nobody who got it, no proof where the way needs it, no consent to electronic
    service, a paper that is being written here, told already.
    """
    given = as_given(
        way=way,
        told_at=told_at,
        recipient=recipient,
        proof=proof,
        consented=consented,
        paper_number=paper_number,
        by=actor.user,
    )
    with stepping(petition, Act.GIVE_NOTICE, actor, at=at, token=token) as work:
        case = work.petition
        if not issued_here and extensions.elsewhere(Act.GIVE_NOTICE, case):
            raise Refusal(
                _("这份告知书已经在本系统里拟写，请从那份文书印发、登记送达；不再使用的，先把它作废。"),
                code="stale",
            )
        check(case, given, since=decided_at(case), at=work.at)
        if not issued_here:
            outside.refuse_used(case, given.paper_number, actor)
        joining.together(
            work, partial(_give, given=given), also=lambda other: joining.same_people(other, case)
        )


def decided_at(case: Petition) -> datetime:
    """When that was decided which the petitioner is to be told."""
    if case.status == Status.REFUSED:
        return case.refusal.at
    assert case.accepted_at is not None
    changed = last_change(case)
    return changed.at if changed is not None else case.accepted_at


def last_change(case: Petition) -> PetitionEvent | None:
    """The last time an accepted case was given another kind or path. One query."""
    found: PetitionEvent | None = case.events.filter(act=Act.CHANGE_WAY).order_by("-at", "-id").first()
    return found


def check(case: Petition, given: WrittenNotice, *, since: datetime, at: datetime) -> None:
    """Raises Refusal: see ``give_notice``. ``since``: from when on there was something to tell."""
    if given.told_at > at or local_day(given.told_at) < local_day(since):
        raise Refusal(_("告知时间须在作出决定之日到今天之间。"), code="invalid")
    if given.way == NoticeWay.PAGE:
        raise Refusal(_("网上查询页由系统在办理时告知，请选择实际使用的告知方式。"), code="invalid")
    if given.way == NoticeWay.PHONE and not case.simplified:
        raise Refusal(_("是否受理须书面告知（条例第二十三条）；电话告知只用于简易办理的件。"), code="invalid")
    if given.way == NoticeWay.ELECTRONIC and not given.consented:
        raise Refusal(_("电子送达须经收件人同意：请先征得同意并勾选，或者换一种方式。"), code="invalid")
    if given.way != NoticeWay.NOBODY and not given.recipient:
        raise Refusal(_("请填写交给了谁或者寄给了谁。"), code="invalid")
    way = NoticeWay(given.way)
    if way in PROVED and len(given.proof) < (LEAST_PROOF if way == NoticeWay.NOBODY else 1):
        raise Refusal(str(PROVED[way]), code="invalid")


def _give(work: Stepping, given: WrittenNotice) -> None:
    case, own = work.petition, copy(given)
    own.petition, own.recorded_at = case, work.at
    own.of = _of(case)
    keep(own)
    work.done_at = max(given.told_at, decided_at(case))
    way = NoticeWay(own.way)
    work.text = str(way.label)
    if own.paper_number:
        work.text = _("%(how)s，文号 %(number)s") % {"how": way.label, "number": own.paper_number}
    if way == NoticeWay.NOBODY:
        work.untold = True  # nobody was told anything
        return
    work.public_text = _("%(what)s的情况已书面告知您（%(how)s）。") % {
        "what": NoticeOf(own.of).label,
        "how": way.label,
    }


def _of(case: Petition) -> NoticeOf:
    if case.status == Status.REFUSED:
        return NoticeOf.REFUSED
    told = case.written_notices.filter(of=NoticeOf.ACCEPTED).exists()
    return NoticeOf.CHANGED if told and last_change(case) is not None else NoticeOf.ACCEPTED


def keep(row: WrittenNotice) -> None:
    """Write it; within a bulk load many at a time."""
    if (load := current_load()) is not None:
        load.put(row, WrittenNotice.objects.bulk_create)
    else:
        row.save(force_insert=True)
