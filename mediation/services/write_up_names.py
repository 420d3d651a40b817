"""Who could still be recognised in a text that is to be read by many. Nothing outside ``mediation.services`` calls
it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.text import DASHES, mask_name, mask_phone
from mediation.models import Attendee, Dispute, MediationCase

#: One sign is in every text.
SHORTEST = 2
NOBODY = frozenset({"本人", "家属", "匿名", "（已去标识）"})
LONG_NUMBER = re.compile(r"[0-9]{7,}")
BETWEEN = re.compile(rf"[\s{DASHES}]+")


def found_in(mediation: MediationCase, text: str) -> list[str]:
    """What of the people of this mediation stands in the text, each masked, with what it is: names, telephones,
    addresses, numbers of papers; and any figure as long as a telephone number. Spaces and dashes hide nothing."""
    bare = BETWEEN.sub("", text)
    found = []
    for kind, value in _known(mediation):
        word = BETWEEN.sub("", value)
        if len(word) >= SHORTEST and word not in NOBODY and word in bare:
            found.append(f"{kind}“{_masked(kind, value)}”")
    if not found and (number := LONG_NUMBER.search(bare)):
        found.append(_("号码“%(number)s”") % {"number": mask_phone(number.group())})
    return list(dict.fromkeys(found))


def _known(mediation: MediationCase) -> Iterator[tuple[str, str]]:
    name, phone, address, paper = _("姓名"), _("电话"), _("住址"), _("证件号")
    for party in mediation.parties.all():
        yield name, str(party.name)
        yield name, str(party.represented_by)
        yield phone, str(party.phone)
        yield address, str(party.address)
    for consent in mediation.consents.all():
        yield name, str(consent.who)
    for attendee in Attendee.objects.filter(session__mediation=mediation):
        yield name, str(attendee.name)
    matter = mediation.matter
    if isinstance(matter, Dispute):
        yield from ((name, str(matter.name)), (name, str(matter.other_name)), (address, str(matter.address)))
        yield from ((phone, str(matter.phone)), (phone, str(matter.other_phone)))
        return
    for person in matter.persons.all():
        yield name, str(person.name)
        yield phone, str(person.phone)
        yield address, str(person.address)
        yield paper, str(person.id_number)


def _masked(kind: str, value: str) -> str:
    if kind == _("姓名"):
        return mask_name(value)
    return mask_phone(value) if kind == _("电话") else f"{value[:2]}…"
