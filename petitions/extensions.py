"""What rooms above tell this one, in ``AppConfig.ready``.

Acts whose forms live there register an address:

    extensions.register(Act.INSTRUCT, lambda petition: reverse("leaders:instruct", args=[petition.number]))

The next-step bar of the case page shows the act where ``rules.allowed_acts`` allows it and an address is known.

A room that lets people read a case by name says whether it still needs that (``keep_reading``): a right given for two
reasons ends with the second.
"""

from __future__ import annotations

from collections.abc import Callable

from petitions.enums import Act
from petitions.models import Petition

UrlBuilder = Callable[[Petition], str]
Need = Callable[[Petition, int], bool]

_builders: dict[Act, UrlBuilder] = {}
_needs: dict[str, Need] = {}


def register(act: Act, url: UrlBuilder) -> None:
    """Offer ``act`` at the address that ``url(petition)`` gives. Registering again replaces it."""
    _builders[act] = url


def url_of(act: Act, petition: Petition) -> str:
    """The address of an act that a room above holds; empty where no room offers it."""
    builder = _builders.get(act)
    return builder(petition) if builder else ""


def keep_reading(room: str, need: Need) -> None:
    """Ask ``need(petition, user_id)`` before a reading right by name is taken back. Registering again replaces it."""
    _needs[room] = need


def still_reads(petition: Petition, user_id: int) -> bool:
    """Whether any room still gives this person the case to read."""
    return any(need(petition, user_id) for need in _needs.values())
