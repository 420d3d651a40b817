"""What people typed."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import (
    clean_text,
    id_check_digit,
    id_number_facts,
    mask_id_number,
    mask_name,
    mask_phone,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("夜里\x07施工\x1b[0m", "夜里施工[0m"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("甲\t乙\n", "甲\t乙"),
        ("付款\u202e100元\u202c", "付款100元"),
        ("\ufeff你\u200b好\u2066!\u2069", "你好!"),
        ("👨‍👩‍👧 👍🏽 ❤️", "👨‍👩‍👧 👍🏽 ❤️"),
        ("䶮", "䶮"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("𠮷𫖯㛃", "𠮷𫖯㛃"),
        ("e\u0301", "é"),
        ("\ud800孤", "孤"),
        ("\uffff\ufdd0尾", "尾"),
        ("  \u3000首尾空白\u3000 ", "首尾空白"),
        ("", ""),
        ("\u0085\u2028段", "段"),
    ],
)
def test_text_loses_what_cannot_be_seen_and_keeps_what_people_write(typed, kept):
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(typed):
    once = clean_text(typed)
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
    assert "\0" not in once


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧**三"),
        ("阿依古丽·买买提", "阿**提"),
    ],
)
def test_a_name_is_masked_but_its_first_sign(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110105199001010021", "110***********0021"),
        ("E12345678", "E******78"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_an_id_number_shows_three_and_four_signs(number, masked):
    assert mask_id_number(number) == masked
    assert len(masked) == len(number)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("0577-12345678", "057****5678"),
        ("62345678", "****78"),
        ("110", "***"),
    ],
)
def test_a_phone_number_hides_its_middle(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("typed", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "f"),
        ("11010519491231002x", date(1949, 12, 31), "f"),
        (" 110105 19491231 002X ", date(1949, 12, 31), "f"),
        ("１１０１０５１９４９１２３１００２Ｘ", date(1949, 12, 31), "f"),
        ("440524188001010014", date(1880, 1, 1), "m"),
    ],
)
def test_a_number_of_gb_11643_tells_birth_and_sex(typed, born, sex):
    facts = id_number_facts(typed)
    assert (facts.valid, facts.birth_on, facts.sex, facts.problem) == (True, born, sex, "")
    assert facts.number == facts.number.upper()
    assert len(facts.number) == 18


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "330325", "339004", "000000", "999999"])
def test_abolished_unknown_and_residence_permit_areas_are_accepted(area):
    first = f"{area}19620315001"
    facts = id_number_facts(first + id_check_digit(first))
    assert (facts.valid, facts.birth_on, facts.sex) == (True, date(1962, 3, 15), "m")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "18 位"),
        ("1101051949123100", "18 位"),
        ("X1010519491231002X", "18 位"),
        ("110105194913310021", "出生日期"),
        ("110105202302290021", "出生日期"),
        ("110105299901010021", "出生日期"),
        ("110105194912310021", "校验"),
    ],
)
def test_a_wrong_number_warns_and_says_that_registration_may_go_on(typed, problem):
    facts = id_number_facts(typed)
    assert not facts.valid
    assert problem in facts.problem
    assert facts.problem.endswith("也可以直接登记。")


def test_a_wrong_check_sign_still_fills_birth_and_sex_for_comparison():
    facts = id_number_facts("110105194912310021")
    assert (facts.birth_on, facts.sex) == (date(1949, 12, 31), "f")
