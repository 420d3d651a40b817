"""Acts whose forms live in rooms above: those rooms register an address here in ``AppConfig.ready``.

    extensions.register(Act.INSTRUCT, lambda petition: reverse("leaders:instruct", args=[petition.number]))

The next-step bar of the case page shows the act where ``rules.allowed_acts`` allows it and an address is known.
"""

from __future__ import annotations

from collections.abc import Callable

from petitions.enums import Act
from petitions.models import Petition

UrlBuilder = Callable[[Petition], str]

_builders: dict[Act, UrlBuilder] = {}


def register(act: Act, url: UrlBuilder) -> None:
    """Offer ``act`` at the address that ``url(petition)`` gives. Registering again replaces it."""
    _builders[act] = url


def url_of(act: Act, petition: Petition) -> str:
    """The address of an act that a room above holds; empty where no room offers it."""
    builder = _builders.get(act)
    return builder(petition) if builder else ""
