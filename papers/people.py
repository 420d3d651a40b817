"""Whom a paper names (条例 30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from papers.enums import TO_PETITIONER
from petitions import rules
from petitions.models import Petition
from petitions.selectors.veiling import NOBODY, SHORTEST

Value = str | list[str]


def words_of(petition: Petition) -> set[str]:
    """What would tell who the petitioners are: names, numbers, addresses. One query."""
    told = {
        value
        for person in petition.persons.all()
        for value in (person.name, person.id_number, person.phone, person.address)
    }
    return {word for word in told if len(word) >= SHORTEST and word not in NOBODY}


def texts(fields: Mapping[str, Value]) -> Iterable[str]:
    for value in fields.values():
        yield from value if isinstance(value, list) else [value]


def hide(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, str(_("（信访人信息保密）")))
    return text


def names_anybody(petition: Petition, kind: str, fields: Mapping[str, Value], actor: Actor) -> bool:
    """Whether the paper names the petitioner.

    Raises Refusal (code "invalid") where it must not: of an accusation no paper does; of a confidential case none to
    an office, and none by whoever is not to know the petitioner.
    """
    words = words_of(petition)
    named = any(word in text for text in texts(fields) for word in words)
    if not named:
        return False
    if petition.sealed:
        raise Refusal(
            _("检举控告件的文书不得写出举报人的姓名、证件、电话和住址（条例第三十条），请删去。"),
            code="invalid",
        )
    knows = rules.knows_petitioner(petition, actor)
    if petition.confidential and (kind not in TO_PETITIONER or not knows):
        raise Refusal(
            _("信访人要求保密：这份文书不得写出其姓名、证件、电话和住址（条例第三十条），请删去。"),
            code="invalid",
        )
    return True


def names_any(petitions: Iterable[Petition], kind: str, fields: Mapping[str, Value], actor: Actor) -> bool:
    """``names_anybody`` asked of every case of a letter: each may have a petitioner who must not be named."""
    named = [names_anybody(one, kind, fields, actor) for one in petitions]
    return any(named)
