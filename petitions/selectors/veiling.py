"""Free texts that may name the petitioner, as a reader may have them who must not know who that is (条例 30)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.actor import Actor
from petitions import rules
from petitions.models import ArchiveFile, Petition

SHORTEST = 2  # a lone sign would blot out half the text
NOBODY = frozenset({"本人", "家属", "匿名"})


def veil(petition: Petition, actor: Actor, text: str, *, also: Iterable[str] = ()) -> str:
    """``text`` itself, or with names, numbers and addresses of the case's people (and ``also``) replaced.

    It covers what was registered; what a text gives away in other words nobody can find. One query at most.
    """
    if not text or rules.knows_petitioner(petition, actor):
        return text
    if ArchiveFile.objects.filter(petition=petition, done_at__isnull=False).exists():
        return str(_("（按档案规定不再显示）"))  # nobody knows any more what would have to be covered
    told = {
        value
        for person in petition.persons.all()
        for value in (person.name, person.id_number, person.phone, person.address)
    }
    for value in sorted({*told, *also}, key=len, reverse=True):
        if len(value) >= SHORTEST and value not in NOBODY:
            text = text.replace(value, _("（信访人信息保密）"))
    return text
