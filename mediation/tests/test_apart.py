"""Whoever must not meet the other side meets them by an explicit wish alone (反家庭暴力法 13; 未成年人保护法 11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from core.timekeeping import now
from mediation import selectors
from mediation.enums import ConsentHow, Result, Side
from mediation.models import JointWish, Session
from mediation.services import parties, wishes
from mediation.services.on_the_spot import record_session
from mediation.services.parties import NewParty
from mediation.services.sessions import hold_session, move_session
from mediation.tests.session_world import begun, refused
from notifications.models import Notice
from tests.mediating import older

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(cast):
    return cast.actor("mediator")


@pytest.fixture
def mediation(mediation_of, mine):
    """Both agreed; the other side must be kept apart."""
    made = mediation_of(agreed=True)
    protect(made, mine)
    return made


def protect(mediation, actor, protected=True):
    party = mediation.parties.get(side=Side.OTHER)
    new = NewParty(side=Side.OTHER, name=party.name, address="柳湾村七号", protected=protected)
    return parties.change_party(party=party, actor=actor, new=new)


def wished(mediation, actor, **more):
    party = mediation.parties.get(side=Side.OTHER)
    facts = {"who": "摊主老李", "how": ConsentHow.IN_PERSON, **more}
    return wishes.wish(party=party, actor=actor, **facts)


def on_the_spot(mediation, actor, **more):
    older(mediation)
    end = now() - timedelta(minutes=1)
    return record_session(
        mediation=mediation,
        actor=actor,
        room=mediation.room,
        starts_at=end - timedelta(minutes=30),
        ends_at=end,
        record="谈了。",
        result=Result.NOT_AGREED,
        **more,
    )


class TestArranging:
    def test_both_sides_together_are_refused_and_each_by_itself_is_booked(self, mediation, session_of):
        said = refused(lambda: session_of(mediation), "apart")
        assert "分开调解" in said and "当事人的页面登记" in said
        assert session_of(mediation, apart=True).apart

    def test_by_the_partys_own_wish_they_meet(self, mediation, session_of, mine):
        made = wished(mediation, mine)
        assert (made.who, made.how, made.recorded_by) == ("摊主老李", ConsentHow.IN_PERSON, mine.user)
        assert not session_of(mediation).apart

    def test_one_wish_does_not_speak_for_another_who_is_kept_apart(self, mediation, session_of, mine):
        wished(mediation, mine)
        own = mediation.parties.get(side=Side.PETITIONER)
        parties.change_party(
            party=own, actor=mine, new=NewParty(side=Side.PETITIONER, name="", protected=True)
        )
        refused(lambda: session_of(mediation), "apart")

    def test_a_booked_one_stays_apart_when_it_is_moved(self, mediation, session_of, mine):
        session = session_of(mediation, apart=True)
        facts = {
            "room": session.room,
            "mediator": session.mediator,
            "starts_at": session.starts_at + timedelta(hours=2),
            "ends_at": session.ends_at + timedelta(hours=2),
        }
        assert "对方几点到" in refused(lambda: move_session(session=session, actor=mine, **facts), "invalid")
        facts["other_comes_at"] = session.other_comes_at + timedelta(hours=2)
        assert move_session(session=session, actor=mine, **facts).apart
        facts["other_comes_at"] = None
        refused(lambda: move_session(session=session, actor=mine, apart=False, **facts), "apart")

    def test_one_that_was_booked_before_can_be_made_one_apart(self, mediation_of, session_of, mine):
        made = mediation_of(agreed=True)
        session = session_of(made)
        protect(made, mine)
        facts = {name: getattr(session, name) for name in ("room", "mediator", "starts_at", "ends_at")}
        facts["other_comes_at"] = session.starts_at + timedelta(minutes=40)
        assert move_session(session=session, actor=mine, apart=True, **facts).apart

    def test_the_form_says_what_to_do_and_keeps_what_was_typed(self, mediation, cast, client_as):
        client = client_as(cast.mediator)
        address = reverse("mediation:schedule", args=[mediation.petition.number])
        assert 'name="apart" class="checkboxinput form-check-input" id="id_apart" checked' in client.get(
            address
        ).content.decode().replace(' aria-describedby="id_apart_helptext"', "")
        day = (now() + timedelta(days=1)).date().isoformat()
        typed = {
            "room": mediation.room_id,
            "mediator": cast.mediator.pk,
            "day": day,
            "start": "09:00",
            "end": "10:00",
            "token": "t1",
        }
        kept = client.post(address, typed)
        assert (
            kept.status_code == 409
            and "两边错开到场" in kept.content.decode()
            and day in kept.content.decode()
        )
        assert not Session.objects.exists()
        for wrong, sentence in (("", "请填对方几点到"), ("09:00", "错开"), ("10:30", "错开")):
            answer = client.post(address, {**typed, "apart": "on", "other_comes": wrong})
            assert answer.status_code == 422 and sentence in answer.content.decode(), wrong
        assert client.post(address, {**typed, "apart": "on", "other_comes": "09:30"}).status_code == 302
        assert Session.objects.get().apart

    def test_each_side_reads_its_own_time(self, mediation, session_of):
        session = session_of(mediation, apart=True)
        read = {
            party.side: selectors.part_of(mediation, party, now(), agree="", decline="").context["comes_at"]
            for party in mediation.parties.all()
        }
        assert read == {Side.PETITIONER: session.starts_at, Side.OTHER: session.other_comes_at}
        told = Notice.objects.filter(dedupe_key__startswith=f"session:{session.pk}:scheduled").first().text
        assert f"对方{session.other_hour}到" in told
        # The history is read by the petitioner: nothing of the other side's time.
        assert not [one for one in mediation.petition.events.all() if session.other_hour in str(one.text)]


class TestRecording:
    def test_a_joint_one_is_not_recorded_without_the_wish(self, mediation_of, session_of, mine):
        made = mediation_of(agreed=True)
        session = begun(session_of(made))
        protect(made, mine)
        facts = {"session": session, "actor": mine, "record": "谈了。", "result": Result.NOT_AGREED}
        refused(lambda: hold_session(**facts), "apart")
        assert hold_session(**facts, apart=True).apart

    def test_nor_one_on_the_spot(self, mediation, mine):
        refused(lambda: on_the_spot(mediation, mine), "apart")
        assert on_the_spot(mediation, mine, apart=True).apart

    def test_a_wish_that_was_taken_back_is_none(self, mediation, session_of, mine):
        wished(mediation, mine)
        session = begun(session_of(mediation))
        wishes.take_back(party=mediation.parties.get(side=Side.OTHER), actor=mine)
        refused(
            lambda: hold_session(session=session, actor=mine, record="x", result=Result.NOT_AGREED), "apart"
        )
        assert mediation.parties.get(side=Side.OTHER).must_sit_apart


class TestWishing:
    def test_once_and_by_name_and_not_in_the_future(self, mediation, mine):
        refused(lambda: wished(mediation, mine, who=" "), "invalid")
        refused(lambda: wished(mediation, mine, wished_at=now() + timedelta(hours=1)), "invalid")
        wished(mediation, mine, wished_at=now() - timedelta(days=1))
        refused(lambda: wished(mediation, mine), "stale")

    def test_of_somebody_who_is_not_kept_apart_there_is_none(self, mediation_of, mine):
        assert "不用登记" in refused(lambda: wished(mediation_of(agreed=True), mine), "stale")

    def test_it_ends_with_the_protection(self, mediation, mine):
        wished(mediation, mine)
        protect(mediation, mine, protected=False)
        assert JointWish.objects.get().withdrawn_at is not None
        assert protect(mediation, mine).must_sit_apart, "kept apart anew, the old wish means nothing"

    @pytest.mark.parametrize("key", ["handler2", "inspector", "leader"])
    def test_nobody_else_writes_it_down(self, mediation, cast, key):
        refused(lambda: wished(mediation, cast.actor(key)), "forbidden")

    def test_nothing_to_take_back(self, mediation, mine):
        party = mediation.parties.get(side=Side.OTHER)
        refused(lambda: wishes.take_back(party=party, actor=mine), "stale")

    def test_on_its_page(self, mediation, cast, client_as):
        client, party = client_as(cast.mediator), mediation.parties.get(side=Side.OTHER)
        page = client.get(reverse("mediation:party", args=[mediation.petition.number, party.pk])).content
        address = reverse("mediation:wish", args=[party.pk])
        assert address in page.decode() and "wants_joint" not in page.decode()
        kept = client.post(address, {"who": "", "how": "phone"})
        assert kept.status_code == 422 and '<option value="phone" selected' in kept.content.decode()
        shown = client.post(address, {"who": "李某本人", "how": "phone"}, follow=True).content.decode()
        assert "李某本人" in shown and "本人收回" in shown
        assert "李某本人" not in client.get(mediation.get_absolute_url()).content.decode()
        client.post(reverse("mediation:wish_back", args=[party.pk]))
        assert party.wishes.get().withdrawn_at is not None

    def test_who_wished_is_sealed_and_emptied_with_the_people_of_the_case(self, mediation, mine):
        wished(mediation, mine)
        with connection.cursor() as cursor:
            cursor.execute("SELECT w::text FROM mediation_jointwish w")
            assert "摊主老李".encode().hex() not in cursor.fetchone()[0]
        assert wishes.forget(mediation.petition) == 1
        assert JointWish.objects.get().who == "（已去标识）"


def test_the_address_is_nowhere_where_the_other_side_reads(mediation, session_of, client, cast, client_as):
    session_of(mediation, apart=True)
    shown = client_as(cast.mediator).get(mediation.get_absolute_url()).content.decode()
    assert "柳湾村七号" not in shown and "分开调解" in shown and "12338" in shown and "110" in shown
