"""The demo county's words: enough of them, well formed, and of our own county only."""

from random import Random

import pytest

from core.text import id_number_facts
from core.timekeeping import now
from demo import slots, wording
from demo.county import places
from demo.matters import all_matters
from demo.people import STAFF
from petitions.enums import Channel, Kind, Outcome
from petitions.services.categories import DEFAULT, read

MATTERS = all_matters()
PARTS = ("subjects", "facts", "effects", "asks", "found", "granted", "explained", "notes")


def filled(seed: int) -> dict[str, str]:
    return {**slots.fill(Random(seed), now(), village="柳湾村", heads=3), "we": "我"}


def test_there_are_at_least_forty_matters_with_keys_of_their_own():
    assert len(MATTERS) >= 40
    assert len({matter.key for matter in MATTERS}) == len(MATTERS)


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.key)
def test_a_matter_has_its_phrasings_category_and_units(matter):
    leaves = {leaf for _one, _two, leaf in read(DEFAULT.read_bytes())}
    known = {place.key for place in places()} | {"town"}
    assert matter.leaf in leaves
    assert {*matter.keys("units"), *matter.keys("co"), *matter.keys("wrong")} <= known
    able = {*STAFF, "discipline", "court", "town"}
    assert {*matter.keys("units"), *matter.keys("co"), *matter.keys("wrong")} <= able
    for part in ("subjects", "facts", "effects", "asks", "found", "granted", "notes"):
        assert len(set(matter.lines(part))) >= 3, part
    assert len(matter.lines("explained")) >= 2
    assert matter.basis.startswith("《") or "规定" in matter.basis


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.key)
def test_every_phrasing_fills_without_a_slot_left(matter):
    for seed in range(3):
        for part in PARTS:
            for line in matter.lines(part):
                text = line.format_map(filled(seed))
                assert text.strip() and "{" not in text and "  " not in text


def test_bodies_are_sixty_to_four_hundred_characters_and_replies_name_the_remedy_only_on_path_six():
    rng = Random(1)
    for matter in MATTERS:
        for channel in (Channel.ONLINE, Channel.PHONE, Channel.LETTER, Channel.VISIT):
            words = filled(2)
            body = wording.body(rng, matter, words, channel=channel, heads=1, town="东溪镇", repeated=False)
            assert 60 <= len(body) <= 400, (matter.key, len(body))
        outcomes = [Outcome.SUPPORTED, Outcome.EXPLAINED]
        asked = [line.format_map(words) for line in matter.lines("asks")[:2]]
        given = wording.opinions(matter, words, outcomes, asked)
        asked = asked[:1]
        text = wording.reply(
            rng,
            matter,
            words,
            subject="标题",
            accepted_on=now().date(),
            asked=asked,
            given=given[:1],
            review="清江县人民政府",
        )
        assert "清江县人民政府书面申请复查" in text
        assert "复议" not in text.rsplit("\n", 1)[-1]
        plain = wording.reply(
            rng,
            matter,
            words,
            subject="标题",
            accepted_on=now().date(),
            asked=asked,
            given=given[:1],
            review="",
        )
        assert "复查" not in plain.rsplit("\n", 1)[-1]


def test_identity_numbers_are_right_or_wrong_as_wanted_and_of_no_real_area():
    rng = Random(3)
    for _time in range(200):
        number = slots.id_number(rng, 2026)
        assert id_number_facts(number).valid
        assert number[:4] == "3399"
        assert not id_number_facts(slots.id_number(rng, 2026, wrong=True)).valid


def test_rare_characters_and_names_with_a_dot_occur():
    rng = Random(5)
    names = {slots.name(rng) for _time in range(4000)}
    assert any("䶮" in name for name in names)
    assert any("·" in name for name in names)


def test_accusations_are_the_only_matters_of_the_discipline_body():
    for matter in MATTERS:
        assert (matter.kind == Kind.ACCUSATION) == (matter.keys("units") == ["discipline"])
