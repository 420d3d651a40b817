from datetime import datetime

import pytest
from django.db import connection

from accounts.models import User
from core.timekeeping import SHANGHAI
from deadlines import ledger
from deadlines.services import build
from deadlines.tests.models import Egg


def _lay_table():
    Egg.hook, Egg.lapsed = None, []
    with connection.schema_editor() as editor:
        editor.create_model(Egg)
    ledger.attach([Egg])


@pytest.fixture
def eggs(db):
    """The table of the test clock, inside the test's transaction, whose end takes it away."""
    _lay_table()


@pytest.fixture
def shared_eggs(transactional_db):
    """The table of the test clock, committed, for tests with several connections. Gone before the flush."""
    _lay_table()
    yield
    Egg.hook = None
    with connection.schema_editor() as editor:
        editor.delete_model(Egg)


@pytest.fixture
def owner(request):
    request.getfixturevalue("shared_eggs" if "shared_eggs" in request.fixturenames else "eggs")
    return User.objects.create(username="owner", name="承办人甲", email="owner@example.test")


@pytest.fixture
def lay(owner):
    """Make clocks: ``lay("notice", "2026-03-02T09:00", count=3, broken=False)``."""

    def make(code, start, *, count=1, **fields):
        at = moment(start)
        return Egg.objects.bulk_create(
            build(Egg, rule_code=code, at=at, owner=owner, **fields) for _ in range(count)
        )

    return make


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
