"""并入: a repeated case that is answered together with its original takes each step with it, and keeps its own number,
receipt, clocks, history and papers.

The original's step is first locked and done, then those of the joined cases by id, all in one transaction. A joined
case that does not stand where the original stands is left alone: it is answered by itself, and its clocks see to that.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from petitions import rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services.stepping import RELATIONS, Stepping, stepping
from petitions.workflow import BEFORE_REPLY

#: Acts after which the case is in a unit's hands only, whoever held it before.
SENDING = frozenset({Act.FORWARD, Act.ASSIGN})
#: Acts that need the cases to have gone the same way (条例 31): one text cannot answer two procedures.
ANSWERING = frozenset({Act.CONCLUDE, Act.SERVE})


def together(
    work: Stepping,
    body: Callable[[Stepping], None],
    *,
    also: Callable[[Petition], bool] = lambda case: True,
) -> None:
    """Do ``body`` for the case at hand, then for each case that goes along, as a step of its own by the same actor.

    ``also`` may leave out joined cases to which the act cannot be done. Joined cases carry no form token: one form
    makes one step of one case, and the original's step guards them all.
    """
    original, act = work.petition, work.step.act
    beside = [case for case in _going_along(original, act, work.actor, locked=True) if also(case)]
    body(work)
    for case in beside:
        with stepping(case, act, work.actor, at=work.at) as along:
            body(along)
            along.text = _("与 %(number)s 一并办理。") % {"number": original.number} + along.text
            if along.public_text:
                along.public_text += _("（与同一事项的原件一并办理。）")


def companions(original: Petition, act: Act, actor: Actor) -> list[Petition]:
    """The joined cases that would go along if the actor did this act on the original now, by id."""
    return _going_along(original, act, actor, locked=False)


def _going_along(original: Petition, act: Act, actor: Actor, *, locked: bool) -> list[Petition]:
    rows = original.joined.filter(status=original.status, sealed=original.sealed)
    if act not in SENDING:
        rows = rows.filter(lead_unit=original.lead_unit)
    if act in ANSWERING:
        rows = rows.filter(kind=original.kind, path=original.path)
    # Nearly every case has none: asked for in one column, before the units are joined on.
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    # The condition is asked again: a case may move on before its lock is had.
    found: QuerySet[Petition] = rows.filter(pk__in=ids).order_by("pk")
    if locked:
        found = found.select_for_update(of=("self",), no_key=True)
    return [case for case in found.select_related(*RELATIONS) if rules.may(case, act, actor)]


def words_above_reply(original: Petition) -> str:
    """What stands above the reply of a joined case."""
    return _("与 %(number)s 一并答复。") % {"number": original.number} + "\n\n"


def same_people(case: Petition, original: Petition) -> bool:
    """Whoever is named in the joined case stands in the original too, so that one signature serves both (送达)."""
    names = {person.name for person in case.persons.all() if person.name}
    return names <= {person.name for person in original.persons.all()}


def root_of(case: Petition) -> Petition:
    """The first case of the matter: repeats are linked to it, never to one another."""
    while case.repeat_of is not None and case.repeat_of.sealed == case.sealed:
        case = case.repeat_of
    return case


def join(case: Petition, original: Petition) -> None:
    """Check that they can still be answered together; what was joined to the case goes to the original with it.

    Raises Refusal: one of the two has been answered.
    """
    if original.status not in BEFORE_REPLY:
        raise Refusal(_("原件已经答复，请改为只关联，本件另行答复。"), code="invalid")
    if case.status not in BEFORE_REPLY:
        raise Refusal(_("本件已经答复，不能再并入，请改为只关联。"), code="invalid")
    Petition.objects.filter(joined_to=case).update(joined_to=original)


def release(original: Petition) -> None:
    """The original was sealed: what was joined to it is answered by itself."""
    Petition.objects.filter(joined_to=original).update(joined_to=None)
