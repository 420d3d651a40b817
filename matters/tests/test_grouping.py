"""Which texts tell of the same matter, apart from any table."""

from datetime import datetime, timedelta

from matters.grouping import Text, group, names_pattern, pairs
from matters.tests.conftest import MIXER, OTHERS, WAGES

START = datetime(2026, 11, 1)


def texts_of(*kinds, **more):
    rows = [row for kind in kinds for row in kind]
    return [Text(n, START + timedelta(hours=n), *row, **more) for n, row in enumerate(rows, start=1)]


def groups_of(texts, fresh=None, days=90, names=None):
    wanted = fresh or [text.key for text in texts]
    return group(lambda: iter(texts), wanted, window=timedelta(days=days), names=names).made()


def test_texts_about_one_thing_are_together_and_the_others_stay_single():
    found = groups_of(texts_of(MIXER, WAGES, OTHERS))
    assert sorted(sorted(keys) for keys in found.values()) == [[1, 2, 3, 4], [5, 6, 7]]


def test_a_matter_that_is_half_of_all_that_comes_is_found_all_the_same():
    found = groups_of(texts_of(MIXER * 4, OTHERS))
    assert max(map(len, found.values())) >= 12


def test_the_same_texts_give_the_same_groups():
    texts = texts_of(MIXER, WAGES, OTHERS)
    assert groups_of(texts) == groups_of(texts)


def test_word_for_word_copies_are_together():
    texts = texts_of([MIXER[0]] * 5, OTHERS, WAGES)
    assert [1, 2, 3, 4, 5] in map(sorted, groups_of(texts).values())


def test_one_shared_name_is_no_common_matter():
    estate = [
        (
            "翠湖山庄正门路口请装红绿灯",
            "早晚高峰车流密集，电动车逆行，行人横穿马路险象环生，上月撞伤一名老人，恳求交警部门勘察以后安装信号灯、"
            "划斑马线、设置减速带。",
        ),
        (
            "翠湖山庄配套幼儿园何时招生",
            "开发商承诺交付时同步办学，三周岁幼儿只能送往城东民办园，学费每学期九千元，教育部门答复正在验收消防、"
            "招聘教师。",
        ),
        (
            "翠湖山庄屋面渗漏物业推诿",
            "顶层住户客厅天花板发霉，木地板泡胀，维修基金申请表递交半年杳无音讯，物业公司称质保期满，施工单位注销，"
            "业委会尚未成立。",
        ),
    ]
    texts = texts_of(estate, WAGES, OTHERS)
    found = groups_of(texts)
    assert not any({1, 2, 3} & set(keys) for keys in found.values())
    assert [4, 5, 6] in map(sorted, found.values())


def test_a_text_joins_the_group_that_is_there_already():
    known = [Text(n, START + timedelta(hours=n), *row, group=77) for n, row in enumerate(MIXER[:3], start=1)]
    new = Text(9, START + timedelta(days=2), *MIXER[3])
    around = [Text(20 + n, START + timedelta(hours=n), *row) for n, row in enumerate([*WAGES, *OTHERS])]
    assert groups_of([*known, *around, new], fresh=[9]) == {77: [9]}


def test_what_lies_further_back_than_the_window_draws_nothing():
    texts = [Text(n, START + timedelta(days=100 * n), *row) for n, row in enumerate(MIXER, start=1)]
    assert groups_of(texts, days=90) == {}


def test_place_and_category_part_what_is_barely_alike():
    """The same two texts, with the same and with another place and category."""
    rows = texts_of(WAGES[:2], OTHERS, MIXER)
    near = [Text(t.key, t.at, t.subject, t.body, 1, "劳动") for t in rows]
    far = [Text(t.key, t.at, t.subject, t.body, t.key, f"{t.key}类") for t in rows]
    assert len(groups_of(near)) >= len(groups_of(far))
    assert [1, 2] in map(sorted, groups_of(near).values())


def test_names_of_towns_say_nothing():
    names = names_pattern(["石桥村", "东溪镇", ""])
    assert pairs("东溪镇石桥村路灯", names) == {"路灯"}
    assert names_pattern([]) is None
    assert pairs("A7县楚龙街道路灯 ABC 123") == {"路灯"}


def test_texts_without_chinese_are_alone():
    blank = [("???", "1234"), ("", ""), ("abc", "def")]
    assert groups_of(texts_of(blank, blank)) == {}
