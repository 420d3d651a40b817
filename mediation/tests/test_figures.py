"""Figures of rooms, towns and fields; small ones are not shown, sealed cases are in none."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from mediation import figure_periods
from mediation.enums import Result, State
from mediation.figures import HIDDEN, NOTHING, percent, table_of
from mediation.models import Ladder, MediationCase, Session, Stay
from mediation.tests.session_world import queries_of
from petitions.models import Petition

pytestmark = pytest.mark.django_db
YEAR = figure_periods.parse("2026")
AT = datetime(2026, 5, 4, 9, tzinfo=SHANGHAI)


@pytest.fixture
def many(cast, fresh_case, room_of):
    """``many(room, 6, Result.AGREED, days=2)``: so many that ended so, first held after so many days (None: never)."""

    def make(room, count, result, *, days=2, case=None):
        made = []
        for place in range(count):
            mediation = MediationCase.objects.create(
                petition=case or fresh_case(),
                room=room,
                mediator=cast.mediator,
                opened_at=AT,
                state=State.ENDED,
                result=result,
                ended_at=AT + timedelta(days=20),
            )
            if days is not None:
                start = AT + timedelta(days=days + place, minutes=mediation.pk)
                Session.objects.create(
                    mediation=mediation,
                    room=room,
                    mediator=cast.mediator,
                    starts_at=start,
                    ends_at=start + timedelta(seconds=20),
                    scheduled_at=AT,
                    held_at=start,
                    record="x",
                    result=Result.NOT_AGREED,
                )
            made.append(mediation)
        return made

    return make


def cells(cast, key="petition_officer", by="room", period=YEAR):
    table = table_of(cast.actor(key), period, by)
    heads = [head for head, _words in table.heads]
    return {line.name: dict(zip(heads, line.cells, strict=True)) for line in (*table.lines, table.total)}


def test_each_counts_where_it_belongs(cast, room_of, many):
    room = room_of()
    many(room, 10, Result.AGREED)
    many(room, 5, Result.NOT_AGREED, days=4)
    many(room, 6, Result.WITHDRAWN)
    many(room, 5, Result.NOT_AGREED, days=None)
    line = cells(cast)["合计"]
    assert (line["转入调解"], line["达成协议"], line["未达成"]) == ("26", "10", "5")
    assert line["撤回同意"] == "6"
    assert line["没有调成场"] == "5", "ended before anything was held: no attempt that failed"
    assert line["成功率"] == "66.7%", "who withdrew is in no denominator"
    assert line["到第一场的天数"] not in {NOTHING, HIDDEN}
    assert line["复发率"] == "0.0%"


def test_few_are_not_shown_and_cannot_be_found_from_the_total(cast, room_of, many):
    many(room_of(name="甲"), 7, Result.AGREED)
    many(room_of(name="乙"), 2, Result.AGREED)
    found = cells(cast)
    shown = {name: line["达成协议"] for name, line in found.items()}
    assert shown["合计"] == "9" and set(shown.values()) == {"9", HIDDEN}
    assert {line["成功率"] for name, line in found.items() if name != "合计"} == {HIDDEN}


def test_a_rate_of_nothing_is_a_dash(cast, room_of, many):
    many(room_of(), 6, Result.WITHDRAWN)
    assert cells(cast)["合计"]["成功率"] == NOTHING
    assert (percent(1, 8), percent(1, 2000), percent(0, 0)) == ("12.5%", "0.1%", NOTHING)


def test_a_sealed_case_is_in_none_of_it(cast, room_of, many):
    made = many(room_of(), 7, Result.AGREED)
    Petition.objects.filter(pk=made[0].petition_id).update(sealed=True, kind="accusation", path=None)
    assert cells(cast)["合计"]["转入调解"] == "6"


def test_what_came_back_after_an_agreement(cast, room_of, many):
    room = room_of()
    made = many(room, 11, Result.AGREED)
    for mediation in made[:5]:
        MediationCase.objects.create(
            petition=mediation.petition,
            room=room,
            mediator=cast.mediator,
            opened_at=mediation.ended_at + timedelta(days=3),
        )
    assert cells(cast)["合计"]["复发率"] == "45.5%"


def test_where_on_the_ladder_it_was_settled(cast, room_of, many):

    ladder = Ladder.objects.get(unit=None, ended_at=None)
    first, _area, last = ladder.levels.order_by("place")
    made = many(room_of(), 11, Result.AGREED)
    for place, mediation in enumerate(made):
        Stay.objects.create(
            mediation=mediation,
            level=first if place < 6 else last,
            room=mediation.room,
            mediator=cast.mediator,
            began_at=AT,
            ended_at=AT + timedelta(days=20),
            leaving="ended",
        )
    line = cells(cast)["合计"]
    assert (line["在村（社区）化解"], line["在片区化解"], line["在乡镇化解"]) == ("6", "0", "5")


def test_by_town_and_by_field(cast, room_of, many):
    many(room_of(), 6, Result.AGREED)
    assert set(cells(cast, by="town")) == {cast.units.dongxi.name, "合计"}
    assert "合计" in cells(cast, by="field")


def test_each_office_reads_its_own_rooms(cast, room_of, many):
    many(room_of(), 6, Result.AGREED)
    many(room_of(name="别处", unit=cast.units.xiling, mediators=[]), 6, Result.AGREED)
    assert len(cells(cast)) == 3
    assert len(cells(cast, "mediator")) == 2
    assert list(cells(cast, "unit_head")) == ["合计"], "城市管理局 has no room"


def test_a_month_a_quarter_and_a_year():
    quarter = figure_periods.parse("2026-q4")
    assert (str(quarter), quarter.start.month, quarter.end.year) == ("2026-Q4", 10, 2027)
    assert str(figure_periods.parse("2026-02")) == "2026-02"
    assert str(figure_periods.of(now())) == str(now().astimezone(SHANGHAI).year)
    for text in ("", "2026-13", "1999", "26", "２０２６x", "2026-Q5"):
        with pytest.raises(Refusal):
            figure_periods.parse(text)


def test_the_page_says_how_it_is_counted_and_keeps_what_was_typed(cast, client_as, room_of, many):
    many(room_of(), 6, Result.AGREED)
    client, address = client_as(cast.petition_officer), reverse("mediation:figures")
    shown = client.get(f"{address}?period=2026-05&by=town").content.decode()
    assert "不在分母里" in shown and "不计个人" in shown
    wrong = client.get(f"{address}?period=abc")
    assert wrong.status_code == 422 and 'value="abc"' in wrong.content.decode()
    assert client_as(cast.handler).get(address).status_code == 403


def test_the_same_queries_for_few_and_for_many(cast, client_as, room_of, many):
    client = client_as(cast.petition_officer)
    address = reverse("mediation:figures") + "?period=2026&by=town"
    many(room_of(), 1, Result.AGREED)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    many(room_of(name="乙"), 3, Result.NOT_AGREED)
    assert queries_of(lambda: client.get(address)) == few


class TestRoomDesk:
    def test_today_waiting_and_to_record_lead_to_their_lists(self, cast, client_as, mediation_of, session_of):
        waiting = mediation_of()
        mediation = mediation_of(agreed=True, room=waiting.room)
        session = session_of(mediation)
        client, address = client_as(cast.mediator), reverse("mediation:room_desk", args=[waiting.room_id])
        shown = client.get(address).content.decode()
        assert waiting.get_absolute_url() in shown and 'href="#waiting"' in shown
        late = now() - timedelta(days=2)
        Session.objects.filter(pk=session.pk).update(starts_at=late, ends_at=late + timedelta(hours=1))
        assert reverse("mediation:session", args=[session.pk]) in client.get(address).content.decode()

    def test_the_same_queries_for_one_and_for_three(self, cast, client_as, mediation_of):
        first = mediation_of()
        client, address = client_as(cast.mediator), reverse("mediation:room_desk", args=[first.room_id])
        client.get(address)
        few = queries_of(lambda: client.get(address))
        for _nth in range(2):
            mediation_of(room=first.room)
        assert queries_of(lambda: client.get(address)) == few


def test_what_the_levels_add_up_to_is_not_shown_where_the_sum_is_not(cast, room_of, many):
    """Of two rooms one has too few that failed: what is hidden with them must not stand two columns further."""
    last = Ladder.objects.get(unit=None, ended_at=None).levels.order_by("-place").first()
    for name, agreed, failed in (("甲", 7, 2), ("乙", 8, 9)):
        room = room_of(name=name)
        for mediation in many(room, agreed, Result.AGREED):
            Stay.objects.create(
                mediation=mediation,
                level=last,
                room=room,
                mediator=cast.mediator,
                began_at=AT,
                ended_at=AT + timedelta(days=20),
                leaving="ended",
            )
        many(room, failed, Result.NOT_AGREED)
    for name, line in cells(cast).items():
        if line["达成协议"] == HIDDEN:
            assert {line["在村（社区）化解"], line["在片区化解"], line["在乡镇化解"]} == {HIDDEN}, name
    assert any(line["达成协议"] == HIDDEN for line in cells(cast).values())


def test_a_towns_line_tells_nothing_that_the_rooms_do_not(cast, many, room_of):
    """What is hidden of a room is hidden of its town, whatever the others of the town add up to."""
    rooms = {
        name: room_of(name=name, unit=unit)
        for name, unit in (
            ("一室", cast.units.dongxi),
            ("二室", cast.units.dongxi),
            ("三室", cast.units.xishan),
        )
    }
    for name, count in (("一室", 3), ("二室", 9), ("三室", 6)):
        many(rooms[name], count, Result.AGREED)
    by_room, by_town = cells(cast), cells(cast, by="town")
    assert by_room["合计"]["达成协议"] == by_town["合计"]["达成协议"] == "18"
    secret = {line["达成协议"] for name, line in by_room.items() if "一室" in name}
    assert secret == {"＊"}
    dongxi = cast.units.dongxi.name
    assert by_town[dongxi]["达成协议"] == "＊"
    for name, line in by_town.items():
        here = [one for room, one in by_room.items() if ("三室" not in room) == (name == dongxi)]
        if name != "合计":
            assert (line["达成协议"] == "＊") is any(
                one["达成协议"] == "＊" for one in here if one is not by_room["合计"]
            )
