"""What a spreadsheet would run stays a text, and comes back as it was."""

import pytest

from core.cells import as_text, from_text

HOSTILE = ["=1+1", "+86 138", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''@x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text):
    assert as_text(text) == f"'{text}"
    assert from_text(as_text(text)) == text


@pytest.mark.parametrize("text", ["夜市太吵", "a=1", "'引号'", "", "1+1"])
def test_every_other_text_is_left_alone(text):
    assert as_text(text) == from_text(text) == text
