"""What the doors about one session share. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import friendly_moment
from mediation import session_rules
from mediation.models import MediationCase, Party, Session
from mediation.services import inside
from mediation.session_enums import SessionAct


def locked(session: Session, actor: Actor, act: SessionAct) -> Session:
    """The case, the open mediation and the session locked, in that order.

    Raises Refusal: the mediation has ended, not one's right, or the session was cancelled.
    """
    mediation = inside.locked_open(session.mediation)
    row = (
        Session.objects.select_for_update(of=("self",), no_key=True).select_related("room").get(pk=session.pk)
    )
    row.mediation = mediation
    session_rules.require(act, actor, row)
    if row.cancelled_at is not None:
        raise Refusal(_("这次安排已经取消。"), code="stale")
    return row


def require_begun(session: Session, at: datetime) -> None:
    """Raises Refusal: nobody can have been there yet."""
    if not session.has_begun(at):
        raise Refusal(
            _("这场调解%(when)s才开始，到时候再记。") % {"when": friendly_moment(session.starts_at, at=at)},
            code="invalid",
        )


def party_here(mediation: MediationCase, party: Party | None) -> Party | None:
    """Raises Refusal: the party is not, or no longer, one of this mediation."""
    if party is None:
        return None
    found: Party | None = mediation.parties.filter(pk=party.pk, left_at=None).first()
    if found is None:
        raise Refusal(_("这位当事人不在本次调解里，请刷新后再选。"), code="stale")
    return found
