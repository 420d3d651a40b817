"""A code of the district's own, for tests."""

from datetime import timedelta

from core.timekeeping import local_day
from deadlines.enums import LengthUnit
from deadlines.rules_table import SHORT_DAYS
from deadlines.services import NewVersion, add_code
from tests.cases import MORNING

BEFORE = MORNING - timedelta(days=1)


def version(starts, stops, length=3, *, at=BEFORE, unit=LengthUnit.WORKING_DAY, ladder=SHORT_DAYS, **more):
    return NewVersion(
        code="",
        basis="本区〔2026〕12号文",
        length=length,
        unit=unit,
        rolls=True,
        extension_limit=None,
        valid_from=local_day(at),
        ladder=ladder,
        start_acts=starts,
        stop_acts=stops,
        **more,
    )


def own_code(cast, starts, stops, length=3, *, name="", at=BEFORE, **more):
    """Entered on the day before the cases of the tests come in."""
    name = name or f"{starts[0]}后回访"
    new = version(starts, stops, length, at=at, **more)
    return add_code(actor=cast.actor("sysadmin"), name=name, new=new, reason="区委会议", at=at)
