"""Numbers under concurrency: real connections, none twice, none lost, also at the first case of a year."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection, connections, transaction

from accounts.actor import Actor
from core.timekeeping import SHANGHAI
from petitions.enums import Channel
from petitions.models import Petition
from petitions.services.numbering import next_numbers
from petitions.services.registering import NewPetition, register
from petitions.services.registering_many import Posted, register_many

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WORKERS, EACH = 4, 50


def forget_series(*years):
    with connection.cursor() as cursor:
        for year in years:
            for series in ("a", "j"):
                cursor.execute(f"DROP SEQUENCE IF EXISTS petition_serial_{series}_{year}")


def at_once(work):
    """Run ``work(n)`` in WORKERS threads that start together, each on a connection of its own."""
    gate = threading.Barrier(WORKERS)

    def run(n):
        try:
            gate.wait(10)
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_two_hundred_registrations_at_once_get_two_hundred_numbers(cast):
    at = datetime(2031, 3, 3, 9, tzinfo=SHANGHAI)
    forget_series(2031)

    def work(n):
        return [
            register(
                actor=Actor.petitioner(),
                new=NewPetition(channel=Channel.ONLINE, body=f"第 {n}-{k} 件"),
                unit=cast.units.petition_office,
                at=at,
            ).petition.number
            for k in range(EACH)
        ]

    numbers = [number for made in at_once(work) for number in made]
    assert len(set(numbers)) == WORKERS * EACH == Petition.objects.count()
    assert {int(number.rsplit("-", 1)[1]) for number in numbers} == set(range(1, WORKERS * EACH + 1))


def test_the_first_cases_of_a_year_make_one_series_each(cast):
    forget_series(2032)

    def work(n):
        with transaction.atomic():
            return next_numbers(5, datetime(2032, 1, 1, 0, 0, n, tzinfo=SHANGHAI), sealed=n % 2 == 1)

    made = at_once(work)
    plain, sealed = made[0] + made[2], made[1] + made[3]
    assert len(set(plain)) == len(set(sealed)) == 10
    assert all("-J" in number for number in sealed)


def test_a_first_case_that_is_rolled_back_leaves_the_year_usable(cast):
    forget_series(2033)
    at = datetime(2033, 1, 1, 8, tzinfo=SHANGHAI)
    with transaction.atomic():
        next_numbers(1, at)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_numbers(2, at)[0].endswith("-2033-000001")


def test_bulk_and_single_registration_share_one_series(cast):
    at = datetime(2034, 3, 3, 9, tzinfo=SHANGHAI)
    forget_series(2034)

    def work(n):
        new = [NewPetition(channel=Channel.LETTER, body=f"{n}-{k}") for k in range(10)]
        rows = [Posted(one, at) for one in new]
        if n % 2:
            return register_many(actor=Actor.system(), rows=rows, unit=cast.units.petition_office, at=at)
        return [
            register(actor=Actor.system(), new=one, unit=cast.units.petition_office, at=at).petition
            for one in new
        ]

    numbers = [case.number for made in at_once(work) for case in made]
    assert len(set(numbers)) == 40


def test_two_imports_of_the_same_rows_at_once_register_each_once(cast):
    from petitions.services.importing import MessageImport

    text = "message_id,user,subject,posted_at,body\n" + "".join(
        f"{k},A,题,2019-05-06 07:08:09,文{k}\n" for k in range(60)
    )
    results = at_once(lambda _n: MessageImport(text.encode(), unit=cast.units.petition_office).run())
    assert Petition.objects.count() == 60
    assert sum(result.added for result in results) == 60
    assert all(not result.broken for result in results)
