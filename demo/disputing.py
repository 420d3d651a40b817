"""A room of the county with hours and a mediator's card, and two disputes that came to it without a petition: one that
waits, from the code on its door; of one that the police sent both sides agreed to mediate."""

from __future__ import annotations

from datetime import time, timedelta

from accounts.actor import Actor
from demo.world import World
from mediation.dispute_enums import Source
from mediation.enums import ConsentHow, DisputeKind, Side
from mediation.models import Room
from mediation.people_enums import Grade, Language, Presence, RoomKind
from mediation.services import opening
from mediation.services.disputes import NewDispute, file_dispute, take_up
from mediation.services.mediators import MediatorCard, keep_mediator
from mediation.services.rooms import RoomCard, keep_room
from mediation.week import Span
from petitions.services import codes

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROOM, MEDIATOR, BESIDE = "榆钱邻里调解室", "mediator", "mediator2"
NOISE = NewDispute(
    words="楼上每天夜里十一点多拖桌椅，家里老人睡不着。说过两次，没有用。",
    name="贺兰平",
    phone="00000000021",
    other_name="楼上 502 住户",
)
FENCE = NewDispute(
    words="两家因为院墙排水口位置争执，民警到场劝开，双方愿意找人评一评。",
    name="温如意",
    phone="00000000022",
    other_name="邻居阮守成",
    other_phone="00000000023",
    source=Source.POLICE,
    reference="清公（榆钱）警情〔2026〕0812号",
    kind=DisputeKind.NEIGHBOURS,
)


def play(world: World) -> None:
    """After everything else, through the doors."""
    room = Room.objects.filter(name=ROOM).select_related("unit").first()
    if room is None:
        return
    _dress(world, room)
    file_dispute(
        actor=Actor.petitioner("申请人"),
        room=room,
        new=NOISE,
        token=codes.submit_key(f"{world.seed}:noise"),
        at=world.until - 20 * HOUR,
    )
    _mediate(world, room)


def _dress(world: World, room: Room) -> None:
    """Hours, a way to it, what it takes; and a card of whoever mediates there."""
    officer, at = world.actor("officer2"), world.until - 30 * DAY
    user = world.staff.posts[MEDIATOR].user
    week = [
        Span(day, *hours) for day in range(6) for hours in ((time(8, 30), time(12)), (time(14), time(18)))
    ]
    keep_room(
        actor=officer,
        room=room,
        card=RoomCard(
            unit=room.unit,
            kind=RoomKind.COURTYARD,
            name=room.name,
            brand="榆钱小院",
            address=room.address,
            directions="进社区大门左手第二个院子，有坡道。",
            phone=room.phone,
            seats=10,
            disputes=[DisputeKind.NEIGHBOURS, DisputeKind.FAMILY, DisputeKind.PROPERTY],
            mediators=[user, world.staff.posts[BESIDE].user],
            opening=week,
        ),
        at=at,
    )
    card = MediatorCard(
        fields=[DisputeKind.NEIGHBOURS, DisputeKind.PROPERTY],
        languages=[Language.MANDARIN, Language.LOCAL],
        grade=Grade.SECOND,
        presence=Presence.RESIDENT,
        shown=True,
    )
    keep_mediator(actor=officer, user=user, card=card, at=at)


def _mediate(world: World, room: Room) -> None:
    actor, at = world.actor(MEDIATOR), world.until - 3 * DAY
    filed = file_dispute(
        actor=actor, room=room, new=FENCE, token=codes.submit_key(f"{world.seed}:fence"), at=at
    )
    mediation = take_up(
        dispute=filed.dispute,
        actor=actor,
        room=room,
        mediator=world.staff.posts[MEDIATOR].user,
        kind=DisputeKind.NEIGHBOURS,
        at=at + HOUR,
    )
    for side, who in ((Side.PETITIONER, "温如意"), (Side.OTHER, "阮守成")):
        opening.give_consent(
            mediation=mediation,
            actor=actor,
            party=mediation.parties.get(side=side),
            who=who,
            how=ConsentHow.PHONE,
            at=at + 3 * HOUR,
        )
