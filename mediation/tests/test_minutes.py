"""Agenda, who was there, minutes and proposals; what is told apart stays apart."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from core.converters import scattered
from core.timekeeping import now
from mediation.enums import BarGround, Side
from mediation.models import Attendee, Minute, ProposalAnswer, Session
from mediation.services import minutes, parties
from mediation.services.sessions import cancel_session
from mediation.session_enums import AsWhat
from mediation.tests.session_world import begun, both_there, queries_of, refused

pytestmark = pytest.mark.django_db
SECRET = "其实我愿意少要三千"


@pytest.fixture
def mine(cast):
    return cast.actor("mediator")


@pytest.fixture
def session(mediation_of, session_of):
    return begun(session_of(mediation_of(agreed=True)))


def page(client, session):
    return client.get(reverse("mediation:session", args=[session.pk]))


class TestAgenda:
    def test_short_lines_are_kept_and_a_new_agenda_takes_the_place_of_the_former(self, session, mine):
        assert minutes.set_agenda(session=session, actor=mine, text=" 收摊时间 \n\n音量").points == [
            "收摊时间",
            "音量",
        ]
        minutes.set_agenda(session=session, actor=mine, text="只谈音量")
        assert Session.objects.get(pk=session.pk).agenda.points == ["只谈音量"]

    @pytest.mark.parametrize(
        "text, words",
        [("　\n", "一行一项"), ("\n".join("一二三四五六七八九十甲乙丙"), "最多 12 项"), ("长" * 81, "80 字")],
    )
    def test_what_is_no_agenda_is_refused(self, session, mine, text, words):
        assert words in refused(lambda: minutes.set_agenda(session=session, actor=mine, text=text), "invalid")

    def test_it_is_written_before_the_session_and_not_for_a_cancelled_one(
        self, mediation_of, session_of, mine
    ):
        coming = session_of(mediation_of(agreed=True))
        assert minutes.set_agenda(session=coming, actor=mine, text="音量").pk
        cancel_session(session=coming, actor=mine)
        assert "取消" in refused(lambda: minutes.set_agenda(session=coming, actor=mine, text="音量"), "stale")


class TestWhoWasThere:
    def test_parties_and_whoever_came_with_them(self, session, mine):
        both_there(session, mine)
        other = session.mediation.parties.get(side=Side.OTHER)
        came = minutes.attend(session=session, actor=mine, as_what=AsWhat.LAWYER, party=other, name="䶮律师")
        assert (came.name, session.attendees.count()) == ("䶮律师", 3)
        assert "已经登记到场" in refused(
            lambda: minutes.attend(session=session, actor=mine, as_what=AsWhat.PARTY, party=other), "stale"
        )
        minutes.leave(attendee=came, actor=mine)
        refused(lambda: minutes.leave(attendee=came, actor=mine), "stale")
        assert Attendee.objects.get(pk=came.pk).left_at is not None

    def test_a_companion_has_a_name_and_a_party_is_chosen(self, session, mine):
        assert "姓名" in refused(
            lambda: minutes.attend(session=session, actor=mine, as_what=AsWhat.KIN, name=" "), "invalid"
        )
        assert "哪一位" in refused(
            lambda: minutes.attend(session=session, actor=mine, as_what=AsWhat.PARTY), "invalid"
        )

    def test_a_party_of_another_mediation_was_not_here(self, session, mine, mediation_of):
        stranger = mediation_of().parties.get()
        refused(
            lambda: minutes.attend(session=session, actor=mine, as_what=AsWhat.PARTY, party=stranger), "stale"
        )

    def test_nobody_is_there_before_it_begins(self, mediation_of, session_of, mine):
        coming = session_of(mediation_of(agreed=True))
        assert "才开始" in refused(
            lambda: minutes.attend(session=coming, actor=mine, as_what=AsWhat.KIN, name="某"), "invalid"
        )

    def test_names_of_companions_are_sealed_and_for_the_mediators_alone(self, session, mine, cast, client_as):
        minutes.attend(session=session, actor=mine, as_what=AsWhat.LAWYER, name="欧阳律师")
        with connection.cursor() as cursor:
            cursor.execute("SELECT a::text FROM mediation_attendee a")
            assert "欧阳律师" not in cursor.fetchone()[0]
        assert "欧阳律师" in page(client_as(cast.mediator), session).content.decode()
        for user in (cast.handler, cast.petition_officer, cast.inspector):
            shown = page(client_as(user), session).content.decode()
            assert "欧阳律师" not in shown and "律师" in shown


class TestApart:
    @pytest.fixture
    def apart(self, session, mine):
        party = session.mediation.parties.get(side=Side.OTHER)
        minutes.write(session=session, actor=mine, text=SECRET, about=party)
        minutes.write(session=session, actor=mine, text="双方都到了。")
        return party

    def test_it_is_on_no_page_but_its_own_and_each_look_is_on_record(self, session, apart, cast, client_as):
        client = client_as(cast.mediator)
        shown = page(client, session).content.decode()
        assert SECRET not in shown and "单独谈话（1 段）" in shown and "双方都到了。" in shown
        assert SECRET not in client.get(session.mediation.get_absolute_url()).content.decode()
        own = reverse("mediation:session_apart", args=[session.pk, apart.pk])
        assert SECRET in client.get(own).content.decode()
        assert AuditEntry.objects.filter(act="mediation.read_apart").count() == 1
        client.get(own)
        entries = AuditEntry.objects.filter(act="mediation.read_apart")
        assert entries.count() == 2 and entries.last().detail == {"side": Side.OTHER}

    @pytest.mark.parametrize("key", ["handler", "petition_officer", "inspector", "unit_head"])
    def test_no_office_reads_it_nor_learns_that_there_is_any(self, session, apart, cast, client_as, key):
        client = client_as(getattr(cast, key))
        own = reverse("mediation:session_apart", args=[session.pk, apart.pk])
        assert client.get(own).status_code in {403, 404}
        shown = page(client, session).content.decode()
        assert SECRET not in shown and "单独谈话" not in shown
        assert not AuditEntry.objects.filter(act="mediation.read_apart").exists()

    def test_a_mediator_of_the_matter_who_did_not_sit_does_not_read_it(self, session, apart, cast, room_of):
        from mediation.models import Seat

        Seat.objects.filter(session=session).delete()
        refused(
            lambda: minutes.read_apart(session=session, actor=cast.actor("mediator"), party=apart),
            "forbidden",
        )

    def test_whoever_was_barred_since_reads_it_no_more(self, session, apart, cast):
        parties.bar(
            mediation=session.mediation,
            actor=cast.actor("handler"),
            user=cast.mediator,
            ground=BarGround.INTEREST,
        )
        refused(
            lambda: minutes.read_apart(session=session, actor=cast.actor("mediator"), party=apart),
            "forbidden",
        )

    def test_it_is_sealed_in_the_table(self, apart):
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(m::text, ' ') FROM mediation_minute m")
            row = cursor.fetchone()[0]
        assert SECRET not in row and SECRET.encode().hex() not in row


class TestMinutes:
    @pytest.mark.parametrize("key", ["handler", "petition_officer", "inspector", "handler2"])
    def test_only_whoever_sits_writes(self, session, cast, key):
        refused(lambda: minutes.write(session=session, actor=cast.actor(key), text="x"), "forbidden")
        assert not Minute.objects.exists()

    def test_empty_and_too_long_ones_come_back(self, session, cast, client_as):
        client, address = client_as(cast.mediator), reverse("mediation:session_minute", args=[session.pk])
        assert client.post(address, {"text": " "}).status_code == 422
        kept = client.post(address, {"text": "甲" * 5001})
        assert kept.status_code == 422 and "甲" * 100 in kept.content.decode()
        assert not Minute.objects.exists()
        assert client.post(address, {"text": "谈了音量。"}).status_code == 302
        assert Minute.objects.get().about is None

    def test_none_are_added_when_the_mediation_is_over(self, session, mine):
        from mediation.services.opening import end_mediation

        end_mediation(mediation=session.mediation, actor=mine, text="谈不拢。")
        refused(lambda: minutes.write(session=session, actor=mine, text="x"), "stale")

    def test_the_petitioner_is_named_to_nobody_who_must_not_know(
        self, cast, client_as, mediation_of, session_of, fresh_case
    ):
        session = begun(session_of(mediation_of(fresh_case(confidential=True), agreed=True)))
        minutes.write(session=session, actor=cast.actor("mediator"), text="张小河说太吵。")
        assert "张小河" not in page(client_as(cast.mediator), session).content.decode()


class TestProposals:
    def test_each_party_says_yes_or_no_and_may_change_its_mind(self, session, mine):
        own, other = session.mediation.parties.order_by("id")
        offer = minutes.propose(session=session, actor=mine, text="十点收摊", party=own)
        made = minutes.answer(proposal=offer, actor=mine, party=other, accepted=False)
        refused(lambda: minutes.answer(proposal=offer, actor=mine, party=other, accepted=False), "stale")
        assert "自己的方案" in refused(
            lambda: minutes.answer(proposal=offer, actor=mine, party=own, accepted=True), "invalid"
        )
        minutes.answer(proposal=offer, actor=mine, party=other, accepted=True)
        made.refresh_from_db()
        assert made.accepted and ProposalAnswer.objects.count() == 1

    def test_on_the_page(self, session, cast, client_as):
        client = client_as(cast.mediator)
        wrong = client.post(reverse("mediation:session_propose", args=[session.pk]), {"text": ""})
        assert wrong.status_code == 422
        client.post(reverse("mediation:session_propose", args=[session.pk]), {"text": "各退一步"})
        offer, other = session.proposals.get(), session.mediation.parties.get(side=Side.OTHER)
        assert offer.party is None
        address = reverse("mediation:session_answer", args=[session.pk, offer.pk])
        assert client.post(address, {"party": "1", "accepted": "yes"}).status_code == 422
        assert client.post(address, {"party": scattered(other.pk), "accepted": "yes"}).status_code == 302
        shown = page(client, session).content.decode()
        assert "各退一步" in shown and "改为不接受" in shown


def test_the_page_needs_the_same_queries_for_one_and_for_many(session, mine, cast, client_as):
    client = client_as(cast.mediator)
    own, other = both_there(session, mine)
    minutes.write(session=session, actor=mine, text="一")
    minutes.write(session=session, actor=mine, text="一", about=own.party)
    minutes.answer(
        proposal=minutes.propose(session=session, actor=mine, text="一"),
        actor=mine,
        party=own.party,
        accepted=True,
    )
    page(client, session)
    few = queries_of(lambda: page(client, session))
    for text in "二三":
        minutes.write(session=session, actor=mine, text=text)
        minutes.write(session=session, actor=mine, text=text, about=other.party)
        minutes.attend(session=session, actor=mine, as_what=AsWhat.KIN, name=text, party=own.party)
        offer = minutes.propose(session=session, actor=mine, text=text)
        minutes.answer(proposal=offer, actor=mine, party=other.party, accepted=False)
    assert queries_of(lambda: page(client, session)) == few


def test_what_was_said_is_emptied_with_the_people_of_the_case(session, mine):
    both_there(session, mine)
    minutes.attend(session=session, actor=mine, as_what=AsWhat.KIN, name="老伴")
    minutes.set_agenda(session=session, actor=mine, text="音量")
    minutes.write(session=session, actor=mine, text="x")
    minutes.propose(session=session, actor=mine, text="y")
    assert minutes.forget(session.mediation.petition) == 4
    assert Minute.objects.get().text == "" and session.agenda.points == []
    assert {one.name for one in Attendee.objects.all()} == {"", "（已去标识）"}


def test_a_session_that_began_long_ago_still_has_its_page(session, cast, client_as):
    Session.objects.filter(pk=session.pk).update(
        starts_at=now() - timedelta(days=3), ends_at=now() - timedelta(days=3, hours=-1)
    )
    assert page(client_as(cast.mediator), session).status_code == 200
