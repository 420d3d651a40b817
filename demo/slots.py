"""What fills the slots of the texts: streets, estates, sums and months that do not exist; and who petitions."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from core.timekeeping import local_day
from demo.texts.names import (
    COMPANIES,
    ESTATES,
    GIVEN,
    GOODS,
    GYMS,
    MONTHS,
    NUMERALS,
    OTHER_NAMES,
    PARKS,
    RIVERS,
    ROADS,
    SCHOOLS,
    SHOPS,
    SURNAMES,
)

AREAS = ["339999", "339998", "339997"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def fill(rng: Random, at: datetime, *, village: str, heads: int) -> dict[str, str]:
    """One value per slot for one case. Sums and counts stay in believable bounds."""
    months_back = rng.randint(1, 5)
    return {
        "road": rng.choice(ROADS),
        "estate": rng.choice(ESTATES),
        "village": village,
        "shop": rng.choice(SHOPS),
        "company": rng.choice(COMPANIES),
        "school": rng.choice(SCHOOLS),
        "park": rng.choice(PARKS),
        "river": rng.choice(RIVERS),
        "gym": rng.choice(GYMS),
        "goods": rng.choice(GOODS),
        "month": MONTHS[(local_day(at).month - 1 - months_back) % 12],
        "year": str(local_day(at).year - rng.randint(1, 6)),
        "years": rng.choice(NUMERALS),
        "n": rng.choice(NUMERALS),
        "small": rng.choice(["两", "三", "四"]),
        "grade": rng.choice(["三", "四", "五", "六"]),
        "hour": rng.choice(["一", "两", "三"]),
        "floor": str(rng.choice((3, 4, 5, 6, 7, 9, 11, 16, 17))),
        "money_small": str(rng.choice((120, 180, 260, 350, 480, 600, 850, 1200, 1680, 2400))),
        "money_big": f"{rng.choice((1.2, 1.8, 2.5, 3.6, 4.8, 6, 7.5, 9.2, 12, 15, 18.6, 24))}万",
        #: Which of its sides the matter is told by: the first, second or third line of each part goes together.
        "angle": rng.choice("012"),
        "heads_big": str(heads if heads > 1 else rng.choice((12, 17, 23, 28, 36, 45))),
    }


def name(rng: Random) -> str:
    if rng.random() < 0.015:
        return rng.choice(OTHER_NAMES)
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def phone(rng: Random) -> str:
    """Numbers of a range that nobody was given."""
    return f"{rng.choice(('138', '139', '136', '150'))}0000{rng.randint(0, 9999):04d}"


def id_number(rng: Random, year: int, *, wrong: bool = False) -> str:
    """A number that is right by GB 11643 (or wrong in its check digit), of an area that does not exist."""
    born = date(year - rng.randint(22, 80), rng.randint(1, 12), rng.randint(1, 28))
    body = f"{rng.choice(AREAS)}{born:%Y%m%d}{rng.randint(1, 999):03d}"
    place = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + CHECKS[(place + wrong) % 11]


def address(rng: Random, town: str, village: str) -> str:
    if village.endswith("社区"):
        return f"{town}{village}{rng.choice(ESTATES)}{rng.randint(1, 28)}幢{rng.randint(1, 17)}0{rng.randint(1, 4)}室"
    return f"{town}{village}{rng.randint(1, 12)}组{rng.randint(1, 99)}号"
