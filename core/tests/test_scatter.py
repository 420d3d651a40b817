"""Every serial its own number, none twice, and no order to be seen."""

from itertools import pairwise

import pytest

from core.scatter import scatter

KEY = b"a series of the year"


@pytest.mark.parametrize("below", [1, 2, 10, 1_000, 4_096, 4_097])
def test_all_serials_give_all_numbers_once(below):
    assert sorted(scatter(n, below=below, key=KEY) for n in range(below)) == list(range(below))


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
