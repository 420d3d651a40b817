"""What this room tells the archives, and that no name stays when the people of a case are anonymised."""

import pytest
from django.db import connection

from hearings.enums import State
from hearings.services import archives
from hearings.tests.test_recording import question

pytestmark = pytest.mark.django_db
SEALED = {"hearings_panelmember": "name", "hearings_hearingrecord": "came", "hearings_expertquestion": "whom"}


def stored(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [bytes(value) for (value,) in cursor.fetchall()]


def test_names_of_people_from_outside_are_forgotten_with_the_case(world, cast):
    row = world.hearing(State.HELD)
    question(world, cast, case=row.petition)
    before = [value for table, column in SEALED.items() for value in stored(table, column) if value]
    assert len(before) == 3 and not any(
        "龚".encode() in value or "鉴定所".encode() in value for value in before
    )
    assert archives.forget(row.petition) == 3
    assert not any(value for table, column in SEALED.items() for value in stored(table, column))
    assert archives.forget(row.petition) == 0
    row.refresh_from_db()
    assert row.state == State.HELD and row.panel.count() == 3


def test_a_hearing_to_come_keeps_the_archive_waiting(world):
    row = world.hearing(State.DECIDED)
    assert archives.unfinished([row.petition_id]) == {row.petition_id}
    other = world.hearing(State.HELD)
    assert archives.unfinished([other.petition_id]) == set()
