"""The rows of an exported list of cases, as its reader has them on the pages: read in pieces, never all at once.

Sealed cases (检举控告) are in no exported list, whoever takes it: a file is read by others than its taker (条例 30).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core import text
from core.errors import Refusal
from core.sheets import Cell
from petitions import rules
from petitions.filters import PetitionFilter
from petitions.models import Petition, PetitionPerson
from petitions.querysets import PetitionQuerySet
from petitions.selectors import desk
from petitions.selectors.veiling import forgotten_among, veils
from reports.case_columns import PEOPLE, PERSONAL, Column, chosen

PIECE = 2000
#: What the list page keeps in its address beside the filters.
NOT_A_FILTER = frozenset({"view", "sort", "cursor"})


@dataclass(frozen=True)
class ListWish:
    """Which list, narrowed how, in which columns."""

    view: str
    filters: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @classmethod
    def asked(cls, query: Mapping[str, str], columns: Sequence[str] = ()) -> ListWish:
        """Of the address of a list page."""
        names = PetitionFilter.base_filters
        filters = {name: query[name] for name in sorted(names) if query.get(name)}
        return cls(query.get("view", ""), filters, tuple(columns))

    @classmethod
    def read(cls, words: str) -> ListWish:
        """What ``words`` wrote."""
        kept = json.loads(words)
        return cls(kept["view"], kept["filters"], tuple(kept["columns"]))

    def words(self) -> str:
        kept = {"view": self.view, "filters": self.filters, "columns": list(self.columns)}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @property
    def personal(self) -> bool:
        """Whether it names people, or tells what they wrote."""
        return not PERSONAL.isdisjoint(self.columns)


@dataclass(frozen=True)
class Listed:
    """A list ready to be read: its cases without the sealed, the oldest first, and what narrowed it, in words."""

    cases: PetitionQuerySet
    columns: list[Column]
    label: str
    narrowed: list[str]


def listed(actor: Actor, wish: ListWish, *, at: datetime) -> Listed:
    """Raises Refusal: the hat has no such list, or a filter cannot be read."""
    view = next((one for one in desk.views_of(actor) if one.key == wish.view), None)
    if view is None:
        raise Refusal(_("没有这个视图，或您当前的岗位不用它。请从信访件页面重新点导出。"), code="invalid")
    data = QueryDict(mutable=True)
    data.update(wish.filters)
    as_reader = cast(HttpRequest, SimpleNamespace(actor=actor))
    filters = PetitionFilter(data, queryset=desk.cases(actor, view, at=at), request=as_reader)
    if not filters.is_valid():
        raise Refusal(_("筛选条件读不出来，请回到信访件页面改好条件再导出。"), code="invalid")
    cases = filters.qs.filter(sealed=False).prefetch_related(None).order_by("registered_at", "pk")
    return Listed(cases, chosen(list(wish.columns)), str(view.label), _in_words(filters))


def _in_words(filters: PetitionFilter) -> list[str]:
    """信访形式：来访. What was chosen in the filter bar, for whoever reads the file."""
    said = []
    for name, value in filters.form.cleaned_data.items():
        if value in (None, ""):
            continue
        choices = (
            dict(getattr(filters.form.fields[name], "choices", ()) or ()) if isinstance(value, str) else {}
        )
        said.append(f"{filters.form.fields[name].label}：{choices.get(value, value)}")
    return said


Looked = Callable[[Sequence[Petition]], None]


def rows_of(
    found: Listed, actor: Actor, *, most: int, looked: Looked, tick: Callable[[int], None]
) -> Iterator[list[Cell]]:
    """The first ``most`` rows, each with a cell for every column. One cursor of the database for all of them, so that
    what happens meanwhile shows in none of them half.

    ``looked`` gets the cases whose people a piece shows in clear; ``tick`` how many rows were read so far.
    """
    always = ("pk", "confidential", "complained_unit_id")
    ways = [*always, *(way for column in found.columns for way in column.reads)]
    values = found.cases.values_list(*dict.fromkeys(ways))[:most]
    places = {way: place for place, way in enumerate(dict.fromkeys(ways))}
    plans = [(column, [places[way] for way in column.reads]) for column in found.columns]
    done = 0
    rows = values.iterator(chunk_size=PIECE)
    while piece := list(islice(rows, PIECE)):
        covers = _covers(piece, actor) if any(column.veiled for column in found.columns) else {}
        people = _people(piece, found.columns, actor, looked)
        for row in piece:
            yield _cells(row, plans, covers.get(row[0]), people.get(row[0], {}))
        done += len(piece)
        tick(done)


def _cells(
    row: tuple[Any, ...],
    plans: Sequence[tuple[Column, list[int]]],
    cover: Callable[[str], str] | None,
    people: Mapping[str, str],
) -> list[Cell]:
    cells: list[Cell] = []
    for column, places in plans:
        if not places:
            cells.append(people.get(column.code))
            continue
        value = column.show(*(row[place] for place in places))
        cells.append(
            cover(value) if cover is not None and column.veiled and isinstance(value, str) else value
        )
    return cells


def _covers(piece: Sequence[tuple[Any, ...]], actor: Actor) -> dict[int, Callable[[str], str]]:
    """The veil of each case of the piece that has one for this reader. Four queries at most."""
    doubtful = [pk for pk, confidential, complained, *_rest in piece if confidential or complained]
    if not doubtful:
        return {}
    rows = Petition.objects.filter(pk__in=doubtful).select_related("complained_unit")
    return {row.pk: cover for row, cover in veils(rows, actor)}


def _people(
    piece: Sequence[tuple[Any, ...]], columns: Sequence[Column], actor: Actor, looked: Looked
) -> dict[int, dict[str, str]]:
    wanted = [column.code for column in columns if column.code in PEOPLE]
    if not wanted:
        return {}
    cases = list(
        Petition.objects.filter(pk__in=[row[0] for row in piece])
        .select_related("complained_unit", "registered_unit", "lead_unit")
        .prefetch_related("persons")
    )
    forgotten = forgotten_among(cases)
    found: dict[int, dict[str, str]] = {}
    opened = []
    for case in cases:
        persons = list(case.persons.all())
        clear = bool(persons) and case.pk not in forgotten and rules.may_reveal(case, actor)
        if clear:
            opened.append(case)
        if case.pk in forgotten:
            found[case.pk] = dict.fromkeys(wanted, _("已去标识"))
        elif persons and not rules.knows_petitioner(case, actor):
            found[case.pk] = dict.fromkeys(wanted, _("身份保密"))
        else:
            found[case.pk] = {code: _told(persons, code, clear=clear) for code in wanted}
    if opened:
        looked(opened)
    return found


#: As the case page masks them; an address it does not show at all.
MASKED: dict[str, Callable[[str], str]] = {
    "name": text.mask_name,
    "phone": text.mask_phone,
    "id_number": text.mask_id_number,
    "address": lambda address: "",
}


def _told(persons: Sequence[PetitionPerson], code: str, *, clear: bool) -> str:
    name = code.removeprefix("people_")
    mask = MASKED[name]
    values = (getattr(person, name) for person in persons)
    return "、".join(value if clear else mask(value) for value in values if value)
