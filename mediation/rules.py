"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.errors import Refusal
from mediation.enums import MediationAct
from mediation.models import Dispute, MediationCase, Party, Room
from mediation.standing import speaks_for
from petitions import rules as petition_rules
from petitions.models import Petition


class Stand(Enum):
    """How the actor must stand to the case or the room, beside holding the role."""

    CASE = "may read the case or the dispute and is neither complained of in it nor recused"
    OWN = "mediates this case, and is neither complained of in it, nor recused, nor barred from mediating it"
    SELF = "is the party, on the own page, and speaks for nobody else"
    ROOM = "the petition office, or an office above the room's unit"
    THERE = "mediates in the room, or belongs to its unit or one above it, or to the petition office"


@dataclass(frozen=True)
class Row:
    act: MediationAct
    by: Role
    stand: Stand
    basis: str


A, R = MediationAct, Role
_STEERING = (R.PETITION_OFFICER, R.HANDLER, R.UNIT_HEAD)
TABLE: tuple[Row, ...] = (
    Row(A.KEEP_ROOM, R.PETITION_OFFICER, Stand.ROOM, "人民调解法 8"),
    Row(A.KEEP_MEDIATOR, R.PETITION_OFFICER, Stand.ROOM, "人民调解法 13–15"),
    Row(A.KEEP_DUTY, R.PETITION_OFFICER, Stand.ROOM, "人民调解法 8"),
    *(Row(A.OPEN, role, Stand.CASE, "条例 33") for role in _STEERING),
    *(
        Row(act, role, Stand.CASE, "条例 33；人民调解法 17")
        for act in (A.CONSENT, A.WITHDRAW, A.PARTY, A.BAR, A.HAND_ON, A.SCHEDULE, A.MOVE, A.CANCEL, A.END)
        for role in _STEERING
    ),
    *(
        Row(act, R.MEDIATOR, Stand.OWN, "人民调解法 21–23")
        for act in (
            *(A.CONSENT, A.WITHDRAW, A.PARTY, A.BAR, A.HAND_ON),
            *(A.SCHEDULE, A.MOVE, A.CANCEL, A.HOLD, A.END),
        )
    ),
    Row(A.HOLD, R.PETITION_OFFICER, Stand.CASE, "条例 33"),
    Row(A.KEEP_LADDER, R.PETITION_OFFICER, Stand.ROOM, "本区规定"),
    # What came to a room without being a petition is written down, taken up, answered or sent on by the people there.
    *(Row(A.FILE, role, Stand.THERE, "人民调解法 17；本区规定") for role in (*_STEERING, R.MEDIATOR)),
    *(
        Row(act, role, Stand.CASE, "人民调解法 17；本区规定")
        for act in (A.TAKE_UP, A.ANSWER, A.REGISTER, A.RELATE, A.KEEP_OUT, A.CONTACT)
        for role in (*_STEERING, R.MEDIATOR)
    ),
    # Each party agrees, and stops agreeing, without anybody between (人民调解法 17, 23).
    *(Row(act, R.PETITIONER, Stand.SELF, "条例 33；人民调解法 17") for act in (A.CONSENT, A.WITHDRAW)),
    # Whoever mediated it writes it down and follows it up; the petition office stands in.
    *(
        Row(act, role, stand, "条例 33；人民调解法 28–33")
        for act in (A.AGREE, A.SIGN, A.FOLLOW, A.CONFIRM)
        for role, stand in ((R.MEDIATOR, Stand.OWN), (R.PETITION_OFFICER, Stand.CASE))
    ),
)
#: Who reads records and agreements; others see that there is a mediation, its dates and its result.
RECORD_READERS = frozenset({R.MEDIATOR, R.INSPECTOR, *_STEERING})


def may(
    act: MediationAct,
    actor: Actor,
    *,
    petition: Petition | None = None,
    dispute: Dispute | None = None,
    room: Room | None = None,
    mediation: MediationCase | None = None,
    unit: Unit | None = None,
    party: Party | None = None,
) -> bool:
    """``petition`` (OPEN), ``dispute``, ``mediation``, the ``room`` (FILE) or the ``unit`` of a room or a person
    (KEEP_…) is what it is done to; without any, whether the actor may do it at all."""
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if any(row.stand is Stand.SELF for row in rows):
        return speaks_for(actor, party)
    if actor.unit is None or not rows:
        return False
    if petition is None and dispute is None and room is None and mediation is None and unit is None:
        return True
    if room is not None:
        return _works_there(actor, room)
    matter = petition or dispute or (mediation.matter if mediation else None)
    return any(_stands(row.stand, actor, matter, mediation, unit) for row in rows)


def require(
    act: MediationAct,
    actor: Actor,
    *,
    petition: Petition | None = None,
    dispute: Dispute | None = None,
    room: Room | None = None,
    mediation: MediationCase | None = None,
    unit: Unit | None = None,
    party: Party | None = None,
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    about: dict[str, Any] = {"petition": petition, "dispute": dispute, "room": room}
    if not may(act, actor, **about, mediation=mediation, unit=unit, party=party):
        raise Refusal(
            _("您当前的岗位不能对本件进行“%(act)s”。") % {"act": act.label},
            code="forbidden",
        )


def reads_record(actor: Actor) -> bool:
    """Whether somebody who may see the mediation may read what was said and agreed in it."""
    return actor.role in RECORD_READERS


def _works_there(actor: Actor, room: Room) -> bool:
    if actor.unit is None or actor.user is None:
        return False
    if actor.role == R.MEDIATOR:
        return room.mediators.filter(pk=actor.user.pk).exists()
    return actor.unit.kind == UnitKind.PETITION_OFFICE or room.unit.is_within(actor.unit)


def _stands(
    stand: Stand,
    actor: Actor,
    matter: Petition | Dispute | None,
    mediation: MediationCase | None,
    unit: Unit | None,
) -> bool:
    if actor.unit is None or actor.user is None:
        return False
    if stand is Stand.ROOM:
        office = actor.unit.kind == UnitKind.PETITION_OFFICE
        return office or (unit is not None and unit.is_within(actor.unit))
    if matter is None or _is_out_of(matter, actor):
        return False
    if stand is Stand.OWN:
        own = MediationCase.objects.of_mediator(actor.user)
        barred = mediation is not None and mediation.bars.filter(user=actor.user).exists()
        return mediation is not None and not barred and own.filter(pk=mediation.pk).exists()
    return type(matter).objects.visible_to(actor).filter(pk=matter.pk).exists()


def _is_out_of(matter: Petition | Dispute, actor: Actor) -> bool:
    """Sealed, recused or complained of (条例 28); for a dispute the other side, and whoever was kept out of it."""
    if isinstance(matter, Dispute):
        return not Dispute.objects.without_the_concerned(actor).filter(pk=matter.pk).exists()
    if matter.sealed or petition_rules.is_recused(matter, actor):
        return True
    return petition_rules.is_complained_of(matter, actor)
