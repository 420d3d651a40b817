"""A party beside the petitioner has an own page: the own side, nothing of the other, and the way in and out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import now
from mediation.enums import ConsentHow, Result, Side, State
from mediation.models import Party, Recording, Session
from mediation.services import archives, links, minutes, opening, parties, recordings, slips
from mediation.services.parties import NewParty
from mediation.session_enums import AsWhat, Stopped
from mediation.standing import PartyActor
from mediation.tests.agreement_world import duty, in_force, settled
from petitions.models import Petition
from petitions.services import codes

pytestmark = pytest.mark.django_db
HOST = "meet.example.cn"
QUERY = reverse("mediation:dispute_query")


@pytest.fixture
def mediation(taken_up):
    return taken_up()


@pytest.fixture
def other(mediation):
    return mediation.parties.get(side=Side.OTHER)


def slip_of(cast, party, key="mediator"):
    return slips.hand_out(party=party, actor=cast.actor(key))


def let_in(slip, number=None, code=None):
    browser = Client()
    answer = browser.post(QUERY, {"number": number or slip.number, "code": code or slip.code})
    return browser, answer


def page(browser):
    answer = browser.get(reverse("mediation:side"))
    assert answer.status_code == 200
    return answer.content.decode()


def begun(session):
    Session.objects.filter(pk=session.pk).update(
        starts_at=now() - timedelta(minutes=5),
        ends_at=now() + timedelta(minutes=50),
        other_comes_at=None,
    )
    session.refresh_from_db()
    return session


def test_number_and_code_open_the_own_side_and_no_other(cast, mediation, other):
    slip = slip_of(cast, other)
    for number, code in ((None, "A" * 10), ("DF22222222", None), (mediation.number, None)):
        assert let_in(slip, number, code)[1].status_code == 422
    browser, answer = let_in(slip, number=slip.number.lower(), code=f"{slip.code[:5]}-{slip.code[5:]}")
    assert answer.url == reverse("mediation:side")
    shown = page(browser)
    assert "我同意调解" in shown and mediation.room.name in shown
    # Nobody of the other side, no word of the dispute, and not its number.
    for hidden in ("张小河", "13800000001", "楼上半夜", mediation.number, "13900000002"):
        assert hidden not in shown
    assert Client().get(reverse("mediation:side")).url.startswith(QUERY)


def test_the_code_is_stored_nowhere_and_a_new_one_ends_the_old(cast, other):
    first = slip_of(cast, other)
    other.refresh_from_db()
    assert first.code not in other.slip_hash and other.slip == first.number
    second = slip_of(cast, other)
    assert second.number == first.number and second.code != first.code
    assert let_in(first)[1].status_code == 422
    assert let_in(second)[1].status_code == 302
    assert AuditEntry.objects.filter(act="mediation.slip").count() == 2


@pytest.mark.article(33)
def test_the_other_side_agrees_and_stops_agreeing_by_itself(cast, mediation, other):
    browser, _answer = let_in(slip_of(cast, other))
    assert browser.post(reverse("mediation:side_agree")).url == reverse("mediation:side")
    given = mediation.consents.get()
    assert (given.party_id, given.how, given.recorded_by) == (other.pk, ConsentHow.ONLINE, None)
    assert "我不再调解" in page(browser)
    browser.post(reverse("mediation:side_decline"))
    mediation.refresh_from_db()
    assert (mediation.state, mediation.result) == (State.ENDED, Result.WITHDRAWN)
    assert "已经结束" in page(browser)


def test_it_speaks_for_that_party_alone(cast, mediation, other):
    petitioner = mediation.parties.get(is_petitioner=True)
    for actor, party in (
        (PartyActor.of_slip(other), petitioner),
        (Actor.petitioner(), other),
        (PartyActor.of_slip(other), None),
    ):
        if party is not None:
            with pytest.raises(Refusal) as refusal:
                opening.give_consent(
                    mediation=mediation, actor=actor, party=party, who="谁", how=ConsentHow.ONLINE
                )
            assert refusal.value.code == "forbidden"
        with pytest.raises(Refusal) as refusal:
            opening.withdraw_consent(mediation=mediation, actor=actor, party=party)
        assert refusal.value.code == "forbidden"
    assert not mediation.consents.exists()


def test_who_is_given_one(cast, mediation, other, taken_up):
    with pytest.raises(Refusal, match="编号和查询码"):
        slip_of(cast, mediation.parties.get(is_petitioner=True))
    with pytest.raises(Refusal) as refusal:
        slip_of(cast, other, key="outsider")
    assert refusal.value.code == "forbidden"
    more = parties.add_party(
        mediation=mediation, actor=cast.actor("mediator"), new=NewParty(side=Side.OTHER, name="老周")
    )
    slip = slip_of(cast, more)
    assert slip.number != slip_of(cast, other).number
    browser, _answer = let_in(slip)
    parties.let_go(party=more, actor=cast.actor("mediator"))
    assert browser.get(reverse("mediation:side")).status_code == 302
    assert let_in(slip)[1].status_code == 422
    opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="没有谈成。")
    with pytest.raises(Refusal):
        slip_of(cast, other)


def test_each_side_reads_only_its_own_link(cast, taken_up, session_of, settings):
    settings.MEDIATION_MEETING_HOSTS = [HOST]
    mediation = taken_up(agreed=True)
    session = begun(session_of(mediation, apart=True))
    for one in Side:
        links.set_link(
            session=session, actor=cast.actor("mediator"), url=f"https://{HOST}/{one.value}", side=one.value
        )
    browser, _answer = let_in(slip_of(cast, mediation.parties.get(side=Side.OTHER)))
    shown = page(browser)
    assert f"https://{HOST}/{Side.OTHER.value}" in shown
    assert f"https://{HOST}/{Side.PETITIONER.value}" not in shown
    assert "您不会与对方见面" in shown


def test_what_is_due_by_them_and_to_them_and_nothing_between_others(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    slip = slip_of(cast, mediation.parties.get(side=Side.OTHER))
    third = parties.add_party(
        mediation=mediation, actor=cast.actor("mediator"), new=NewParty(side=Side.OTHER, name="老周")
    )
    opening.give_consent(
        mediation=mediation, actor=cast.actor("mediator"), party=third, who="老周", how=ConsentHow.IN_PERSON
    )
    settled(cast, mediation)
    theirs, between = duty(mediation, what="每晚十点收摊"), duty(mediation, what="老周修好排水管", ower=third)
    in_force(cast, mediation, duties=[theirs, between])
    shown = page(let_in(slip)[0])
    assert "每晚十点收摊" in shown and "您要做" in shown
    assert "排水管" not in shown and "张小河" not in shown and mediation.number not in shown


@pytest.mark.parametrize("side", list(Side))
def test_either_side_takes_a_recording_consent_back_on_the_own_page(
    cast, taken_up, session_of, dispute_of, side
):
    token = codes.new_token()
    dispute = dispute_of(other_name="楼上老李", token=token)
    mediation = taken_up(dispute, agreed=True)
    session, mediator = begun(session_of(mediation)), cast.actor("mediator")
    party = mediation.parties.get(side=side)
    there = minutes.attend(session=session, actor=mediator, as_what=AsWhat.PARTY, party=party)
    recording = recordings.give_notice(session=session, actor=mediator)
    recordings.agree(recording=recording, actor=mediator, attendee=there, how=ConsentHow.WRITTEN)
    recordings.start(recording=recording, actor=mediator)
    if side == Side.OTHER:
        browser, _answer = let_in(slip_of(cast, party))
        name = "side"
    else:
        browser = Client()
        browser.post(QUERY, {"number": dispute.number, "code": codes.query_code(token)})
        name = "own"
    assert "我不再同意录音录像" in browser.get(reverse(f"mediation:{name}")).content.decode()
    assert browser.post(reverse(f"mediation:{name}_not_recorded")).status_code == 302
    assert Recording.objects.get().stopped_why == Stopped.TAKEN_BACK
    assert browser.post(reverse(f"mediation:{name}_not_recorded")).status_code == 404


@pytest.mark.article(30)
def test_nothing_opens_when_the_case_is_sealed_or_its_people_are_forgotten(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    slip = slip_of(cast, mediation.parties.get(side=Side.OTHER))
    browser, _answer = let_in(slip)
    case = Petition.objects.filter(pk=mediation.petition_id)
    kept = {"kind": mediation.petition.kind, "path": mediation.petition.path}
    case.update(sealed=True, kind="accusation", path=None)
    assert browser.get(reverse("mediation:side")).status_code == 302
    assert let_in(slip)[1].status_code == 422
    case.update(sealed=False, **kept)
    archives.forget(mediation.petition)
    assert let_in(slip)[1].status_code == 422
    assert Party.objects.get(side=Side.OTHER).slip is None


def test_the_mediator_prints_it_once(cast, client_as, mediation, other):
    desk = client_as(cast.mediator)
    address = reverse("mediation:party_slip", args=[mediation.number, other.pk])
    shown = desk.post(address).content.decode()
    other.refresh_from_db()
    assert other.slip in shown and "data:image/svg" in shown
    assert desk.get(address).status_code == 405
    again = desk.get(reverse("mediation:party", args=[mediation.number, other.pk])).content.decode()
    assert "已经发过一张" in again and other.slip not in again


def test_its_number_typed_where_petitions_are_looked_up_leads_here(client):
    answer = client.post(reverse("petitions:query"), {"number": "DF2345ABCD", "code": "A" * 10})
    assert answer.status_code == 302 and answer.url.startswith(QUERY)
