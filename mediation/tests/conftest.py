"""What the tests of this room share."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from core.timekeeping import now
from mediation.enums import ConsentHow, DisputeKind, Side
from mediation.services.disputes import NewDispute, file_dispute, take_up
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import schedule_session
from petitions.enums import Status
from tests.mediating import agrees


@pytest.fixture
def fresh_case(make_case):
    def make(until=Status.ACCEPTED, **new):
        return make_case(until=until, at=now() - timedelta(days=2), **new)

    return make


@pytest.fixture
def room_of(cast):
    def make(name="宝大叔调解室", **fields):
        card = {
            "unit": cast.units.dongxi,
            "name": name,
            "address": "东溪镇河沿路8号",
            "phone": "0570-1234567",
            "hours": "工作日 8:30–17:30",
            "mediators": [cast.mediator],
            **fields,
        }
        return keep_room(actor=cast.actor("petition_officer"), card=RoomCard(**card))

    return make


@pytest.fixture
def mediation_of(cast, fresh_case, room_of):
    """A mediation on a case of 城市管理局, opened by its handler; with ``agreed`` both sides have consented."""

    def make(case=None, *, agreed=False, actor="handler", room=None, mediator=None):
        mediation = open_mediation(
            petition=case or fresh_case(),
            actor=cast.actor(actor),
            room=room or room_of(name=f"调解室{now().timestamp()}"),
            mediator=mediator or cast.mediator,
        )
        if agreed:
            for side in Side:
                agrees(
                    mediation,
                    side,
                    cast.actor("mediator"),
                    who="张小河" if side == Side.PETITIONER else "摊主老李",
                    how=ConsentHow.IN_PERSON,
                )
        return mediation

    return make


@pytest.fixture
def session_of(cast):
    def make(mediation, *, days=1, hour=9, minutes=90, actor="mediator", **fields):
        start = (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        values = {
            "room": mediation.room,
            "mediator": mediation.mediator,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=minutes),
            **fields,
        }
        if values.get("apart"):
            values.setdefault("other_comes_at", values["starts_at"] + timedelta(minutes=45))
        return schedule_session(mediation=mediation, actor=cast.actor(actor), **values)

    return make


@pytest.fixture
def dispute_of(cast, room_of):
    """A dispute from the code on a room's door, or as ``actor`` wrote it down there."""

    def make(room=None, *, actor=None, token=None, at=None, **new):
        values = {"words": "楼上半夜拖桌子，睡不着。", "name": "张小河", "phone": "13800000001", **new}
        return file_dispute(
            actor=cast.actor(actor) if actor else Actor.petitioner("申请人"),
            room=room or room_of(name=f"调解室{now().timestamp()}"),
            new=NewDispute(**values),
            token=token,
            at=at,
        ).dispute

    return make


@pytest.fixture
def taken_up(cast, dispute_of):
    """A dispute in mediation in the hands of the mediator; with ``agreed`` both sides have consented."""

    def make(dispute=None, *, agreed=False, actor="mediator"):
        dispute = dispute or dispute_of(other_name="楼上老李", other_phone="13900000002")
        mediation = take_up(
            dispute=dispute,
            actor=cast.actor(actor),
            room=dispute.room,
            mediator=cast.mediator,
            kind=DisputeKind.NEIGHBOURS,
        )
        if agreed:
            for side in Side:
                agrees(mediation, side, cast.actor("mediator"))
        return mediation

    return make
