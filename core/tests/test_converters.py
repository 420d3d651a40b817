"""An address with what is no case number in it is no address, before any view is asked."""

import pytest
from django.urls import Resolver404, resolve, reverse

SHAPES = (
    "/cases/{}/",
    "/cases/{}/preview/",
    "/cases/{}/act/note/",
    "/leaders/instruct/{}/",
    "/mediation/cases/{}/",
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "number", ["\0", "339999-2026-\x000001", "编号", "a b", "<b>", "9" * 33, "339999_2026"]
)
def test_no_view_sees_what_is_no_number(shape, number):
    with pytest.raises(Resolver404):
        resolve(shape.format(number))


@pytest.mark.parametrize("number", ["339999-2026-000123", "339999-2026-0417230", "339999-2026-J041723"])
def test_numbers_of_every_series_are_led_to_their_case(number):
    assert resolve(reverse("petitions:detail", args=[number])).kwargs == {"number": number}
