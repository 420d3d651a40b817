"""Cases of like text: found after many edits, by the index, within the scope of whoever asks."""

import random

import pytest
from django.core.cache import cache
from django.db import connection

from petitions.models import Petition
from petitions.selectors import similar
from petitions.selectors.search import holding

pytestmark = pytest.mark.django_db
PLACES = ["柳湾村", "石桥村", "西山社区", "东溪镇", "城关路", "清江大道", "老码头", "梧桐巷"]
THINGS = [
    "夜市音响声音很大，凌晨两点还在营业，老人和孩子睡不好觉，希望规定收摊时间",
    "路灯坏了三盏，晚上放学的孩子看不清路，已经有人摔倒，请尽快修好路灯",
    "征地补偿款发放了一半，剩下的部分一直没有说法，村民多次询问都没有答复",
    "小区电梯经常停在半空，物业说维修资金没有批下来，业主们每天提心吊胆",
    "灌溉渠被垃圾堵住，下游的稻田放不到水，眼看就要误了农时",
    "公交线路取消以后，老人看病要走四公里，能不能恢复早晚两班车",
    "工地拖欠工资三个月，包工头电话不接，工友们马上要回家过年",
    "养猪场的污水直接排进河里，河水发黑发臭，井水也不敢喝了",
]


@pytest.fixture(autouse=True)
def fresh_statistics():
    cache.delete(similar.CACHE_KEY)
    yield
    cache.delete(similar.CACHE_KEY)


@pytest.fixture
def library(make_case):
    """64 cases of eight matters in eight places, each with its own details."""
    rng = random.Random(7)
    return [
        make_case(
            subject=f"{place}的问题",
            body=f"{place}{rng.randint(1, 99)}号。{thing}。{''.join(rng.sample(THINGS[n - 1], 12))}",
        )
        for place in PLACES
        for n, thing in enumerate(THINGS)
    ]


def edited(text, rate, rng):
    pool = "".join(THINGS)
    out = []
    for sign in text:
        kind = rng.random() if rng.random() < rate else 1
        if kind < 0.34:
            out.append(rng.choice(pool))
        elif kind < 0.67:
            out += [sign, rng.choice(pool)]
        elif kind == 1:
            out.append(sign)
    return "".join(out)


@pytest.mark.parametrize(("rate", "least"), [(0, 24), (0.15, 23), (0.3, 20)])
def test_a_text_is_found_again_after_edits(rate, least, library, cast):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE petitions_petition")
    rng = random.Random(11)
    hits = 0
    for case in rng.sample(library, 24):
        typed = edited(f"{case.subject} {case.body}", rate, rng)
        found = similar.similar_cases(actor=cast.actor("petition_officer"), text=typed)
        hits += case in [one.petition for one in found]
    assert hits >= least


def test_without_statistics_it_still_finds(library, cast):
    case = library[10]
    found = similar.similar_cases(actor=cast.actor("petition_officer"), text=case.body)
    assert found[0].petition == case
    assert found[0].percent == 100


@pytest.mark.parametrize(("word", "inside"), [("路灯", "路灯"), ("征地补偿", "征地补偿款"), ("渠", "渠")])
def test_a_lone_word_finds_the_cases_that_hold_it(word, inside, library, cast):
    found = similar.similar_cases(actor=cast.actor("clerk"), text=word)
    assert len(found) == 5
    assert all(inside in one.petition.body for one in found)


@pytest.mark.parametrize("text", ["", " \n", "。，！", "😀😀", "zzqq", "'", "\\", "a'b\\c & | !"])
def test_texts_with_nothing_in_common_find_nothing(text, library, cast):
    assert similar.similar_cases(actor=cast.actor("petition_officer"), text=text) == []


def test_unlike_texts_are_left_out(library, cast):
    text = "我想咨询退役军人优待证如何办理需要带哪些证件"
    assert similar.similar_cases(actor=cast.actor("petition_officer"), text=text) == []


def test_only_cases_of_ones_scope_are_compared(cast, make_case):
    case = make_case(body=THINGS[0])
    make_case.registered(body=THINGS[0], kind="accusation")
    seen = {
        who: [one.petition for one in similar.similar_cases(actor=cast.actor(who), text=THINGS[0])]
        for who in ("clerk", "petition_officer", "town_clerk", "outsider")
    }
    assert seen == {"clerk": [case], "petition_officer": [case], "town_clerk": [], "outsider": []}


def test_the_pieces_are_those_of_the_index(make_case):
    text = "ABC 噪音，扰民！12号 😀䶮"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(zh_bigrams(%s))", [text])
        assert set(cursor.fetchone()[0]) == similar.pieces_of(text)


def test_the_query_is_answered_by_the_index(make_case):
    make_case()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "petition_words_pieces" in holding("'夜市' | '噪音'").explain()


def test_the_pieces_are_kept_up_whoever_writes_the_case(make_case):
    case = make_case(subject="夜市", body="噪音")
    Petition.objects.filter(pk=case.pk).update(subject="路灯", body="不亮" + "啊" * 2000 + "末尾")
    assert list(holding("'路灯' & '不亮'").values_list("pk", flat=True)) == [case.pk]
    assert not holding("'夜市'").exists()
    assert not holding("'末尾'").exists(), "beyond the 2,000 signs"


def test_it_takes_two_queries_and_one_when_the_statistics_are_read(library, cast, django_assert_num_queries):
    actor = cast.actor("petition_officer")
    with django_assert_num_queries(3):
        similar.similar_cases(actor=actor, text=library[9].body)
    with django_assert_num_queries(2):
        similar.similar_cases(actor=actor, text=library[9].body)


def test_rare_pieces_are_looked_up_first_and_fewer_when_all_are_common():
    known = {"反映": 0.9, "问题": 0.8, "噪音": 0.03, "夜市": 0.02}
    rarity = similar.Rarity(1_000, known)
    assert rarity.rounds(["反映", "问题", "夜市", "噪音", "梧桐"]) == [
        ["梧桐"],
        ["夜市", "噪音", "问题", "反映"],
    ]
    common = similar.Rarity(1_000_000, {f"{n:02}": 0.5 for n in range(50)})
    assert [len(go) for go in common.rounds(common.known)] == [similar.LEAST]


def test_of_too_many_hits_the_newest_are_compared(library, cast, monkeypatch):
    monkeypatch.setattr(similar, "MOST_HITS", 3)
    actor = cast.actor("petition_officer")
    holding = [case.pk for case in library if "夜市" in case.body]
    assert len(holding) > 3
    assert sorted(similar._candidates(actor, ["夜市"], [])) == sorted(holding)[-3:]
