"""10-30-24 is an order of the district: where it is not in force, a case runs under the law's clocks alone."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day
from deadlines.models import Rule
from petitions.enums import Channel
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
