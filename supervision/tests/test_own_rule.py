"""A district's rule for some units holds for the clocks of this room too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.timekeeping import local_day, now
from deadlines.enums import LengthUnit
from deadlines.rules_table import SHORT_DAYS
from deadlines.services import NewVersion, change_rule
from supervision.models import SupervisionClock

pytestmark = pytest.mark.django_db


def test_a_rule_for_one_unit_binds_the_supervision_of_its_cases_and_no_other(cast, press, fresh_case):
    plain = SupervisionClock.objects.get(supervision=press()).rule
    new = NewVersion(
        code="supervision",
        basis="本区〔2026〕9号文",
        length=plain.length,
        unit=LengthUnit(plain.unit),
        rolls=plain.rolls,
        extension_limit=plain.extension_limit,
        valid_from=local_day(now()),
        ladder=SHORT_DAYS,
        conditions={"unit": str(cast.units.housing.pk)},
    )
    own = change_rule(actor=cast.actor("sysadmin"), new=replace(new), running=False, reason="会议决定").rule
    here, there = fresh_case(), fresh_case(unit=cast.units.housing, handler="handler2")
    found = [SupervisionClock.objects.get(supervision=press(case)) for case in (here, there)]
    assert [clock.rule for clock in found] == [plain, own]
    assert found[1].facts["unit"] == str(cast.units.housing.pk) and found[1].facts["level"] == "district"
    assert found[1].due_at > now() + timedelta(hours=1)
