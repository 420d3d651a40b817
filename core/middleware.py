"""Refusals, and a database that went away, turned into pages."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from core.errors import Refusal
from core.pages import database_away, refusal_page

log = logging.getLogger(__name__)


def is_database_away(exception: BaseException | None) -> bool:
    """True for a lost or refused connection; False for a cancelled statement or a lock."""
    if not isinstance(exception, (OperationalError, InterfaceError)):
        return False
    state = getattr(exception.__cause__, "sqlstate", None) or getattr(exception.__cause__, "pgcode", None)
    # Class 08 connection, 53 resources, 57P shutdown; without a state there was no server to ask.
    return state is None or state[:2] in {"08", "53"} or state.startswith("57P")


class RequestGuard:
    """Pages for what views raise.

    ``Refusal`` becomes its sentence with its status (409, 403, …), a lost database becomes a 503
    that says that nothing was saved and offers to send the same form again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if is_database_away(exception):
            log.error("database_away", exc_info=exception)
            return database_away(request)
        return None
