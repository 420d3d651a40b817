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
    "unit_acceptance": (1, "c4dfb5fadc57"),
    "unit_acceptance_own": (1, "1bf3af53f3f1"),
    "days_to_acceptance": (1, "a5984abf5943"),
    "days_to_answer": (1, "fcc4f0997aad"),
    "online_share": (1, "30696c4b0487"),
    "joint": (1, "a1a82b5c66f4"),
    "joint_mass": (1, "61bdb767b0a3"),
    "first_resolved": (1, "6ec111e9cc09"),
    "settled_once": (1, "be1adf429767"),
    "demands_resolved": (1, "d91e60a291dc"),
    "grassroots_resolved": (1, "8775c52cc7d0"),
    "well_handled": (1, "f5f34becf599"),
    "visited_back": (1, "3dbffae0c159"),
    "requests_supported": (1, "4b6d19cd4022"),
    "requests_explained": (1, "0c9ecbff0c59"),
    "requests_not_supported": (1, "18fde35d60d5"),
    "review_asked": (1, "e53c8f13f035"),
    "review_declined": (1, "e498c60b9e24"),
    "review_in_time": (1, "482e695a422b"),
    "review_upheld": (1, "b9b0b72a00c6"),
    "review_changed": (1, "2ecb4a0abfd8"),
    "review_revoked": (1, "4ff64f2d173f"),
    "review_redo": (1, "4d2c49c547ce"),
    "final_asked": (1, "8d3d0a90528e"),
    "final_declined": (1, "cd6a894ead90"),
    "final_in_time": (1, "bd1f816193d9"),
    "final_upheld": (1, "5963618fd74f"),
    "final_changed": (1, "5566737e1ddd"),
    "final_revoked": (1, "4def51c4ee6d"),
    "final_redo": (1, "fde1d64b9e5d"),
    "packages_resolved": (1, "97e95f9e9a6b"),
    "packages_struck": (1, "85bf50e58ccb"),
    "receptions": (1, "108aeef399f5"),
    "supervised": (1, "8b0512ad82ea"),
    "suggestions_answered": (1, "00d2106017cf"),
    "suggestions_adopted": (1, "ebc84b525912"),
    "orders_answered": (1, "f364db50303d"),
    "answered_in_time": (1, "e554b853a2ee"),
    "office_content_or_silent": (1, "d3d715b3bc74"),
    "unit_content_or_silent": (1, "2b58101e68f6"),
}
