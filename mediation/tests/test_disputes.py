"""Disputes that came to a room without being a petition: filed, taken up, answered, registered, kept, forgotten."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.services import sweep
from mediation.dispute_enums import DisputeState, Source
from mediation.enums import BarGround, DisputeKind, Leaving, Result, Side, State
from mediation.models import Consent, Dispute, DisputeClock, DisputeEvent, Level, MediationCase, Party
from mediation.services import disputes, levels, opening, parties, sessions
from mediation.services.dispute_archives import EMPTIED, forget_old
from mediation.services.dispute_cases import register_case
from notifications.models import Notice, OutboxMessage
from notifications.services import subjects
from notifications.services.entitled import still_there
from petitions import extensions
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.services import codes
from tests.cast import SINCE
from tests.mediating import agrees

pytestmark = pytest.mark.django_db


def posted(cast, unit, role, name) -> Actor:
    user = User.objects.create(username=name, name=name, password="!")
    return Actor.of(Post.objects.create(user=user, unit=unit, role=role, valid_from=SINCE))


def sees(dispute, actor) -> bool:
    return Dispute.objects.visible_to(actor).filter(pk=dispute.pk).exists()


def refused(door, code="") -> str:
    with pytest.raises(Refusal) as caught:
        door()
    assert not code or caught.value.code == code
    return caught.value.sentence


def take(cast, dispute, actor="mediator", **more):
    values = {
        "dispute": dispute,
        "actor": cast.actor(actor) if isinstance(actor, str) else actor,
        "room": dispute.room,
        "mediator": cast.mediator,
        "kind": DisputeKind.NEIGHBOURS,
        **more,
    }
    return disputes.take_up(**values)


def test_what_is_filed_has_a_number_of_its_own_and_a_code_that_is_not_kept(dispute_of):
    token = codes.new_token()
    dispute = dispute_of(token=token)
    assert dispute.number.startswith(f"TJ{now().year}-") and len(dispute.number) == 14
    assert codes.matches(dispute.number, codes.query_code(token), dispute.query_code_hash)
    assert codes.query_code(token) not in dispute.query_code_hash
    assert dispute.registered_by is None and dispute.source == Source.CODE


def test_the_same_form_twice_is_one_dispute(dispute_of, room_of):
    token, room = codes.new_token(), room_of()
    assert dispute_of(room, token=token).pk == dispute_of(room, token=token).pk
    assert Dispute.objects.count() == 1 and DisputeEvent.objects.count() == 1


def test_people_and_words_are_sealed_in_the_database(dispute_of):
    dispute_of(other_name="楼上老李", other_phone="13900000002", address="河沿路8号")
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM mediation_dispute d")
        row = cursor.fetchone()[0]
    for text in ("张小河", "13800000001", "楼上老李", "13900000002", "河沿路8号", "拖桌子"):
        assert text not in row and text.encode().hex() not in row


def test_nothing_said_and_nobody_named_are_refused_in_words(dispute_of):
    assert "什么纠纷" in refused(lambda: dispute_of(words=" "), "invalid")
    assert "怎么称呼" in refused(lambda: dispute_of(name=""), "invalid")
    assert "文号" in refused(lambda: dispute_of(actor="mediator", source=Source.COURT), "invalid")
    assert not Dispute.objects.exists()


def test_whoever_does_not_belong_to_the_room_writes_nothing_down_there(cast, dispute_of, room_of):
    room = room_of()
    for key in ("handler", "outsider", "leader", "clerk", "sysadmin"):
        refused(lambda key=key: dispute_of(room, actor=key, source=Source.WALK_IN), "forbidden")
    for key in ("mediator", "petition_officer"):
        assert dispute_of(room, actor=key, source=Source.WALK_IN).registered_by == cast.people[key]


def test_who_reads_it(cast, dispute_of, room_of):
    dispute = dispute_of(room_of())
    head = posted(cast, cast.units.dongxi, Role.UNIT_HEAD, "镇长")
    village = posted(cast, cast.units.liuwan, Role.UNIT_HEAD, "村主任")
    other_room = posted(cast, cast.units.dongxi, Role.MEDIATOR, "别室调解员")
    assert sees(dispute, head) and not sees(dispute, village) and not sees(dispute, other_room)
    readers = {key for key in cast.people if sees(dispute, cast.actor(key))}
    assert readers == {"mediator", "petition_officer", "inspector"}
    assert not sees(dispute, Actor.petitioner())


@pytest.mark.article(28)
def test_the_unit_on_the_other_side_neither_sees_nor_steers_it(cast, dispute_of, room_of):
    room = room_of(unit=cast.units.mediation)
    dispute = dispute_of(room, actor="mediator", source=Source.WALK_IN, other_unit=cast.units.petition_office)
    assert not sees(dispute, cast.actor("petition_officer"))
    assert not Notice.objects.filter(about=dispute.about, recipient=cast.petition_officer).exists()
    refused(lambda: take(cast, dispute, "petition_officer"), "forbidden")
    inside_it = posted(cast, cast.units.petition_office, Role.MEDIATOR, "信访局调解员")
    room.mediators.add(inside_it.user)
    assert "应当回避" in refused(lambda: take(cast, dispute, mediator=inside_it.user), "invalid")
    assert take(cast, dispute).is_open


@pytest.mark.article(28)
def test_a_room_does_not_mediate_the_dispute_of_its_own_unit(cast, dispute_of, room_of):
    room = room_of(unit=cast.units.liuwan)
    for unit in (cast.units.liuwan, cast.units.dongxi):
        said = refused(lambda unit=unit: dispute_of(room, actor="mediator", other_unit=unit), "invalid")
        assert "登记为信访件" in said


@pytest.mark.article(28)
def test_whoever_is_kept_out_is_out_under_every_hat(cast, taken_up):
    mediation = taken_up(agreed=True)
    dispute = mediation.dispute
    disputes.keep_out(dispute=dispute, actor=cast.actor("petition_officer"), user=cast.mediator)
    assert not sees(dispute, cast.actor("mediator"))
    assert not MediationCase.objects.visible_to(cast.actor("mediator")).exists()
    refused(
        lambda: opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="不调了"),
        "forbidden",
    )
    marked = MediationCase.objects.with_recused_mark().get()
    assert marked.mediator_recused
    replaced = Notice.objects.filter(about=dispute.about, text__contains="请换调解员")
    assert not replaced.filter(recipient=cast.mediator).exists() and replaced.exists()
    again = {"dispute": dispute, "actor": cast.actor("petition_officer"), "user": cast.mediator}
    refused(lambda: disputes.keep_out(**again), "stale")


def test_whoever_is_barred_cannot_steer_it_under_another_hat(cast, taken_up):
    mediation = taken_up()
    officer = cast.actor("petition_officer")
    parties.bar(
        mediation=mediation, actor=cast.actor("mediator"), user=officer.user, ground=BarGround.INTEREST
    )
    assert not sees(mediation.dispute, officer)
    refused(lambda: opening.end_mediation(mediation=mediation, actor=officer, text="不调了"), "forbidden")


def test_taking_it_up_begins_a_mediation_with_both_sides_and_ends_the_clock(cast, dispute_of):
    dispute = dispute_of(other_name="楼上老李", other_phone="13900000002")
    assert DisputeClock.objects.filter(dispute=dispute, stopped_at=None).count() == 1
    mediation = take(cast, dispute)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.kind) == (DisputeState.MEDIATING, DisputeKind.NEIGHBOURS)
    assert not DisputeClock.objects.filter(stopped_at=None).exists()
    assert {party.side for party in mediation.parties.all()} == set(Side)
    assert mediation.parties.get(side=Side.OTHER).phone == "13900000002"
    assert mediation.number == dispute.number and mediation.state == State.WAITING_CONSENT
    assert not Petition.objects.exists()


def test_it_is_taken_up_once_and_the_same_press_twice_is_told(cast, dispute_of):
    dispute, token = dispute_of(), codes.new_token()
    take(cast, dispute, token=token)
    assert "调解中" in refused(lambda: take(cast, dispute, token=token), "stale")
    assert MediationCase.objects.count() == 1
    with pytest.raises(IntegrityError, match="mediation_one_open_per_dispute"), transaction.atomic():
        MediationCase.objects.create(
            dispute=dispute, room=dispute.room, mediator=cast.mediator, opened_at=now()
        )


def test_a_mediation_is_of_a_case_or_of_a_dispute_and_of_nothing_else(cast, dispute_of, room_of, fresh_case):
    room, dispute, case = room_of(), dispute_of(), fresh_case()
    for of in ({}, {"petition": case, "dispute": dispute}):
        with pytest.raises(IntegrityError, match="case_or_a_dispute"), transaction.atomic():
            MediationCase.objects.create(room=room, mediator=cast.mediator, opened_at=now(), **of)


def test_through_two_sessions_up_the_ladder_to_an_agreement(cast, taken_up, session_of, room_of, dispute_of):
    village = room_of(name="村调解室", unit=cast.units.liuwan)
    mediation = taken_up(dispute_of(village, other_name="楼上老李"), agreed=True)
    dispute = mediation.dispute
    for number in (1, 2):
        session = session_of(mediation, days=number)
        sessions.hold_session(
            session=session,
            actor=cast.actor("mediator"),
            record="没有谈拢。",
            result=Result.NOT_AGREED,
            at=session.ends_at,
        )
    refused(lambda: session_of(mediation, days=4), "stale")
    town = room_of(name="镇调解室")
    second = Level.objects.order_by("place")[1]
    levels.hand_on(
        mediation=mediation,
        actor=cast.actor("mediator"),
        leaving=Leaving.FAILED,
        level=second,
        room=town,
        mediator=cast.mediator,
    )
    last = session_of(MediationCase.objects.get(pk=mediation.pk), days=5)
    sessions.hold_session(
        session=last,
        actor=cast.actor("mediator"),
        record="谈拢了。",
        result=Result.AGREED,
        agreement="夜里十点后不拖桌子。",
        at=last.ends_at,
    )
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.ENDED and dispute.settled_at is not None
    assert not sees(dispute, cast.actor("mediator")), "a mediator's reading ends with the mediation"
    assert sees(dispute, cast.actor("petition_officer"))
    assert Notice.objects.filter(recipient=cast.mediator, text__contains=dispute.number).exists()
    assert any("结果：达成协议" in line.text for line in dispute.events.all())


@pytest.mark.article(33)
def test_taking_consent_back_ends_it_at_once_and_it_can_come_again(cast, taken_up, session_of):
    mediation = taken_up(agreed=True)
    session = session_of(mediation)
    own = mediation.parties.get(is_petitioner=True)
    opening.withdraw_consent(mediation=mediation, actor=Actor.petitioner("申请人"), party=own)
    session.refresh_from_db()
    dispute = Dispute.objects.get()
    assert session.cancelled_at is not None and dispute.state == DisputeState.ENDED
    refused(lambda: take(cast, dispute), "forbidden")  # the mediator reads it no longer; the office does
    assert take(cast, dispute, "petition_officer").is_open
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.MEDIATING and dispute.settled_at is None


def test_nothing_is_arranged_before_both_agree(cast, taken_up, session_of):
    mediation = taken_up()
    refused(lambda: session_of(mediation), "consent")
    agrees(mediation, Side.PETITIONER, cast.actor("mediator"))
    refused(lambda: session_of(mediation), "consent")
    agrees(mediation, Side.OTHER, cast.actor("mediator"))
    assert session_of(mediation).is_planned


def test_the_same_booking_form_twice_is_one_session(cast, taken_up, session_of):
    mediation, token = taken_up(agreed=True), codes.new_token()
    session_of(mediation, token=token)
    refused(lambda: session_of(mediation, days=2, token=token), "repeated")
    assert mediation.sessions.count() == 1


def test_it_is_answered_with_words_once(cast, dispute_of):
    dispute = dispute_of()
    actor = cast.actor("mediator")
    assert "答复" in refused(lambda: disputes.answer(dispute=dispute, actor=actor, text=" "), "invalid")
    disputes.answer(dispute=dispute, actor=actor, text="请找物业公司先检修管道。")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.answer) == (DisputeState.ANSWERED, "请找物业公司先检修管道。")
    assert not DisputeClock.objects.filter(stopped_at=None).exists()
    officer = cast.actor("petition_officer")
    refused(lambda: disputes.answer(dispute=dispute, actor=officer, text="再答"), "stale")
    assert take(cast, dispute, "petition_officer").is_open, "an answer closes no way"


@pytest.mark.article(33)
def test_it_is_registered_as_a_petition_with_a_press_and_linked(cast, dispute_of):
    dispute = dispute_of(other_name="物业公司")
    disputes.keep_out(dispute=dispute, actor=cast.actor("petition_officer"), user=cast.leader)
    token = codes.new_token()
    done = register_case(dispute=dispute, actor=cast.actor("mediator"), token=token)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.petition) == (DisputeState.REGISTERED, done.petition)
    case = Petition.objects.get()
    assert (case.body, case.registered_unit) == (dispute.words, cast.units.petition_office)
    person = case.persons.get()
    assert (person.name, person.phone) == ("张小河", "13800000001")
    assert not unsealed_cases(cast.actor("leader")).exists(), "who was kept out stays out of it"
    assert list(case.room_disputes.all()) == [dispute]
    officer = cast.actor("petition_officer")
    again = register_case(dispute=dispute, actor=officer, token=token)
    assert again.petition == case and Petition.objects.count() == 1
    refused(lambda: register_case(dispute=dispute, actor=officer, token=codes.new_token()), "stale")
    assert Petition.objects.count() == 1
    assert "已登记为信访件" in refused(lambda: take(cast, dispute, "petition_officer"), "stale")


@pytest.mark.article(33)
def test_registering_it_stops_no_mediation(cast, taken_up):
    mediation = taken_up(agreed=True)
    register_case(dispute=mediation.dispute, actor=cast.actor("mediator"), token=codes.new_token())
    mediation.refresh_from_db()
    assert mediation.is_open and Dispute.objects.get().state == DisputeState.MEDIATING
    assert Dispute.objects.get().petition is not None


def test_it_is_linked_to_the_one_that_came_before(cast, dispute_of, room_of):
    room = room_of()
    first = dispute_of(room, at=now() - timedelta(days=20))
    second = dispute_of(room)
    actor = cast.actor("mediator")
    for number in ("TJ2026-0000000", second.number, ""):
        refused(lambda number=number: disputes.relate(dispute=second, actor=actor, number=number), "invalid")
    refused(lambda: disputes.relate(dispute=first, actor=actor, number=second.number), "invalid")
    disputes.relate(dispute=second, actor=actor, number=first.number.lower())
    second.refresh_from_db()
    assert second.earlier == first
    refused(lambda: disputes.relate(dispute=second, actor=actor, number=first.number), "stale")


def test_one_out_of_sight_is_not_linked_to(cast, dispute_of, room_of):
    hidden = dispute_of(room_of(mediators=[]), at=now() - timedelta(days=3))
    mine = dispute_of()
    door = lambda: disputes.relate(dispute=mine, actor=cast.actor("mediator"), number=hidden.number)  # noqa: E731
    assert "没有找到" in refused(door, "invalid")


def test_the_look_at_telephones_is_on_record(cast, dispute_of):
    dispute = dispute_of()
    disputes.look(dispute=dispute, actor=cast.actor("mediator"))
    refused(lambda: disputes.look(dispute=dispute, actor=cast.actor("inspector")), "forbidden")
    assert AuditEntry.objects.filter(act="mediation.dispute_contact").count() == 1


def test_one_that_nobody_takes_up_goes_up_the_ladder_and_names_nobody(cast, dispute_of, room_of):
    head = posted(cast, cast.units.dongxi, Role.UNIT_HEAD, "镇长")
    dispute = dispute_of(room_of(), at=now() - timedelta(days=30))
    told = Notice.objects.filter(about=dispute.about)
    came = set(told.values_list("recipient__name", flat=True))
    assert came == {"方平", "镇长"}
    sweep(DisputeClock, now=now())
    kinds = {cast.mediator.name, head.user.name, cast.petition_officer.name}
    late = told.filter(text__contains="到期还没有人接手")
    assert set(late.values_list("recipient__name", flat=True)) == kinds
    assert all("张小河" not in text for text in told.values_list("text", flat=True))
    clock = DisputeClock.objects.get()
    assert clock.rule.code == "dispute" and clock.rule.steps.first().kind == StepKind.REMIND


def test_a_room_without_people_is_told_to_the_office(cast, dispute_of, room_of):
    dispute = dispute_of(room_of(mediators=[]))
    told = Notice.objects.filter(about=dispute.about)
    assert set(told.values_list("recipient__name", flat=True)) == {cast.petition_officer.name}


def test_when_its_term_is_over_people_and_words_are_emptied_and_the_row_stays(cast, taken_up, settings):
    mediation = taken_up(agreed=True)
    opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="老李不愿再谈")
    dispute = Dispute.objects.get()
    assert dispute.settled_at is not None
    end = dispute.settled_at + timedelta(days=settings.DISPUTE_KEPT_DAYS)
    assert forget_old(end - timedelta(minutes=1)) == 0
    assert forget_old(end + timedelta(minutes=1)) == 1
    assert forget_old(end + timedelta(days=1)) == 0
    dispute.refresh_from_db()
    assert [getattr(dispute, name) for name in EMPTIED] == [""] * len(EMPTIED)
    assert dispute.query_code_hash == "" and dispute.state == DisputeState.ENDED
    assert {line.text for line in DisputeEvent.objects.all()} == {""}
    assert {party.name for party in Party.objects.all()} == {"", "（已去标识）"}
    assert {party.phone for party in Party.objects.all()} == {""}
    assert {consent.who for consent in Consent.objects.all()} == {"（已去标识）"}
    door = lambda: register_case(dispute=dispute, actor=cast.actor("petition_officer"))  # noqa: E731
    assert "保管期" in refused(door, "stale")


def test_what_waits_or_is_mediated_is_never_emptied(cast, dispute_of, taken_up):
    dispute_of()
    taken_up()
    assert forget_old(timezone.now() + timedelta(days=40_000)) == 0


@pytest.mark.article(28)
def test_what_waits_to_tell_whoever_is_kept_out_does_not_leave(cast, dispute_of):
    dispute = dispute_of()
    mine = OutboxMessage.objects.filter(notice__about=dispute.about)
    assert mine.filter(notice__recipient=cast.mediator).exists()
    disputes.keep_out(dispute=dispute, actor=cast.actor("petition_officer"), user=cast.mediator)
    noon = (now() + timedelta(days=1)).replace(hour=4, minute=0)
    entitled = still_there(list(mine.select_related("notice")), noon)
    assert not mine.filter(pk__in=entitled, notice__recipient=cast.mediator).exists()
    assert not mine.filter(subjects.sealed()).exists()


def test_with_the_people_of_its_case_those_of_the_dispute_are_forgotten(cast, dispute_of, taken_up):
    mediation = taken_up()
    dispute = mediation.dispute
    case = register_case(dispute=dispute, actor=cast.actor("mediator"), token=codes.new_token()).petition
    assert case.pk in extensions.unfinished([case.pk])
    opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="不调了")
    assert case.pk not in extensions.unfinished([case.pk])
    assert extensions.forget_people(case) >= 1
    dispute.refresh_from_db()
    assert (dispute.name, dispute.words, dispute.query_code_hash) == ("", "", "")
    assert extensions.forget_people(case) == 0


def race(*doors):
    """Run the doors at the same moment over connections of their own; what each came to."""
    start, outcomes = threading.Barrier(len(doors)), []

    def run(door):
        try:
            start.wait(5)
            door()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_take_it_up_at_once_and_one_is_told(cast, dispute_of):
    dispute = dispute_of()
    officer, mediator = cast.actor("petition_officer"), cast.actor("mediator")
    assert race(
        lambda: take(cast, Dispute.objects.get(pk=dispute.pk), officer),
        lambda: take(cast, Dispute.objects.get(pk=dispute.pk), mediator),
    ) == ["done", "stale"]
    assert MediationCase.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_one_dispute(cast, room_of, dispute_of):
    room, token = room_of(), codes.new_token()
    dispute_of(room)  # the year's series is there
    door = lambda: dispute_of(room, token=token)  # noqa: E731
    assert race(door, door) == ["done", "done"]
    assert Dispute.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_answered_and_registered_at_once_never_loses_it(cast, dispute_of):
    dispute = dispute_of()
    officer = cast.actor("petition_officer")
    outcomes = race(
        lambda: disputes.answer(dispute=dispute, actor=officer, text="请找物业。"),
        lambda: register_case(dispute=dispute, actor=officer, token=codes.new_token()),
    )
    dispute.refresh_from_db()
    assert dispute.petition is not None and "done" in outcomes
    assert dispute.state in {DisputeState.ANSWERED, DisputeState.REGISTERED}
