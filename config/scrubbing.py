"""What PostgreSQL says of an error after its first line holds rows and values (``DETAIL:  Failing row contains …``, the
whole text of a petition): it is cut off before anything is written to a log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from django.db import Error

#: As it stands in a text, and in the ``repr`` of one.
MORE = re.compile(r"(?:\n|\\n)\s*(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*", re.DOTALL)
CUT = " [rest of the database's message left out]"


class FirstLineOfDatabaseErrors(logging.Filter):
    """Lets every record through, without what the database added to an error: in its words and in its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        kept = MORE.sub(CUT, said)
        if kept != said:
            record.msg, record.args = kept, None
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            record.exc_text = _traceback(record.exc_info[1], record.exc_text or _formatted(record))
        elif record.exc_text:
            record.exc_text = MORE.sub(CUT, record.exc_text)
        return True


def _formatted(record: logging.LogRecord) -> str:
    assert record.exc_info is not None
    return logging.Formatter().formatException(record.exc_info)


def _traceback(error: BaseException, text: str) -> str:
    """The traceback with the message of each error in it cut. What a message holds may look like any part of a
    traceback, so each is found as a whole first; whatever is left after that is cut to the end."""
    for one in _chain(error):
        words = str(one)
        if words and (isinstance(one, Error) or MORE.search(words)):
            kept = words.split("\n", 1)[0]
            text = text.replace(words, kept + CUT if kept != words else words)
    return MORE.sub(CUT, text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those it came from."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
