"""Fixtures of this room's tests."""

from datetime import timedelta

import pytest
import time_machine

from core.timekeeping import now
from tests.logging_in import log_in, take_up


@pytest.fixture
def enrolled(cast):
    """A handler with a second factor, taken up an hour ago, and the recovery codes."""
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        client, _done = log_in()
        return take_up(client, cast.handler)
