"""Who reads, edits and signs the daily brief and the bulletin, and who sees which units were warned."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from core.errors import Refusal
from reports.models import Brief

#: The petition office makes it; the district's leaders and inspectors read it once it is signed.
MAKERS = (Role.PETITION_OFFICER, Role.UNIT_HEAD)
READERS = (*MAKERS, Role.LEADER, Role.INSPECTOR)
UNIT_KINDS = (UnitKind.DISTRICT, UnitKind.PETITION_OFFICE)


def makes(actor: Actor) -> bool:
    """Edits and signs: petition officers of the petition office, and its head."""
    return actor.role in MAKERS and actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE


def reads(actor: Actor) -> bool:
    """Makers, also unsigned; leaders and inspectors of the district what was signed."""
    return actor.role in READERS and actor.unit is not None and actor.unit.kind in UNIT_KINDS


def require_reader(actor: Actor) -> None:
    """Raises Refusal (403)."""
    if not reads(actor):
        raise Refusal(_("民情日报供区领导、督查和区信访部门阅读。"), code="forbidden")


def require_maker(actor: Actor) -> None:
    """Raises Refusal (403)."""
    if not makes(actor):
        raise Refusal(_("民情日报由区信访部门编辑、签发。"), code="forbidden")


def may_sign(brief: Brief, actor: Actor) -> bool:
    """A second pair of eyes: whoever edited it last does not sign it."""
    return (
        makes(actor)
        and not brief.is_signed
        and actor.user is not None
        and brief.edited_by_id != actor.user.pk
    )


#: A unit's head sees the own unit's warnings; who reads the bulletin sees all.
WARNING_READERS = READERS
