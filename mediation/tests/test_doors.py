import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import now
from mediation import rules
from mediation.enums import ConsentHow, MediationAct, Result, Side, State
from mediation.models import Consent, MediationCase, Session
from mediation.services import booking
from mediation.services.opening import end_mediation, open_mediation, withdraw_consent
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import cancel_session, hold_session
from notifications.models import Notice
from petitions.enums import Act, Kind, Status
from petitions.models import Petition
from petitions.services import answering, forwarding
from tests.mediating import agrees, party_of

pytestmark = pytest.mark.django_db


def consent(mediation, cast, side=Side.PETITIONER, key="mediator", **fields):
    values = {"who": "张小河", "how": ConsentHow.WRITTEN, **fields}
    return agrees(mediation, side, cast.actor(key), **values)


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code
    return refusal.value.sentence


def history(case):
    return list(case.events.filter(act=Act.MEDIATE).order_by("id").values_list("text", flat=True))


@pytest.fixture
def second_mediator(cast):
    person = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=person,
        unit=cast.units.mediation,
        role=Role.MEDIATOR,
        valid_from=cast.post("mediator").valid_from,
    )
    return person


# Rooms


def test_a_room_is_kept_by_the_petition_office(cast, room_of):
    room = room_of()
    changed = keep_room(
        actor=cast.actor("petition_officer"),
        room=room,
        card=RoomCard(unit=room.unit, name="宝大叔工作室", address=room.address, published=False),
    )
    assert (changed.pk, changed.name, changed.published, changed.mediators.count()) == (
        room.pk,
        "宝大叔工作室",
        False,
        0,
    )


@pytest.mark.parametrize("key", ["mediator", "handler", "unit_head", "leader", "clerk", "outsider"])
def test_nobody_else_keeps_rooms(cast, key):
    card = RoomCard(unit=cast.units.dongxi, name="x", address="y")
    refused(lambda: keep_room(actor=cast.actor(key), card=card), "forbidden")


def test_a_room_has_a_name_of_its_own_an_address_and_real_mediators(cast, room_of):
    room_of()
    assert "同名" in refused(room_of, "invalid")
    refused(lambda: room_of(name=" "), "invalid")
    refused(lambda: room_of(name="二室", address=""), "invalid")
    refused(lambda: room_of(name="二室", mediators=[cast.handler]), "invalid")


# In, by consent


def test_opening_lets_the_mediator_read_the_case_and_moves_nothing(cast, fresh_case, mediation_of):
    case = fresh_case()
    clocks = list(case.clocks.values_list("rule__code", "stopped_at"))
    assert not Petition.objects.visible_to(cast.actor("mediator")).exists()
    mediation = mediation_of(case)
    assert Petition.objects.visible_to(cast.actor("mediator")).get() == case
    assert mediation.state == State.WAITING_CONSENT
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    assert list(case.clocks.values_list("rule__code", "stopped_at")) == clocks
    assert len(history(case)) == 1
    notice = Notice.objects.get(dedupe_key=f"mediation:{mediation.pk}:opened:{cast.mediator.pk}")
    assert case.subject not in notice.text


@pytest.mark.parametrize(
    "key, allowed",
    [
        ("handler", True),
        ("unit_head", True),
        ("petition_officer", True),
        ("handler2", False),
        ("outsider", False),
        ("leader", False),
        ("clerk", False),
        ("inspector", False),
        ("mediator", False),
    ],
)
def test_who_may_bring_a_case_here(cast, mediation_of, key, allowed):
    if allowed:
        assert mediation_of(actor=key).is_open
    else:
        refused(lambda: mediation_of(actor=key), "forbidden")


def test_the_unit_complained_about_does_not_steer_its_own_mediation(cast, fresh_case, mediation_of):
    case = fresh_case(complained_unit=cast.units.housing, co_units=[cast.units.housing])
    refused(lambda: mediation_of(case, actor="handler2"), "forbidden")


def test_a_sealed_case_never_comes_here(cast, make_case, room_of):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    for key in ("petition_officer", "discipline_officer"):
        refused(
            lambda key=key: open_mediation(
                petition=case, actor=cast.actor(key), room=room_of(name=key), mediator=cast.mediator
            ),
            "forbidden",
        )


def test_an_answered_case_is_not_brought_here(make_case, mediation_of):
    refused(lambda: mediation_of(make_case(until=Status.CONCLUDED)), "stale")


def test_one_mediation_at_a_time(fresh_case, mediation_of):
    case = fresh_case()
    mediation_of(case)
    assert refused(lambda: mediation_of(case), "stale") == "本件已在调解中。"


def test_a_mediator_who_is_not_of_the_room_is_refused(cast, mediation_of, second_mediator):
    assert "名单" in refused(lambda: mediation_of(mediator=second_mediator), "invalid")


@pytest.mark.article(33)
def test_both_sides_consent_before_anything_is_arranged(cast, mediation_of, session_of):
    mediation = mediation_of()
    refused(lambda: session_of(mediation), "consent")
    consent(mediation, cast)
    assert mediation.state == State.WAITING_CONSENT
    refused(lambda: session_of(mediation), "consent")
    consent(mediation, cast, Side.OTHER, who="摊主老李")
    assert mediation.state == State.READY
    assert session_of(mediation).is_planned


def test_a_consent_says_who_and_when_and_is_given_once(cast, mediation_of):
    mediation = mediation_of()
    refused(lambda: consent(mediation, cast, who=" "), "invalid")
    refused(lambda: consent(mediation, cast, given_at=now() + timedelta(hours=1)), "invalid")
    consent(mediation, cast)
    refused(lambda: consent(mediation, cast), "stale")
    with pytest.raises(IntegrityError, match="consent_one_living_per_party"), transaction.atomic():
        Consent.objects.create(
            mediation=mediation,
            party=mediation.parties.get(),
            side=Side.PETITIONER,
            who="x",
            how=ConsentHow.PHONE,
            given_at=now(),
        )


# Out again, at any moment


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.article(33)
def test_either_side_leaves_at_any_time_and_it_ends_at_once(cast, mediation_of, session_of, side, agreed):
    mediation = mediation_of(agreed=agreed)
    session = session_of(mediation) if agreed else None
    withdraw_consent(
        mediation=mediation,
        actor=cast.actor("handler"),
        party=party_of(mediation, side, cast.actor("handler")),
    )
    assert mediation.state == State.ENDED
    assert mediation.result == (Result.WITHDRAWN if agreed else Result.DECLINED)
    if session:
        session.refresh_from_db()
        assert session.cancelled_at is not None
        refused(
            lambda: hold_session(
                session=session, actor=cast.actor("mediator"), record="x", result=Result.NOT_AGREED
            ),
            "stale",
        )
    case = mediation.petition
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    assert "不受影响" in history(case)[-1]
    assert str(Side(side).label) not in history(case)[-1]


def test_leaving_works_after_the_case_was_answered_too(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    answering.conclude(
        petition=mediation.petition,
        actor=cast.actor("handler"),
        text="已约谈摊主。",
        basis="《噪声污染防治法》",
        outcomes={r.pk: ("supported", "支持") for r in mediation.petition.requests.all()},
    )
    withdraw_consent(
        mediation=mediation,
        actor=cast.actor("mediator"),
        party=party_of(mediation, Side.OTHER, cast.actor("handler")),
    )
    assert mediation.state == State.ENDED


def test_a_case_may_be_mediated_anew_after_it_ended(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="差距较大")
    assert mediation.result == Result.NOT_AGREED
    refused(lambda: end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="再结束"), "stale")
    assert mediation_of(mediation.petition).is_open


def test_a_case_sealed_later_leaves_mediation_at_once(cast, fresh_case, mediation_of, session_of):
    case = fresh_case(until=Status.REGISTERED)
    mediation = mediation_of(case, agreed=True, actor="petition_officer")
    session = session_of(mediation)
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    mediation.refresh_from_db()
    session.refresh_from_db()
    assert mediation.state == State.ENDED
    assert session.cancelled_at is not None
    assert not MediationCase.objects.visible_to(cast.actor("mediator")).exists()
    assert not Notice.objects.filter(dedupe_key__startswith=f"mediation:{mediation.pk}:ended").exists()


# Sessions


def test_room_mediator_and_case_are_booked_once_at_a_time(
    cast, mediation_of, session_of, room_of, second_mediator
):
    both = [cast.mediator, second_mediator]
    one, two = room_of(mediators=both), room_of(name="二室", mediators=both)
    first = mediation_of(agreed=True, room=one)
    session_of(first)
    other = mediation_of(agreed=True, room=one)
    assert "宝大叔调解室" in refused(lambda: session_of(other, hour=10, mediator=second_mediator), "overlap")
    assert "方平" in refused(lambda: session_of(other, hour=10, room=two), "overlap")
    assert "本件" in refused(
        lambda: session_of(first, hour=10, room=two, mediator=second_mediator), "overlap"
    )
    assert session_of(other, room=two, mediator=second_mediator).is_planned
    assert session_of(first, hour=11).hours == "11:00–12:30"


@pytest.mark.parametrize("what", ["room", "mediator", "mediation"])
def test_the_database_too_books_nothing_twice(cast, mediation_of, session_of, room_of, second_mediator, what):
    booked = session_of(mediation_of(agreed=True))
    other = mediation_of(agreed=True)
    fields = {
        "room": other.room,
        "mediator": second_mediator,
        "mediation": other,
        what: getattr(booked, what),
    }
    name = {"mediation": "case"}.get(what, what)
    with pytest.raises(IntegrityError, match=f"session_{name}_once_at_a_time"), transaction.atomic():
        Session.objects.create(
            starts_at=booked.starts_at, ends_at=booked.ends_at, scheduled_at=now(), **fields
        )


def test_a_cancelled_session_frees_its_time(cast, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation)
    cancel_session(session=session, actor=cast.actor("mediator"))
    refused(lambda: cancel_session(session=session, actor=cast.actor("mediator")), "stale")
    assert session_of(mediation).is_planned


@pytest.mark.parametrize("fields", [{"days": -1}, {"minutes": 0}, {"minutes": -30}, {"minutes": 9 * 60}])
def test_a_time_that_cannot_be_is_refused(mediation_of, session_of, fields):
    refused(lambda: session_of(mediation_of(agreed=True), **fields), "invalid")


def held(session, cast, key="mediator", **fields):
    values = {"record": "双方各让一步。", "result": Result.NOT_AGREED, **fields}
    return hold_session(
        session=session, actor=cast.actor(key), at=session.starts_at + timedelta(hours=1), **values
    )


def test_an_agreement_ends_the_mediation_and_the_case_goes_on(cast, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation)
    refused(lambda: held(session, cast, result=Result.AGREED), "invalid")
    refused(lambda: held(session, cast, agreement="十点收摊"), "invalid")
    refused(lambda: held(session, cast, record=" "), "invalid")
    held(session, cast, result=Result.AGREED, agreement="每晚十点收摊，互不再追究。")
    mediation.refresh_from_db()
    assert (mediation.state, mediation.result) == (State.ENDED, Result.AGREED)
    case = Petition.objects.get(pk=mediation.petition_id)
    assert case.status == Status.ACCEPTED
    assert "达成协议" in history(case)[-1]
    assert not any("收摊" in line for line in history(case))


def test_a_session_without_agreement_leaves_room_for_another_and_a_refusal_ends_it(
    cast, mediation_of, session_of
):
    mediation = mediation_of(agreed=True)
    held(session_of(mediation), cast)
    mediation.refresh_from_db()
    assert mediation.state == State.HELD
    second = session_of(mediation, days=3)
    held(second, cast, result=Result.DECLINED)
    mediation.refresh_from_db()
    assert (mediation.state, mediation.result) == (State.ENDED, Result.DECLINED)


def test_a_session_is_not_recorded_before_it_begins_nor_twice_nor_by_others(cast, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation)
    refused(
        lambda: hold_session(
            session=session, actor=cast.actor("mediator"), record="x", result=Result.SUSPENDED
        ),
        "invalid",
    )
    for key in ("handler", "unit_head", "leader", "outsider"):
        refused(lambda key=key: held(session, cast, key=key), "forbidden")
    held(session, cast)
    refused(lambda: held(session, cast), "stale")


def test_the_database_refuses_an_agreement_without_its_text(mediation_of, session_of):
    session = session_of(mediation_of(agreed=True))
    session.held_at, session.record, session.result = now(), "谈妥", Result.AGREED
    with pytest.raises(IntegrityError, match="session_agreed_with_agreement"), transaction.atomic():
        session.save()


@pytest.mark.parametrize("act", MediationAct)
def test_outsiders_petitioners_leaders_and_administrators_do_nothing_here(cast, mediation_of, act):
    mediation = mediation_of(agreed=True)
    for key in (
        "outsider",
        "leader",
        "inspector",
        "statistician",
        "sysadmin",
        "auditor",
        "clerk",
        "handler2",
    ):
        unit = cast.units.dongxi
        assert not rules.may(
            act, cast.actor(key), petition=mediation.petition, mediation=mediation, unit=unit
        ), key


def test_a_mediator_of_another_case_does_nothing_on_this_one(cast, mediation_of, second_mediator):
    from accounts.actor import Actor

    mediation = mediation_of(agreed=True)
    stranger = Actor.of(second_mediator.posts.get())
    refused(
        lambda: withdraw_consent(
            mediation=mediation, actor=stranger, party=party_of(mediation, Side.OTHER, cast.actor("handler"))
        ),
        "forbidden",
    )


# Races


def race(*doors):
    """Run the doors in threads of their own at the same moment; what each came to."""
    start, outcomes = threading.Barrier(len(doors)), []

    def run(door):
        try:
            start.wait(10)
            door()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_cases_book_one_room_and_mediator_at_once_and_one_is_told(
    cast, mediation_of, session_of, room_of
):
    room = room_of()
    cases = [mediation_of(agreed=True, room=room) for _n in range(2)]
    assert race(*[lambda one=one: session_of(one) for one in cases]) == ["done", "overlap"]
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_crossed_bookings_of_rooms_and_mediators_never_lock_each_other_out(
    cast, mediation_of, session_of, room_of, second_mediator
):
    both = [cast.mediator, second_mediator]
    one, two = room_of(mediators=both), room_of(name="二室", mediators=both)
    cases = [mediation_of(agreed=True, room=one) for _n in range(4)]
    pairs = [(one, cast.mediator), (two, second_mediator), (one, second_mediator), (two, cast.mediator)]
    outcomes = race(
        *[
            lambda case=case, pair=pair: session_of(case, room=pair[0], mediator=pair[1])
            for case, pair in zip(cases, pairs, strict=True)
        ]
    )
    assert set(outcomes) <= {"done", "overlap"}
    assert outcomes.count("done") == Session.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_booking_the_look_before_could_not_see_is_refused_by_the_database(
    cast, mediation_of, session_of, room_of, monkeypatch
):
    room = room_of()
    first, other = (mediation_of(agreed=True, room=room) for _n in range(2))
    session_of(first)
    look, looked = booking.refuse_clash, []

    def blind_once(*args):
        looked.append(args)
        if len(looked) > 1:
            look(*args)

    monkeypatch.setattr(booking, "refuse_clash", blind_once)
    assert "已有安排" in refused(lambda: session_of(other), "overlap")
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_leaving_and_booking_at_once_never_leave_a_session_without_consent(cast, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    race(
        lambda: session_of(mediation),
        lambda: withdraw_consent(
            mediation=mediation,
            actor=cast.actor("handler"),
            party=party_of(mediation, Side.OTHER, cast.actor("handler")),
        ),
    )
    mediation.refresh_from_db()
    assert mediation.state == State.ENDED
    assert not Session.objects.filter(cancelled_at=None).exists()


def test_schedule_is_written_into_the_history_and_both_mediators_are_told(
    cast, mediation_of, session_of, room_of, second_mediator
):
    room = room_of(mediators=[cast.mediator, second_mediator])
    mediation = mediation_of(agreed=True, room=room)
    session = session_of(mediation, mediator=second_mediator)
    assert "安排调解" in history(mediation.petition)[-1]
    told = Notice.objects.filter(dedupe_key__startswith=f"session:{session.pk}:scheduled")
    assert set(told.values_list("recipient__username", flat=True)) == {"mediator", "mediator2"}
