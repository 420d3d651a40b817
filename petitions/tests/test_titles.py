"""A title for what came without one."""

import pytest

from petitions.services.registering import title_of


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("夜市吵到两点。", "夜市吵到两点。"),
        ("第一行\n第二行", "第一行"),
        (
            "柳湾河边的夜市每天营业到凌晨两点。音响声音很大，老人睡不着觉。我们全楼的人都去找过社区。",
            "柳湾河边的夜市每天营业到凌晨两点。音响声音很大，老人睡不着觉",
        ),
        ("啊" * 41, "啊" * 39 + "…"),
        ("好。" + "啊" * 60, "好。" + "啊" * 37 + "…"),
    ],
)
def test_it_ends_with_a_sentence_or_says_that_more_was_cut_off(body, title):
    assert title_of(body) == title
    assert len(title_of(body)) <= 40
