"""One round of sending: the ways out take turns by the clock, so that one whose server is slow or away keeps back no
other."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from notifications.models import OutboxMessage
from notifications.services.claiming import put_back
from notifications.services.ways import Failure

#: Seconds that one channel sends before the next has its turn.
TURN_SECONDS = 2.0
#: After so many failures in a row that speak of the server, the rest of its channel waits.
TRIES_OF_A_SERVER = 3
PAUSE = timedelta(seconds=30)

Outcome = tuple[OutboxMessage, Failure | None, datetime]


def in_turns(
    claimed: Sequence[OutboxMessage],
    send: Callable[[OutboxMessage], Failure | None],
    at: datetime,
    *,
    seconds: float,
) -> Iterator[Outcome]:
    """Send in the order of each channel; each message with what went wrong and when, by the clock that said ``at``.

    What is left after so many ``seconds`` is put back, and so is what waits for a server that is away.
    """
    began = time.monotonic()
    lines: deque[_Line] = deque(_lines(claimed))
    while lines:
        line = lines.popleft()
        turn = time.monotonic()
        while line.waiting and not (lines and time.monotonic() - turn > TURN_SECONDS):
            if time.monotonic() - began > seconds:
                put_back([message for one in (line, *lines) for message in one.waiting], at)
                return
            message = line.waiting.popleft()
            failure = send(message)
            moment = at + timedelta(seconds=int(time.monotonic() - began))
            yield message, failure, moment
            if line.is_away(failure):
                put_back(line.waiting, moment + PAUSE)
                line.waiting.clear()
        if line.waiting:
            lines.append(line)


class _Line:
    """What waits for one channel, and how often its server failed in a row."""

    def __init__(self) -> None:
        self.waiting: deque[OutboxMessage] = deque()
        self._failed = 0

    def is_away(self, failure: Failure | None) -> bool:
        self._failed = self._failed + 1 if failure is not None and failure.of_server else 0
        return self._failed >= TRIES_OF_A_SERVER


def _lines(claimed: Sequence[OutboxMessage]) -> list[_Line]:
    lines: dict[str, _Line] = {}
    for message in claimed:
        lines.setdefault(message.channel, _Line()).waiting.append(message)
    return list(lines.values())
