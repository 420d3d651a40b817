"""Cases for tests, made through the real doors.

case = make_case()                       # an online appeal, just registered
case = make_case(until=Status.SERVED)    # the same, forwarded to 城市管理局, accepted, answered, served
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day, now
from outcomes.enums import CheckResult, ExecutionState
from outcomes.models import ClosingCheck, Execution, ExecutionClock
from outcomes.services import ending
from petitions.enums import (
    AdoptionDecision,
    Channel,
    Kind,
    Outcome,
    Path,
    Rating,
    RefusalReason,
    ServiceMethod,
    Status,
)
from petitions.models import Petition
from petitions.services import adopting, answering, following, forwarding, refusing, reporting
from petitions.services.registering import NewPerson, NewPetition, Registered, register

#: A Thursday morning with no holiday near.
MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=SHANGHAI)
#: 文号 of an opinion that was written outside the system.
OUTSIDE = "清城管意〔2026〕12号"


def outside_number(case: Petition) -> str:
    """文号 of the case's own opinion, where several cases of a unit are served on papers from outside."""
    return f"清城管意〔2026〕{1000 + case.pk}号"


ORDER = [
    Status.REGISTERED,
    Status.FORWARDED,
    Status.ACCEPTED,
    Status.CONCLUDED,
    Status.SERVED,
    Status.EVALUATED,
]


def check_off(case: Petition) -> None:
    """三到位一处理 as the lead unit would have answered it, so that the case can be closed by hand."""
    case.refresh_from_db()
    for item in ending.unchecked(case):
        ClosingCheck.objects.create(
            petition=case,
            reply=case.reply,
            item=item,
            result=CheckResult.DONE,
            at=case.concluded_at,
            who="城市管理局",
        )


REPORT = {
    "demand": "请规定夜市收摊时间",
    "handling": "到现场查看三次，约谈摊主。",
    "result": "支持：夜市十点收摊。",
    "attitude": "信访人认可。",
    "contact": "钱多",
    "phone": "0570-1234567",
}


def report_on(case: Petition, cast, at: datetime, *, decided: bool = True, handler: str = "handler") -> None:
    """办结报告 of an assigned case that is answered, and the sender's acceptance an hour later."""
    reporting.send_report(petition=case, actor=cast.actor(handler), at=at, **REPORT)
    if decided:
        officer = cast.actor("petition_officer")
        reporting.decide_report(petition=case, actor=officer, accept=True, at=at + timedelta(hours=1))


def carry_out(case: Petition) -> None:
    """What the answer supported, done and confirmed, so that nobody is at work on the case any more."""
    undone = Execution.objects.filter(petition=case)
    ExecutionClock.objects.filter(execution__in=undone).update(stopped_at=case.closed_at, next_at=None)
    undone.update(state=ExecutionState.DONE, done_on=local_day(case.closed_at), ended_at=case.closed_at)


class CaseMaker:
    def __init__(self, cast) -> None:
        self.cast = cast

    def registered(
        self,
        *,
        actor: Actor | None = None,
        at: datetime = MORNING,
        unit=None,
        token=None,
        **new,
    ) -> Registered:
        fields = {
            "channel": Channel.ONLINE,
            "subject": "河边夜市噪音扰民",
            "body": "柳湾河边的夜市每天营业到凌晨两点，音响声音很大，老人睡不好觉。",
            "requests": ["请规定夜市收摊时间"],
            "persons": [NewPerson(name="张小河", phone="13800001234")],
            "place_unit": self.cast.units.liuwan,
            **new,
        }
        actor = actor or Actor.petitioner()
        return register(
            actor=actor,
            new=NewPetition(**fields),
            unit=unit or self.cast.units.petition_office,
            at=at,
            token=token,
        )

    def __call__(
        self,
        *,
        until: Status = Status.REGISTERED,
        at: datetime = MORNING,
        unit=None,
        path: Path = Path.PETITION,
        handler: str = "handler",
        kind: Kind = Kind.APPEAL,
        co_units=(),
        **new,
    ) -> Petition:
        """A case brought to ``until``, one hour per step, by the cast; the lead unit is 城市管理局 by default."""
        petition = self.registered(at=at, **new).petition
        unit = unit or self.cast.units.urban
        act = self.cast.actor(handler)
        moments = (at + timedelta(hours=n) for n in range(1, 10))
        if until in {Status.OBJECTED, Status.REFUSED}:
            forwarding.forward(
                petition=petition,
                actor=self.cast.actor("petition_officer"),
                unit=unit,
                at=next(moments),
            )
            if until == Status.OBJECTED:
                forwarding.object_to(
                    petition=petition,
                    actor=act,
                    reason="不属于本单位职责范围",
                    at=next(moments),
                )
            else:
                refusing.refuse(
                    petition=petition,
                    actor=act,
                    reason=RefusalReason.LEGAL_ROUTE,
                    explanation="应由法院审理。",
                    where_to_go="清江县人民法院",
                    at=next(moments),
                )
            return petition
        closing = until == Status.CLOSED
        steps = ORDER if closing else ORDER[1 : ORDER.index(until) + 1]
        for status in steps:
            self._bring(petition, status, act, unit, kind, path, co_units, next(moments))
        if closing:
            check_off(petition)
            closer = act if petition.sealed else self.cast.actor("petition_officer")
            following.close(petition=petition, actor=closer, at=next(moments))
            carry_out(petition)
        return petition

    def _bring(self, petition, status, act, unit, kind, path, co_units, at) -> None:
        match status:
            case Status.FORWARDED:
                forwarding.forward(
                    petition=petition,
                    actor=self.cast.actor("petition_officer"),
                    unit=unit,
                    co_units=co_units,
                    at=at,
                )
            case Status.ACCEPTED:
                forwarding.accept(
                    petition=petition,
                    actor=act,
                    kind=kind,
                    path=path if kind == Kind.APPEAL else None,
                    at=at,
                )
            case Status.CONCLUDED:
                if kind == Kind.SUGGESTION:
                    adopt_it(petition, act, at)
                answering.conclude(
                    petition=petition,
                    actor=act,
                    text="已约谈摊主，夜市十点收摊。",
                    basis="《噪声污染防治法》",
                    outcomes={r.pk: (Outcome.SUPPORTED, "支持") for r in petition.requests.all()},
                    at=at,
                )
            case Status.SERVED:
                answering.serve(
                    petition=petition,
                    actor=act,
                    method=ServiceMethod.DIRECT,
                    served_at=at,
                    recipient="本人",
                    paper_number=outside_number(petition),
                    at=at,
                )
            case Status.EVALUATED:
                following.evaluate(
                    petition=petition,
                    actor=Actor.petitioner(),
                    office_rating=Rating.SATISFIED,
                    unit_rating=Rating.FAIRLY,
                    at=at,
                )


@pytest.fixture
def make_case(cast) -> CaseMaker:
    return CaseMaker(cast)


def adopt_it(petition: Petition, actor: Actor, at: Any = None, **more: Any) -> None:
    """研究采纳 of a suggestion, to be put into practice within a month."""
    given = {
        "study": "请市容科和商户代表研究，都赞成。",
        "decision": AdoptionDecision.ADOPTED,
        "reasons": "建议可行。",
        "practice": "设分类垃圾桶六组。",
        "practice_due_on": local_day(at or now()) + timedelta(days=30),
    }
    adopting.adopt(petition=petition, actor=actor, at=at, **given | more)


def strike_off_package(package: Any, by: Any, judge: Any) -> Any:
    """销案 through its doors: ``by`` applies, ``judge`` goes back to the petitioner and approves."""
    from leaders.enums import EvidenceKind, StrikeOffState
    from leaders.services import striking
    from outcomes.enums import VisitWay

    striking.apply_strike_off(
        package=package,
        actor=by,
        kind=EvidenceKind.OWN_WORD,
        evidence="摊位已搬迁，当事人签字确认。",
        matter="摊位已搬迁。",
        heart="已当面说清。",
    )
    striking.record_visit(
        package=package, actor=judge, on=local_day(now()), way=VisitWay.PHONE, note="没有其他问题。"
    )
    return striking.decide(package=package, actor=judge, decision=StrikeOffState.APPROVED, word="同意。")
