"""What a spreadsheet would run stays a text, and comes back as it was."""

import pytest

from core.cells import as_digits, as_text, from_text

HOSTILE = ["=1+1", "+86 138", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''@x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text):
    assert as_text(text) == f"'{text}"
    assert from_text(as_text(text)) == text


@pytest.mark.parametrize("text", ["夜市太吵", "a=1", "'引号'", "", "1+1"])
def test_every_other_text_is_left_alone(text):
    assert as_text(text) == from_text(text) == text


@pytest.mark.parametrize(
    "text", ["330106199001011234", "202611230001", "0571", "'330106199001011234", "００１２"]
)
def test_a_long_number_gets_an_apostrophe_and_loses_it_again(text):
    assert as_digits(text) == f"'{text}"
    assert from_text(as_digits(text)) == text


@pytest.mark.parametrize("text", ["0", "12", "13800001111", "33010619900101123X", "3.5", "", "夜市太吵"])
def test_a_short_number_is_left_alone(text):
    assert as_digits(text) == from_text(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_none_among_long_numbers_either(text):
    assert as_digits(text) == f"'{text}" and from_text(as_digits(text)) == text
