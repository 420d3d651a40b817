"""Who may do what with hot matters: one small table, read by services, views and templates alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.errors import Refusal
from matters.enums import MatterAct

A, R = MatterAct, Role
#: The petition office groups and asks; the district's leaders and inspectors read what they may read of the cases.
MAKERS = (R.PETITION_OFFICER, R.UNIT_HEAD)
READERS = (*MAKERS, R.LEADER, R.INSPECTOR)
UNIT_KINDS = (UnitKind.DISTRICT, UnitKind.PETITION_OFFICE)
#: In the unit whose part of a joint task it is.
WORKERS = (R.UNIT_HEAD, R.HANDLER, R.PETITION_OFFICER)
TASK_READERS = (*WORKERS, R.LEADER, R.INSPECTOR)
OF_THE_OFFICE = (A.NAME, A.LINK, A.UNLINK, A.MERGE, A.TASK, A.END, A.SUGGEST)


def reads(actor: Actor) -> bool:
    return actor.role in READERS and actor.unit is not None and actor.unit.kind in UNIT_KINDS


def keeps(actor: Actor) -> bool:
    """Petition officers of the petition office, and its head."""
    return actor.role in MAKERS and actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE


def works_for(actor: Actor, unit: Unit) -> bool:
    return actor.role in WORKERS and actor.unit is not None and actor.unit.pk == unit.pk


def may(act: MatterAct, actor: Actor, unit: Unit | None = None) -> bool:
    """``unit``: whose part is reported on."""
    if act == A.REPORT:
        return unit is not None and works_for(actor, unit)
    return keeps(actor)


def require(act: MatterAct, actor: Actor, unit: Unit | None = None) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, unit):
        raise Refusal(_("您当前的岗位不能“%(act)s”。") % {"act": act.label}, code="forbidden")


def require_reader(actor: Actor) -> None:
    """Raises Refusal (403)."""
    if not reads(actor):
        raise Refusal(_("热点问题供区领导、督查和区信访部门查看。"), code="forbidden")
