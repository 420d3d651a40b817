"""Free texts that may name the petitioner, as a reader may have them who must not know who that is (条例 30).

``Veil`` is the one place that says what such a reader gets; ``over_case`` lays it over all that a case's pages print,
``over_rows`` over the titles of a list. Both change the rows in memory: what they were given is for showing, never for
saving.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from petitions import rules
from petitions.models import ArchiveFile, Attachment, Petition

SHORTEST = 2  # a lone sign would blot out half the text
NOBODY = frozenset({"本人", "家属", "匿名"})
TEXTS_OF_A_CASE = ("subject", "body", "place_text", "complained_text")
#: The texts of what hangs on a case, by the name under which the case page has it.
TEXTS: dict[str, tuple[str, ...]] = {
    "requests": ("text", "opinion"),
    "events": ("text", "public_text"),
    "records": ("text", "afterwards"),
    "shares": ("demand", "answer", "end_reason", "return_reason", "objection", "objection_decision"),
    "objections": ("reason", "decision"),
    "reply": ("text", "basis"),
    "reports": ("demand", "handling", "result", "attitude", "decided"),
    "material": ("items", "how"),
    "refusal": ("explanation",),
    "extension": ("reason",),
    "evaluation": ("comment",),
    "adoption": ("study", "reasons", "practice", "practised"),
}


class Veil:
    """Names, numbers and addresses of a case's people (and ``also``) out of its texts, for one reader.

    It covers what was registered; what a text gives away in other words nobody can find. Two queries at most, and none
    for a reader who may know the petitioner.
    """

    def __init__(
        self,
        petition: Petition,
        actor: Actor,
        also: Iterable[str] = (),
        *,
        forgotten: bool | None = None,
    ) -> None:
        self.lifted = rules.knows_petitioner(petition, actor)
        self.forgotten = False
        self.hidden: list[str] = []
        if self.lifted:
            return
        if forgotten is None:
            forgotten = forgotten_among([petition]) == {petition.pk}
        self.forgotten = forgotten
        told = {
            value
            for person in petition.persons.all()
            for value in (person.name, person.id_number, person.phone, person.address)
        }
        words = sorted({*told, *also}, key=len, reverse=True)
        self.hidden = [word for word in words if len(word) >= SHORTEST and word not in NOBODY]

    def __call__(self, text: str) -> str:
        if not text or self.lifted:
            return text
        if self.forgotten:
            return str(_("（按档案规定不再显示）"))  # nobody knows any more what would have to be covered
        for word in self.hidden:
            text = text.replace(word, _("（信访人信息保密）"))
        return text

    def over(self, row: Any, fields: Iterable[str]) -> None:
        """Change these texts of a row that is only shown."""
        if row is not None and not self.lifted:
            for field in fields:
                setattr(row, field, self(getattr(row, field)))


def forgotten_among(cases: Sequence[Petition]) -> set[int]:
    """Ids of those whose people have been taken away (去标识)."""
    done = ArchiveFile.objects.filter(petition__in=cases, done_at__isnull=False)
    return set(done.values_list("petition_id", flat=True))


def veil(petition: Petition, actor: Actor, text: str, *, also: Iterable[str] = ()) -> str:
    """One text as this reader may have it."""
    return Veil(petition, actor, also)(text) if text else text


def over_case(context: dict[str, Any], petition: Petition, actor: Actor) -> None:
    """Lay the veil over all that a page of the case prints (``TEXTS``; titles of related cases, each by its own
    people), and give files names that say nothing. Contents of files stay as they are."""
    over_rows(context.get("related", ()), actor)
    cover = Veil(petition, actor)
    if cover.lifted:
        return
    cover.over(petition, TEXTS_OF_A_CASE)
    for name, fields in TEXTS.items():
        found = context.get(name)
        for row in found if isinstance(found, list) else [found]:
            cover.over(row, fields)
    for number, file in enumerate(context.get("attachments", ()), start=1):
        file.name = neutral_name(file.name, number)


def neutral_name(name: str, number: int) -> str:
    """附件1.jpg: what people call their files names them, too."""
    ending = PurePath(name).suffix.lower()
    return _("附件%(number)d%(ending)s") % {"number": number, "ending": ending if ending.isascii() else ""}


def name_for(file: Attachment, petition: Petition, actor: Actor) -> str:
    """What a downloaded file is called for this reader: the name that the case page shows."""
    if rules.knows_petitioner(petition, actor):
        return file.name
    order = list(petition.attachments.values_list("pk", flat=True))
    return neutral_name(file.name, order.index(file.pk) + 1)


def veiled_from(actor: Actor) -> Q:
    """The cases whose texts this reader has under a veil; the condition for one of them is ``rules.knows_petitioner``.
    Sealed ones are left out: whoever reads those but for the body hands them up and knows the petitioner."""
    if actor.unit is None:
        return Q()
    own = Q(complained_unit__in=actor.unit.ancestor_ids[1:], complained_unit__isnull=False)
    return own if actor.unit.kind == UnitKind.PETITION_OFFICE else own | Q(confidential=True, sealed=False)


def may_need_veil(petition: Petition) -> bool:
    """Whether there is any reader of it who must not know the petitioner; asks nothing of the database."""
    return petition.confidential or petition.sealed or petition.complained_unit_id is not None


def over_rows(rows: Iterable[Petition], actor: Actor) -> None:
    """Lay the veil over the titles of listed cases. No query where none is confidential, sealed or complains of a
    unit; else three for all of them."""
    for row, cover in veils(rows, actor):
        cover.over(row, ("subject",))


def veils(rows: Iterable[Petition], actor: Actor) -> list[tuple[Petition, Veil]]:
    """Those of the cases whose texts this reader has under a veil, each with its own. Queries as for ``over_rows``."""
    doubtful = [row for row in rows if may_need_veil(row)]
    if not doubtful:
        return []
    prefetch_related_objects(doubtful, "complained_unit")
    hidden: Sequence[Petition] = [row for row in doubtful if not rules.knows_petitioner(row, actor)]
    if not hidden:
        return []
    prefetch_related_objects(hidden, "persons")
    forgotten = forgotten_among(hidden)
    return [(row, Veil(row, actor, forgotten=row.pk in forgotten)) for row in hidden]
