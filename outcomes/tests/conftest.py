"""What the tests of this room share. ``answered()``: a case whose one request was supported, with its execution."""

from datetime import timedelta

import pytest

from core.timekeeping import local_day, now
from outcomes.models import Execution
from outcomes.services import executing
from petitions.enums import Status


@pytest.fixture
def answered(make_case):
    def make(until=Status.SERVED, **new):
        case = make_case(until=until, at=now() - timedelta(days=1), **new)
        return case, Execution.objects.filter(petition=case).first()

    return make


@pytest.fixture
def reported(answered, cast):
    def make(who="handler", **new):
        case, row = answered(**new)
        executing.report(
            execution=row, actor=cast.actor(who), text="夜市已定十点收摊，立了牌。", done_on=local_day(now())
        )
        return case, row

    return make
