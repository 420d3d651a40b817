"""Once a case is sealed, no room tells or knows of it any more but the discipline route, whichever act sealed it."""

from datetime import timedelta

import pytest

from core.timekeeping import local_day, now
from deadlines.services import sweep
from leaders.models import InstructionClock, PackageClock
from leaders.services.instructions import instruct
from leaders.services.packages import assign_package
from mediation.enums import ConsentHow, Side, State
from mediation.models import MediationCase, Session
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import schedule_session
from notifications.models import Notice, OutboxMessage
from petitions.enums import Kind, Status
from petitions.services import forwarding, sealing
from supervision.enums import Ground
from supervision.enums import State as Supervised
from supervision.models import Supervision, SupervisionClock, UrgentResponse
from supervision.services.opening import open_supervision
from supervision.services.urgent import dispatch
from tests.mediating import agrees

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(cast, make_case):
    """A case that every room has in hand and has told somebody of."""

    def make(until):
        case = make_case(until=until, at=now() - timedelta(days=2))
        officer = cast.actor("petition_officer")
        assign_package(
            petition=case,
            actor=officer,
            post=cast.post("leader"),
            target_on=local_day(now()) + timedelta(days=9),
            reason="群众反映集中",
        )
        instruct(
            petition=case,
            actor=cast.actor("leader"),
            text="请抓紧办理",
            due_on=local_day(now()) + timedelta(days=5),
        )
        room = keep_room(
            actor=officer,
            card=RoomCard(
                unit=cast.units.dongxi, name="调解室", address="河沿路8号", mediators=[cast.mediator]
            ),
        )
        mediation = open_mediation(petition=case, actor=officer, room=room, mediator=cast.mediator)
        for side in Side:
            agrees(mediation, side, cast.actor("mediator"), who="某人", how=ConsentHow.IN_PERSON)
        tomorrow = (now() + timedelta(days=1)).replace(hour=9, minute=0)
        schedule_session(
            mediation=mediation,
            actor=cast.actor("mediator"),
            room=room,
            mediator=cast.mediator,
            starts_at=tomorrow,
            ends_at=tomorrow + timedelta(hours=1),
        )
        if until != Status.REGISTERED:
            open_supervision(
                petition=case, actor=cast.actor("inspector"), ground=Ground.PERFUNCTORY, demand="请抓紧"
            )
        units = [cast.units.dongxi, cast.units.housing]
        dispatch(petition=case, actor=officer, units=units, place="后山", situation="山体滑坡")
        sweep(type(case.clocks.first()), now=now() + timedelta(days=1))
        return case

    return make


def seal(case, cast):
    officer = cast.actor("petition_officer")
    if case.status == Status.REGISTERED:
        forwarding.classify(petition=case, actor=officer, kind=Kind.ACCUSATION, reason="反映干部违纪")
    else:
        sealing.seal(petition=case, actor=officer, reason="反映干部违纪")


STATES = [Status.REGISTERED, Status.ACCEPTED]


@pytest.mark.parametrize("state", STATES)
def test_nobody_outside_the_route_keeps_a_notice_of_it_whatever_room_sent_it(cast, busy, state):
    case = busy(state)
    told = Notice.objects.filter(about=case.about)
    senders = {key.split(":")[0] for key in told.values_list("dedupe_key", flat=True)}
    assert {"package", "instruction", "mediation", "session", "urgent"} <= senders
    # Every notice that names the case, or leads to it or to what hangs on it, says what it is about.
    assert Notice.objects.filter(text__contains=case.number).exclude(about=case.about).count() == 0
    seal(case, cast)
    assert set(told.values_list("recipient__username", flat=True)) == {"discipline_officer"}
    assert not Notice.objects.filter(text__contains=case.number).exclude(about=case.about).exists()
    # What the system administrator hears of empty posts says nothing of any case.
    left = OutboxMessage.objects.exclude(notice__recipient=cast.discipline_officer)
    assert not left.exclude(notice__dedupe_key__startswith="vacant:").exists()


@pytest.mark.parametrize("state", STATES)
def test_the_rooms_above_let_go_of_it(cast, busy, state):
    case = busy(state)
    seal(case, cast)
    for clock_class in (PackageClock, InstructionClock):
        assert clock_class.objects.count() == 1
        assert not clock_class.objects.filter(stopped_at=None).exists()
    assert not SupervisionClock.objects.filter(stopped_at=None).exists()
    assert not UrgentResponse.objects.open().exists()
    assert not Supervision.objects.exclude(state=Supervised.LAPSED).exists()
    assert MediationCase.objects.get(petition=case).state == State.ENDED
    assert not Session.objects.filter(cancelled_at=None).exists()
