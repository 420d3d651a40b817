"""Query, one's own case, evaluation, supplement: what a resident sees, and what nobody else does."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.timekeeping import full_moment, now
from petitions.enums import CallOutcome, Channel, Path, Rating, Status
from petitions.models import Attachment, Evaluation, Petition
from petitions.selectors import public as selectors
from petitions.services import codes, following, handling
from petitions.views import public_query
from tests.cases import MORNING, check_off, make_case  # noqa: F401

WRONG = "编号或查询码不对，请对照回执再输一次。"


@pytest.fixture(autouse=True)
def no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def own(make_case):  # noqa: F811
    """``client, case = own(until=Status.SERVED)``: a resident let into the case."""

    def make(**about):
        token = codes.new_token()
        case = make_case(token=token, **about)
        client = Client()
        response = client.post("/query/", {"number": case.number, "code": codes.query_code(token)})
        assert response.status_code == 302
        return client, case

    return make


def page(response) -> str:
    return unescape(response.content.decode())


def hidden_token(text: str, action: str) -> str:
    return re.search(rf'action="{action}".*?name="token" value="([^"]+)"', text, re.S).group(1)


@pytest.mark.article(18, 21)
def test_number_and_code_open_the_case_however_they_are_typed(make_case):  # noqa: F811
    token = codes.new_token()
    case = make_case(token=token)
    code = codes.query_code(token).lower()
    full_width = case.number.replace("-", "—")
    typed = {"number": f" {full_width} ", "code": f"{code[:5]} - {code[5:]}"}

    response = Client().post("/query/", typed, follow=True)

    assert response.redirect_chain == [("/mine/", 302)]
    assert case.subject in page(response)


@pytest.mark.parametrize("number", ["339999-2026-999999", "", "x" * 500, "'; --", "\x00"])
def test_a_forged_number_and_a_forged_code_get_the_same_answer(make_case, number):  # noqa: F811
    case = make_case()
    wrong_code = Client().post("/query/", {"number": case.number, "code": "AAAAA22222"})
    wrong_number = Client().post("/query/", {"number": number, "code": "AAAAA22222"})

    assert wrong_code.status_code == wrong_number.status_code == 422
    assert WRONG in page(wrong_code)
    assert WRONG in page(wrong_number) or "请填写编号。" in page(wrong_number)
    assert case.subject not in page(wrong_code)


def test_the_same_work_is_done_for_an_unknown_number(make_case, monkeypatch):  # noqa: F811
    case = make_case()
    hashed = []
    original = codes.hash_code
    monkeypatch.setattr(codes, "hash_code", lambda *args: hashed.append(args) or original(*args))
    Client().post("/query/", {"number": case.number, "code": "AAAAA22222"})
    Client().post("/query/", {"number": "339999-2026-999999", "code": "AAAAA22222"})

    assert len(hashed) == 2


def test_guessing_is_stopped_where_it_comes_from_and_does_not_lock_the_petitioner_out(make_case):  # noqa: F811
    token = codes.new_token()
    case = make_case(token=token)
    right = {"number": case.number, "code": codes.query_code(token)}
    wrong = {"number": case.number, "code": "AAAAA22222"}
    guesser = Client(REMOTE_ADDR="10.0.0.1")
    statuses = [guesser.post("/query/", wrong).status_code for _n in range(21)]
    stopped = guesser.post("/query/", right)

    assert statuses == [422] * 20 + [429]
    assert stopped.status_code == 429
    assert "请过一刻钟再试" in page(stopped)
    assert Client(REMOTE_ADDR="10.0.1.1").post("/query/", right)["Location"] == "/mine/"


def test_guessing_one_number_from_many_addresses_is_stopped_in_the_end(make_case, monkeypatch):  # noqa: F811
    monkeypatch.setattr(public_query, "PER_NUMBER", 30)
    token = codes.new_token()
    case = make_case(token=token)
    for n in range(30):
        wrong = {"number": case.number, "code": "AAAAA22222"}
        assert Client(REMOTE_ADDR=f"10.0.2.{n}").post("/query/", wrong).status_code == 422
    right = Client(REMOTE_ADDR="10.0.1.1").post(
        "/query/", {"number": case.number, "code": codes.query_code(token)}
    )

    assert right.status_code == 429
    assert "请过一刻钟再试" in page(right)


def test_without_number_and_code_no_page_of_a_case_opens(make_case):  # noqa: F811
    make_case(until=Status.SERVED)
    stranger = Client()

    assert stranger.get("/mine/")["Location"] == "/query/"
    assert stranger.post("/mine/evaluate/", {"office_rating": 0, "unit_rating": 0})["Location"] == "/query/"
    assert stranger.post("/mine/supplement/", {"text": "x"})["Location"] == "/query/"
    assert stranger.get(f"/mine/attachment/{uuid.uuid4()}/")["Location"] == "/query/"
    assert not Evaluation.objects.exists()


def test_a_member_of_staff_has_no_way_in_by_their_login(make_case, cast, client_as):  # noqa: F811
    make_case(until=Status.SERVED)

    assert client_as(cast.outsider).get("/mine/")["Location"] == "/query/"


def test_the_page_shows_the_public_course_and_no_notes_or_names_of_staff(own, cast):
    client, case = own(until=Status.ACCEPTED)
    later = MORNING + timedelta(hours=5)
    handling.note(petition=case, actor=cast.actor("handler"), text="内部：此人情绪激动", at=later)
    handling.name_responsible(petition=case, actor=cast.actor("handler"), user=cast.handler, at=later)

    text = page(client.get("/mine/"))

    assert "内部" not in text
    assert "情绪激动" not in text
    assert all(name not in text for name in ("陈立", "周静", "赵建国"))
    assert "责任人：" in text
    assert "城市管理局" in text
    assert text.index("已登记") < text.index("已受理")


def test_a_query_that_finds_nothing_promises_no_kept_words(db):
    answers = [Client().post("/query/", {"number": number, "code": "X"}) for number in ("", "1")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "请把编号和查询码都填上" in page(answers[0])
    assert "没有查到" in page(answers[1])
    assert not any("已填内容" in page(answer) for answer in answers)


def test_the_page_is_never_kept_by_a_browser(own):
    client, _case = own()

    for address in ("/mine/", "/query/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_the_next_date_is_on_top(own):
    with time_machine.travel(MORNING + timedelta(minutes=2), tick=False):
        client, _case = own()
        text = page(client.get("/mine/"))

    first = re.search(r'<ul class="promises">.*?</li>', text, re.S).group()
    assert re.search(r"20\d\d年\d+月\d+日（周[一二三四五六日]）09:10", first)
    assert "今天" not in first
    assert "回应您" in first


def call_about(case, cast, **about):
    handling.call(petition=case, actor=cast.actor("handler"), **about)


def test_a_meeting_agreed_by_phone_is_told_in_a_sentence_and_the_note_stays_inside(own, cast):
    client, case = own(until=Status.ACCEPTED)
    assert "约好" not in page(client.get("/mine/"))
    call_about(case, cast, outcome=CallOutcome.NOT_REACHED, text="无人接听。")
    assert "约好" not in page(client.get("/mine/"))
    meeting_at = (now() + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
    call_about(case, cast, outcome=CallOutcome.REACHED, text="对方情绪激动。", meeting_at=meeting_at)

    text = page(client.get("/mine/"))
    assert f"已经和您在电话里约好：<strong>{full_moment(meeting_at)}</strong>见面" in text
    assert "情绪激动" not in text
    over = selectors.own_case(case, meeting_at + timedelta(hours=1)).meeting
    assert over.over


def test_a_closed_case_says_what_is_possible_and_shows_no_past_appointment(own, cast):
    client, case = own(until=Status.ACCEPTED, path=Path.ARBITRATION)
    call_about(
        case, cast, outcome=CallOutcome.REACHED, text="约好了。", meeting_at=now() + timedelta(hours=1)
    )
    Petition.objects.filter(pk=case.pk).update(status=Status.CLOSED, closed_at=now())
    case.records.update(meeting_at=now() - timedelta(hours=1))
    type(case.registered_unit).objects.filter(pk=case.registered_unit_id).update(phone="0511-7654321")

    text = page(client.get("/mine/"))
    assert "电话里约" not in text
    assert "办结以后不再收补充材料" in text and 'href="tel:0511-7654321"' in text
    assert "不能申请复查" in text


def test_a_joined_case_names_the_one_it_is_answered_with(own, cast, make_case):  # noqa: F811
    original = make_case()
    client, case = own()
    officer = cast.actor("petition_officer")
    following.link(petition=case, actor=officer, original=original, join=True)

    assert (
        f"本件与 {original.number} 反映同一事项，两件一并办理、一并答复；不能一并的，本件另行答复。"
        in page(client.get("/mine/"))
    )


def test_a_case_taken_apart_from_another_says_so_and_no_longer_that_they_go_together(own, cast, make_case):  # noqa: F811
    original = make_case()
    client, case = own()
    officer = cast.actor("petition_officer")
    following.link(petition=case, actor=officer, original=original, join=True)
    following.unlink(petition=case, actor=officer, reason="张三与李四不是同一人")

    text = page(client.get("/mine/"))
    assert "反映同一事项" not in text and original.number not in text
    assert "不再与另一件一并办理，从现在起单独办理、单独答复" in text
    assert "张三" not in text, "the reason is for the desk"


def test_what_was_only_linked_and_is_no_more_is_nothing_to_the_petitioner(own, cast, make_case):  # noqa: F811
    client, case = own()
    officer = cast.actor("petition_officer")
    following.link(petition=case, actor=officer, original=make_case())
    following.unlink(petition=case, actor=officer, reason="不是同一事项")

    assert "不再与另一件" not in page(client.get("/mine/"))


@pytest.mark.parametrize(("channel", "told"), [(Channel.PHONE, True), (Channel.ONLINE, False)])
def test_words_put_down_by_staff_are_said_to_be_so(own, channel, told):
    client, _case = own(channel=channel, body="来电人反映：夜市太吵。")

    assert ("工作人员按您所说记下" in page(client.get("/mine/"))) is told


def test_a_date_that_has_passed_is_admitted(own):
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        client, _case = own()
        assert "已超过，正在催办" in page(client.get("/mine/"))


def test_no_answer_is_shown_before_it_was_served(own):
    client, _case = own(until=Status.CONCLUDED)

    text = page(client.get("/mine/"))
    assert "夜市十点收摊" not in text
    assert "提交评价" not in text


@pytest.mark.article(32, 35)
def test_a_served_opinion_is_shown_with_outcomes_and_the_right_of_review(own, cast):
    unit = cast.units.urban
    unit.review_superior = cast.units.district
    unit.save()
    with time_machine.travel(MORNING + timedelta(days=3), tick=False):
        client, _case = own(until=Status.SERVED)
        text = page(client.get("/mine/"))

    assert "夜市十点收摊" in text
    assert "请规定夜市收摊时间" in text
    assert "支持" in text
    assert "由<strong>清江县</strong>办理" in text
    assert re.search(r"还有 \d+ 天", text)
    assert "复议" not in text
    assert "诉讼" not in text


@pytest.mark.article(31, 35)
def test_a_reply_outside_path_six_offers_no_review(own):
    client, _case = own(until=Status.SERVED, path=Path.ADMINISTRATIVE)

    text = page(client.get("/mine/"))
    assert "夜市十点收摊" in text
    assert "不服这个处理意见" not in text


def test_a_lapsed_window_is_no_lateness_of_the_offices(own):
    with time_machine.travel(MORNING + timedelta(days=60), tick=False):
        client, _case = own(until=Status.SERVED)
        text = page(client.get("/mine/"))

    assert "正在催办" not in text
    assert "现在已经过了" in text


@pytest.mark.article(23)
def test_a_refusal_says_why_and_where_to_go(own):
    client, _case = own(until=Status.REFUSED)

    text = page(client.get("/mine/"))
    assert "应由法院审理。" in text
    assert "清江县人民法院" in text


@pytest.mark.article(21)
def test_an_evaluation_is_kept_once_and_apart_for_office_and_unit(own):
    client, case = own(until=Status.SERVED)
    text = page(client.get("/mine/"))
    form = {
        "token": hidden_token(text, "/mine/evaluate/"),
        "office_rating": 3,
        "unit_rating": 1,
        "comment": "慢",
    }

    assert "checked" not in text[text.index("/mine/evaluate/") : text.index("提交评价")]
    assert client.post("/mine/evaluate/", form).status_code == 302
    twice = client.post("/mine/evaluate/", form, follow=True)
    again = client.post("/mine/evaluate/", {**form, "token": codes.new_token(), "office_rating": 0})

    kept = Evaluation.objects.get(petition=case)
    assert (kept.office_rating, kept.unit_rating, kept.comment) == (Rating.DISSATISFIED, Rating.FAIRLY, "慢")
    assert "没有重复记录" in page(twice)
    assert again.status_code == 409
    assert "没有重复评价" in page(again)
    assert "提交评价" not in page(again)
    case.refresh_from_db()
    assert case.status == Status.EVALUATED


def test_half_an_evaluation_is_asked_for_the_other_half(own):
    client, _case = own(until=Status.SERVED)
    response = client.post("/mine/evaluate/", {"office_rating": 1, "comment": "先说一句"})

    text = page(response)
    assert response.status_code == 422
    assert "请选一项。" in text
    assert "先说一句" in text
    assert 'href="#id_unit_rating"' in text
    assert 'id="id_unit_rating"' in text
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("rating", ["2", "9", "满意", "-1"])
def test_a_forged_rating_is_refused(own, rating):
    client, _case = own(until=Status.SERVED)

    response = client.post("/mine/evaluate/", {"office_rating": rating, "unit_rating": 0})
    assert response.status_code == 422
    assert "请在三项里选一项。" in page(response)


def test_nothing_can_be_evaluated_before_service_and_the_answer_names_no_staff(own):
    client, _case = own(until=Status.CONCLUDED)

    response = client.post("/mine/evaluate/", {"office_rating": 0, "unit_rating": 0})
    assert response.status_code == 409
    assert "陈立" not in page(response)
    assert not Evaluation.objects.exists()


def test_a_supplement_with_a_file_joins_the_course_and_can_be_fetched_again(own):
    client, case = own(until=Status.ACCEPTED)
    token = hidden_token(page(client.get("/mine/")), "/mine/supplement/")
    file = SimpleUploadedFile("清单.txt", "第一条\n".encode(), content_type="text/plain")
    form = {"token": token, "text": "又吵了一夜"}

    assert client.post("/mine/supplement/", {**form, "attachments": [file]}).status_code == 302
    text = page(client.get("/mine/"))
    assert re.search(r"又吵了一夜.附件 1 个", text)
    kept = Attachment.objects.get(petition=case)
    fetched = client.get(f"/mine/attachment/{kept.token}/")
    assert b"".join(fetched.streaming_content) == "第一条\n".encode()
    assert fetched["Content-Disposition"].startswith("attachment")
    assert "no-store" in fetched["Cache-Control"]
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched["Content-Security-Policy"]

    again = client.post("/mine/supplement/", form, follow=True)
    assert "没有重复保存" in page(again)
    assert page(again).count("又吵了一夜") == 1


def test_a_file_that_is_gone_from_the_disk_is_told_in_a_sentence(own):
    client, case = own(until=Status.ACCEPTED)
    file = SimpleUploadedFile("清单.txt", "第一条\n".encode(), content_type="text/plain")
    client.post("/mine/supplement/", {"text": "见清单", "attachments": [file]})
    kept = Attachment.objects.get(petition=case)
    kept.file.storage.delete(kept.file.name)

    response = client.get(f"/mine/attachment/{kept.token}/")
    assert response.status_code == 410
    assert "“清单.txt”现在打不开" in page(response)


def test_an_empty_supplement_is_asked_for_words(own):
    client, _case = own()

    response = client.post("/mine/supplement/", {"text": " \x00 "})
    assert response.status_code == 422
    assert "请写明补充的内容，或上传材料。" in page(response)


def test_a_program_in_a_supplement_is_refused_and_the_text_kept(own):
    client, case = own()
    file = SimpleUploadedFile("发票.pdf", b"MZ" + b"\0" * 100)

    response = client.post("/mine/supplement/", {"text": "见发票", "attachments": [file]})
    assert response.status_code == 422
    assert "见发票" in page(response)
    assert "请重新选择" in page(response)
    assert not case.attachments.exists()


def test_words_for_a_case_closed_meanwhile_come_back(own):
    client, _case = own(until=Status.CLOSED)

    response = client.post("/mine/supplement/", {"text": "还有一件事没说"})
    assert response.status_code == 409
    assert "还有一件事没说" in page(response)


def test_an_attachment_of_another_case_or_of_staff_is_not_there(own, make_case, cast):  # noqa: F811
    client, case = own(until=Status.ACCEPTED)
    other = make_case.registered(files=[SimpleUploadedFile("a.txt", b"a")]).petition.attachments.get()
    internal = Attachment.objects.create(
        petition=case,
        file=SimpleUploadedFile("b.txt", b"b"),
        name="b.txt",
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
        added_at=MORNING + timedelta(hours=4),
        added_by=cast.handler,
    )

    for token in (other.token, internal.token, uuid.uuid4()):
        assert client.get(f"/mine/attachment/{token}/").status_code == 404
    assert client.get("/mine/attachment/not-a-token/").status_code == 404
    assert "b.txt" not in page(client.get("/mine/"))


def test_one_session_sees_only_the_case_it_opened_last(own):
    client, first = own(subject="第一件事")
    _other, second = own(subject="第二件事")

    text = page(client.get("/mine/"))
    assert first.number in text
    assert second.number not in text
    assert "第二件事" not in text


def test_leaving_closes_the_case_for_this_browser(own):
    client, _case = own()

    assert client.post("/mine/leave/").status_code == 302
    assert client.get("/mine/")["Location"] == "/query/"


def test_half_an_hour_without_a_press_closes_the_case(own):
    with time_machine.travel(MORNING, tick=False) as clock:
        client, _case = own()
        clock.shift(timedelta(minutes=29))
        assert client.get("/mine/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert client.get("/mine/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert client.get("/mine/").status_code == 302


def test_a_closed_case_can_still_be_read(own, cast):
    client, case = own(until=Status.EVALUATED)
    check_off(case)
    following.close(petition=case, actor=cast.actor("petition_officer"), at=MORNING + timedelta(days=2))

    text = page(client.get("/mine/"))
    assert "已办结归档" in text
    assert "夜市十点收摊" in text
    assert "提交补充材料" not in text
