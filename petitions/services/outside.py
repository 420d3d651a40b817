"""文号 of papers that were written outside the system: a unit gives each to one paper, and so to one case."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from core.bulk import made_here
from core.errors import Refusal
from petitions.models import PaperService, Petition, Reply, WrittenNotice

#: First half of the advisory lock under which numbers of one unit are typed one after another.
NUMBER_LOCK = 730_212


def refuse_used(case: Petition, number: str, actor: Actor) -> None:
    """In the step that keeps ``number``, which was typed. Cases that were joined share their paper, and a case its own.

    Raises Refusal: the same unit's paper of another case bears it; that case is named to whoever may see it alone.
    """
    unit = case.lead_unit or case.registered_unit
    if not number or made_here(Petition, case.pk) is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBER_LOCK, unit.pk % 2**31])
    used = _used_by(unit, number)
    used -= _sharing(case, used) if used else set()
    if not used:
        return
    words = {"number": number, "unit": unit.name}
    seen = Petition.objects.visible_to(actor).filter(pk__in=used).order_by("pk").first()
    if seen is not None:
        raise Refusal(
            _("文号“%(number)s”已经用在%(case)s的文书上，一个文号只用于一份文书。请照本件的文书核对后填写。")
            % {**words, "case": seen.number},
            code="invalid",
        )
    raise Refusal(
        _(
            "文号“%(number)s”%(unit)s已经用在另一件的文书上，一个文号只用于一份文书。请照本件的文书核对后填写。"
        )
        % words,
        code="invalid",
    )


def _used_by(unit: Unit, number: str) -> set[int]:
    """Ids of the cases in which a paper of the unit bears the number: answers, former ones too, and notices."""
    found: set[int] = set()
    for model in (Reply, PaperService):
        of = Q(unit=unit) if model is Reply else Q(petition__lead_unit=unit) | Q(former_of__lead_unit=unit)
        rows = model.objects.filter(of, paper_number=number).exclude(paper_number="")
        for petition_id, former_id in rows.values_list("petition_id", "former_of_id"):
            found.add(petition_id or former_id)
    office = Q(petition__lead_unit=None, petition__registered_unit=unit)
    told = WrittenNotice.objects.filter(Q(petition__lead_unit=unit) | office, paper_number=number)
    told = told.exclude(paper_number="")  # as the index has it
    return found | set(told.values_list("petition_id", flat=True))


def _sharing(case: Petition, others: set[int]) -> set[int]:
    """Those of them that are this case, are answered together with it, or were before they were parted again: one step
    answered them, at one moment, on one paper."""
    root = case.joined_to_id or case.pk
    together = Q(pk__in=[case.pk, root]) | Q(joined_to=root)
    if (reply := getattr(case, "reply", None)) is not None:
        together |= Q(reply__unit=reply.unit_id, reply__at=reply.at)
    return set(Petition.objects.filter(together, pk__in=others).values_list("pk", flat=True))
