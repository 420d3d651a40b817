"""What was demanded of a unit that has ended is demanded of whoever followed it (条例 24)."""

from datetime import date, datetime

import pytest

from accounts.models import UnitSuccession
from core.timekeeping import SHANGHAI
from petitions.enums import Status
from petitions.services import succession
from supervision.enums import Ground
from supervision.services import opening

pytestmark = pytest.mark.django_db


@pytest.mark.article(24)
def test_a_supervision_follows_to_the_successor_and_stays_where_that_has_one_already(make_case, cast):
    at = datetime(2026, 9, 7, 0, 50, tzinfo=SHANGHAI)
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    given = {"petition": case, "actor": cast.actor("inspector"), "demand": "请书面反馈", "at": at}
    moving = opening.open_supervision(ground=Ground.LATE_ANSWER, unit=cast.units.urban, **given)
    opening.open_supervision(ground=Ground.CO_SILENCE, unit=cast.units.housing, **given)
    twin = opening.open_supervision(ground=Ground.CO_SILENCE, unit=cast.units.urban, **given)
    cast.units.urban.valid_until = date(2026, 9, 7)
    cast.units.urban.save(update_fields=["valid_until"])
    UnitSuccession.objects.create(
        unit=cast.units.urban,
        successor=cast.units.housing,
        basis="编办文件",
        recorded_at=at,
        recorded_by=cast.sysadmin,
    )
    assert succession.follow(at) == 1
    moving.refresh_from_db()
    twin.refresh_from_db()
    assert (moving.unit, twin.unit) == (cast.units.housing, cast.units.urban)
