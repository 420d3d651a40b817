"""What waits for the word of whoever is logged in (待批), from every room that registered it with
``petitions.extensions.decisions_wait``: papers, extensions, replies in a leader's name, and what else is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import prefetch_related_objects

from accounts.actor import Actor
from accounts.models import Post
from leaders.models import InboxLetter
from petitions.extensions import Decision, waiting_decisions
from petitions.selectors.veiling import over_rows

#: More than this of one kind are counted as so many and more, and not read for one page.
MOST = 100


@dataclass(frozen=True)
class Waiting:
    """One kind of what waits, with the count of it and the first rows."""

    name: str
    label: str
    count: int
    url: str
    rows: list[Decision]

    @property
    def figure(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)


def counts(
    actor: Actor, also: Mapping[str, Any] | None = None, few: Mapping[str, Any] | None = None
) -> dict[str, int]:
    """How many of each kind wait, up to one more than MOST; of the queries in ``also`` too. One query, however many
    kinds there are. ``few``: rare rows among very many, which the planner must be free to find by another index than
    the key's."""
    if actor.post is None:
        return {}
    prefetch_related_objects([actor.post], "charge_units")
    asked = {**{name: kind.rows(actor) for name, kind in waiting_decisions().items()}, **(also or {})}
    found = {name: _ids(rows.order_by("pk")) for name, rows in asked.items()}
    found |= {name: _ids(rows.order_by()) for name, rows in (few or {}).items()}
    columns = {f"n_{n}": one for n, one in enumerate(found.values())}
    if not columns:
        return {}
    row = Post.objects.filter(pk=actor.post.pk).annotate(**columns).values_list(*columns).first()
    # A query that can find nothing is NULL there, not an empty list.
    return {name: len(ids or ()) for name, ids in zip(found, row, strict=True)} if row else {}


def waiting(actor: Actor, *, of_each: int = MOST) -> list[Waiting]:
    """Kinds of which something waits, with their rows: one query for the counts, and those of each such kind."""
    numbers, found = counts(actor), []
    for name, kind in waiting_decisions().items():
        if number := numbers.get(name, 0):
            rows = kind.show(list(kind.rows(actor)[:of_each]), actor)
            found.append(Waiting(name, str(kind.label), number, kind.url(), rows))
    return found


def _ids(rows: Any) -> ArraySubquery:
    return ArraySubquery(rows.values("pk")[: MOST + 1])


def letters(actor: Actor) -> Any:
    """Letters whose reply waits for the leader's release."""
    return InboxLetter.objects.to_release(actor).with_row_relations().order_by("at", "id")


def show_letters(rows: Sequence[InboxLetter], actor: Actor) -> list[Decision]:
    over_rows([row.petition for row in rows], actor)
    made = []
    for row in rows:
        reply = row.ordered_replies[0]  # type: ignore[attr-defined]
        made.append(
            Decision(
                what=row.inbox.name,
                title=row.petition.subject,
                why=f"{row.petition.number} · {reply.drafted_who}",
                url=f"{row.get_absolute_url()}#reply",
                since=reply.drafted_at,
            )
        )
    return made
