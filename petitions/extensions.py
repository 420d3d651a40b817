"""What rooms above tell this one, in ``AppConfig.ready``.

Acts whose forms live there register an address:

    extensions.register(Act.INSTRUCT, lambda petition: reverse("leaders:instruct", args=[petition.number]))

The next-step bar of the case page shows the act where ``rules.allowed_acts`` allows it and an address is known.

Where a room above has taken an act over for one case, ``done_elsewhere`` leads there; where something in a room above
ought to come before an act, ``warn_before`` says so above its form.

A room that lets people read a case by name says whether it still needs that (``keep_reading``): a right given for two
reasons ends with the second.

A room above shows what it has to do with a case on the case's page (``on_case_page``) and on the petitioner's own page
(``on_own_page``), and says when a matter has come to its end for good (``ends_for_good``, 条例 36).

A room above whose work on a case stands on a page of another room shows it with ``shows_work``.

A room above with numbers of its own says where they are looked up (``look_up_elsewhere``).

A room above that does something with a whole list of cases offers it beside the list (``beside_the_list``).

A room above that knows of instructions, has work of its own on a case, or keeps names of its people, says so with
``take_part_in_archives``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from petitions.enums import Act
from petitions.models import Petition, PetitionEvent, PetitionRequest, Reply

UrlBuilder = Callable[[Petition], str]
Need = Callable[[Petition, int], bool]

_builders: dict[Act, UrlBuilder] = {}
_needs: dict[str, Need] = {}
_instead: dict[Act, UrlBuilder] = {}


def register(act: Act, url: UrlBuilder) -> None:
    """Offer ``act`` at the address that ``url(petition)`` gives. Registering again replaces it."""
    _builders[act] = url


def url_of(act: Act, petition: Petition) -> str:
    """The address of an act that a room above holds; empty where no room offers it."""
    builder = _builders.get(act)
    return builder(petition) if builder else ""


def done_elsewhere(act: Act, url: UrlBuilder) -> None:
    """Lead whoever begins ``act`` to ``url(petition)`` where that is not empty: something above has taken it over.
    Registering again replaces it."""
    _instead[act] = url


def elsewhere(act: Act, petition: Petition) -> str:
    """The address at which the act is done instead; empty: here."""
    builder = _instead.get(act)
    return builder(petition) if builder else ""


_cautions: dict[Act, dict[str, Callable[[Petition], str]]] = {}


def warn_before(act: Act, words: Callable[[Petition], str]) -> None:
    """Show ``words(petition)``, where not empty, above the form of ``act``: a room above knows of something that ought
    to come first. Several rooms may; registering the same function again replaces it."""
    _cautions.setdefault(act, {})[f"{words.__module__}.{words.__qualname__}"] = words


def cautions(act: Act, petition: Petition) -> list[str]:
    """In the order in which the rooms registered."""
    return [said for words in _cautions.get(act, {}).values() if (said := words(petition))]


def keep_reading(room: str, need: Need) -> None:
    """Ask ``need(petition, user_id)`` before a reading right by name is taken back. Registering again replaces it."""
    _needs[room] = need


def still_reads(petition: Petition, user_id: int) -> bool:
    """Whether any room still gives this person the case to read."""
    return any(need(petition, user_id) for need in _needs.values())


_calls: dict[str, Callable[[Petition, Actor], bool]] = {}


def calls_on(room: str, asked: Callable[[Petition, Actor], bool]) -> None:
    """``asked(petition, actor)``: the room asked this person to call or visit the petitioner, so that they may open a
    telephone number as the case's own parties may, with a reason and on record. Registering again replaces it."""
    _calls[room] = asked


def was_asked_to_call(petition: Petition, actor: Actor) -> bool:
    return any(asked(petition, actor) for asked in _calls.values())


def _none(case_ids: Collection[int]) -> set[int]:
    return set()


@dataclass(frozen=True)
class ArchivePart:
    """What a room above has to do with archives. ``instructed``: which of these cases a leader gave an instruction on;
    ``unfinished``: on which of them the room still works; ``forget(case)``: empty the sealed texts about its people, in
    the caller's transaction, and say how many there were."""

    forget: Callable[[Petition], int]
    instructed: Callable[[Collection[int]], set[int]] = _none
    unfinished: Callable[[Collection[int]], set[int]] = _none


_archives: dict[str, ArchivePart] = {}


def take_part_in_archives(room: str, part: ArchivePart) -> None:
    """Registering again replaces it."""
    _archives[room] = part


def instructed(case_ids: Collection[int]) -> set[int]:
    """Those of the cases on which a leader gave an instruction."""
    return set().union(*(part.instructed(case_ids) for part in _archives.values()))


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Those of the cases on which a room above still works."""
    return set().union(*(part.unfinished(case_ids) for part in _archives.values()))


def forget_people(petition: Petition) -> int:
    """Let every room above empty its sealed texts about the people of this case; how many there were."""
    return sum(part.forget(petition) for part in _archives.values())


@dataclass(frozen=True)
class Part:
    """What a room above adds to a page: a template and what it prints. ``top``: a short template for the head of the
    petitioner's own page, with the same context, where something there must not be missed. ``replaces``: on that
    page, by what the answer was replaced."""

    template: str
    context: dict[str, Any]
    top: str = ""
    replaces: str = ""


OwnPart = Callable[[Petition, datetime], Part | None]
CasePart = Callable[[Petition, Actor, datetime], Part | None]
_own_parts: dict[str, OwnPart] = {}
_case_parts: dict[str, CasePart] = {}
_ends: dict[str, Callable[[Petition], str]] = {}
Kept = Callable[[Petition, Actor, Sequence[PetitionEvent]], Collection[int]]
_kept: dict[Act, Kept] = {}
_finders: dict[str, Callable[[datetime], QuerySet[Any]]] = {}
#: What an answer supported, is due, and was not even reported (条例 32).
UNEXECUTED = "unexecuted"


def on_own_page(room: str, part: OwnPart) -> None:
    """``part(petition, at)`` stands on the petitioner's own page. Registering again replaces it."""
    _own_parts[room] = part


def on_case_page(room: str, part: CasePart) -> None:
    """``part(petition, actor, at)`` stands on the case's page; the actor reads the case. Registering again replaces
    it."""
    _case_parts[room] = part


def own_parts(petition: Petition, at: datetime) -> list[Part]:
    return [part for build in _own_parts.values() if (part := build(petition, at)) is not None]


def case_parts(petition: Petition, actor: Actor, at: datetime) -> list[Part]:
    return [part for build in _case_parts.values() if (part := build(petition, actor, at)) is not None]


@dataclass(frozen=True)
class Work:
    """What a room does about a case, in a line: since when, in words, how it stands (with a tone of ``status_badge``),
    and its page. ``settled``: the people of it agreed."""

    petition: Petition
    since: datetime
    words: str
    state: str
    tone: str
    url: str
    settled: bool = False


Works = Callable[[Sequence[Petition], Actor], Sequence[Work]]
_works: dict[str, Works] = {}


def shows_work(room: str, works: Works) -> None:
    """``works(cases, actor)`` is what the actor, who reads these cases, may see of it, the latest first. Registering
    again replaces it."""
    _works[room] = works


def work_of(room: str, cases: Sequence[Petition], actor: Actor) -> Sequence[Work]:
    """Empty where no such room has registered."""
    works = _works.get(room)
    return works(cases, actor) if works is not None else ()


def keep_words_of(act: Act, kept: Kept) -> None:
    """``kept(petition, actor, events)`` names the events of this act, by id, whose words the reader does not have: what
    they tell is in the room above. Registering again replaces it."""
    _kept[act] = kept


def find_with(what: str, rows: Callable[[datetime], QuerySet[Any]]) -> None:
    """``rows(at)`` is a query of the rows of a room above that another room looks for, each with ``petition``, ``unit``
    and ``due_on``; ``what`` is the word both know. Registering again replaces it."""
    _finders[what] = rows


def found_with(what: str, at: datetime) -> QuerySet[Any] | None:
    """The query that was registered under this word; None where no room has."""
    rows = _finders.get(what)
    return rows(at) if rows is not None else None


def words_kept(petition: Petition, actor: Actor, events: Sequence[PetitionEvent]) -> set[int]:
    """Ids of those of the case's events whose words this reader does not have. No query where none is of such an
    act."""
    found: set[int] = set()
    for act, kept in _kept.items():
        if own := [event for event in events if event.act == act]:
            found |= set(kept(petition, actor, own))
    return found


def ends_for_good(room: str, words: Callable[[Petition], str]) -> None:
    """``words(petition)`` says that the matter of this case has been decided for good, empty when it has not."""
    _ends[room] = words


def ended_for_good(petition: Petition) -> str:
    """A sentence for whoever looks at a case of the same people and matter; a hint, never a block (条例 36, 44)."""
    return "".join(words(petition) for words in _ends.values())


@dataclass(frozen=True)
class Replaced:
    """A decision of a review was served that stands in the place of an answer (撤销, 变更; 条例 35, 36). ``grants`` are
    the requests it supports by its own words, ``what``; ``words`` name the decision."""

    reply: Reply
    words: str
    grants: Sequence[PetitionRequest]
    what: str


_replaced: dict[str, Callable[[Petition, Replaced, Actor, datetime], None]] = {}


def on_answer_replaced(room: str, follow: Callable[[Petition, Replaced, Actor, datetime], None]) -> None:
    """``follow(petition, replaced, actor, at)`` runs in the transaction of the service of the decision. Registering
    again replaces it."""
    _replaced[room] = follow


def answer_replaced(petition: Petition, replaced: Replaced, actor: Actor, at: datetime) -> None:
    for follow in _replaced.values():
        follow(petition, replaced, actor, at)


_looked_up: dict[str, Callable[[], str]] = {}


def look_up_elsewhere(prefix: str, url: Callable[[], str]) -> None:
    """Numbers that begin so are a room's above: whoever types one where cases are looked up is led to ``url()``,
    whether there is such a number or not. Registering again replaces it."""
    _looked_up[prefix] = url


def looked_up_at(number: str) -> str:
    """The address at which such a number is looked up; empty: here."""
    return next((url() for prefix, url in _looked_up.items() if number.upper().startswith(prefix)), "")


_after_bulk: dict[str, tuple[str, Callable[[], str]]] = {}


def after_bulk_forwarding(room: str, label: str, url: Callable[[], str]) -> None:
    """Lead on to ``url()`` from the page that tells what became of several cases forwarded at once. Registering again
    replaces it."""
    _after_bulk[room] = (label, url)


def links_after_bulk() -> list[tuple[str, str]]:
    """Words and addresses."""
    return [(label, url()) for label, url in _after_bulk.values()]


_beside_list: dict[str, tuple[str, Callable[[], str], Callable[[Actor], bool]]] = {}


def beside_the_list(room: str, label: str, url: Callable[[], str], offered: Callable[[Actor], bool]) -> None:
    """Offer ``url()`` beside the list of cases to whom ``offered`` says so; the list's own address, view and filters,
    goes with it. Registering again replaces it."""
    _beside_list[room] = (label, url, offered)


def links_beside_list(actor: Actor) -> list[tuple[str, str]]:
    """Words and addresses."""
    return [(label, url()) for label, url, offered in _beside_list.values() if offered(actor)]


_struck_off: dict[str, Callable[[Petition], date | None]] = {}


def strikes_off(room: str, day: Callable[[Petition], date | None]) -> None:
    """``day(petition)`` is when the matter was last taken off a leader's list (销案), None while it was not or is on
    one again. Registering again replaces it."""
    _struck_off[room] = day


def struck_off_on(petition: Petition) -> date | None:
    """The day in Asia/Shanghai of 销案, which is neither 办结 nor 化解 nor 息诉."""
    return max((day for read in _struck_off.values() if (day := read(petition)) is not None), default=None)


Receivers = tuple[int, list[int]]
_receivers: dict[str, Callable[[Petition], Receivers | None]] = {}


def name_receivers(room: str, units: Callable[[Petition], Receivers | None]) -> None:
    """``units(petition)`` is who was decided to lead and to help, by the units' ids, before the case is sent on; None
    where nothing was. Registering again replaces it."""
    _receivers[room] = units


def receivers_of(petition: Petition) -> Receivers | None:
    """What the form of 转送 and 交办 begins with."""
    return next((found for units in _receivers.values() if (found := units(petition)) is not None), None)


@dataclass(frozen=True)
class Decision:
    """One thing that waits for somebody's word: what it is, about what, who asks, since when, and the screen on
    which it is decided (with yes, no and asking back)."""

    what: str
    title: str
    why: str
    url: str
    since: datetime | None


@dataclass(frozen=True)
class Decisions:
    """What a room above has waiting: ``rows(actor)`` is a query of it, the oldest first; ``show`` puts some of its rows
    into words; ``url`` is the room's own list of it."""

    label: str
    rows: Callable[[Actor], QuerySet[Any]]
    show: Callable[[Sequence[Any], Actor], list[Decision]]
    url: Callable[[], str]


_decisions: dict[str, Decisions] = {}


def decisions_wait(room: str, what: Decisions) -> None:
    """Stand on the page of what waits for a leader's or a head's word. Registering again replaces it."""
    _decisions[room] = what


def waiting_decisions() -> dict[str, Decisions]:
    """By the name under which each was registered, in that order."""
    return dict(_decisions)
