"""The counter's screen: who may open it, what it keeps, what it takes and what it refuses."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.timekeeping import SHANGHAI, local_day, now
from petitions.enums import Channel, Kind, Urgency
from petitions.models import Petition
from petitions.services import codes
from tests.pictures import PNG

pytestmark = pytest.mark.django_db
COUNTER = {"clerk", "town_clerk", "petition_officer"}
OTHERS = [
    "handler", "unit_head", "leader", "mediator", "inspector", "statistician",
    "discipline_officer", "sysadmin", "secadmin", "auditor", "outsider",
]  # fmt: skip
PAGES = [
    "register", "register_receipt", "category_options", "place_options", "unit_options", "person_options",
]  # fmt: skip
GOOD_ID = "11010519491231002X"


def form_data(*persons, **fields):
    data = {
        "token": codes.new_token(),
        "channel": "visit",
        "body": "柳湾河边的夜市每天营业到凌晨两点。",
        "persons-TOTAL_FORMS": str(len(persons)),
        "persons-INITIAL_FORMS": "0",
        **fields,
    }
    for n, person in enumerate(persons):
        data |= {f"persons-{n}-{name}": value for name, value in person.items()}
    return data


def send(client, *persons, **fields):
    return client.post(reverse("petitions:register"), form_data(*persons, **fields))


@pytest.fixture
def clerk(cast, client_as):
    return client_as(cast.clerk)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_the_counter_may_open_or_use_its_pages(who, cast, client_as):
    client = client_as(getattr(cast, who))
    opened = {page for page in PAGES if client.get(reverse(f"petitions:{page}")).status_code != 403}
    # The discipline body names whom an accusation is against.
    assert opened == ({"person_options"} if who == "discipline_officer" else set())
    assert send(client).status_code == 403
    assert client.post(reverse("petitions:register_similar"), {"body": "夜市"}).status_code == 403
    assert not Petition.objects.exists()


def test_a_visitor_without_a_login_is_sent_to_the_login_page_and_back(client):
    page = client.get(reverse("petitions:register"))
    assert page.status_code == 302
    assert page["Location"].endswith(f"?next={reverse('petitions:register')}")


@pytest.mark.parametrize("who", sorted(COUNTER))
def test_the_counter_registers_at_its_own_unit(who, cast, client_as):
    client = client_as(getattr(cast, who))
    assert client.get(reverse("petitions:register")).status_code == 200
    page = send(client, {"name": "王桂兰"})
    assert page["Location"] == reverse("petitions:register_receipt")
    case = Petition.objects.get()
    assert case.registered_unit == cast.post(who).unit
    assert case.registered_by == getattr(cast, who)


@pytest.mark.article(19)
def test_everything_taken_down_is_kept(clerk, cast, categories):
    people = [
        {
            "name": "王桂兰",
            "id_number": "110105 19491231 002x",
            "phone": "138-0000 1111",
            "address": "柳湾村三组",
        },
        {"name": "阿卜杜拉·买买提", "role": "representative"},
        {"name": "", "phone": "", "role": "companion"},
    ]
    page = send(
        clerk, *people,
        channel="letter", batch_count="2", head_count="31", confidential="on", subject="夜市扰民",
        requests="请规定收摊时间\n\n请装隔音板", kind="appeal", urgency="urgent", category=categories[0].pk,
        place_unit=cast.units.liuwan.pk, place_text="河边", complained_unit=cast.units.urban.pk,
        complained_text="城管某科", national_number="1810K0000161500118",
    )  # fmt: skip
    assert page.status_code == 302
    case = Petition.objects.get()
    first, second = case.persons.order_by("-role")
    assert (case.channel, case.kind, case.urgency) == (Channel.LETTER, Kind.APPEAL, Urgency.URGENT)
    assert (case.batch_count, case.head_count, case.confidential) == (2, 31, True)
    assert [request.text for request in case.requests.all()] == ["请规定收摊时间", "请装隔音板"]
    assert (case.category, case.place_unit, case.complained_unit) == (
        categories[0], cast.units.liuwan, cast.units.urban,
    )  # fmt: skip
    assert (case.national_number, case.complained_text) == ("1810K0000161500118", "城管某科")
    assert (first.role, first.name) == ("representative", "阿卜杜拉·买买提")
    assert (second.id_number, second.phone, second.sex) == (GOOD_ID, "13800001111", "f")
    assert second.birth_on.isoformat() == "1949-12-31"
    assert not second.id_check_failed


@pytest.mark.article(48)
def test_a_failed_check_digit_warns_and_never_blocks(clerk):
    assert send(clerk, {"name": "王桂兰", "id_number": "110105194912310021"}).status_code == 302
    person = Petition.objects.get().persons.get()
    assert person.id_check_failed
    assert person.birth_on is None


@pytest.mark.article(19, 44)
def test_a_case_without_any_person_is_registered(clerk):
    assert send(clerk, anonymous="on").status_code == 302
    case = Petition.objects.get()
    assert case.anonymous
    assert (case.persons.count(), case.head_count) == (0, 1)


def test_a_name_and_anonymous_together_are_asked_about(clerk):
    page = send(clerk, {"name": "王桂兰"}, anonymous="on")
    assert page.status_code == 422
    assert "改选“保密”" in page.content.decode()


def test_the_complained_of_unit_neither_blocks_the_case_nor_reads_it(clerk, cast):
    send(clerk, complained_unit=cast.units.urban.pk)
    case = Petition.objects.get()
    assert case in Petition.objects.visible_to(cast.actor("clerk"))
    assert case not in Petition.objects.visible_to(cast.actor("unit_head"))


@pytest.mark.article(20)
def test_six_representatives_are_refused_and_all_names_come_back(clerk):
    people = [{"name": f"代表{n}", "role": "representative"} for n in range(6)]
    page = send(clerk, *people)
    text = page.content.decode()
    assert page.status_code == 422
    assert "代表最多登记 5 人" in text
    assert all(f"代表{n}" in text for n in range(6))
    assert (
        send(clerk, *people[:5], {"name": "第六人", "role": "companion"}, head_count="80").status_code == 302
    )
    assert Petition.objects.get().head_count == 80


def test_an_empty_form_is_refused_and_keeps_what_was_typed(clerk, cast, categories):
    page = send(
        clerk, {"name": "王桂兰", "phone": "13800001111"},
        body=" \n\u3000", place_unit=cast.units.liuwan.pk, category=categories[0].pk, place_text="河边 <b>",
    )  # fmt: skip
    text = page.content.decode()
    assert page.status_code == 422
    assert "请写下要反映的事情" in text
    for kept in ("王桂兰", "13800001111", "柳湾村", categories[0].level3, "河边 &lt;b&gt;"):
        assert kept in text
    assert not Petition.objects.exists()


def test_twenty_thousand_signs_are_taken_and_one_more_is_not(clerk):
    assert send(clerk, body="字" * 20_000).status_code == 302
    page = send(clerk, body="字" * 20_001)
    assert page.status_code == 422
    assert "内容有 20,001 字" in page.content.decode()


def test_rare_and_hostile_signs_are_kept_or_dropped_as_they_should_be(clerk):
    send(clerk, {"name": "䶮\u202e三\x00"}, subject="a\nb", body="😀 䶮 㛃\x00\x07 \u202e反了\u200f\r\n二行")
    case = Petition.objects.get()
    assert case.body == "😀 䶮 㛃 反了\n二行"
    assert case.subject == "a b"
    assert case.persons.get().name == "䶮三"


@pytest.mark.parametrize(
    "forged",
    [
        {"category": "999999"},
        {"category": "1 OR 1=1"},
        {"place_unit": "99999999999999999999999"},
        {"complained_unit": "-1"},
        {"channel": "online"},
        {"channel": "message_board"},
        {"kind": "crime"},
        {"urgency": "panic"},
        {"original": "339999-2026-999999"},
        {"head_count": "0"},
        {"head_count": "1e9"},
        {"received_on": "31.12.2026"},
        {"national_number": "1" * 41},
        {"persons-0-role": "boss", "persons-TOTAL_FORMS": "1"},
        {"persons-TOTAL_FORMS": "many"},
    ],
)
def test_a_forged_value_is_an_error_at_its_field_and_nothing_is_registered(forged, clerk):
    page = send(clerk, **forged)
    assert page.status_code == 422
    assert "凌晨两点" in page.content.decode()
    assert not Petition.objects.exists()


def test_a_place_must_be_a_place_and_a_category_of_the_current_table(clerk, cast, categories):
    old = categories[0]
    old.version.is_current = False
    old.version.save()
    assert send(clerk, category=old.pk).status_code == 422
    assert send(clerk, place_unit=cast.units.urban.pk).status_code == 422


def test_a_form_without_its_token_is_given_a_new_one_and_keeps_the_text(clerk):
    page = send(clerk, token="short")
    assert page.status_code == 422
    assert "凌晨两点" in page.content.decode()


def test_the_same_form_twice_is_one_case(clerk):
    data = form_data({"name": "王桂兰"})
    assert [clerk.post(reverse("petitions:register"), data).status_code for _n in range(3)] == [302] * 3
    assert Petition.objects.count() == 1


def test_the_same_form_with_other_words_says_so_and_registers_on_the_next_press(clerk):
    data = form_data()
    clerk.post(reverse("petitions:register"), data)
    page = clerk.post(reverse("petitions:register"), data | {"body": "另一件事"})
    assert page.status_code == 409
    assert "另一件事" in page.content.decode()
    token = page.context["token"]
    clerk.post(reverse("petitions:register"), data | {"body": "另一件事", "token": token})
    assert Petition.objects.count() == 2


def test_a_renamed_program_is_refused_by_its_content(clerk):
    file = SimpleUploadedFile("照片.jpg", b"MZ" + b"\0" * 200, content_type="image/jpeg")
    page = send(clerk, attachments=file)
    assert page.status_code == 422
    assert "请重新选择" in page.content.decode()


def test_a_photo_is_kept_with_the_case(clerk):
    page = send(clerk, attachments=SimpleUploadedFile("现场.png", PNG, content_type="image/png"))
    assert page.status_code == 302
    assert Petition.objects.get().attachments.get().name == "现场.png"


def test_a_letter_counts_from_the_day_it_came_and_its_ten_minutes_from_now(clerk):
    came = local_day(now()) - timedelta(days=3)
    send(clerk, {"phone": "13800001111"}, channel="letter", received_on=came.isoformat())
    case = Petition.objects.get()
    started = {clock.rule.code: clock.started_at for clock in case.clocks.select_related("rule")}
    assert case.received_at == datetime(came.year, came.month, came.day, 9, tzinfo=SHANGHAI)
    assert started["forwarding"] == case.received_at
    assert started["respond_10"] == started["call_30"] == case.registered_at
    assert not case.clocks.filter(breached_at__isnull=False).exists()


@pytest.mark.parametrize("days", [1, -12_000])
def test_a_letter_from_tomorrow_or_from_another_age_is_asked_about(days, clerk):
    day = local_day(now()) + timedelta(days=days)
    assert send(clerk, received_on=day.isoformat()).status_code == 422


def test_an_old_letter_from_before_the_rules_is_registered_all_the_same(clerk):
    assert send(clerk, received_on="2019-05-06").status_code == 302
    assert Petition.objects.get().clocks.filter(rule__code="forwarding").count() == 1


def test_an_accusation_is_sealed_at_once_and_its_registrar_still_gets_the_receipt(clerk, cast):
    send(clerk, kind="accusation")
    case = Petition.objects.get()
    assert case.sealed
    assert case.lead_unit == cast.units.discipline
    page = clerk.get(reverse("petitions:register_receipt"))
    assert "直接交纪检监察机关" in page.content.decode()  # beside the paper, to be told
    assert case not in Petition.objects.visible_to(cast.actor("petition_officer"))


@pytest.mark.article(30)
def test_the_paper_of_an_accusation_is_like_any_other(clerk, cast):
    """Whoever finds it in a drawer reads neither who complained nor that it was an accusation."""
    papers = []
    for kind in ("", "accusation"):
        form = {"subject": "采砂场的事", "kind": kind, "head_count": "3"}
        send(clerk, {"name": "沈志勇", "phone": "13800001234"}, **form)
        text = clerk.get(reverse("petitions:register_receipt")).content.decode()
        paper = text[text.index("<article") : text.index("</article>")]
        papers.append(re.sub(r"[0-9]+", "0", re.sub(r'src="[^"]*"|[A-Z0-9]{5}-[A-Z0-9]{5}', "", paper)))
    assert [case.sealed for case in Petition.objects.order_by("pk")] == [False, True]
    assert papers[0] == papers[1]
    for told in ("沈志勇", "沈*勇", "采砂场", "密", "纪检", "举报", "检举"):
        assert told not in papers[1], told
    assert "转送到负责办理的单位" in papers[1]


def test_the_receipt_shows_the_code_until_the_next_one_is_begun(clerk):
    send(clerk, {"name": "王桂兰"}, then="print")
    case = Petition.objects.get()
    page = clerk.get(reverse("petitions:register_receipt") + "?print=1")
    code = page.context["code"]
    assert codes.matches(case.number, code, case.query_code_hash)
    assert case.number in page.content.decode()
    assert 'data-print="now"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert clerk.get(reverse("petitions:register_receipt")).status_code == 200  # a reload at the printer
    clerk.get(reverse("petitions:register"))
    assert clerk.get(reverse("petitions:register_receipt")).status_code == 302


def test_a_receipt_is_only_for_the_session_that_registered(clerk, cast, client_as):
    send(clerk)
    other = client_as(cast.petition_officer)
    assert other.get(reverse("petitions:register_receipt")).status_code == 302


def test_a_lost_session_leads_to_the_login_and_a_form_that_restores_its_draft(clerk, cast):
    clerk.session.flush()
    clerk.cookies.clear()
    page = send(clerk)
    assert page.status_code == 302
    assert "login" in page["Location"]
    clerk.force_login(cast.clerk, backend="django.contrib.auth.backends.ModelBackend")
    form = clerk.get(reverse("petitions:register")).content.decode()
    assert f'data-draft="register-{cast.clerk.pk}"' in form
    assert not Petition.objects.exists()


def test_the_page_takes_the_same_queries_however_many_persons_came_back(clerk, django_assert_max_num_queries):
    people = [{"name": f"人{n}"} for n in range(20)]
    with django_assert_max_num_queries(9):
        send(clerk, *people, body="")
    with django_assert_max_num_queries(9):
        clerk.get(reverse("petitions:register"))


@pytest.mark.parametrize(
    ("typed", "kept", "shown"), [("", None, "不清楚"), ("yes", True, "是"), ("no", False, "否")]
)
def test_whether_it_is_the_first_nationwide_is_taken_down_when_known(typed, kept, shown, clerk):
    send(clerk, first_nationwide=typed)
    case = Petition.objects.get()
    assert case.first_nationwide is kept
    text = clerk.get(case.get_absolute_url()).content.decode()
    assert f"<dt>全国初次</dt><dd>{shown}</dd>" in text


def test_a_forged_answer_about_the_first_nationwide_is_an_error_at_the_field(clerk):
    page = send(clerk, first_nationwide="maybe")
    assert page.status_code == 422
    assert not Petition.objects.exists()
