"""What every request passes: the size of its body, and refusals turned into pages."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from core import uploads
from core.errors import Refusal
from core.pages import database_away, refusal_page

log = logging.getLogger(__name__)
# Form fields and multipart borders come on top of the files.
FORM_ALLOWANCE = 2 * 1024 * 1024
DRAIN_LIMIT = 256 * 1024 * 1024
DRAIN_CHUNK = 1024 * 1024
# SQLSTATE 57014 is one statement that ran too long, not a database that is away.
QUERY_CANCELED = "57014"


def is_database_away(exception: BaseException | None) -> bool:
    """True for a lost or refused connection; False for a cancelled statement or a lock."""
    if not isinstance(exception, (OperationalError, InterfaceError)):
        return False
    state = getattr(exception.__cause__, "sqlstate", None) or getattr(exception.__cause__, "pgcode", None)
    # Class 08 connection, 53 resources, 57P shutdown; without a state there was no server to ask.
    return state is None or state[:2] in {"08", "53"} or state.startswith("57P")


class RequestGuard:
    """Answers a body that is too large before it is parsed, and pages for what views raise.

    ``Refusal`` becomes its sentence with its status (409, 403, …), a lost database becomes a 503
    that says that nothing was saved and offers to send the same form again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _body_size(request) > uploads.max_total_bytes() + FORM_ALLOWANCE:
            _drain(request)
            limit = uploads.size_text(uploads.max_total_bytes())
            sentence = f"发送的内容超过 {limit},没有接收,也没有保存。请减少或压缩附件后再试。"
            return refusal_page(request, Refusal(sentence, code="too_large"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if is_database_away(exception):
            log.error("database_away", exc_info=exception)
            return database_away(request)
        return None


def _body_size(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest) -> None:
    """Read and drop the body: a browser that is still sending never reads an answer."""
    left = DRAIN_LIMIT
    try:
        while left > 0 and (chunk := request.read(DRAIN_CHUNK)):
            left -= len(chunk)
    except (OSError, RawPostDataException):
        return
