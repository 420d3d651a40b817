"""docs/law.md is the table and the marks, and no article is passed over."""

from tests.law.articles import ARTICLES, FIRST, LAST
from tests.law.held import ROOT, marks
from tests.law.printing import page


def test_every_article_has_its_row_in_order():
    assert [one.number for one in ARTICLES] == list(range(FIRST, LAST + 1))


def test_every_article_is_held_by_a_test_or_says_why_no_program_can():
    held = {one.article for one in marks()}
    assert [one.number for one in ARTICLES if one.number not in held and not one.left] == []


def test_no_test_names_an_article_outside_the_table():
    assert [one for one in marks() if not FIRST <= one.article <= LAST] == []


def test_the_committed_page_is_what_is_printed():
    committed = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")
    assert committed == page(), "python -m tests.law > docs/law.md"
