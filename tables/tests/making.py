"""A table for tests that cross rooms, made through the doors."""

from __future__ import annotations

from accounts.enums import Role
from core.timekeeping import now
from tables.enums import Every, Key, Period, Told
from tables.models import SavedTable
from tables.services import saving, scheduling, sharing
from tables.shape import Shape


def a_table(cast) -> SavedTable:
    """The statistician's, of this month, shared with the petition office's officers, told of every Monday."""
    actor = cast.actor("statistician")
    shape = Shape(
        rows=Key.UNIT,
        columns=Key.CHANNEL,
        measures=("count", "heads", "acceptance"),
        period=Period.THIS_MONTH,
    )
    table = saving.save(actor=actor, title="各单位各渠道件次和按期受理告知率", shape=shape)
    office = cast.units.petition_office
    sharing.share(actor=actor, table=table, unit=office, below=False, role=Role.PETITION_OFFICER)
    scheduling.plan(
        actor=actor, table=table, every=Every.WEEK, weekday=0, day=1, hour=8, told=Told.READERS, at=now()
    )
    return table
