"""An instruction to a unit that has ended is reported on by whoever followed it (条例 24)."""

from datetime import date, datetime

import pytest

from accounts.models import UnitSuccession
from core.timekeeping import SHANGHAI
from leaders.services import instructions
from petitions.enums import Status
from petitions.services import succession

pytestmark = pytest.mark.django_db


@pytest.mark.article(24)
def test_an_open_instruction_follows_to_the_successor(make_case, cast):
    at = datetime(2026, 9, 7, 0, 50, tzinfo=SHANGHAI)
    case = make_case(until=Status.ACCEPTED)
    task = instructions.instruct(
        petition=case, actor=cast.actor("leader"), text="三日内报告。", due_on=date(2026, 9, 10), at=at
    )
    assert task.unit == cast.units.urban
    cast.units.urban.valid_until = date(2026, 9, 7)
    cast.units.urban.save(update_fields=["valid_until"])
    UnitSuccession.objects.create(
        unit=cast.units.urban,
        successor=cast.units.housing,
        basis="编办文件",
        recorded_at=at,
        recorded_by=cast.sysadmin,
    )
    succession.follow(at)
    task.refresh_from_db()
    assert task.unit == cast.units.housing
    instructions.report_instruction(instruction=task, actor=cast.actor("handler2"), text="已办。", at=at)
