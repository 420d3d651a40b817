"""Which links stand in the row, and which wait under 更多."""

import pytest

from core import nav

DOORS = ("petitions:file", "petitions:query", "petitions:list", "petitions:register")


@pytest.fixture
def offered(monkeypatch):
    """Offers ``count`` links to one role, every second of them seldom needed."""

    def offer(count):
        entries = {
            f"{DOORS[n % 4]}#{n}": nav.NavEntry(
                str(n), DOORS[n % 4], frozenset({"clerk"}), "", n, seldom=n % 2 == 1
            )
            for n in range(count)
        }
        monkeypatch.setattr(nav, "_entries", entries)
        return nav.items_for("clerk", "/nowhere/")

    return offer


def test_as_many_as_fit_stand_in_the_row(offered):
    assert [link.more for link in offered(nav.AT_ONCE)] == [False] * nav.AT_ONCE


def test_of_more_those_seldom_needed_wait(offered):
    links = offered(nav.AT_ONCE + 2)
    assert [link.more for link in links] == [False, True] * 5
    assert [link.label for link in links] == [str(n) for n in range(10)]


@pytest.mark.django_db
def test_the_officer_has_a_row_that_fits_and_reaches_all_of_it(cast, client_as):
    page = client_as(cast.petition_officer).get("/cases/").content.decode()
    wide = page.split('class="nav-wide"')[1].split("</nav>")[0]
    row, more = wide.split("nav-more")
    assert row.count("<li>") <= nav.AT_ONCE + 2
    assert "三项建议" in more and "三项建议" not in row
    narrow = page.split('class="menu"')[1].split("</nav>")[0]
    assert "三项建议" in narrow
