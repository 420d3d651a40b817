"""Everybody it is between agrees, each for themselves; what is known of one side stays on that side."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import now
from mediation.enums import BarGround, ConsentHow, Result, Side, State
from mediation.models import Bar, Party
from mediation.selectors import may_not_sit
from mediation.services import parties, wishes
from mediation.services.on_the_spot import record_session
from mediation.services.opening import give_consent, withdraw_consent
from mediation.services.parties import NewParty, add_party
from mediation.services.sessions import hold_session
from notifications.models import Notice
from petitions.services import codes
from tests.mediating import agrees, older

pytestmark = pytest.mark.django_db


def neighbour(cast, mediation, name="邻居老周", **more):
    new = NewParty(side=Side.OTHER, name=name, **more)
    return add_party(mediation=mediation, actor=cast.actor("mediator"), new=new)


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code
    return refusal.value.sentence


@pytest.mark.article(33)
def test_nothing_is_arranged_until_everybody_agrees(cast, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    assert mediation.state == State.READY
    party = neighbour(cast, mediation)
    assert mediation.state == State.WAITING_CONSENT
    refused(lambda: session_of(mediation), "consent")
    give_consent(
        mediation=mediation, actor=cast.actor("mediator"), party=party, who="周某", how=ConsentHow.PHONE
    )
    assert mediation.state == State.READY
    assert session_of(mediation).is_planned


def test_one_side_alone_is_nobody_to_mediate_between(cast, mediation_of, session_of):
    mediation = mediation_of()
    agrees(mediation, Side.PETITIONER, cast.actor("mediator"))
    assert mediation.state == State.WAITING_CONSENT
    assert "双方都同意" in refused(lambda: session_of(mediation), "consent")


def test_one_of_several_may_leave_and_the_last_of_a_side_says_that_it_is_over(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    first, second = mediation.parties.get(side=Side.OTHER), neighbour(cast, mediation)
    parties.let_go(party=second, actor=cast.actor("mediator"))
    assert mediation.parties.filter(left_at=None).count() == 2
    mediation.refresh_from_db()
    assert mediation.state == State.READY
    assert "只有这一位" in refused(
        lambda: parties.let_go(party=first, actor=cast.actor("mediator")), "invalid"
    )
    refused(lambda: parties.let_go(party=second, actor=cast.actor("mediator")), "stale")


def test_a_party_of_another_mediation_agrees_to_nothing_here(cast, mediation_of):
    mediation, other = mediation_of(), mediation_of()
    stranger = other.parties.get()
    refused(
        lambda: give_consent(
            mediation=mediation, actor=cast.actor("mediator"), party=stranger, who="x", how=ConsentHow.PHONE
        ),
        "stale",
    )
    assert not stranger.consents.exists()


def test_a_party_has_a_name_and_there_are_so_many_of_them(cast, mediation_of, monkeypatch):
    mediation = mediation_of()
    assert "姓名" in refused(lambda: neighbour(cast, mediation, name="　"), "invalid")
    monkeypatch.setattr(parties, "MOST_PARTIES", 2)
    assert neighbour(cast, mediation, name="䶮·买买提").name == "䶮·买买提"
    assert "推选代表" in refused(lambda: neighbour(cast, mediation, name="第三位"), "invalid")


@pytest.mark.parametrize(
    "key, allowed",
    [
        ("mediator", True),
        ("handler", True),
        ("petition_officer", True),
        ("handler2", False),
        ("leader", False),
    ],
)
def test_who_writes_down_a_party(cast, mediation_of, key, allowed):
    mediation = mediation_of()
    new = NewParty(side=Side.OTHER, name="老李")
    if allowed:
        assert add_party(mediation=mediation, actor=cast.actor(key), new=new).pk
    else:
        refused(lambda: add_party(mediation=mediation, actor=cast.actor(key), new=new), "forbidden")


def test_telephone_and_address_stand_on_a_page_of_their_own_and_each_look_is_on_record(
    cast, client_as, mediation_of
):
    mediation = mediation_of()
    party = neighbour(cast, mediation, phone="13911112222", address="柳湾村7号")
    number, client = mediation.petition.number, client_as(cast.mediator)
    page = client.get(reverse("mediation:case", args=[number])).content.decode()
    assert "邻居老周" in page
    assert "13911112222" not in page and "柳湾村7号" not in page
    own = client.get(reverse("mediation:party", args=[number, party.pk])).content.decode()
    assert "13911112222" in own and "柳湾村7号" in own
    assert AuditEntry.objects.filter(act="mediation.contact").count() == 1
    # A statistician reads the case and nothing of the other side.
    seen = client_as(cast.inspector).get(reverse("mediation:case", args=[number])).content.decode()
    assert "13911112222" not in seen
    assert (
        client_as(cast.inspector).get(reverse("mediation:party", args=[number, party.pk])).status_code == 403
    )


def test_a_refused_leaving_shows_the_contact_again_and_that_is_on_record_too(cast, client_as, mediation_of):
    mediation = mediation_of()
    party = neighbour(cast, mediation, phone="13911112222")
    address = reverse("mediation:party_leave", args=[mediation.petition.number, party.pk])
    refused_page = client_as(cast.mediator).post(address)
    assert refused_page.status_code == 422 and "13911112222" in refused_page.content.decode()
    assert AuditEntry.objects.filter(act="mediation.contact").count() == 1


def test_what_is_written_of_a_party_is_sealed_in_the_table(cast, mediation_of):
    party = neighbour(
        cast, mediation_of(), phone="13911112222", address="柳湾村7号", represented_by="律师王某"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM mediation_party p WHERE id = %s", [party.pk])
        row = cursor.fetchone()[0]
    for text in ("邻居老周", "13911112222", "柳湾村7号", "律师王某"):
        assert text.encode().hex() not in row and text not in row


def test_a_party_is_put_right_and_the_petitioner_stays_with_the_case(cast, client_as, mediation_of):
    mediation, client = mediation_of(), client_as(cast.mediator)
    number, party = mediation.petition.number, neighbour(cast, mediation)
    address = reverse("mediation:party", args=[number, party.pk])
    kept = client.post(address, {"name": "", "phone": "13911113333"})
    assert kept.status_code == 422 and "13911113333" in kept.content.decode()
    assert client.post(address, {"name": "周大山", "protected": "on"}).status_code == 302
    party.refresh_from_db()
    assert (party.name, party.phone, party.must_sit_apart) == ("周大山", "", True)
    own = mediation.parties.get(is_petitioner=True)
    page = client.get(reverse("mediation:party", args=[number, own.pk])).content.decode()
    assert 'name="name"' not in page and 'name="phone"' not in page


def test_whoever_a_party_does_not_want_mediates_no_more(cast, mediation_of, session_of, client_as):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation)
    parties.bar(
        mediation=mediation, actor=cast.actor("handler"), user=cast.mediator, ground=BarGround.REQUEST
    )
    mine = cast.actor("mediator")
    session.starts_at = now()
    assert "不能" in refused(
        lambda: hold_session(session=session, actor=mine, record="x", result=Result.NOT_AGREED), "forbidden"
    )
    assert "不宜调解" in refused(lambda: session_of(mediation, days=3, actor="handler"), "invalid")
    assert cast.mediator.pk in may_not_sit(mediation), "no free time of theirs is suggested"
    again = refused(
        lambda: parties.bar(
            mediation=mediation, actor=cast.actor("handler"), user=cast.mediator, ground=BarGround.KIN
        ),
        "stale",
    )
    assert "已经登记" in again
    assert Bar.objects.get().ground == BarGround.REQUEST


@pytest.mark.article(33)
class TestOwnPage:
    @pytest.fixture
    def resident(self, client, fresh_case, mediation_of):
        token = codes.new_token()
        case = fresh_case(token=token)
        mediation = mediation_of(case)
        wanted = {"number": case.number, "code": codes.query_code(token)}
        assert client.post(reverse("petitions:query"), wanted).status_code == 302
        return client, mediation

    def test_the_petitioner_agrees_and_stops_agreeing_without_anybody_between(self, resident):
        client, mediation = resident
        page = client.get(reverse("petitions:mine")).content.decode()
        assert "我同意调解" in page and "我不想调解" in page and "期限不变" in page
        client.post(reverse("mediation:mine_agree"))
        consent = mediation.consents.get()
        assert (consent.how, consent.party.is_petitioner) == (ConsentHow.ONLINE, True)
        page = client.get(reverse("petitions:mine")).content.decode()
        assert "我同意调解" not in page and "我不再调解" in page
        client.post(reverse("mediation:mine_decline"))
        mediation.refresh_from_db()
        assert (mediation.state, mediation.result) == (State.ENDED, Result.WITHDRAWN)
        assert "我不再调解" not in client.get(reverse("petitions:mine")).content.decode()
        assert client.post(reverse("mediation:mine_decline")).status_code == 404

    def test_the_other_side_is_nowhere_on_it(self, resident, cast):
        client, mediation = resident
        neighbour(cast, mediation, phone="13911112222", address="柳湾村7号")
        page = client.get(reverse("petitions:mine")).content.decode()
        for text in ("邻居老周", "13911112222", "柳湾村7号"):
            assert text not in page

    def test_nobody_else_agrees_for_the_petitioner_from_there(self, client, mediation_of):
        mediation_of()
        assert client.post(reverse("mediation:mine_agree")).url == reverse("petitions:query")


def test_whoever_must_not_meet_the_other_side_sits_apart_until_they_wish_it_otherwise(
    cast, client_as, mediation_of
):
    mediation, client = mediation_of(), client_as(cast.mediator)
    page = reverse("mediation:case", args=[mediation.petition.number])
    assert "分别谈" not in client.get(page).content.decode()
    party = neighbour(cast, mediation, protected=True)
    shown = client.get(page).content.decode()
    assert "分别谈" in shown and "人身安全保护令" in shown
    wishes.wish(party=party, actor=cast.actor("mediator"), who="周某", how=ConsentHow.IN_PERSON)
    assert "分别谈" not in client.get(page).content.decode()
    # A wish to meet means nothing of somebody who is not kept apart.
    plain = NewParty(side=Side.OTHER, name="周某")
    assert parties.change_party(party=party, actor=cast.actor("mediator"), new=plain).wants_joint is False


def test_whoever_answers_for_the_case_hears_that_it_was_settled_and_not_how(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    older(mediation)
    end = now() - timedelta(minutes=1)
    record_session(
        mediation=mediation,
        actor=cast.actor("mediator"),
        room=mediation.room,
        starts_at=end - timedelta(minutes=30),
        ends_at=end,
        record="谈成了。",
        result=Result.AGREED,
        agreement="每晚十点收摊。",
    )
    told = Notice.objects.filter(dedupe_key__startswith=f"mediation:{mediation.pk}:agreed")
    assert cast.handler.pk in told.values_list("recipient_id", flat=True)
    assert not any("十点" in one.text for one in told)


def test_the_other_side_that_nobody_has_written_down_can_say_no(cast, client_as, mediation_of):
    mediation = mediation_of()
    client = client_as(cast.mediator)
    address = reverse("mediation:withdraw", args=[mediation.petition.number])
    assert client.post(address, {"party": "", "unnamed": "on"}).status_code == 302
    mediation.refresh_from_db()
    assert mediation.result == Result.DECLINED


def test_two_parties_are_chosen_by_numbers_that_tell_nothing(cast, client_as, mediation_of):
    mediation = mediation_of()
    party = neighbour(cast, mediation)
    page = client_as(cast.mediator).get(reverse("mediation:case", args=[mediation.petition.number]))
    assert f'value="{scattered(party.pk)}"' in page.content.decode()
    assert Party.objects.count() == 2


def test_withdrawing_for_a_party_who_left_is_told(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    gone = neighbour(cast, mediation)
    parties.let_go(party=gone, actor=cast.actor("mediator"))
    refused(lambda: withdraw_consent(mediation=mediation, actor=cast.actor("mediator"), party=gone), "stale")
    mediation.refresh_from_db()
    assert mediation.is_open
