"""No room starts a clock without the facts of its matter, or a condition of the district's would never hold for it."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOMS = sorted(app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR)


def starts_of(room):
    """Calls that start a clock: ``start(…)`` or ``build(…)`` with a rule's code, wherever they come from."""
    for path in (settings.BASE_DIR / room).rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                named = {one.arg for one in node.keywords}
                if name in {"start", "build"} and "rule_code" in named:
                    yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", "facts" in named


def test_there_are_rooms_that_start_clocks():
    assert {"petitions", "reviews", "supervision", "leaders"} <= {
        room for room in ROOMS if list(starts_of(room))
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_start_of_a_clock_passes_facts(room):
    assert [where for where, passed in starts_of(room) if not passed] == []
