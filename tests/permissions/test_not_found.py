"""An address whose number, id or token was changed, or names what one may not see, answers as one that names nothing:
the same bytes after the same number of questions to the database, and, of the case's page, in the same time."""

from statistics import fmean
from time import perf_counter

import pytest
from django.urls import reverse

from petitions.models import Attachment
from tests.permissions.asking import HANGING, args_of, ask, elsewhere
from tests.permissions.sparing import known_people, pages_drawn_plainly
from tests.permissions.table import READS, ROW_OF, STAFF
from tests.permissions.town import SEALED

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def nothing_done_twice(town):
    with known_people(town.clients.values()), pages_drawn_plainly():
        yield


JOBS = ("reports:job", "reports:job_cancel", "reports:download")
DOORS = [door for door, row in ROW_OF.items() if row.of_a_case]


def told(answer):
    """What an answer lets one know: all of it but what is new in every answer."""
    return answer.said, answer.steady, answer.queries


@pytest.mark.parametrize("door", DOORS)
def test_what_one_may_not_see_answers_like_what_does_not_exist(door, town):
    row, wrong = ROW_OF[door], []
    hidden = [case for case in (*SEALED, "保密", "包案", "回避") if case in row.cases()]
    for method in row.methods:
        for person in STAFF.split():
            nothing = None
            for case in hidden:
                if row.expected(method, person, case) != {"404"}:
                    continue
                if (
                    door.startswith(("reviews:", "outcomes:", "supervision:"))
                    and person in READS[case].split()
                ):
                    continue  # reads the case, and so learns that nothing of the kind hangs on it
                args = args_of(town, door, case)
                if nothing is None:
                    nothing = told(ask(town.clients[person], reverse(door, args=elsewhere(args)[0]), method))
                    assert nothing[0] == "404"
                if told(ask(town.clients[person], reverse(door, args=args), method)) != nothing:
                    wrong.append((method, person, case))
    assert wrong == []


@pytest.mark.parametrize("door", [*DOORS, *JOBS, "notifications:open"])
def test_one_part_of_ones_own_address_changed_leads_nowhere(door, town):
    """Readers too: a case's number with another's clock, person, file or session is no address."""
    row = ROW_OF[door]
    person = {**dict.fromkeys(JOBS, "统计"), "notifications:open": "承办"}.get(door)
    for method in row.methods:
        for case in row.cases():
            readers = [person] if person else sorted(row.named("", case) & (row.let_in or set()))
            for reader in readers[:3]:
                for args in elsewhere(args_of(town, door, case)):
                    answer = ask(town.clients[reader], reverse(door, args=args), method)
                    assert (answer.said, answer.written) == ("404", frozenset()), (method, reader, args)


def test_what_hangs_on_a_sealed_case_is_not_reached_by_way_of_an_open_one(town):
    number, hidden = town.cases["本局"].number, town.cases["后密"]
    paths = {
        "petitions:clock": [hidden.clocks.first().pk],
        "petitions:attachment": [Attachment.objects.filter(petition=hidden).first().token],
    }
    for door, rest in paths.items():
        for reader in READS["本局"].split():
            own = ask(town.clients[reader], reverse(door, args=[number, *rest]))
            none = ask(town.clients[reader], reverse(door, args=elsewhere([number, *rest])[1]))
            assert own.said == "404" and told(own) == told(none), (door, reader)
    clocks = town.hanging["后密"]
    for door in ("leaders:package_clock", "leaders:instruction_clock"):
        first, last = HANGING[door]
        args = [town.hanging["包案"][first], clocks[last]]
        assert ask(town.clients["包案领导"], reverse(door, args=args)).said == "404"


def test_a_wrong_code_for_a_sealed_case_sounds_like_a_number_that_does_not_exist(town):
    """Residents' query: the same words whether there is such a case or not."""
    answers = set()
    address = reverse("petitions:query")
    numbers = [town.cases[case].number for case in ("密件", "保管", "本局")]
    for number in [*numbers, "339999-2026-9999999"]:
        form = {"number": number, "code": "ABCDE-FGHJK"}
        answer = ask(town.clients["访客"], address, "POST", data=form)
        answers.add((answer.said, answer.steady.replace(number.encode(), b"N"), answer.queries))
    assert len(answers) == 1, [(said, queries) for said, _body, queries in answers]


def test_a_hidden_case_takes_as_long_to_be_refused_as_one_that_does_not_exist(town):
    """In turns, so that what else the machine does falls on both; the quicker half of each is compared."""
    client = town.clients["承办"]
    hidden, nothing = (
        reverse("petitions:detail", args=[number])
        for number in (town.cases["密件"].number, "339999-2026-9999999")
    )

    def seconds(address):
        began = perf_counter()
        assert client.get(address).status_code == 404
        return perf_counter() - began

    for _try in range(3):
        pairs = [(seconds(hidden), seconds(nothing)) for _n in range(40)]
        there, not_there = (fmean(sorted(side)[:20]) for side in zip(*pairs, strict=True))
        if 0.85 < there / not_there < 1.18:
            return
    pytest.fail(f"hidden {there * 1000:.1f} ms, not there {not_there * 1000:.1f} ms")
