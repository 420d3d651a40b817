"""上报: an accusation that no discipline body here may take is handed upward, by whoever holds it by name."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Post, Unit
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from petitions import rules
from petitions.enums import Act, Kind, Status
from petitions.models import Petition
from petitions.selectors import public
from petitions.services import codes, sealing
from tests.cases import MORNING

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def accuse(cast, make_case):
    """An accusation of the only discipline body here."""

    def make(actor=None, **new):
        fields = {"kind": Kind.ACCUSATION, "complained_unit": cast.units.discipline, **new}
        return make_case.registered(actor=cast.actor(actor) if actor else None, **fields).petition

    return make


def hand_up(case, actor, **more):
    fields = {
        "body": "清江市纪委监委",
        "how": "机要交换",
        "handed_over_at": moment(9, 7),
        "receipt": "市纪信〔2026〕12号",
        "at": moment(9, 8),
        **more,
    }
    sealing.report_up(petition=case, actor=actor, **fields)


def readers(cast, case):
    return {
        key for key in cast.people if Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()
    }


@pytest.mark.article(30)
def test_the_trustee_hands_it_up_and_the_petitioner_is_told_where_it_is(cast, accuse):
    case = accuse()
    hand_up(case, cast.actor("petition_officer"))
    assert (case.status, case.closed_at) == (Status.CLOSED, moment(9, 8))
    assert not case.clocks.filter(stopped_at=None).exists()
    told = public.own_case(public.by_id(case.pk)).events[-1]
    assert "已移送上级纪检监察机关" in told.label
    for word in ("清江市纪委监委", "2026年9月7日", "机要交换", "市纪信〔2026〕12号"):
        assert word in told.public_text
    assert readers(cast, case) == {"petition_officer"}
    entry = AuditEntry.objects.get(act="petition.report_up")
    assert (entry.object_id, entry.detail) == (case.audit_name, {})


def test_its_registrar_hands_up_what_they_registered(cast, accuse):
    case = accuse("clerk")
    assert readers(cast, case) == {"clerk"}
    assert [step.act for step in rules.allowed_acts(case, cast.actor("clerk"))] == [Act.REPORT_UP]
    assert rules.may_reveal(case, cast.actor("clerk"))  # or there would be nobody to name above
    hand_up(case, cast.actor("clerk"))
    assert case.status == Status.CLOSED


def test_without_any_discipline_body_it_can_be_handed_up_too(cast, accuse):
    Post.objects.filter(unit=cast.units.discipline).delete()
    Unit.objects.filter(pk=cast.units.discipline.pk).delete()
    case = accuse("clerk", complained_unit=cast.units.urban)
    hand_up(case, cast.actor("clerk"))
    assert case.status == Status.CLOSED


def test_where_the_registering_office_is_complained_of_a_leader_in_charge_of_it_hands_it_up(cast, accuse):
    cast.post("leader").charge_units.add(cast.units.petition_office)
    Post.objects.filter(unit=cast.units.discipline).delete()
    Unit.objects.filter(pk=cast.units.discipline.pk).delete()
    case = accuse(complained_unit=cast.units.petition_office)
    assert readers(cast, case) == {"leader"}
    hand_up(case, cast.actor("leader"))
    assert case.status == Status.CLOSED


@pytest.mark.parametrize(
    "key", ["outsider", "clerk", "inspector", "unit_head", "leader", "discipline_officer"]
)
def test_nobody_else_does_and_outsiders_do_not_find_it(cast, client_as, accuse, key):
    case = accuse()
    with pytest.raises(Refusal) as refused:
        hand_up(case, cast.actor(key))
    assert refused.value.code == "forbidden"
    address = reverse("petitions:act", args=[case.number, Act.REPORT_UP])
    assert client_as(getattr(cast, key)).get(address).status_code == 404


def test_what_the_discipline_body_here_can_take_is_not_handed_past_it(cast, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION, actor=cast.actor("clerk")).petition
    for key in ("clerk", "discipline_officer"):
        assert Act.REPORT_UP not in {step.act for step in rules.allowed_acts(case, cast.actor(key))}


def test_an_open_case_is_not_handed_up(cast, make_case):
    with pytest.raises(Refusal) as refused:
        hand_up(make_case(actor=cast.actor("clerk")), cast.actor("clerk"))
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": " "},
        {"how": ""},
        {"receipt": ""},
        {"handed_over_at": MORNING - timedelta(days=1)},
        {"handed_over_at": moment(9, 9)},
    ],
)
def test_it_needs_to_whom_how_when_and_a_receipt(cast, accuse, wrong):
    case = accuse()
    with pytest.raises(Refusal) as refused:
        hand_up(case, cast.actor("petition_officer"), **wrong)
    assert refused.value.code == "invalid"
    assert Petition.objects.get(pk=case.pk).status == Status.REGISTERED


def test_from_the_screen_by_its_button(cast, client_as, accuse):
    case = accuse("clerk", at=now() - timedelta(hours=2))
    client = client_as(cast.clerk)
    assert "上报上级纪检监察机关" in client.get(case.get_absolute_url()).content.decode()
    address = reverse("petitions:act", args=[case.number, Act.REPORT_UP])
    assert "登记移送" in client.get(address).content.decode()
    data = {
        "token": codes.new_token(),
        "body": "清江市纪委监委",
        "how": "机要交换",
        "handed_over_at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "receipt": "12号",
    }
    assert client.post(address, {**data, "receipt": ""}).status_code == 422
    assert client.post(address, data).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.CLOSED


def test_a_case_found_to_accuse_the_discipline_body_itself_is_taken_back_and_held_to_be_handed_up(
    cast, make_case
):
    case = make_case(until=Status.ACCEPTED, complained_unit=cast.units.discipline)
    assert "handler" in readers(cast, case)
    sealing.seal(
        petition=case, actor=cast.actor("petition_officer"), reason="反映纪委干部违纪", at=moment(9, 10)
    )
    assert (case.status, case.lead_unit, case.sealed) == (Status.REGISTERED, None, True)
    assert readers(cast, case) == {"petition_officer"}
    running = case.clocks.filter(stopped_at=None)
    assert set(running.values_list("rule__code", flat=True)) == {"reforwarding"}
    hand_up(case, cast.actor("petition_officer"), handed_over_at=moment(9, 10), at=moment(9, 11))
    assert (case.status, running.count()) == (Status.CLOSED, 0)
