"""并入: a repeated case that is answered together with its original takes each step with it, and keeps its own number,
receipt, clocks, history and papers. Taken apart again (撤销关联) it goes its own way from where it stands.

The original's step is first locked and done, then those of the joined cases by id, all in one transaction. A joined
case that does not stand where the original stands is left alone: it is answered by itself, and its clocks see to that.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.bulk import made_here
from core.errors import Refusal
from core.text import words_differ
from petitions import rules
from petitions.enums import Act
from petitions.models import Petition, PetitionPerson
from petitions.selectors.same_person import LEAST_DIGITS
from petitions.services.stepping import RELATIONS, Stepping, lock, stepping
from petitions.workflow import BEFORE_REPLY

#: Key of the advisory lock that lets one transaction link cases at a time.
LINK_LOCK = 7_300_011
#: Acts after which the case is in a unit's hands only, whoever held it before.
SENDING = frozenset({Act.FORWARD, Act.ASSIGN})
#: Acts that need the cases to have gone the same way (条例 31): one text cannot answer two procedures.
ANSWERING = frozenset({Act.CONCLUDE, Act.CORRECT, Act.AMEND, Act.MAKE_OPINION, Act.SERVE, Act.SEND_REPORT})


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
            # No number: the text stays when the original is sealed, or its reader recused from it.
            along.text = _("与同一事项的原件一并办理。") + along.text
            along.detail = {**along.detail, "original": original.audit_name}
            if along.public_text:
                along.public_text += _("（与同一事项的原件一并办理。）")


def companions(original: Petition, act: Act, actor: Actor) -> list[Petition]:
    """The joined cases that would go along if the actor did this act on the original now, by id."""
    return _going_along(original, act, actor, locked=False)


def _going_along(original: Petition, act: Act, actor: Actor, *, locked: bool) -> list[Petition]:
    if not original.has_joined:  # nearly every case
        return []
    rows = original.joined.filter(status=original.status, sealed=original.sealed)
    if act not in SENDING:
        rows = rows.filter(lead_unit=original.lead_unit)
    if act in ANSWERING:
        rows = rows.filter(kind=original.kind, path=original.path, simplified=original.simplified)
    found: QuerySet[Petition] = rows.order_by("pk")
    if locked:
        found = found.select_for_update(of=("self",), no_key=True)
    return [case for case in found.select_related(*RELATIONS) if rules.may(case, act, actor)]


def words_above_reply() -> str:
    """What stands above the reply of a joined case. The reply names no number, as history names none."""
    return _("与同一事项的原件一并答复。") + "\n\n"


def answered_with(case: Petition, text: str) -> bool:
    """Whether a joined case was answered with these words and has had no paper of its own since."""
    reply = getattr(case, "reply", None)
    return reply is not None and not words_differ(reply.text, text)


def same_people(case: Petition, original: Petition) -> bool:
    """Everybody in the joined case is known to stand in the original too, so that one signature serves both (送达).

    A case that names nobody is never served along: nobody could say whose signature it was.
    """
    there = list(original.persons.all())
    here = list(case.persons.all())
    return bool(here) and all(any(_same(one, other) for other in there) for one in here)


def _same(one: PetitionPerson, other: PetitionPerson) -> bool:
    """By ID number, else by telephone, else by name and address together; an equal name alone says nothing.

    Two ID numbers that differ are two people, whatever else they share; so are two names on one telephone. The texts
    behind the blind indexes are compared, since while keys are rotated the same text has two indexes.
    """
    if _is_number(one.id_number) and _is_number(other.id_number):
        return bool(one.id_number == other.id_number)
    if _is_number(one.phone) and one.phone == other.phone:
        return not (one.name and other.name) or one.name == other.name
    return bool(one.name and one.address) and (one.name, one.address) == (other.name, other.address)


def _is_number(text: str) -> bool:
    """Not “无” or “不详”, which two strangers may share."""
    return len(text) >= LEAST_DIGITS


def one_link_at_a_time(*cases: Petition) -> None:
    """Wait until no other transaction links cases, and hold others back to the end of this one.

    Two links the other way round would each lock what the other waits for, or each see a root that is none any more.
    Locking by id would not do: a step of an original locks it first and its joined cases second, whatever their ids.
    """
    if all(made_here(Petition, case.pk) is not None for case in cases):
        return  # rows of a load that nobody else sees: a long load must not hold back the desks
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINK_LOCK])


def root_of(case: Petition) -> int:
    """Id of the first case of the matter, as the rows now are: repeats are linked to it, never to one another."""
    pk, seen = case.pk, {case.pk}
    above, sealed = _link_of(pk)
    while above is not None and above not in seen:
        further, side = _link_of(above)
        if side != sealed:
            break
        pk, above = above, further
        seen.add(pk)
    return int(pk)


def _link_of(pk: int) -> tuple[int | None, bool]:
    """What the case is linked to, and on which side of the seal it stands."""
    if (own := made_here(Petition, pk)) is not None:
        return own.repeat_of_id, own.sealed
    row: tuple[int | None, bool] = Petition.objects.values_list("repeat_of_id", "sealed").get(pk=pk)
    return row


def check_root(case: Petition, original: Petition, root: Petition) -> None:
    """Both rows are locked: may the case be linked to ``root`` as the rows now are?

    Raises Refusal: linked to itself, round in a circle, or across the seal; or the original changed meanwhile.
    """
    if original.pk == case.pk:
        raise Refusal(_("不能关联到本件自己。"), code="invalid")
    if root.pk == case.pk:
        raise Refusal(
            _("%(number)s 已经关联到本件自己，不能再反过来关联。") % {"number": original.number},
            code="invalid",
        )
    if root.sealed != case.sealed:
        raise Refusal(_("密存的检举控告不与其他件关联、并入。"), code="invalid")
    if root_of(original) != root.pk:
        raise Refusal(_("原件刚刚有变化，没有关联。请重新核对后再关联。"), code="stale")


def join(case: Petition, original: Petition) -> None:
    """Check that they can still be answered together; what was joined to the case goes to the original with it.

    Raises Refusal: one of the two has been answered.
    """
    if original.status not in BEFORE_REPLY:
        raise Refusal(_("原件已经答复，请改为只关联，本件另行答复。"), code="invalid")
    if case.status not in BEFORE_REPLY:
        raise Refusal(_("本件已经答复，不能再并入，请改为只关联。"), code="invalid")
    if case.has_joined:
        Petition.objects.filter(joined_to=case).update(joined_to=original)
    if not original.has_joined:
        original.has_joined = True
        original.save(update_fields=["has_joined"])


def part(case: Petition) -> list[Petition]:
    """Take a locked case from the case it is linked or joined to; what came along through it stays with it. The cases
    it was taken from, those across the seal left out: nothing is written to these."""
    joined_to = case.joined_to_id
    if joined_to is not None:
        others = Petition.objects.filter(joined_to=joined_to).exclude(pk=case.pk)
        mine = [pk for pk in others.values_list("pk", flat=True) if case.pk in _ways_up(pk)]
        if mine:
            Petition.objects.filter(pk__in=mine).update(joined_to=case)
            case.has_joined = True
    above = {pk for pk in (case.repeat_of_id, joined_to) if pk is not None}
    return list(Petition.objects.filter(pk__in=above, sealed=case.sealed).order_by("pk"))


def _ways_up(pk: int) -> set[int]:
    """Ids of the case and of all above it, each linked to the next."""
    found: set[int] = set()
    above: int | None = pk
    while above is not None and above not in found:
        found.add(above)
        above = _link_of(above)[0]
    return found


def lock_above(case: Petition) -> None:
    """Lock what the case is joined and linked to before the case itself, as every step that joined cases take along
    does. Call after ``one_link_at_a_time``: until the end of this transaction nobody else links."""
    joined_to, repeat_of = Petition.objects.values_list("joined_to_id", "repeat_of_id").get(pk=case.pk)
    for pk in dict.fromkeys((joined_to, repeat_of)):
        if pk is not None and pk != case.pk:
            lock(pk)


def release(original: Petition) -> None:
    """The original was sealed: what was joined to it is answered by itself."""
    Petition.objects.filter(joined_to=original).update(joined_to=None)
