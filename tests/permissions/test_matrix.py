"""Every door × every person × every case: what comes is what the table says, and a refusal changes nothing."""

import pytest
from django.urls import reverse

from core.management.commands.permissions import PAGE, printed
from tests.permissions.asking import args_of, ask, doors_of
from tests.permissions.sparing import cases_found_once, known_people, pages_not_drawn
from tests.permissions.table import LEADERS, READS, ROW_OF, ROWS, TABLES
from tests.permissions.town import CASES, PEOPLE, RECUSED

pytestmark = pytest.mark.django_db
#: After these a session is not what it was: they get one of their own.
ENDS_A_SESSION = {
    "accounts:logout",
    "petitions:mine_leave",
    "accounts:switch_post",
    "accounts:end_other_logins",
}
REFUSED = {"403", "404", "405", "登录", "查询"}


def test_every_door_is_in_the_table_once():
    found = list(doors_of())
    missing = sorted(set(found) - set(ROW_OF))
    assert not missing, f"no line in tests/permissions/table.py says who may open {', '.join(missing)}"
    assert not set(ROW_OF) - set(found), f"these are gone: {sorted(set(ROW_OF) - set(found))}"
    assert len(ROW_OF) == sum(len(row.doors) for row in ROWS), "a door has two lines"


def test_every_line_names_people_and_cases_that_there_are():
    for table in TABLES.values():
        assert set(table) <= set(CASES)
        assert {who for people in table.values() for who in people.split()} <= set(PEOPLE)
    for row in ROWS:
        for answer, _who in row.who:
            assert all(row.named(answer, case) <= set(PEOPLE) for case in row.cases()), row.doors
        assert row.let_in is None or row.let_in <= set(PEOPLE), row.doors


#: A dispute is between units that are asked to agree, and goes up to the leaders of their common superior (条例 24); none
#: of them need read the case to say whose it is.
BEYOND = {"DISPUTED": f"{LEADERS} 协办", "RULES_ON": LEADERS}


def test_nobody_in_the_table_gets_more_of_a_case_than_who_reads_it():
    for name, table in TABLES.items():
        for case, people in table.items():
            more = set(people.split()) - set(READS[case].split())
            assert more <= set(BEYOND.get(name, "").split()), (name, case)
    for case, people in RECUSED.items():
        assert not set(people.split()) & set(READS[case].split()), case


def test_the_printed_page_says_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == printed(), "run manage.py permissions"


@pytest.fixture(scope="module", autouse=True)
def nothing_done_twice():
    """Only what is answered counts here, not what stands on the page."""
    with known_people(), cases_found_once(), pages_not_drawn():
        yield


def answers(town, door, method, case):
    """Everybody's answer at one address."""
    row = ROW_OF[door]
    address = reverse(door, args=args_of(town, door, case))
    for person in PEOPLE:
        client = town.client(person) if door in ENDS_A_SESSION else town.clients[person]
        answer = ask(client, address, method)
        wanted = row.expected(method, person, case)
        if answer.said not in wanted:
            yield f"{method} {door} {case} {person}: {answer.said}, not {'/'.join(sorted(wanted))}"
        if answer.said in REFUSED and answer.written:
            yield f"{method} {door} {case} {person}: refused, and wrote {sorted(answer.written)}"


@pytest.mark.parametrize("door", list(ROW_OF))
def test_everybody_gets_at_every_door_what_the_table_says(door, town):
    row = ROW_OF[door]
    wrong = [
        said
        for method in ("GET", "POST")
        # Which method a door knows is decided before anybody looks at the case.
        for case in (row.cases() if method in row.methods else row.cases()[:1])
        for said in answers(town, door, method, case)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", [door for door in ROW_OF if ROW_OF[door].of_a_case])
def test_a_fragment_is_refused_like_a_page(door, town):
    """The same asked by htmx, for sealed cases and those one is recused from: nobody gets more of them that way."""
    row = ROW_OF[door]
    for method in row.methods:
        for case in set(row.cases()) & {"密件", "后密", "回避"}:
            address = reverse(door, args=args_of(town, door, case))
            for person in ("专员", "承办", "包案领导", "调解员", "登记员", "被反映", "上级", "审计员"):
                answer = ask(town.clients[person], address, method, headers={"HX-Request": "true"})
                assert answer.said in row.expected(method, person, case), (method, case, person)
                assert not answer.written
