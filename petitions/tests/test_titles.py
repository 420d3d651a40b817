"""A title for what came without one."""

import pytest

from petitions.enums import Channel, Kind
from petitions.services.registering import NewPerson, NewPetition, own_title, title_of


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


def new(body, **fields):
    person = NewPerson(
        name="姜玉兰", phone="１３８ ０000 1234", id_number="11010519491231002X", address="柳湾村三组12号"
    )
    return NewPetition(channel=Channel.ONLINE, body=body, persons=[person], **fields)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("我是姜玉兰，邻居半夜装修。", "邻居半夜装修。"),
        ("姜玉兰反映邻居半夜装修。", "反映邻居半夜装修。"),
        ("电话13800001234，邻居半夜装修。", "电话邻居半夜装修。"),
        ("住柳湾村三组12号，证件11010519491231002X，半夜装修。", "住证件半夜装修。"),
        ("姜玉兰", "来信来访"),
        ("邻居半夜装修。", "邻居半夜装修。"),
    ],
)
def test_it_leaves_out_who_wrote_it(body, title):
    assert own_title(new(body)) == title


@pytest.mark.django_db
@pytest.mark.article(30)
def test_of_an_accusation_it_says_no_word_of_the_text(cast):
    assert own_title(new("举报某局长，举报人冯铁柱", kind=Kind.ACCUSATION)) == "检举控告"
    placed = new("举报某局长", kind=Kind.ACCUSATION, place_unit=cast.units.liuwan)
    assert own_title(placed) == "检举控告 · 柳湾村"


@pytest.mark.django_db
def test_what_somebody_typed_as_a_title_stays(make_case):
    case = make_case(subject="姜玉兰反映邻居", body="我是姜玉兰", persons=[NewPerson(name="姜玉兰")])
    assert case.subject == "姜玉兰反映邻居"
    case = make_case(subject="", body="我是姜玉兰，邻居吵。", persons=[NewPerson(name="姜玉兰")])
    assert case.subject == "邻居吵。"
