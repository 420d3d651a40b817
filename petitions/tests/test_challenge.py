"""A busy address is asked for a sum or a minute's patience, a family for nothing; nothing typed is ever lost."""

import base64
import json
import re
from html import unescape

import altcha
import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import challenge
from core.timekeeping import now
from petitions.models import Petition
from petitions.services import codes

pytestmark = pytest.mark.django_db
FILE, QUERY = "/file/", "/query/"
WORDS = "柳湾路夜市每天吵到凌晨两点，老人睡不好。"


@pytest.fixture(autouse=True)
def no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def busy(monkeypatch, cast, settings):
    """Two filings and two queries an hour are free; the two filings have been made."""
    settings.FILING_FREE = settings.QUERY_FREE = 2
    monkeypatch.setattr(challenge, "MAX_NUMBER", 500)
    client = Client()
    assert [client.post(FILE, form()).status_code for _ in range(2)] == [302, 302]
    return client


def form(**more):
    return {"token": codes.new_token(), "body": WORDS, "phone": "13800001234", **more}


def page(response):
    return unescape(response.content.decode())


def answer(text, **changed):
    """What challenge.js would send for the challenge on this page."""
    question = json.loads(re.search(r'data-challenge="(\{.*?\})"', text)[1])
    options = altcha.Challenge(**question)
    found = altcha.solve_challenge(options.challenge, options.salt, options.algorithm, options.max_number)
    kept = {key: question[key] for key in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(
        json.dumps({**kept, "number": found.number, "took": 3, **changed}).encode()
    ).decode()


def ticket(text):
    return re.search(r'name="challenge_waited" value="([^"]+)"', text)[1]


def test_ten_filings_and_thirty_queries_of_a_family_meet_nothing(client, cast):
    for _ in range(10):
        response = client.post(FILE, form())
        assert response.status_code == 302
    for n in range(30):
        response = client.post(QUERY, {"number": f"339999-2026-{n:06}", "code": "AAAAA-BBBBB"})
        assert response.status_code == 422
    assert "data-challenge" not in page(client.get(FILE)) + page(client.get(QUERY))


def test_beyond_that_nothing_is_registered_and_everything_typed_is_still_there(busy):
    sent = form()
    response = busy.post(FILE, sent)
    text = page(response)
    assert response.status_code == 429
    assert "这一次还没有办成。内容都在" in text and "不用登录" in text
    assert WORDS in text and "13800001234" in text and sent["token"] in text
    assert Petition.objects.count() == 2


def test_files_are_not_looked_into_before_the_gate(busy, monkeypatch):
    looked_at = []
    monkeypatch.setattr("core.uploads.prepare_files", lambda files: looked_at.extend(files) or files)
    response = busy.post(FILE, form(attachments=SimpleUploadedFile("材料.docx", b"PK")))
    assert (response.status_code, looked_at) == (429, [])
    assert WORDS in page(response)


def test_a_form_with_files_is_counted_once_and_even_where_it_is_wrong(client, cast, settings):
    settings.FILING_FREE = 3
    wrong = form(attachments=SimpleUploadedFile("a.txt", b"\0\1\2"))
    assert client.post(FILE, wrong).status_code == 422
    for _ in range(2):
        right = form(attachments=SimpleUploadedFile("a.txt", "一段文字".encode()))
        assert client.post(FILE, right).status_code == 302
    assert client.post(FILE, form()).status_code == 429


def test_the_form_brings_its_challenge_along_before_anything_is_typed(busy):
    text = page(busy.get(FILE))
    assert busy.post(FILE, form(challenge_solved=answer(text))).status_code == 302
    assert Petition.objects.count() == 3


def test_an_answer_opens_the_gate_once(busy):
    solved = answer(page(busy.post(FILE, form())))
    assert busy.post(FILE, form(challenge_solved=solved)).status_code == 302
    again = busy.post(FILE, form(challenge_solved=solved))
    assert again.status_code == 429
    assert Petition.objects.count() == 3


@pytest.mark.parametrize(
    "forged",
    [
        lambda text: answer(text, number=-1),
        lambda text: answer(text, signature="0" * 64),
        lambda text: answer(text, salt="abc?for=file&expires=99999999999&"),
        lambda text: "bm90IGpzb24=",
        lambda text: "[]",
        lambda text: base64.b64encode(b"[]").decode(),
        lambda text: base64.b64encode(b'{"challenge": {}}').decode(),
        lambda text: "x" * 100_000,
        lambda text: "你好",
    ],
)
def test_a_forged_answer_opens_nothing_and_breaks_nothing(busy, forged):
    text = page(busy.get(FILE))
    assert busy.post(FILE, form(challenge_solved=forged(text))).status_code == 429
    assert Petition.objects.count() == 2


def test_an_answer_for_queries_does_not_file(busy):
    for _ in range(3):
        asked = busy.post(QUERY, {"number": "339999-2026-000001", "code": "AAAAA-BBBBB"})
    assert asked.status_code == 429 and "data-challenge" in page(asked)
    assert busy.post(FILE, form(challenge_solved=answer(page(asked)))).status_code == 429


def test_an_answer_grows_old(busy):
    begin = now().replace(minute=10)
    with time_machine.travel(begin, tick=False) as clock:
        cache.clear()
        for _ in range(2):
            busy.post(FILE, form())
        solved = answer(page(busy.get(FILE)))
        clock.shift(challenge.LASTS_SECONDS + 1)
        assert busy.post(FILE, form(challenge_solved=solved)).status_code == 429
        assert busy.post(FILE, form(challenge_solved=answer(page(busy.get(FILE))))).status_code == 302


def test_a_query_goes_on_with_a_solved_sum(busy, cast):
    case = {"number": "339999-2026-000001", "code": "AAAAA-BBBBB"}
    for _ in range(3):
        asked = busy.post(QUERY, case)
    assert 'value="339999-2026-000001"' in page(asked)
    told = busy.post(QUERY, {**case, "challenge_solved": answer(page(asked))})
    assert told.status_code == 422 and "编号或查询码不对" in page(told)


def test_without_javascript_a_minute_of_waiting_opens_the_gate_once(busy):
    begin = now().replace(minute=10)
    with time_machine.travel(begin, tick=False) as clock:
        cache.clear()
        for _ in range(2):
            busy.post(FILE, form())
        kept = ticket(page(busy.post(FILE, form())))
        assert "请在本页等 60 秒再按" in page(busy.get(FILE))
        clock.shift(59)
        assert busy.post(FILE, form(challenge_waited=kept)).status_code == 429
        clock.shift(2)
        assert busy.post(FILE, form(challenge_waited=kept)).status_code == 302
        assert busy.post(FILE, form(challenge_waited=kept)).status_code == 429
        assert busy.post(FILE, form(challenge_waited=kept[:-1] + "x")).status_code == 429


def test_waiting_in_many_windows_at_once_opens_few(busy):
    begin = now().replace(minute=10, second=0)
    with time_machine.travel(begin, tick=False) as clock:
        cache.clear()
        for _ in range(2):
            busy.post(FILE, form())
        tickets = [ticket(page(busy.get(FILE))) for _ in range(5)]
        clock.shift(61)
        found = [busy.post(FILE, form(challenge_waited=each)).status_code for each in tickets]
    assert found == [302] * challenge.WAITED_A_MINUTE + [429] * 2


def test_other_addresses_are_not_asked(busy):
    assert busy.post(FILE, form(), REMOTE_ADDR="10.9.9.9").status_code == 302


def test_a_cache_that_is_away_lets_people_file(busy, monkeypatch):
    class Away:
        def __getattr__(self, name):
            raise ConnectionError

    monkeypatch.setattr("core.throttle.cache", Away())
    monkeypatch.setattr("core.challenge.cache", Away())
    assert busy.post(FILE, form()).status_code == 302
