"""Which tests hold which article: read off the marks in the test files, without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "article"


@dataclass(frozen=True, order=True)
class Held:
    """A test (``petitions/tests/test_x.py::TestA::test_b``) and one of the articles it names."""

    article: int
    path: str
    name: str


def marks() -> list[Held]:
    """Every mark of every test, in the order of articles, files and lines."""
    found = []
    rooms = [folder for folder in ROOT.iterdir() if (folder / "tests").is_dir()]
    for file in sorted(file for folder in [ROOT / "tests", *rooms] for file in folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        path = file.relative_to(ROOT).as_posix()
        found += [Held(article, path, name) for name, article in _in(tree.body)]
    return sorted(dict.fromkeys(found), key=lambda one: one.article)


def _in(body: list[ast.stmt], within: tuple[int, ...] = (), prefix: str = "") -> Iterator[tuple[str, int]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _in(node.body, within + _named(node.decorator_list), f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for article in within + _named(node.decorator_list):
                yield f"{prefix}{node.name}", article


def _named(decorators: list[ast.expr]) -> tuple[int, ...]:
    """The articles that ``@pytest.mark.article(34, 36)`` names."""
    return tuple(
        given.value
        for one in decorators
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == MARK
        for given in one.args
        if isinstance(given, ast.Constant) and isinstance(given.value, int)
    )
