"""The figures of the mediation rooms are frozen with the month; of one frozen before that, the page says otherwise."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI
from mediation.enums import Result, State
from mediation.models import MediationCase
from mediation.services.rooms import RoomCard, keep_room
from petitions.enums import RecusalGround, Status
from petitions.services import recusing, sealing
from reports.models import Freeze, FrozenMediation
from reports.periods import Month
from reports.services.freezing import freeze
from tests.cast import SINCE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
AT = datetime(2026, 9, 4, 9, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)
PAGE = {"month": "2026-09"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mediated(cast, make_case):
    """So many mediations of September that ended in agreement."""
    card = RoomCard(
        unit=cast.units.dongxi,
        name="宝大叔调解室",
        address="东溪镇河沿路8号",
        phone="0570-1234567",
        hours="工作日 8:30–17:30",
        mediators=[cast.mediator],
    )
    room = keep_room(actor=cast.actor("petition_officer"), card=card)

    def make(count):
        return [
            MediationCase.objects.create(
                petition=make_case(until=Status.ACCEPTED, at=AT - timedelta(days=2)),
                room=room,
                mediator=cast.mediator,
                opened_at=AT,
                state=State.ENDED,
                result=Result.AGREED,
                ended_at=AT + timedelta(days=9),
            )
            for _n in range(count)
        ]

    return make


def told(client, **asked):
    page = client.get(reverse("reports:indicators"), {**PAGE, **asked})
    assert page.status_code == 200
    return {head: text for head, _meaning, text in page.context["mediation"]}, page.content.decode()


def test_a_frozen_month_keeps_them_and_todays_page_counts_on(cast, mediated, client_as):
    client, made = client_as(cast.statistician), mediated(6)
    running, _page = told(client)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    frozen, page = told(client)
    assert frozen == running and (frozen["转入调解"], frozen["达成协议"]) == ("6", "6")
    assert "是冻结时的数" in page
    mediated(2)
    sealing.seal(
        petition=made[0].petition, actor=cast.actor("petition_officer"), reason="反映干部违纪", at=NOW
    )
    assert told(client)[0] == frozen
    today, page = told(client, today=1)
    assert today["转入调解"] == "7" and "按今天统计" in page


def test_whoever_is_kept_out_of_one_reads_the_others(cast, mediated, client_as):
    made = mediated(7)
    officer = cast.actor("petition_officer")
    recusing.recuse(petition=made[0].petition, actor=officer, ground=RecusalGround.FAMILY, at=NOW)
    freeze(actor=officer, month=SEPTEMBER)
    assert told(client_as(cast.statistician))[0]["转入调解"] == "7"
    assert told(client_as(cast.petition_officer))[0]["转入调解"] == "6"


def test_sealing_a_case_gives_nothing_back_to_whoever_was_recused_from_it(cast, mediated, client_as):
    made = mediated(7)
    officer = cast.actor("petition_officer")
    recusing.recuse(petition=made[0].petition, actor=officer, ground=RecusalGround.FAMILY, at=NOW)
    freeze(actor=officer, month=SEPTEMBER)
    colleague = User.objects.create(username="o2", name="又一专员", password="!")
    post = Post.objects.create(
        user=colleague, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    sealing.seal(petition=made[0].petition, actor=Actor.of(post), reason="反映干部违纪", at=NOW)
    assert told(client_as(cast.petition_officer))[0]["转入调解"] == "6"


def test_of_one_unit_nothing_is_told_beside_the_whole(cast, mediated, client_as):
    mediated(6)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    for today in ({}, {"today": 1}):
        assert told(client_as(cast.statistician), unit=cast.units.dongxi.pk, **today)[0] == {}


def test_a_unit_reads_those_of_its_own_rooms(cast, mediated, client_as):
    mediated(6)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    assert told(client_as(cast.unit_head))[0]["转入调解"] == "0", "the rooms are a town's"


def test_few_are_not_shown_of_a_frozen_month_either(cast, mediated, client_as):
    mediated(3)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    assert told(client_as(cast.statistician))[0]["转入调解"] == "＊"


def test_a_month_frozen_before_they_were_kept_says_that_they_are_counted_today(cast, mediated, client_as):
    mediated(6)
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    Freeze.objects.create(
        unit=kept.unit,
        month=kept.month,
        version=2,
        reason="迁移以前",
        frozen_at=NOW,
        frozen_by=kept.frozen_by,
        definitions=kept.definitions,
    )
    mediated(1)
    figures, page = told(client_as(cast.statistician))
    assert figures["转入调解"] == "7" and "下面按今天统计" in page and "调解（按今天统计）" in page


def test_kept_mediations_never_change(cast, mediated):
    mediated(1)
    rows = FrozenMediation.objects.filter(freeze=freeze(actor=cast.actor("statistician"), month=SEPTEMBER))
    assert rows.count() == 1
    for act in (lambda: rows.update(result=""), lambda: rows._raw_delete(rows.db)):
        with pytest.raises(InternalError, match="what was frozen never changes"), transaction.atomic():
            act()
