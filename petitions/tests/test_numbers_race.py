"""Numbers under concurrency: real connections, none twice, none lost, also at the first case of a year."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise

import pytest
from django.db import connection, connections, transaction

from accounts.actor import Actor
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind
from petitions.models import Petition
from petitions.services.numbering import next_numbers
from petitions.services.registering import NewPetition, register
from petitions.services.registering_many import Posted, register_many

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WORKERS, EACH = 4, 50


def forget_series(*years):
    with connection.cursor() as cursor:
        for year in years:
            cursor.execute(f"DROP SEQUENCE IF EXISTS petition_number_a_{year}")


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


@pytest.mark.article(21, 43)
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
    assert all(re.fullmatch(r"339999-2031-[0-9]{7}", number) for number in numbers)


def test_the_first_cases_of_a_year_make_one_series(cast):
    forget_series(2032)

    def work(n):
        with transaction.atomic():
            return next_numbers(5, datetime(2032, 1, 1, 0, 0, n, tzinfo=SHANGHAI))

    assert len({number for numbers in at_once(work) for number in numbers}) == WORKERS * 5


@pytest.mark.article(30)
def test_the_number_of_an_accusation_is_like_any_other(cast):
    """One series and one shape: a number written on a list or an envelope does not say what the case is."""
    forget_series(2038)
    at = datetime(2038, 6, 1, 9, tzinfo=SHANGHAI)

    def made(kind):
        new = NewPetition(channel=Channel.ONLINE, body="一件", kind=kind)
        office = cast.units.petition_office
        return register(actor=Actor.petitioner(), new=new, unit=office, at=at).petition

    cases = [made(kind) for kind in ("", Kind.ACCUSATION, Kind.APPEAL, Kind.ACCUSATION)]
    assert [case.sealed for case in cases] == [False, True, False, True]
    numbers = [case.number for case in cases]
    assert all(re.fullmatch(r"339999-2038-[0-9]{7}", number) for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value - start_value FROM pg_sequences WHERE sequencename LIKE '%%_number_%%_2038'"
        )
        assert cursor.fetchall() == [(3,)]


def test_a_first_case_that_is_rolled_back_leaves_the_year_usable(cast):
    forget_series(2033)
    at = datetime(2033, 1, 1, 8, tzinfo=SHANGHAI)
    with transaction.atomic():
        next_numbers(1, at)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert len(set(next_numbers(2, at))) == 2


def serials(numbers):
    return [int(re.sub(r"\D", "", number.rsplit("-", 1)[1])) for number in numbers]


def test_nobody_reads_off_two_numbers_how_many_lie_between(cast):
    """A case sealed after it had its number leaves no hole that could be seen, and no number tells how many came
    before: they come in no order, and another year in another."""
    forget_series(2035, 2036)
    found = {year: serials(next_numbers(200, datetime(year, 5, 5, tzinfo=SHANGHAI))) for year in (2035, 2036)}
    for numbers in found.values():
        steps = [after - before for before, after in pairwise(numbers)]
        assert len(set(numbers)) == 200 and max(numbers) > 100_000
        assert len({*steps}) > 190 and sum(step > 0 for step in steps) in range(70, 131)
    assert found[2035] != found[2036]


def test_numbers_of_the_plain_series_before_it_are_not_met_again(cast):
    forget_series(2037)
    at = datetime(2037, 1, 2, tzinfo=SHANGHAI)
    with transaction.atomic():
        assert all(len(number.rsplit("-", 1)[1]) == 7 for number in next_numbers(300, at))


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
