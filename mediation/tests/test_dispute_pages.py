"""The pages of disputes without a petition: for residents by the code on the door, for the room, for both ways on."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.converters import scattered
from core.timekeeping import now
from mediation.dispute_enums import DisputeState, Source
from mediation.models import Dispute, MediationCase
from mediation.services import opening
from petitions.models import Petition
from petitions.services.codes import new_token, query_code

pytestmark = pytest.mark.django_db

WORDS = "楼上半夜拖桌子，睡不着。"


@pytest.fixture(autouse=True)
def no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def filed(client, room_of):
    """File on the public page; the client, the dispute, number and code."""

    def make(**more):
        room, token = room_of(), new_token()
        data = {"words": WORDS, "name": "张小河", "phone": "13800000001", "token": token, **more}
        answer = client.post(reverse("mediation:room_file", args=[room.pk]), data)
        assert answer.url == reverse("mediation:dispute_receipt")
        dispute = Dispute.objects.get(room=room)
        return dispute, query_code(token)

    return make


@pytest.fixture
def opened(client, filed):
    """The same, looked up by number and code."""

    def make(**more):
        dispute, code = filed(**more)
        answer = client.post(reverse("mediation:dispute_query"), {"number": dispute.number, "code": code})
        assert answer.url == reverse("mediation:own")
        return dispute

    return make


def test_the_form_is_three_fields_and_says_that_it_is_voluntary(client, room_of):
    page = client.get(reverse("mediation:room_file", args=[room_of().pk])).content.decode()
    for words in ("全凭自愿", "先问对方愿不愿意", "我要反映", "互不影响", "110"):
        assert words in page
    assert (
        client.get(
            reverse("mediation:room_file", args=[room_of(name="内部", published=False).pk])
        ).status_code
        == 404
    )


def test_the_receipt_shows_number_and_code_again_and_only_here(client, filed, client_as, cast):
    dispute, code = filed()
    for _again in range(2):
        page = client.get(reverse("mediation:dispute_receipt")).content.decode()
        assert dispute.number in page and f"{code[:5]}-{code[5:]}" in page
    other = client_as(cast.mediator).get(reverse("mediation:dispute_receipt"))
    assert other.url == reverse("mediation:dispute_query")


def test_what_is_wrong_is_said_and_all_that_was_typed_stays(client, room_of):
    address = reverse("mediation:room_file", args=[room_of().pk])
    data = {"words": WORDS, "name": "", "phone": "12", "other_name": "楼上老李", "token": new_token()}
    answer = client.post(address, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (WORDS, "楼上老李", "怎么称呼", "少了几位"):
        assert words in page
    stale = client.post(address, {**data, "name": "张小河", "phone": "", "token": "x"})
    assert stale.status_code == 422 and "还没有登记" in stale.content.decode()
    assert not Dispute.objects.exists()


def test_pressed_twice_is_one_and_other_words_are_asked_about(client, room_of):
    address, token = reverse("mediation:room_file", args=[room_of().pk]), new_token()
    data = {"words": WORDS, "name": "张小河", "token": token}
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 302
    other = client.post(address, {**data, "words": "还有噪音。"})
    assert other.status_code == 409 and "还有噪音。" in other.content.decode()
    assert Dispute.objects.count() == 1


def test_many_from_one_address_wait_and_keep_what_they_typed(client, room_of, settings):
    settings.FILING_FREE = 1
    address = reverse("mediation:room_file", args=[room_of().pk])
    data = {"words": WORDS, "name": "张小河"}
    assert client.post(address, {**data, "token": new_token()}).status_code == 302
    answer = client.post(address, {**data, "token": new_token()})
    assert answer.status_code == 429 and WORDS in answer.content.decode()
    assert Dispute.objects.count() == 1


def test_a_wrong_code_and_a_number_of_nobody_get_one_sentence(client, filed):
    dispute, code = filed()
    address = reverse("mediation:dispute_query")
    sentences = set()
    for number, typed in ((dispute.number, "AAAAAAAAAA"), ("TJ2026-0000000", code), ("339999", code)):
        answer = client.post(address, {"number": number, "code": typed})
        assert answer.status_code == 422
        sentences.add("编号或查询码不对" in answer.content.decode())
    assert sentences == {True}
    spaced = {"number": dispute.number.lower(), "code": f" {code[:5].lower()}-{code[5:]}"}
    assert client.post(address, spaced).status_code == 302


def test_the_code_of_one_that_was_emptied_opens_nothing(client, filed):
    dispute, code = filed()
    Dispute.objects.filter(pk=dispute.pk).update(query_code_hash="")
    for typed in (code, "", "0" * 10):
        answer = client.post(reverse("mediation:dispute_query"), {"number": dispute.number, "code": typed})
        assert answer.status_code == 422


def test_without_number_and_code_the_own_page_is_closed(client, filed):
    filed()
    for name in ("own", "own_agree", "own_decline", "own_petition"):
        door = client.get if name == "own" else client.post
        assert door(reverse(f"mediation:{name}")).url == reverse("mediation:dispute_query")


def test_whoever_brought_it_agrees_and_stops_agreeing_by_themselves(cast, client, opened, taken_up):
    dispute = opened(other_name="楼上老李", other_phone="13900000002")
    page = client.get(reverse("mediation:own")).content.decode()
    assert "待接手" in page and WORDS in page and "13900000002" not in page
    assert client.post(reverse("mediation:own_agree")).status_code == 404
    mediation = taken_up(dispute)
    page = client.get(reverse("mediation:own")).content.decode()
    assert "我同意调解" in page and "13900000002" not in page and "楼上老李" not in page
    client.post(reverse("mediation:own_agree"))
    assert mediation.parties.get(is_petitioner=True).consents.filter(withdrawn_at=None).exists()
    assert "已经记录" in client.post(reverse("mediation:own_agree"), follow=True).content.decode()
    client.post(reverse("mediation:own_decline"))
    mediation.refresh_from_db()
    assert not mediation.is_open
    assert client.post(reverse("mediation:own_decline")).status_code == 404
    assert "调解结束" in client.get(reverse("mediation:own")).content.decode()
    client.post(reverse("mediation:own_leave"))
    assert client.get(reverse("mediation:own")).status_code == 302


def test_the_answer_and_the_petition_stand_on_the_own_page(cast, client, opened, client_as):
    dispute, desk = opened(), client_as(cast.mediator)
    answer = reverse("mediation:dispute_answer", args=[dispute.number])
    assert desk.post(answer, {"text": ""}).status_code == 422
    assert desk.post(answer, {"text": "请先找物业检修管道。"}).status_code == 302
    assert "请先找物业检修管道。" in client.get(reverse("mediation:own")).content.decode()
    assert client.post(reverse("mediation:own_petition")).status_code == 404
    office = client_as(cast.petition_officer)
    register = reverse("mediation:dispute_register", args=[dispute.number])
    assert office.post(register, {}).status_code == 422
    done = office.post(register, {"token": new_token()}, follow=True)
    case = Petition.objects.get()
    assert case.number in done.content.decode() and "查询码" in done.content.decode()
    assert client.post(reverse("mediation:own_petition")).url == reverse("petitions:mine")
    assert case.number in client.get(reverse("petitions:mine")).content.decode()
    again = office.post(register, {"token": new_token()})
    assert again.status_code == 409 and "没有重复登记" in again.content.decode()


def test_from_the_list_to_a_session_on_the_pages(cast, client_as, dispute_of, room_of):
    room = room_of()
    dispute, desk = dispute_of(room, other_name="楼上老李"), client_as(cast.mediator)
    for name in ("disputes", "today"):
        assert dispute.number in desk.get(reverse(f"mediation:{name}")).content.decode()
    page = desk.get(dispute.get_absolute_url()).content.decode()
    assert WORDS in page and "13800000001" not in page and "接手调解" in page
    door = reverse("mediation:dispute_take_up", args=[dispute.number])
    data = {"room": room.pk, "mediator": cast.mediator.pk, "kind": "neighbours", "token": new_token()}
    wrong = desk.post(door, {**data, "kind": "nothing"})
    assert wrong.status_code == 422 and "没有您选的这一项" in wrong.content.decode()
    assert desk.post(door, data).url == dispute.get_absolute_url()
    late = desk.post(door, {**data, "token": new_token()})
    assert late.status_code == 409 and "调解中" in late.content.decode()
    page = desk.get(dispute.get_absolute_url()).content.decode()
    assert "申请人" in page and "信访人" not in page and "楼上老李" in page
    mediation = MediationCase.objects.get()
    for party in mediation.parties.all():
        consent = reverse("mediation:consent", args=[dispute.number])
        given = {"party": scattered(party.pk), "who": "本人", "how": "phone"}
        assert desk.post(consent, given).status_code == 302
        assert desk.get(reverse("mediation:party", args=[dispute.number, party.pk])).status_code == 200
    schedule = reverse("mediation:schedule", args=[dispute.number])
    assert desk.get(schedule).status_code == 200
    tomorrow = {"day": (now() + timedelta(days=1)).date(), "start": "09:00", "end": "10:00"}
    booking = {"room": room.pk, "mediator": cast.mediator.pk, "token": new_token(), **tomorrow}
    assert desk.post(schedule, booking).status_code == 302
    assert dispute.number in desk.get(reverse("mediation:mine")).content.decode()
    assert desk.get(reverse("mediation:held", args=[dispute.number])).status_code == 200
    end = reverse("mediation:end", args=[dispute.number])
    assert desk.post(end, {"text": "老李不愿再谈"}).url == reverse("mediation:mine") + "?view=ended"
    assert desk.get(dispute.get_absolute_url()).status_code == 404
    office = client_as(cast.petition_officer).get(dispute.get_absolute_url()).content.decode()
    assert "再调解一次" in office and "未达成" in office


def test_the_contact_page_is_for_the_room_and_not_for_inspectors(cast, client_as, dispute_of):
    dispute = dispute_of(other_phone="13900000002")
    address = reverse("mediation:dispute_contact", args=[dispute.number])
    page = client_as(cast.mediator).get(address).content.decode()
    assert "13800000001" in page and "13900000002" in page
    assert client_as(cast.inspector).get(address).status_code == 403
    assert client_as(cast.outsider).get(address).status_code == 404
    shown = client_as(cast.inspector).get(dispute.get_absolute_url())
    assert shown.status_code == 200 and "接手调解" not in shown.content.decode()


def test_the_room_writes_down_what_a_court_sends(cast, client_as, room_of):
    room, desk = room_of(), client_as(cast.mediator)
    address = reverse("mediation:dispute_add")
    assert desk.get(address).status_code == 200
    data = {
        "room": room.pk,
        "source": Source.COURT,
        "reference": "",
        "kind": "debt",
        "words": "借款五万元未还。",
        "name": "张小河",
        "token": new_token(),
    }
    wrong = desk.post(address, data)
    assert wrong.status_code == 422 and "文号" in wrong.content.decode()
    assert "借款五万元未还。" in wrong.content.decode()
    done = desk.post(address, {**data, "reference": "（2026）浙01诉前调12号"}, follow=True)
    dispute = Dispute.objects.get()
    assert dispute.number in done.content.decode() and "查询码" in done.content.decode()
    assert (dispute.source, dispute.registered_by) == (Source.COURT, cast.mediator)
    elsewhere = room_of(name="别的调解室", mediators=[])
    other = desk.post(address, {**data, "room": elsewhere.pk, "source": Source.SWEEP, "token": new_token()})
    assert other.status_code == 422 and Dispute.objects.count() == 1


def test_linking_and_keeping_out_from_the_page(cast, client_as, dispute_of, room_of):
    room = room_of()
    first, second = dispute_of(room, at=now() - timedelta(days=9)), dispute_of(room)
    desk = client_as(cast.mediator)
    relate = reverse("mediation:dispute_relate", args=[second.number])
    wrong = desk.post(relate, {"number": "TJ1"})
    assert wrong.status_code == 422 and "TJ1" in wrong.content.decode()
    assert desk.post(relate, {"number": first.number}).status_code == 302
    assert first.number in desk.get(second.get_absolute_url()).content.decode()
    assert second.number in desk.get(first.get_absolute_url()).content.decode()
    out = reverse("mediation:dispute_keep_out", args=[second.number])
    assert desk.post(out, {"user": ""}).status_code == 422
    assert desk.post(out, {"user": cast.mediator.pk}).url == reverse("mediation:mine") + "?view=ended"
    assert desk.get(second.get_absolute_url()).status_code == 404


def test_nobody_out_of_reach_opens_or_does_anything(cast, client_as, dispute_of, room_of):
    dispute = dispute_of(room_of())
    names = ("take_up", "answer", "register", "relate", "keep_out")
    for key in ("outsider", "handler", "clerk", "leader", "statistician", "auditor"):
        desk = client_as(cast.people[key])
        assert desk.get(dispute.get_absolute_url()).status_code == 404, key
        for name in names:
            address = reverse(f"mediation:dispute_{name}", args=[dispute.number])
            assert desk.post(address, {"token": new_token()}).status_code == 404, (key, name)
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.WAITING and not Petition.objects.exists()


def test_lists_and_pages_cost_the_same_for_one_and_three(cast, client_as, dispute_of, taken_up):
    desk, office = client_as(cast.mediator), client_as(cast.petition_officer)
    pages = [
        (desk, reverse("mediation:disputes")),
        (office, reverse("mediation:disputes") + "?view=others"),
        (desk, reverse("mediation:today")),
        (desk, reverse("mediation:mine")),
    ]

    def counts():
        found = []
        for who, address in pages:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert who.get(address).status_code == 200
            found.append(len(caught))
        return found

    dispute_of()
    mediation = taken_up(agreed=True)
    counts()
    one = counts()
    for _more in range(2):
        dispute_of()
        taken_up(agreed=True)
    assert counts() == one
    with CaptureQueriesContext(connection) as caught:
        desk.get(mediation.get_absolute_url())
    assert len(caught) <= 60


def test_a_dispute_number_is_none_of_a_petition_and_leads_to_its_own_page(client, filed):
    dispute, code = filed()
    assert not re.fullmatch(r"\d{6}-\d{4}-\d+", dispute.number)
    for number in (dispute.number, "tj2026-0000000"):
        answer = client.post(reverse("petitions:query"), {"number": number, "code": code})
        assert answer.url.startswith(reverse("mediation:dispute_query"))
        assert code not in answer.url
    page = client.get(answer.url)
    assert page.status_code == 200 and "tj2026-0000000" in page.content.decode()


def test_ending_from_the_office_leaves_the_statutory_ways_open(cast, client, opened, taken_up):
    mediation = taken_up(opened())
    opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="谈不拢")
    page = client.get(reverse("mediation:own")).content.decode()
    assert "随时可以反映" in page and "调解结束" in page
    assert "谈不拢" not in page, "what the mediator wrote for the office"
