"""10-30-24 is an order of the district: where it is not in force, a case runs under the law's clocks alone."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from deadlines.models import Rule
from petitions import rules
from petitions.enums import Act, Channel
from petitions.services.clocks import DISTRICT_ORDER
from petitions.services.handling import respond
from petitions.services.registering import NewPerson, NewPetition, register
from petitions.workflow import ClockCode as C

CAME = datetime(2026, 9, 16, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def file(cast):
    def filed(at: datetime):
        new = NewPetition(
            channel=Channel.ONLINE, body="路灯不亮。", persons=[NewPerson(name="柳望舒", phone="13900000001")]
        )
        return register(actor=Actor.petitioner(), new=new, unit=cast.units.petition_office, at=at).petition

    return filed


def codes(petition) -> set[str]:
    return set(petition.clocks.values_list("rule__code", flat=True))


def test_a_district_without_the_order_registers_under_the_law_alone(cast, file):
    Rule.objects.filter(code__in=DISTRICT_ORDER).delete()
    petition = file(CAME)
    assert codes(petition) == {C.FORWARDING}
    assert petition.due_at == petition.clocks.get().due_at
    respond(
        petition=petition, actor=cast.actor("petition_officer"), text="已收到。", at=CAME + timedelta(hours=2)
    )
    assert petition.events.filter(act="respond").exists()


def test_an_order_binds_from_its_first_day_to_the_day_before_its_end(file):
    rules = Rule.objects.filter(code__in=DISTRICT_ORDER)
    rules.update(valid_from=local_day(CAME), valid_until=local_day(CAME) + timedelta(days=1))
    assert codes(file(CAME - timedelta(days=1))) == {C.FORWARDING}
    assert codes(file(CAME)) == {C.FORWARDING, *DISTRICT_ORDER}
    assert codes(file(CAME + timedelta(days=1))) == {C.FORWARDING}


def test_a_number_that_cannot_be_dialled_promises_no_call(cast):
    for phone, promised in (("12", False), ("1390000", True), ("", False)):
        new = NewPetition(channel=Channel.ONLINE, body="路灯不亮。", persons=[NewPerson(phone=phone)])
        made = register(actor=Actor.petitioner(), new=new, unit=cast.units.petition_office, at=CAME)
        assert (C.CALL in codes(made.petition)) == promised
        assert [person.phone for person in made.petition.persons.all()] == [phone]


@pytest.mark.parametrize(
    ("person", "anonymous", "left_out"),
    [
        ({"name": "柳望舒", "phone": "13900000001"}, False, set()),
        ({"phone": "13900000001"}, True, set()),  # anonymous, but somebody can be called
        ({"name": "柳望舒"}, False, {C.CALL}),
        ({"address": "柳湾村3组"}, False, {C.CALL}),
        ({}, False, {C.CALL, C.RESPOND}),
        ({}, True, {C.CALL, C.RESPOND}),
        ({"phone": "12"}, True, {C.CALL, C.RESPOND}),
    ],
)
def test_nobody_is_answered_in_ten_minutes_who_left_neither_name_nor_number(
    cast, person, anonymous, left_out
):
    """The clocks of the law and the 24 hours bind for an anonymous case as for any other."""
    new = NewPetition(
        channel=Channel.ONLINE, body="路灯不亮。", persons=[NewPerson(**person)], anonymous=anonymous
    )
    made = register(actor=Actor.petitioner(), new=new, unit=cast.units.petition_office, at=CAME)
    assert codes(made.petition) == {C.FORWARDING, *DISTRICT_ORDER} - left_out


def test_there_is_one_first_response(cast, file):
    petition = file(CAME)
    respond(petition=petition, actor=cast.actor("petition_officer"), text="已收到。", at=CAME)
    with pytest.raises(Refusal, match="首次回应，不用再回应"):
        respond(petition=petition, actor=cast.actor("clerk"), text="已收到。", at=CAME)
    assert petition.events.filter(act="respond").count() == 1


def test_an_act_that_comes_later_is_not_said_to_be_over(cast, file):
    petition = file(CAME)
    with pytest.raises(Refusal, match="“送达”要在“待送达”时办理"):
        rules.require(petition, Act.SERVE, cast.actor("handler"))
