"""Earlier cases of the person at the counter. A hint for the clerk: the same person may have several matters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from core.sealing import BlindIndexField
from core.text import DASHES, clean_text, id_number_facts
from petitions.models import Petition, PetitionPerson

MOST_PERSONS = 10
LEAST_DIGITS = 7


@dataclass(frozen=True)
class Known:
    """What has been typed about one person so far."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""

    def normal(self) -> Known:
        """As it would be kept, so that it can be compared."""
        return Known(
            clean_text(self.name),
            id_number_facts(clean_text(self.id_number)).number,
            phone_normal(self.phone),
            clean_text(self.address),
        )


@dataclass(frozen=True)
class Earlier:
    """An earlier case and what it has in common with the person: 证件号, 电话, or 姓名和住址."""

    petition: Petition
    shared: str


def phone_normal(phone: str) -> str:
    """Half-width, without spaces and dashes between figures, and a mobile number without 86 or 0 before it, however
    they were typed."""
    half = unicodedata.normalize("NFKC", clean_text(phone))
    figures = re.sub(rf"(?<=[0-9])[\s{DASHES}]+(?=[0-9])", "", half).strip()
    return re.sub(r"^(?:\+?86|0)\s*(?=1[3-9][0-9]{9}$)", "", figures)


def can_be_dialled(phone: str) -> bool:
    """Whether it has the figures of a telephone number, however they are written; "12" does not."""
    return sum(sign.isdigit() for sign in phone) >= LEAST_DIGITS


def earlier_cases(*, actor: Actor, persons: Sequence[Known], limit: int = 8) -> list[Earlier]:
    """Cases this actor may see of anybody among ``persons``, newest first. Two queries, none without anything to go by.

    A person is the same by the exact ID number, else the exact phone, else name and address together. To say so of a
    case is to name who stands behind it: cases whose petitioner this actor may not know are left out (条例 30).
    """
    known = [person.normal() for person in persons[:MOST_PERSONS]]
    ids = {person.id_number for person in known if len(person.id_number) >= LEAST_DIGITS}
    phones = {person.phone for person in known if len(person.phone) >= LEAST_DIGITS}
    homes = {(person.name, person.address) for person in known if person.name and person.address}
    wanted = (
        _in_index("id_index", [(number,) for number in ids])
        | _in_index("phone_index", [(phone,) for phone in phones])
        | _in_index("home_index", homes)
    )
    if not wanted:
        return []
    cases = list(
        Petition.objects.visible_to(actor)
        .filter(_petitioner_known(actor), pk__in=PetitionPerson.objects.filter(wanted).values("petition"))
        .select_related("lead_unit", "registered_unit")
        .order_by("-registered_at", "-pk")[:limit]
    )
    shared: dict[int, str] = {}
    for person in PetitionPerson.objects.filter(wanted, petition__in=cases).order_by("petition", "ordinal"):
        words = _shared(person, ids, phones)
        if person.petition_id not in shared or words == _("证件号相同"):
            shared[person.petition_id] = words
    return [Earlier(case, shared.get(case.pk, "")) for case in cases]


def _in_index(name: str, texts: Iterable[tuple[str, ...]]) -> Q:
    index = PetitionPerson._meta.get_field(name)
    assert isinstance(index, BlindIndexField)
    found = [value for words in texts for value in index.of_values(*words)]
    return Q(**{f"{name}__in": found}) if found else Q()


def _petitioner_known(actor: Actor) -> Q:
    """``rules.knows_petitioner`` as a condition on cases."""
    if actor.unit is None:
        return Q(pk__in=[])
    if actor.unit.kind == UnitKind.DISCIPLINE:
        open_to = Q(sealed=True) | Q(confidential=False)
    elif actor.unit.kind == UnitKind.PETITION_OFFICE:
        open_to = Q(sealed=False)
    else:
        open_to = Q(sealed=False, confidential=False)
    against_us = Q(complained_unit__in=actor.unit.ancestor_ids)
    return open_to & (Q(complained_unit=None) | ~against_us)


def _shared(person: PetitionPerson, ids: set[str], phones: set[str]) -> str:
    if person.id_number and person.id_number in ids:
        return _("证件号相同")
    if person.phone and person.phone in phones:
        return _("电话相同")
    return _("姓名和住址相同")
