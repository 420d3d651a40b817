"""docs/indicators.md is the definitions, printed; words that change get a new version."""

from hashlib import sha256
from pathlib import Path

from reports.definitions import DEFINITIONS
from reports.management.commands.print_indicators import page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_indicators_is_what_the_definitions_say():
    assert (ROOT / "docs/indicators.md").read_text() == page()


def test_a_definition_that_says_something_else_has_a_new_version():
    """After a change of words raise ``version`` and replace the line here; frozen months keep the old ones."""
    assert {one.code: (one.version, mark(one)) for one in DEFINITIONS} == SAID


def mark(one):
    return sha256(f"{one.name}|{one.unit}|{one.formula}|{one.basis}".encode()).hexdigest()[:12]


SAID = {
    "count": (1, "af2299b8f77d"),
    "pieces": (1, "8462de7aedfa"),
    "batches": (1, "2422c342115a"),
    "heads": (1, "e44a23e5bbd2"),
    "mass_batches": (2, "22571c4c2887"),
    "mass_heads": (1, "867e2e65d8e6"),
    "repeats": (1, "8979c48282ba"),
    "repeat_rate": (1, "caa8035c18ad"),
    "forwarding": (1, "5cd59017807f"),
    "acceptance": (1, "8889a2fdf43f"),
    "conclusion": (1, "9a2fb53c95aa"),
    "respond_10": (1, "3f66e1dd05c4"),
    "call_30": (1, "b9c80ea0aee8"),
    "unreached": (1, "648b04cd0a9c"),
    "first_round_24": (1, "8bf3fac993e6"),
    "office_satisfaction": (2, "48ae68826c05"),
    "unit_satisfaction": (2, "263b3c8d6db5"),
    "participation": (2, "9a86cd3000fb"),
    "refusal": (1, "6fea9c1cfbb4"),
}
