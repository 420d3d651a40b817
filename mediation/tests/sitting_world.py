"""Joint sittings on a case of 城市管理局, made through the doors, for the tests of sittings."""

from datetime import timedelta

from core.timekeeping import local_day, now
from mediation.services import sittings, undertakings
from mediation.sitting_enums import SittingKind, SittingState


def in_days(days, hour=9):
    return (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def make_sitting(cast, case, until=SittingState.CALLED, key="petition_officer", units=("housing",), **fields):
    """``until``: called, held (by 住房和城乡建设局 unless ``units`` says otherwise)."""
    asked = [getattr(cast.units, unit) for unit in units]
    new = sittings.NewSitting(
        **{
            "kind": SittingKind.JOINT,
            "question": "噪音和消防通道一起怎么管。",
            "place": "三楼会议室",
            "starts_at": in_days(3),
            "units": asked,
            **fields,
        }
    )
    row = sittings.call(actor=cast.actor(key), new=new, petition=case)
    if until == SittingState.HELD:
        row = sittings.hold(
            sitting=row,
            actor=cast.actor(key),
            resolved="两家各管一段，月底前落实。",
            came=asked,
            at=row.starts_at + timedelta(hours=1),
        )
    return row


def make_undertaking(cast, row, unit="housing", key="petition_officer", days=9, **fields):
    return undertakings.undertake(
        sitting=row,
        actor=cast.actor(key),
        unit=getattr(cast.units, unit),
        **{"what": "清出消防通道", "due_on": local_day(now()) + timedelta(days=days), **fields},
    )
