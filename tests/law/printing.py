"""docs/law.md as text."""

from __future__ import annotations

from itertools import groupby

from tests.law.articles import ARTICLES, Article
from tests.law.held import Held, marks

HEAD = """\
# The 《信访工作条例》, article by article

Articles 13 to 48 in our words, and the tests that hold what a program can hold of them; what is left to people is said.
Printed by `python -m tests.law > docs/law.md` from the marks `@pytest.mark.article(34)` in the test files; a test holds
this page to them. What the numbers in code comments (条例 34) refer to is the same regulation (中发〔2022〕11号, in force
since 2022-05-01).
"""


def page() -> str:
    held: dict[int, list[Held]] = {
        article: list(of) for article, of in groupby(marks(), key=lambda one: one.article)
    }
    return "\n".join([HEAD, *(_part(one, held.get(one.number, [])) for one in ARTICLES)])


def _part(article: Article, held: list[Held]) -> str:
    lines = [f"## {article.number}", "", article.asks, ""]
    if article.left:
        lines += [f"Left to people: {article.left}" if held else f"Not held: {article.left}", ""]
    for path, of in groupby(held, key=lambda one: one.path):
        lines.append(f"- `{path}`: " + "; ".join(_words(one.name) for one in of))
    if held:
        lines.append("")
    return "\n".join(lines)


def _words(name: str) -> str:
    return name.rsplit("::", 1)[-1].removeprefix("test_").replace("_", " ")
