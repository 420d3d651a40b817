"""Two files of long ago whose term is over, so that 到期鉴定 can be tried: taken over from paper, ten years kept.

Nobody of today acted on them, and no rule of today was in force: they come in through the door of imports and are
closed as what they were, with the event that says so.
"""

from __future__ import annotations

from datetime import datetime

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day
from demo.county import YEARS_AGO
from demo.world import World
from petitions.enums import Act, Channel, Kind, Status
from petitions.models import ArchiveFile, Petition, PetitionEvent
from petitions.services import archiving, scope
from petitions.services.registering import NewPerson, NewPetition
from petitions.services.registering_many import Posted, register_many

FILES = (
    (
        "老粮站围墙裂缝",
        "老粮站北侧围墙开裂，放学的孩子天天从下面过，请有关部门看一看。",
        "罗长顺",
        "13900010011",
    ),
    ("河堤路灯不亮", "河堤上的路灯坏了半年，晚上看不见路，请安排修理。", "贺桂英", "13900010012"),
)


def load(world: World) -> None:
    """Take the files over at the moment of loading; without other cases the county stays empty."""
    if not world.drafts:
        return
    year = local_day(world.until).year - YEARS_AGO
    rows = [
        Posted(_taken_down(*file), datetime(year, 3, 4 + place, 9, 30, tzinfo=SHANGHAI))
        for place, file in enumerate(FILES)
    ]
    made = register_many(
        actor=Actor.system(),
        rows=rows,
        unit=world.units["petition_office"],
        text="纸质档案移交录入。",
        at=world.until,
    )
    for case in made:
        _close(case, case.registered_at.replace(month=4))
    ArchiveFile.objects.bulk_create(archiving.built(made, world.until))


def _taken_down(subject: str, body: str, name: str, phone: str) -> NewPetition:
    return NewPetition(
        channel=Channel.LETTER,
        subject=subject,
        body=body,
        kind=Kind.SUGGESTION,
        persons=[NewPerson(name=name, phone=phone, address="东溪镇老街")],
        source_ref=f"paper:{phone}",
    )


def _close(case: Petition, at: datetime) -> None:
    event = PetitionEvent(
        petition=case,
        act=Act.CLOSE,
        at=at,
        who=Actor.system().label,
        from_status=case.status,
        to_status=Status.CLOSED,
        text="移交前已办结，原办理材料在纸质档案内。",
    )
    event.save(force_insert=True)
    case.status, case.closed_at, case.due_at = Status.CLOSED, at, None
    case.save(update_fields=["status", "closed_at", "due_at"])
    scope.rebuild(case, at=at)
