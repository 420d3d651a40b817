"""In the rooms above the cases the right is asked before the form is looked at: whoever may read a case and may not do the act
gets 403 for a form with nothing in it, for nonsense and for a whole one alike, and changes nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from leaders.enums import VisitKind
from leaders.models import VisitDay
from leaders.services.days import DayPlan, plan_day
from mediation.forms import HoldForm
from mediation.services.rooms import RoomCard, keep_room
from tests.cast import SINCE
from tests.permissions.asking import args_of, ask, doors_of
from tests.permissions.forms import WHOLE
from tests.permissions.sparing import known_people, pages_not_drawn
from tests.permissions.table import ROW_OF, STAFF

pytestmark = pytest.mark.django_db
#: Of a matter that has ended, of a 复核 by a body outside, of a hearing that a review called; there is none in this
#: town.
AFTER_THE_END = {
    "reviews:hearing_recusal",
    "reviews:elsewhere_outcome",
    "reviews:prepare",
    "reviews:publish",
    "reviews:care_done",
}
ROOMS = (
    *("leaders:", "mediation:", "reviews:", "supervision:", "outcomes:", "hearings:", "conference:"),
    *("matters:", "reports:", "tables:"),
)
#: Of units where nobody of the town works.
NOBODY_HERE = {
    "reports:cases_export",  # without the query of a list there is nothing to take out
    "leaders:report",
    "leaders:name_doer",
    "supervision:feed_back",
    "supervision:acknowledge",
    "supervision:arrive",
}
#: Somebody for what nobody of the town may do: label, role, unit.
BESIDE = {"社区": (Role.HANDLER, "xishan"), "镇专员": (Role.PETITION_OFFICER, "dongxi")}


@pytest.fixture(scope="module", autouse=True)
def nothing_done_twice():
    with known_people(), pages_not_drawn():
        yield


@pytest.fixture
def beside(town):
    """``beside("社区")``: the browser of somebody added to the town for one test."""

    def make(label):
        role, unit = BESIDE[label]
        user = User.objects.create(username=f"m-{label}", name=f"{label}甲", password="!")
        Post.objects.create(user=user, unit=getattr(town.cast.units, unit), role=role, valid_from=SINCE)
        town.users[label] = user
        return town.client(label)

    yield make
    for label in BESIDE:
        town.users.pop(label, None)


def posts_of_the_rooms():
    """Doors of the staff that answer to POST, by what the site answers itself."""
    return [door for door in of_the_rooms() if "POST" in ROW_OF[door].methods]


#: What comes of it is told on the very page that answers.
SHOWN_ONCE = {
    *("leaders:own_calendar", "mediation:own_calendar"),
    *("mediation:party_slip", "mediation:dispute_add"),
    *("reports:upper_form", "reports:walls"),
}
#: Open to everybody without a login: nobody is refused there.
RESIDENTS = (
    *("leaders:public_", "leaders:my_", "leaders:personal_"),
    *("mediation:room_file", "mediation:dispute_query"),
)


def of_the_rooms():
    """Without the residents' own, which ask for number and code or for nothing."""
    found = [door for door in doors_of() if door.startswith(ROOMS) and not door.startswith(RESIDENTS)]
    return [door for door in found if ROW_OF[door].rest != "查询"]


def forms(town, door, case):
    return ({}, {"nonsense": "1", "token": "?"}, WHOLE[door](town, case))


def refused(town, client, door, case, wanted="403"):
    """Where something else than the refusal came, or something was written."""
    address = reverse(door, args=args_of(town, door, case))
    for data in forms(town, door, case):
        answer = ask(client, address, "POST", data=data)
        if (answer.said, answer.written) != (wanted, frozenset()):
            yield door, case, data, answer.said, sorted(answer.written)


def test_every_door_of_the_rooms_that_takes_a_form_has_a_whole_one_here(town):
    assert set(posts_of_the_rooms()) == set(WHOLE)
    for door in of_the_rooms():
        if door not in WHOLE:
            row = ROW_OF[door]
            case = next((case for case in row.cases()), "")
            address = reverse(door, args=args_of(town, door, case))
            person = "专员" if not row.of_a_case else "分管领导"
            assert ask(town.clients[person], address, "POST").said in {"403", "405"}, door


@pytest.mark.parametrize("door", sorted(WHOLE))
def test_whoever_reads_and_may_not_is_refused_before_the_form(door, town):
    row, wrong, asked = ROW_OF[door], [], 0
    for case in row.cases():
        for person in STAFF.split():
            if row.of_a_case and person not in (row.let_in or ()):
                continue
            if row.expected("POST", person, case) == {"403"}:
                asked += 1
                found = refused(town, town.clients[person], door, case)
                wrong += [(person, *said) for said in found]
    assert wrong == []
    limited = {"leaders:instruct", "leaders:receive_case", "leaders:acknowledge"}
    limited |= {"supervision:open", "supervision:call", "supervision:dispatch"}
    limited |= {"leaders:inbox_public"}  # everybody's
    limited |= {"reports:job_cancel"}  # nobody reads another's job
    assert asked or door in limited | AFTER_THE_END, "who reads and may not is asked here"


@pytest.mark.parametrize("door", sorted(set(WHOLE) - NOBODY_HERE - AFTER_THE_END))
def test_the_form_is_whole_for_whoever_may(door, town):
    """So that the refusals above are for who sends it: it is done, or (409) it has been done before."""
    row = ROW_OF[door]
    case, person = next(
        (case, person)
        for case in row.cases()
        for person in sorted(row.named("", case) & (row.let_in or row.named("", case)))
    )
    data = WHOLE[door](town, case)
    answer = ask(town.clients[person], reverse(door, args=args_of(town, door, case)), "POST", data=data)
    if door == "mediation:hold":  # its time has not come in this town
        assert HoldForm(data).is_valid() and answer.said == "422"
    else:
        shown = {"200"} if door in SHOWN_ONCE else set()
        assert answer.said in {"转到", "409"} | shown, (case, person, answer)


def test_only_the_unit_that_was_told_to_reports_on_an_instruction(town, beside):
    address = reverse("leaders:report", args=args_of(town, "leaders:report", "包案"))
    client = beside("社区")
    assert ask(client, address, "POST").said == "422"
    assert ask(client, address, "POST", data=WHOLE["leaders:report"](town, "包案")).said == "转到"


def test_a_day_and_a_room_of_another_office_are_read_and_not_changed(town, beside):
    """What is published everybody opens; it is its own office that changes it, and records upon it."""
    officer, units = town.cast.actor("petition_officer"), town.cast.units
    start = VisitDay.objects.get(pk=town.day.pk).starts_at + timedelta(days=3)
    plan = DayPlan(
        post=town.cast.post("leader"), kind=VisitKind.FIXED, starts_at=start, ends_at=start + timedelta(hours=1),
        place_unit=units.dongxi, place_text="镇政府一楼", published=True,
    )  # fmt: skip
    day, room = town.day, town.room
    town.day = plan_day(actor=officer, plan=plan)
    town.room = keep_room(actor=officer, card=RoomCard(unit=units.xiling, name="西岭", address="西岭街1号"))
    client = beside("镇专员")
    try:
        assert ask(client, reverse("leaders:day", args=[town.day.pk])).said == "200"
        doors = (
            "leaders:day_change",
            "leaders:day_cancel",
            "leaders:receive_on_day",
            "mediation:room_change",
        )
        assert [said for door in doors for said in refused(town, client, door, "")] == []
        assert list(refused(town, town.clients["镇登记员"], "leaders:receive_on_day", "")) == []
    finally:
        town.day, town.room = day, room
