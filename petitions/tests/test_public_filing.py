"""Filing online: what a resident sends, what is kept, what comes back; nothing typed is ever lost."""

import re
import threading
from html import unescape
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Unit
from petitions.enums import Channel, Kind, PersonRole, Status
from petitions.models import Attachment, Petition
from petitions.services import codes
from tests.cases import make_case  # noqa: F401
from tests.pictures import PNG

FILE = "/file/"
WORDS = "柳湾路夜市每天吵到凌晨两点，老人睡不好。"


@pytest.fixture(autouse=True)
def no_tries_counted_yet():
    cache.clear()


def form(**more) -> dict:
    return {"token": codes.new_token(), "body": WORDS, **more}


def page(response) -> str:
    return unescape(response.content.decode())


def photo(name="现场.png", content=PNG):
    return SimpleUploadedFile(name, content, content_type="image/png")


@pytest.mark.article(17, 19, 21)
def test_a_petition_with_one_sentence_is_registered_and_leads_to_its_receipt(client, cast):
    response = client.post(FILE, form(), follow=True)

    case = Petition.objects.get()
    assert response.redirect_chain == [("/file/receipt/", 302)]
    assert (case.channel, case.kind, case.status) == (Channel.ONLINE, Kind.APPEAL, Status.REGISTERED)
    assert (case.body, case.head_count, case.registered_unit) == (WORDS, 1, cast.units.petition_office)
    assert not case.persons.exists()
    assert case.number in page(response)


def test_everything_a_resident_fills_in_is_kept(client, cast):
    response = client.post(
        FILE,
        form(
            requests="十点收摊\n\n  装隔音板  ",
            kind="suggestion",
            town=cast.units.dongxi.pk,
            community=cast.units.liuwan.pk,
            place_text="柳湾路 18 号",
            complained_text="某夜市公司",
            confidential="on",
            name="张小河",
            phone="13800001234",
            address="柳湾村 3 组",
            head_count="37",
            rep_name=["李一", "", "王二"],
            rep_phone=["13900000001", "", ""],
            attachments=[photo(), photo("第二张.png")],
        ),
    )

    assert response.status_code == 302
    case = Petition.objects.get()
    assert [r.text for r in case.requests.all()] == ["十点收摊", "装隔音板"]
    assert (case.kind, case.place_unit, case.confidential) == (Kind.SUGGESTION, cast.units.liuwan, True)
    assert (case.place_text, case.complained_text, case.head_count) == ("柳湾路 18 号", "某夜市公司", 37)
    people = [(p.role, p.name, p.phone, p.address) for p in case.persons.all()]
    assert people == [
        (PersonRole.REPRESENTATIVE, "李一", "13900000001", ""),
        (PersonRole.REPRESENTATIVE, "王二", "", ""),
        (PersonRole.PETITIONER, "张小河", "13800001234", "柳湾村 3 组"),
    ]
    assert [a.name for a in case.attachments.all()] == ["现场.png", "第二张.png"]


def test_an_anonymous_petition_keeps_neither_name_nor_address(client, cast):
    client.post(FILE, form(anonymous="on", name="张小河", address="柳湾村", phone="13800001234"))

    case = Petition.objects.get()
    assert case.anonymous
    assert [(p.name, p.address, p.phone) for p in case.persons.all()] == [("", "", "13800001234")]


def test_anonymous_with_named_representatives_is_asked_about_and_nothing_is_registered(client, cast):
    response = client.post(FILE, form(anonymous="on", rep_name=["李一"], rep_phone=[""]))

    assert response.status_code == 422
    assert "您选了匿名，又写了代表的姓名" in page(response)
    assert 'value="李一"' in page(response)
    assert not Petition.objects.exists()


@pytest.mark.parametrize("body", ["", "   \n ", "\x00\x07", "\u202e\u200f"])
def test_an_empty_text_is_told_at_its_field(client, cast, body):
    response = client.post(FILE, form(body=body, phone="13800001234"))

    assert response.status_code == 422
    text = page(response)
    assert "请写下要反映的事情" in text
    assert re.search(r'<textarea[^>]*id="id_body"[^>]*', text).group().count('aria-invalid="true"') == 1
    assert 'aria-describedby="id_body_helptext id_body_error"' in text
    assert 'value="13800001234"' in text
    assert not Petition.objects.exists()


def test_twenty_thousand_characters_are_taken_whole(client, cast):
    body = "噪" * 20_000

    assert client.post(FILE, form(body=body)).status_code == 302
    assert Petition.objects.get().body == body


def test_one_character_more_is_refused_and_the_text_is_still_there(client, cast):
    body = "噪" * 20_001
    response = client.post(FILE, form(body=body))

    assert response.status_code == 422
    assert "内容有 20,001 字，最多 20,000 字" in page(response)
    assert body in page(response)
    assert not Petition.objects.exists()


def test_emoji_and_rare_characters_stay_while_what_cannot_be_seen_goes(client, cast):
    client.post(FILE, form(body="䶮村😀👨‍👩‍👧很吵\x00\x08\u202e反转\u200f结束", name="张䶮"))

    case = Petition.objects.get()
    assert case.body == "䶮村😀👨‍👩‍👧很吵反转结束"
    assert case.persons.get().name == "张䶮"


@pytest.mark.article(20)
def test_six_representatives_are_told_that_five_may_be_named_and_all_are_counted(client, cast):
    names = [f"代表{n}" for n in "一二三四五六"]
    response = client.post(FILE, form(rep_name=names, rep_phone=[""] * 6, head_count="60"))

    text = page(response)
    assert response.status_code == 422
    assert "代表最多写 5 位，您写了 6 位" in text
    assert "人数不受限制" in text
    assert all(f'value="{name}"' in text for name in names)
    assert 'value="60"' in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("很多", "人数请填数字"), ("0", "人数至少是 1"), ("99999999999", "这个人数太大了")],
)
def test_a_head_count_that_is_none_is_asked_for_again(client, cast, typed, sentence):
    response = client.post(FILE, form(head_count=typed))

    assert response.status_code == 422
    assert sentence in page(response)
    assert f'value="{typed}"' in page(response)


def test_a_head_count_of_a_million_is_taken(client, cast):
    client.post(FILE, form(head_count="1000000"))

    assert Petition.objects.get().head_count == 1_000_000


def test_eleven_files_are_too_many_and_must_be_chosen_again(client, cast):
    response = client.post(FILE, form(attachments=[photo(f"{n}.png") for n in range(11)]))

    text = page(response)
    assert response.status_code == 422
    assert "一次最多传 10 个文件" in text
    assert "刚才选的附件没有保存，请重新选择。" in text
    assert WORDS in text
    assert not Attachment.objects.exists()


def test_a_program_renamed_to_a_picture_is_refused_by_its_content(client, cast):
    response = client.post(FILE, form(attachments=[photo("照片.jpg", b"MZ\x90\x00" + b"\0" * 200)]))

    assert response.status_code == 422
    assert "文件“照片.jpg”的内容不是可以接收的类型" in page(response)
    assert WORDS in page(response)
    assert not Petition.objects.exists()


def test_a_body_of_51_megabytes_is_refused_before_it_is_read(client, cast):
    response = client.post(FILE, form(attachments=[photo("大.png", PNG + b"\0" * 51_000_000)]))

    assert response.status_code == 413
    assert "没有接收" in page(response)
    assert not Petition.objects.exists()


def test_a_forged_place_and_category_are_asked_for_again(client, cast):
    response = client.post(FILE, form(community="999999999", category="x", town=cast.units.urban.pk))

    assert response.status_code == 422
    assert page(response).count("这一项没有找到，请重新选择。") >= 3
    assert not Petition.objects.exists()


def test_a_request_that_is_too_long_is_not_cut_silently(client, cast):
    response = client.post(FILE, form(requests="长" * 501))

    assert response.status_code == 422
    assert "每一条最多 500 字" in page(response)


def test_the_same_form_twice_is_one_case_and_the_same_receipt(client, cast):
    sent = form()
    first = client.post(FILE, sent, follow=True)
    second = client.post(FILE, sent, follow=True)

    assert Petition.objects.count() == 1
    shown = [re.search(r'class="code figures"[^>]*>([A-Z0-9-]+)<', page(r)).group(1) for r in (first, second)]
    assert shown[0] == shown[1]


def test_the_same_form_with_other_words_is_not_swallowed(client, cast):
    sent = form()
    client.post(FILE, sent)
    response = client.post(FILE, {**sent, "body": "另外一件事：路灯坏了。"})

    text = page(response)
    assert response.status_code == 409
    assert "没有重复登记" in text
    assert "另外一件事：路灯坏了。" in text
    token = re.search(r'name="token" value="([^"]+)"', text).group(1)
    assert token != sent["token"]
    assert client.post(FILE, {"token": token, "body": "另外一件事：路灯坏了。"}).status_code == 302
    assert Petition.objects.count() == 2


@pytest.mark.parametrize("token", ["", "short", "x" * 33, "<script>" + "a" * 24])
def test_a_form_without_a_proper_token_gets_one_and_keeps_its_text(client, cast, token):
    response = client.post(FILE, form(token=token))

    assert response.status_code == 422
    assert WORDS in page(response)
    fresh = re.search(r'name="token" value="([A-Za-z0-9_-]{32})"', page(response))
    assert fresh


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_token_at_the_same_moment_make_one_case(cast):
    sent, places, together = form(), [], threading.Barrier(2)

    def send():
        try:
            together.wait(timeout=10)
            places.append(Client().post(FILE, sent, follow=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    number = Petition.objects.get().number
    assert [number in page(response) for response in places] == [True, True]


def test_a_database_that_goes_away_says_so_and_gives_the_text_back(client, cast):
    sent = form(phone="13800001234")
    with mock.patch("petitions.services.registering.petition_row", side_effect=OperationalError("gone")):
        response = client.post(FILE, sent)

    text = page(response)
    assert response.status_code == 503
    assert "没有保存" in text
    assert WORDS in text
    assert "13800001234" in text
    assert sent["token"] in text
    assert not Petition.objects.exists()
    assert client.post(FILE, sent).status_code == 302


def test_without_a_petition_office_the_form_says_so_and_keeps_the_text(client, cast):
    Unit.objects.filter(pk=cast.units.petition_office.pk).update(valid_until="2021-01-01")

    assert "暂时不能在网上登记" in page(client.get(FILE))
    response = client.post(FILE, form())
    assert response.status_code == 503
    assert WORDS in page(response)
    assert not Petition.objects.exists()


def test_a_code_on_the_wall_chooses_the_place_beforehand(client, cast):
    text = page(client.get(FILE, {"place": "339999100201"}))

    assert "已按您扫的二维码选好：柳湾村" in text
    assert re.search(rf'<option value="{cast.units.liuwan.pk}"[^>]*selected', text)
    assert re.search(rf'<option value="{cast.units.dongxi.pk}"[^>]*selected', text)


@pytest.mark.parametrize("place", ["nowhere", "339999", "'; drop", "1" * 100, "\x00"])
def test_an_unknown_place_code_is_passed_over(client, cast, place):
    assert client.get(FILE, {"place": place}).status_code == 200


@pytest.mark.article(30)
def test_a_named_official_makes_a_sealed_case_that_goes_to_discipline_only(client, cast):
    response = client.post(FILE, form(kind="accusation", body="某局长收受好处。"), follow=True)

    case = Petition.objects.get()
    text = page(response)
    assert (case.sealed, case.lead_unit) == (True, cast.units.discipline)
    assert "某局长" not in text
    assert "本件已密封" in text
    assert not Petition.objects.visible_to(cast.actor("petition_officer")).exists()


@pytest.mark.article(30)
def test_a_printed_or_saved_receipt_of_an_accusation_is_like_any_other(client, cast):
    """The sentence stays on the screen alone: it is neither printed nor drawn into the picture (data-line)."""
    kept = []
    for kind in ("", "accusation"):
        text = page(
            client.post(FILE, form(kind=kind, body="某局长收受好处。", phone="13800001234"), follow=True)
        )
        paper = text[text.index("<article") : text.index("</article>")]
        paper = re.sub(r'<p class="[^"]*no-print".*?</p>', "", paper, flags=re.S)
        assert "密封" not in paper
        assert "某局长" not in paper
        kept.append(re.sub(r'src="[^"]*"|[A-Z0-9]{5}-[A-Z0-9]{5}|[0-9]+', "", paper).split())
    assert kept[0] == kept[1]


def test_the_receipt_shows_the_running_clocks_and_no_phone_call_without_a_phone(client, cast):
    text = page(client.post(FILE, form(name="柳望舒"), follow=True))

    assert "10 分钟内回应您" in text
    assert "15 日内转送到负责办理的单位" in text
    assert "给您打电话" not in text
    nameless = page(client.post(FILE, form(), follow=True))
    assert "10 分钟内回应您" not in nameless and "15 日内转送到负责办理的单位" in nameless
    assert "30 分钟内给您打电话" in page(client.post(FILE, form(phone="13800001234"), follow=True))


def test_the_receipt_can_be_reloaded_here_and_is_nowhere_else(client, cast):
    first = page(client.post(FILE, form(), follow=True))
    case = Petition.objects.get()
    code = re.search(r'class="code figures"[^>]*>([A-Z0-9-]+)<', first).group(1)

    again = client.get(reverse("petitions:receipt"))
    assert code in page(again)
    assert "no-store" in again["Cache-Control"]
    assert codes.matches(case.number, code, case.query_code_hash)
    elsewhere = Client().get(reverse("petitions:receipt"), follow=True)
    assert elsewhere.redirect_chain[0][0] == "/query/"
    assert code not in page(elsewhere)
    assert case.number not in page(elsewhere)


def test_the_qr_code_on_the_receipt_never_holds_the_query_code(client, cast):
    with mock.patch("petitions.views.public_filing.segno.make") as make:
        make.return_value.svg_data_uri.return_value = "data:image/svg+xml,x"
        text = page(client.post(FILE, form(), follow=True))

    code = re.search(r'class="code figures"[^>]*>([A-Z0-9-]+)<', text).group(1)
    target = make.call_args.args[0]
    assert Petition.objects.get().number in target
    assert code not in target
    assert code.replace("-", "") not in target


def test_the_first_page_needs_no_script_and_leads_everywhere(client, cast):
    text = page(client.get("/"))

    assert 'href="/file/"' in text
    assert 'href="/query/"' in text
    assert "工作日 8:30–12:00，14:00–17:30" in text
    assert "<style" not in text
    assert "onclick" not in text


def test_every_field_of_the_form_has_a_label(client, cast):
    text = page(client.get(FILE))
    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*id="([^"]+)"', text)

    assert len(ids) > 20
    assert [i for i in ids if f'for="{i}"' not in text] == []


def test_the_form_page_asks_the_same_few_questions_of_the_database(
    client, cast, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        client.get(FILE)
