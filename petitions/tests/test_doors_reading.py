"""Reading by name: what it was given for decides how long it lasts and under which hat it is used."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import local_day, now
from leaders.models import CasePackage
from leaders.services.packages import assign_package
from leaders.services.watching import end_watch
from mediation.enums import ConsentHow, Result, Side
from mediation.models import Session
from mediation.services.opening import end_mediation, open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import cancel_session, hold_session, schedule_session
from petitions.enums import Act, Kind, Status
from petitions.models import Petition
from petitions.services import following, scope
from tests.cases import strike_off_package
from tests.mediating import agrees

pytestmark = pytest.mark.django_db


def reads(actor, case):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.fixture
def case(make_case):
    return make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))


@pytest.fixture
def second(cast):
    """A second mediator, the clerk's other hat."""
    return Post.objects.create(
        user=cast.clerk,
        unit=cast.units.mediation,
        role=Role.MEDIATOR,
        valid_from=cast.post("clerk").valid_from,
    )


@pytest.fixture
def mediation(cast, case, second):
    card = RoomCard(
        unit=cast.units.mediation, name="一号", address="县前街1号", mediators=[cast.mediator, cast.clerk]
    )
    room = keep_room(actor=cast.actor("petition_officer"), card=card)
    opened = open_mediation(petition=case, actor=cast.actor("handler"), room=room, mediator=cast.mediator)
    for side in Side:
        agrees(opened, side, cast.actor("mediator"), who="某人", how=ConsentHow.IN_PERSON)
    opened.refresh_from_db()
    return opened


def book(cast, mediation, user):
    start = (now() + timedelta(days=1)).replace(hour=9)
    return schedule_session(
        mediation=mediation,
        actor=cast.actor("handler"),
        room=mediation.room,
        mediator=user,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )


class TestMediation:
    def test_reading_ends_for_every_mediator_when_the_mediation_ends(self, cast, case, mediation, second):
        book(cast, mediation, cast.clerk)
        both = [cast.actor("mediator"), Actor.of(second)]
        assert [reads(actor, case) for actor in both] == [True, True]
        end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="双方分歧大。")
        assert [reads(actor, case) for actor in both] == [False, False]
        last = case.events.filter(act=Act.MEDIATE).last()
        assert last.user == cast.mediator  # written while it could still be read

    def test_an_agreement_ends_it_too_and_is_in_the_history(self, cast, case, mediation):
        session = book(cast, mediation, cast.mediator)
        past = now() - timedelta(hours=2)
        Session.objects.update(starts_at=past, ends_at=past + timedelta(hours=1))
        hold_session(
            session=session,
            actor=cast.actor("mediator"),
            record="谈成了。",
            result=Result.AGREED,
            agreement="十点收摊。",
        )
        assert not reads(cast.actor("mediator"), case)
        assert "达成协议" in case.events.filter(act=Act.MEDIATE).last().text

    def test_a_cancelled_session_takes_it_from_who_came_for_that_alone(self, cast, case, mediation, second):
        session = book(cast, mediation, cast.clerk)
        cancel_session(session=session, actor=cast.actor("handler"))
        assert not reads(Actor.of(second), case)
        assert reads(cast.actor("mediator"), case)

    def test_what_a_package_still_gives_stays_until_it_is_struck_off(self, cast, case, mediation):
        hat = Post.objects.create(
            user=cast.mediator,
            unit=cast.units.district,
            role=Role.LEADER,
            valid_from=cast.post("mediator").valid_from,
        )
        package = assign_package(
            petition=case,
            actor=cast.actor("petition_officer"),
            post=hat,
            target_on=local_day(now()) + timedelta(days=9),
            reason="疑难",
        )
        end_mediation(mediation=mediation, actor=cast.actor("handler"), text="双方分歧大。")
        assert reads(Actor.of(hat), case)
        strike_off_package(package, Actor.of(hat), cast.actor("petition_officer"))
        assert reads(Actor.of(hat), case), "the matter is watched for half a year"
        CasePackage.objects.filter(pk=package.pk).update(watch_until=local_day(now()) - timedelta(days=1))
        assert end_watch(now()) == 1
        assert not reads(Actor.of(hat), case)

    def test_a_package_struck_off_leaves_a_mediator_what_the_mediation_gives(self, cast, case, mediation):
        following.revoke_reading(petition=case, user_id=cast.mediator.pk)
        assert reads(cast.actor("mediator"), case)


class TestHats:
    def test_a_case_given_to_a_leader_is_not_read_under_the_same_persons_other_hat(self, cast, make_case):
        case = make_case()
        scope.grant(case, cast.outsider)
        hat = Post.objects.create(
            user=cast.outsider,
            unit=cast.units.district,
            role=Role.LEADER,
            valid_from=cast.post("outsider").valid_from,
        )
        assert reads(Actor.of(hat), case)
        assert not reads(cast.actor("outsider"), case)

    def test_a_registrar_reads_the_sealed_case_they_registered_as_before(self, cast, make_case):
        sealed = make_case.registered(kind=Kind.ACCUSATION, actor=cast.actor("clerk")).petition
        assert reads(cast.actor("clerk"), sealed)
        assert not reads(cast.actor("petition_officer"), sealed)

    def test_it_costs_one_query_for_one_case_and_for_three(self, cast, make_case, django_assert_num_queries):
        for _n in range(3):
            scope.grant(make_case(), cast.leader2)
        for size in (1, 3):
            with django_assert_num_queries(2):  # the charge of the leader, the cases
                assert len(Petition.objects.visible_to(cast.actor("leader2"))[:size]) == size
