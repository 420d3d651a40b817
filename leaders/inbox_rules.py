"""Who may do what with an inbox and what is in it. ``rules.TABLE`` says which roles; this, which inbox is whose."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import InboxLetter, LeaderInbox
from petitions import rules as cases
from petitions.models import Petition

DRAFTERS = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER})


def holds(inbox: LeaderInbox, actor: Actor) -> bool:
    """The leader in person; whoever stands in for one signs nothing in that name."""
    if actor.post is None or actor.role != Role.LEADER:
        return False
    holder = inbox.holder(local_day(now()))
    return holder is not None and holder.pk == actor.post.pk


def may(act: LeaderAct, actor: Actor, inbox: LeaderInbox) -> bool:
    """Keeping, delegating and releasing: the office for the first two, the leader in person for the last two."""
    if not rules.may(act, actor):
        return False
    return holds(inbox, actor) if actor.role == Role.LEADER else rules.may(act, actor, leader=inbox.post)


def require(act: LeaderAct, actor: Actor, inbox: LeaderInbox) -> None:
    """Raises Refusal (code "forbidden")."""
    if not may(act, actor, inbox):
        words = _("您当前的岗位不能对“%(inbox)s”进行“%(act)s”。")
        raise Refusal(words % {"inbox": inbox.name, "act": act.label}, code="forbidden")


def may_release(letter: InboxLetter, actor: Actor) -> bool:
    """The leader in person, who is neither recused from the case nor complained of in it."""
    return holds(letter.inbox, actor) and not _out(letter.petition, actor)


def may_draft(letter: InboxLetter, actor: Actor) -> bool:
    """Whoever reads the box, and the unit that answers for the case; at the petition office its officers."""
    if letter.petition.sealed or _out(letter.petition, actor):
        return False
    if LeaderInbox.objects.read_by(actor).filter(pk=letter.inbox_id).exists():
        return True
    if actor.unit is None or actor.role not in DRAFTERS:
        return False
    office = actor.unit.kind == UnitKind.PETITION_OFFICE and actor.role == Role.PETITION_OFFICER
    return office or actor.unit.pk == letter.petition.lead_unit_id


def _out(case: Petition, actor: Actor) -> bool:
    return cases.is_recused(case, actor) or cases.is_complained_of(case, actor)
