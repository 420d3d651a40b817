"""Every serial its own number, none twice, and no order to be seen."""

from itertools import pairwise

import pytest
from django.urls import resolve, reverse

from core.scatter import gather, scatter

KEY = b"a series of the year"


@pytest.mark.parametrize("below", [1, 2, 10, 1_000, 4_096, 4_097])
def test_all_serials_give_all_numbers_once(below):
    assert sorted(scatter(n, below=below, key=KEY) for n in range(below)) == list(range(below))
    assert [gather(scatter(n, below=below, key=KEY), below=below, key=KEY) for n in range(below)] == list(
        range(below)
    )


def test_the_same_serial_gives_the_same_number_and_another_key_another():
    first = [scatter(n, below=10**7, key=KEY) for n in range(50)]
    assert first == [scatter(n, below=10**7, key=KEY) for n in range(50)]
    assert first != [scatter(n, below=10**7, key=b"another") for n in range(50)]


def test_numbers_that_follow_each_other_do_not_lie_together():
    found = [scatter(n, below=10**7, key=KEY) for n in range(2_000)]
    steps = [abs(after - before) for before, after in pairwise(found)]
    assert min(steps) > 0
    assert sum(step < 10**5 for step in steps) < 80  # 2 % by chance; 100 % in a plain series
    assert 2_500_000 < sum(steps) / len(steps) < 4_200_000  # a third of the range by chance


@pytest.mark.parametrize("serial", [-1, 10, 11])
def test_a_serial_outside_is_refused_and_not_wrapped(serial):
    with pytest.raises(ValueError, match="not below 10"):
        scatter(serial, below=10, key=KEY)


@pytest.mark.parametrize("number", [-1, 10])
def test_a_number_no_serial_has_is_refused(number):
    with pytest.raises(ValueError, match="not below 10"):
        gather(number, below=10, key=KEY)


@pytest.mark.django_db
def test_ids_in_addresses_lead_back_to_their_rows_and_stand_in_no_order():
    found = [reverse("leaders:package", args=[pk]) for pk in range(1, 200)]
    assert [resolve(address).kwargs["pk"] for address in found] == list(range(1, 200))
    numbers = [int(address.rstrip("/").rsplit("/", 1)[1]) for address in found]
    assert min(abs(after - before) for before, after in pairwise(numbers)) > 1_000
    assert numbers != sorted(numbers)
