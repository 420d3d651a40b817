"""What the tests of this room share. Doors are called at real moments: the database's clocks and the views agree."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.timekeeping import now
from leaders.enums import VisitKind
from leaders.services.days import DayPlan, plan_day
from leaders.services.instructions import instruct
from leaders.services.packages import assign_package
from petitions.enums import Status


@pytest.fixture(autouse=True)
def cold_cache():
    cache.clear()


@pytest.fixture
def today():
    return now().date()


@pytest.fixture
def fresh_case(make_case):
    """A case of a few days, forwarded to 城市管理局 (in the charge of 高远) unless said otherwise; what made it is older than
    yesterday at any hour."""

    def make(until=Status.FORWARDED, **new):
        return make_case(until=until, at=now() - timedelta(days=2, hours=6), **new)

    return make


@pytest.fixture
def package_of(cast, fresh_case, today):
    def make(case=None, *, days=30, post="leader", actor="petition_officer", at=None):
        return assign_package(
            petition=case or fresh_case(),
            actor=cast.actor(actor),
            post=cast.post(post),
            target_on=today + timedelta(days=days),
            reason="多次反映未解决",
            at=at,
        )

    return make


@pytest.fixture
def instruction_of(cast, fresh_case):
    def make(case=None, *, text="请于7日内研究提出意见。", **kwargs):
        return instruct(petition=case or fresh_case(), actor=cast.actor("leader"), text=text, **kwargs)

    return make


@pytest.fixture
def plan(cast):
    """``plan(days=2, hour=9)``: 高远 at 东溪镇 for two hours."""

    def make(*, days=2, hour=9, hours=2, post="leader", **kwargs):
        start = (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        fields = {
            "post": cast.post(post),
            "kind": VisitKind.FIXED,
            "starts_at": start,
            "ends_at": start + timedelta(hours=hours),
            "place_unit": cast.units.dongxi,
            "place_text": "镇政府一楼接待室",
            **kwargs,
        }
        return DayPlan(**fields)

    return make


@pytest.fixture
def day_of(cast, plan):
    def make(**kwargs):
        return plan_day(actor=cast.actor("petition_officer"), plan=plan(**kwargs))

    return make
