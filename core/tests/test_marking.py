"""Marks: a code that tells nothing, cannot be forged, and reads back."""

from datetime import UTC, datetime

import pytest

from core.marking import EXPORT, Mark, codes_in, read_code
from core.sealing import Unreadable

MARK = Mark(EXPORT, 12, 34, datetime(2026, 11, 22, 3, 40, 5, tzinfo=UTC), "9b1d" * 8)
CODE = MARK.code()


def test_a_code_reads_back_and_no_two_are_alike():
    assert read_code(CODE) == MARK
    assert MARK.code() != MARK.code()
    assert CODE.isalnum() and CODE.isupper()


def test_a_code_typed_off_paper_reads_back():
    typed = CODE.lower().replace("o", "0").replace("b", "8")
    assert read_code(" ".join(typed[n : n + 5] for n in range(0, len(typed), 5))) == MARK


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c[:-8],
        lambda c: c[:40] + ("A" if c[40] != "A" else "C") + c[41:],
        lambda c: "HY",
        lambda c: "你好",
    ],
)
def test_a_changed_code_does_not_open(change):
    with pytest.raises(Unreadable):
        read_code(change(CODE))


def test_a_code_is_found_in_a_text_once(tmp_path):
    (tmp_path / "a.csv").write_text(f"甲,乙\n{CODE},{CODE}\n", encoding="utf-8")
    assert codes_in(tmp_path / "a.csv") == [CODE]
