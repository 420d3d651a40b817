"""Beside the form: earlier cases of the same person, cases of like text, the usual unit, and the choices by typing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import now
from petitions import rules
from petitions.enums import Status
from petitions.models import Petition
from petitions.selectors import categories as chooser
from petitions.selectors.same_person import Known, earlier_cases
from petitions.services import codes, following
from petitions.services.registering import NewPerson
from petitions.tests.test_counter_form import GOOD_ID, form_data

pytestmark = pytest.mark.django_db
WANG = NewPerson(name="王桂兰", id_number=GOOD_ID, phone="13800001111", address="柳湾村三组")


def ask(client, **typed):
    return client.post(reverse("petitions:register_similar"), typed)


def person(**typed):
    return {"persons-TOTAL_FORMS": "1", **{f"persons-0-{name}": value for name, value in typed.items()}}


@pytest.fixture
def clerk(cast, client_as):
    return client_as(cast.clerk)


@pytest.mark.parametrize(
    ("typed", "shared"),
    [
        (Known(id_number="110105-19491231-002x"), "证件号相同"),
        (Known(phone="138 0000 1111"), "电话相同"),
        (Known(phone="１３８—００００－１１１１"), "电话相同"),
        (Known(id_number="１１０１０５–１９４９１２３１—００２ｘ"), "证件号相同"),
        (Known(name="王桂兰", address="柳湾村三组"), "姓名和住址相同"),
        (Known(name="王桂兰"), None),
        (Known(phone="1111"), None),
        (Known(name="王桂兰", address="东溪镇"), None),
        (Known(), None),
    ],
)
def test_the_same_person_is_known_by_id_phone_or_name_with_address(typed, shared, cast, make_case):
    case = make_case(persons=[WANG])
    make_case(persons=[NewPerson(name="李四", phone="13900002222")])
    found = earlier_cases(actor=cast.actor("clerk"), persons=[typed])
    assert [(one.petition, one.shared) for one in found] == ([(case, shared)] if shared else [])


def test_numbers_typed_in_full_width_are_kept_as_everybody_else_types_them(cast, clerk):
    typed = {
        "name": "王桂兰",
        "phone": "１３８ ００００–１１１１",
        "id_number": "１１０１０５１９４９１２３１００２Ｘ",
    }
    clerk.post(reverse("petitions:register"), form_data(typed))
    kept = Petition.objects.get().persons.get()
    assert (kept.phone, kept.id_number, kept.id_check_failed) == ("13800001111", GOOD_ID, False)
    assert [one.shared for one in earlier_cases(actor=cast.actor("clerk"), persons=[Known(phone=WANG.phone)])]


def test_earlier_cases_come_newest_first_and_not_more_than_eight(cast, make_case):
    made = [make_case(persons=[WANG], at=now() - timedelta(days=n)) for n in range(10)]
    found = earlier_cases(actor=cast.actor("clerk"), persons=[Known(phone=WANG.phone)])
    assert [one.petition for one in found] == made[:8]


def test_sealed_cases_and_cases_of_others_are_not_shown(cast, clerk, make_case, client_as):
    sealed = make_case.registered(persons=[WANG], kind="accusation").petition
    hidden = make_case(persons=[WANG], unit=cast.units.housing, until=Status.FORWARDED)
    text = ask(clerk, **person(phone=WANG.phone), body=sealed.body).content.decode()
    assert sealed.number not in text
    assert hidden.number in text  # registered at the petition office
    town = ask(client_as(cast.town_clerk), **person(phone=WANG.phone), body=hidden.body).content.decode()
    assert hidden.number not in town


def test_a_confidential_case_does_not_tell_another_units_clerk_whose_it_is(cast, make_case, client_as):
    town = {"unit": cast.units.dongxi, "actor": cast.actor("town_clerk"), "persons": [WANG]}
    hidden = make_case.registered(**town, confidential=True).petition
    shown = make_case.registered(**town).petition
    there, office = client_as(cast.town_clerk), client_as(cast.petition_officer)
    for typed in (
        {"id_number": GOOD_ID},
        {"phone": WANG.phone},
        {"name": WANG.name, "address": WANG.address},
    ):
        text = ask(there, **person(**typed)).content.decode()
        assert shown.number in text
        assert hidden.number not in text
        assert hidden.number in ask(office, **person(**typed)).content.decode()


@pytest.mark.parametrize("who", ["clerk", "town_clerk", "petition_officer", "handler", "discipline_officer"])
def test_the_panel_knows_a_person_exactly_where_the_case_page_does(who, cast, make_case):
    actor = cast.actor(who)
    home = actor.unit
    made = [
        make_case.registered(
            actor=cast.actor("town_clerk"),
            unit=cast.units.dongxi,
            persons=[WANG],
            confidential=confidential,
            complained_unit=against,
            kind=kind,
        ).petition
        for confidential in (True, False)
        for against in (None, home, cast.units.housing)
        for kind in ("", "accusation")
    ]
    cases = Petition.objects.visible_to(actor).filter(pk__in=[case.pk for case in made])
    known = {case for case in cases if rules.knows_petitioner(case, actor)}
    found = earlier_cases(actor=actor, persons=[Known(phone=WANG.phone)], limit=50)
    assert {one.petition for one in found} == known


def test_a_row_says_number_subject_status_unit_day_and_never_a_name(clerk, make_case):
    case = make_case(persons=[WANG], until=Status.ACCEPTED)
    text = ask(clerk, **person(phone=WANG.phone), body="x").content.decode()
    for shown in (case.number, case.subject, "办理中", "城市管理局", "2026-09-03", "电话相同"):
        assert shown in text
    assert "王桂兰" not in text
    assert WANG.phone not in text


def test_a_case_found_by_person_is_not_listed_again_by_its_text(clerk, make_case):
    case = make_case(persons=[WANG])
    text = ask(clerk, **person(phone=WANG.phone), subject=case.subject, body=case.body).content.decode()
    assert text.count(f'data-earlier="{case.number}"') == 1


def test_what_the_id_number_says_stands_beside_it(clerk):
    text = ask(clerk, **person(id_number=GOOD_ID)).content.decode()
    assert "✓ 1949-12-31 女" in text
    failed = ask(clerk, **person(id_number="110105194912310021")).content.decode()
    assert "▲ 请核对 1949-12-31 女" in failed
    assert "也可以直接登记" in failed


def test_the_fragment_takes_the_same_queries_for_one_row_and_for_many(
    clerk, make_case, django_assert_max_num_queries
):
    make_case(persons=[WANG])
    with django_assert_max_num_queries(10):
        ask(clerk, **person(phone=WANG.phone), body="夜市噪音扰民老人睡不好")
    for _n in range(4):
        make_case(persons=[WANG])
        make_case(persons=[])
    with django_assert_max_num_queries(10):
        text = ask(clerk, **person(phone=WANG.phone), body="夜市噪音扰民老人睡不好").content.decode()
    assert text.count("data-earlier=") == 9


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"body": "\x00\x07"},
        {"body": "字" * 30_000},
        {"body": "'|&!():*\\<->"},
        {"subject": "噪"},
        {"persons-TOTAL_FORMS": "9" * 30},
        {"persons-TOTAL_FORMS": "-1"},
        {"persons-TOTAL_FORMS": "1", "persons-0-id_number": "１" * 500},
        {"category": "9" * 40},
        {"category": "x", "body": "😀䶮"},
    ],
)
def test_odd_input_gives_a_fragment_and_no_fault(typed, clerk):
    assert ask(clerk, **typed).status_code == 200


def test_a_chosen_original_is_linked_after_registering(clerk, cast, make_case):
    original = make_case(persons=[WANG])
    clerk.post(reverse("petitions:register"), form_data({"name": "王桂兰"}, original=original.number))
    case = Petition.objects.exclude(pk=original.pk).get()
    assert (case.repeat_of, case.joined_to, case.first_here) == (original, None, False)
    assert case.events.filter(act="link").count() == 1


def test_joining_keeps_number_and_clocks_of_the_new_case(clerk, make_case):
    original = make_case(persons=[WANG])
    page = clerk.post(
        reverse("petitions:register"), form_data(original=original.number, join="True"), follow=True
    )
    case = Petition.objects.exclude(pk=original.pk).get()
    assert case.joined_to == original
    assert case.number != original.number
    assert case.clocks.filter(stopped_at=None).exists()
    assert f"并入 {original.number}" in page.content.decode()


def test_nothing_is_linked_that_was_not_chosen(clerk, make_case):
    original = make_case(persons=[WANG])
    clerk.post(reverse("petitions:register"), form_data({"phone": WANG.phone}, body=original.body))
    assert Petition.objects.exclude(pk=original.pk).get().repeat_of is None


def test_an_original_the_clerk_may_not_see_cannot_be_named(clerk, make_case):
    sealed = make_case.registered(kind="accusation").petition
    page = clerk.post(reverse("petitions:register"), form_data(original=sealed.number))
    assert page.status_code == 422
    assert Petition.objects.count() == 1


def test_a_case_that_cannot_be_linked_is_registered_and_the_clerk_is_told(clerk, make_case, monkeypatch):
    original = make_case()

    def refuse(**_named):
        from core.errors import Refusal

        raise Refusal("现在不能关联。")

    monkeypatch.setattr(following, "link", refuse)
    page = clerk.post(reverse("petitions:register"), form_data(original=original.number), follow=True)
    assert "没有关联到" in page.content.decode()
    assert Petition.objects.count() == 2


def test_the_same_form_twice_links_once(clerk, make_case):
    original = make_case()
    data = form_data(original=original.number, token=codes.new_token())
    for _n in range(2):
        clerk.post(reverse("petitions:register"), data)
    assert Petition.objects.exclude(pk=original.pk).get().events.filter(act="link").count() == 1


def test_the_usual_unit_of_a_category_is_suggested_with_its_share(clerk, cast, make_case, categories):
    leaf = categories[0]
    for unit in (cast.units.urban, cast.units.urban, cast.units.urban, cast.units.housing):
        handler = "handler" if unit == cast.units.urban else "handler2"
        make_case(
            until=Status.FORWARDED,
            unit=unit,
            handler=handler,
            category_id=leaf.pk,
            at=now() - timedelta(days=9),
        )
    text = ask(clerk, category=str(leaf.pk)).content.decode()
    assert "城市管理局（近一年本类 4 件中占 75%）" in text


def test_one_or_two_cases_are_no_habit_and_sealed_ones_are_not_counted(cast, make_case, categories):
    leaf = categories[0]
    for _n in range(2):
        make_case(until=Status.FORWARDED, category_id=leaf.pk, at=now() - timedelta(days=9))
    for _n in range(5):
        make_case.registered(kind="accusation", category_id=leaf.pk, at=now() - timedelta(days=9))
    assert chooser.usual_unit(actor=cast.actor("clerk"), category=leaf) is None


def test_places_are_found_by_village_town_and_code_the_own_town_first(cast, client_as):
    client = client_as(cast.town_clerk)
    labels = [one["label"] for one in client.get(reverse("petitions:place_options")).json()]
    assert labels[:3] == ["东溪镇", "柳湾村", "石桥村"]
    assert "城市管理局" not in labels
    for typed, first in (
        ("西山", "西山社区"),
        ("东溪 石", "石桥村"),
        ("339999100201", "柳湾村"),
        ("柳", "柳湾村"),
    ):
        assert client.get(reverse("petitions:place_options"), {"q": typed}).json()[0]["label"] == first
    found = client.get(reverse("petitions:place_options"), {"q": "柳湾"}).json()
    assert found == [{"value": cast.units.liuwan.pk, "label": "柳湾村", "path": "东溪镇"}]


def test_units_are_found_by_name_and_closed_ones_are_not(clerk, cast):
    cast.units.housing.valid_until = now().date()
    cast.units.housing.save()
    labels = [one["label"] for one in clerk.get(reverse("petitions:unit_options"), {"q": "局"}).json()]
    assert labels == ["信访局", "城市管理局"]


@pytest.mark.parametrize("page", ["category_options", "place_options", "unit_options"])
@pytest.mark.parametrize("typed", ["", "\x00", "%", "_", "'; DROP", "字" * 5000, "查无此名"])
def test_options_answer_odd_words_with_a_list(page, typed, clerk, categories, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        answer = clerk.get(reverse(f"petitions:{page}"), {"q": typed})
    assert isinstance(answer.json(), list)
    assert len(answer.json()) <= chooser.MOST
