"""Loading the demo county: the same county every time, all of it or nothing, and nowhere but in a trial."""

import hashlib
from collections import Counter
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Unit, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from demo import seeding
from demo.shelved import FILES
from leaders.models import CasePackage
from mediation.models import Session as Meeting
from petitions.models import Petition, PetitionClock, PetitionEvent, PetitionPerson, Reply

UNTIL = datetime(2026, 9, 17, 10, 30, tzinfo=SHANGHAI)


@pytest.fixture
def trial(settings):
    settings.IS_TRIAL = True
    settings.TRIAL_PASSWORD = "qingjiang-2026"


def picture() -> dict[str, object]:
    """What a county looks like, ids left out."""
    texts = hashlib.sha256()
    for row in Petition.objects.order_by("registered_at", "subject").values_list(
        "number", "subject", "body", "status", "channel", "received_at", "due_at", "lead_unit__name"
    ):
        texts.update(repr(row).encode())
    for row in Reply.objects.order_by("at", "text").values_list("text", "at"):
        texts.update(repr(row).encode())
    for person in PetitionPerson.objects.order_by("petition__number", "ordinal"):
        texts.update(repr((person.name, person.phone, person.id_number)).encode())
    cases = Petition.objects.values_list("status", "channel", "lead_unit__name", "sealed")
    return {
        "texts": texts.hexdigest(),
        "cases": Counter(cases),
        "events": Counter(PetitionEvent.objects.values_list("act", "at")),
        "clocks": Counter(
            PetitionClock.objects.values_list("rule__code", "due_at", "stopped_at", "breached_at")
        ),
        "users": list(User.objects.order_by("id").values_list("username", "name")),
        "packages": CasePackage.objects.count(),
        "sessions": list(
            Meeting.objects.order_by("starts_at", "room__name").values_list("starts_at", "result")
        ),
    }


def county_of(cases: int, seed: int) -> dict[str, object]:
    """Load into the fresh database, look, and take it back."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # a test that committed may have left a series behind
            for year in range(UNTIL.year - 2, UNTIL.year + 1):
                cursor.execute(f"DROP SEQUENCE IF EXISTS petition_number_a_{year}")
        seeding.load(cases=cases, seed=seed, until=UNTIL, quiet=True)
        found = picture()
        transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_the_same_seed_makes_the_same_county_and_another_seed_another(db, trial):
    one, two = county_of(60, 7), county_of(60, 7)
    assert one == two
    assert sum(one["cases"].values()) == 60 + len(FILES)
    assert county_of(20, 8)["texts"] != county_of(20, 7)["texts"]


def test_a_database_with_another_county_is_left_alone(cast, trial):
    Unit.objects.filter(code="339999").update(code="339998")
    with pytest.raises(CommandError, match="空库"):
        call_command("seed_demo", "--if-empty", cases=5)


def test_outside_a_trial_nothing_is_loaded(db, settings):
    settings.IS_TRIAL = False
    with pytest.raises(Refusal, match="试用环境"):
        seeding.load(cases=1, seed=1, until=now())
    assert not Unit.objects.exists()


def test_a_district_with_another_code_is_no_demo_county(db, trial, settings):
    settings.DISTRICT_CODE = "110000"
    with pytest.raises(Refusal, match="110000"):
        seeding.load(cases=1, seed=1, until=now())


def test_a_moment_that_is_none_is_refused(db, trial):
    with pytest.raises(CommandError, match="有效的时间"):
        call_command("seed_demo", until="昨天")


def test_an_empty_county_loads_too(db, trial):
    loaded = seeding.load(cases=0, seed=1, until=UNTIL, quiet=True)
    assert loaded.cases == 0
    assert Unit.objects.filter(code="339999").exists()
