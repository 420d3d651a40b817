"""One 文号 from outside is one paper's, so one case's: typed for a second case of the same unit it is refused."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import Channel, NoticeWay, RecusalGround, ServiceMethod, Status
from petitions.models import Petition
from petitions.services import answering, making, noticing, recusing
from petitions.services.registering import NewPerson
from tests.cases import MORNING, OUTSIDE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 8, 10, tzinfo=SHANGHAI)
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}


@pytest.fixture
def answered(make_case):
    minutes = count()

    def make(**new):
        """Each answered at a moment of its own: what one step answered shares one paper."""
        at = MORNING + timedelta(minutes=next(minutes))
        return make_case(until=Status.CONCLUDED, **{"at": at} | new)

    return make


def serve(case, actor, number=OUTSIDE):
    answering.serve(
        petition=case,
        actor=actor,
        method=ServiceMethod.DIRECT,
        served_at=AT,
        recipient="本人",
        paper_number=number,
        at=AT,
    )


def make_outside(case, actor, number=OUTSIDE):
    making.record_outside(petition=case, actor=actor, paper_number=number, made_on=local_day(AT), at=AT)


def tell(case, actor, number):
    how = {"way": NoticeWay.POST, "recipient": "张小河", "proof": "EX1", "told_at": AT}
    noticing.give_notice(petition=case, actor=actor, paper_number=number, at=AT, **how)


@pytest.mark.article(32)
@pytest.mark.parametrize("first", [serve, make_outside])
@pytest.mark.parametrize("second", [serve, make_outside])
def test_a_second_case_of_the_unit_does_not_take_it(answered, cast, first, second):
    used, other, handler = answered(), answered(), cast.actor("handler")
    first(used, handler)
    with pytest.raises(Refusal, match=f"已经用在{used.number}的文书上") as refused:
        second(other, handler)
    assert refused.value.code == "invalid"
    other = Petition.objects.get(pk=other.pk)
    assert (other.status, other.reply.paper_number) == (Status.CONCLUDED, "")
    second(other, handler, "清城管意〔2026〕13号")


def test_who_may_not_see_that_case_is_not_told_which(answered, cast):
    used, other, handler = answered(), answered(), cast.actor("handler")
    serve(used, cast.actor("handler"))
    recusing.recuse(petition=used, actor=handler, ground=RecusalGround.FAMILY, reason="表兄")
    with pytest.raises(Refusal, match="已经用在另一件的文书上") as refused:
        serve(other, handler)
    assert used.number not in refused.value.sentence


def test_a_case_may_say_its_own_again_and_another_unit_the_same(answered, cast, make_case):
    case, handler = answered(), cast.actor("handler")
    make_outside(case, handler)
    serve(case, handler)
    assert Petition.objects.get(pk=case.pk).service.paper_number == OUTSIDE
    theirs = make_case(until=Status.CONCLUDED, unit=cast.units.xiling, handler="outsider")
    serve(theirs, cast.actor("outsider"))
    assert Petition.objects.get(pk=theirs.pk).service.paper_number == OUTSIDE


@pytest.mark.article(23)
def test_nor_is_a_notice_s_number_typed_twice(make_case, cast):
    number, handler = "清城管告〔2026〕3号", cast.actor("handler")
    first, second = (make_case(until=Status.ACCEPTED, **LETTER) for _n in range(2))
    tell(first, handler, number)
    with pytest.raises(Refusal, match=f"已经用在{first.number}的文书上"):
        tell(second, handler, number)
    assert Petition.objects.get(pk=second.pk).notice_owed
    tell(second, handler, "")
