"""What is too few is not shown, nor found by taking away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.withholding import LEAST, tellable, withheld, withheld_cells


@pytest.mark.parametrize(
    "wholes, hidden",
    [
        ({"a": 9, "b": 8}, set()),
        ({"a": 9, "b": 2}, {"a", "b"}),
        ({"a": 9, "b": 2, "c": 6}, {"b", "c"}),
        ({"a": 9, "b": 2, "c": 3}, {"b", "c"}),
        ({"a": 0, "b": 0}, set()),
    ],
)
def test_the_smallest_go_along(wholes, hidden):
    assert withheld(wholes) == hidden
    assert tellable(wholes) == {line for line in wholes if wholes[line]} - hidden


CELLS = st.dictionaries(
    st.sampled_from("甲乙丙丁"),
    st.fixed_dictionaries({column: st.integers(0, 12) for column in "xyz"}),
    max_size=4,
)


@given(CELLS)
def test_along_no_line_and_down_no_column_is_a_small_number_found(table):
    hidden = withheld_cells(table)
    for line, row in table.items():
        for column, count in row.items():
            assert count == 0 or count >= LEAST or (line, column) in hidden
        lost = [row[column] for column in row if (line, column) in hidden]
        left = [row[column] for column in row if row[column] and (line, column) not in hidden]
        assert not lost or not left or sum(lost) >= LEAST
    for column in "xyz":
        cells = {line: row[column] for line, row in table.items()}
        lost = [count for line, count in cells.items() if (line, column) in hidden]
        left = [count for line, count in cells.items() if count and (line, column) not in hidden]
        assert not lost or not left or sum(lost) >= LEAST
