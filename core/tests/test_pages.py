"""What a user sees when something went wrong."""

import json

import psycopg2
import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from core.errors import Refusal
from core.htmx import redirect_to, render_page, with_trigger
from core.middleware import is_database_away


def refuse(request):
    raise Refusal("这件事项已由李四转送城市管理局。", code=request.GET.get("code", "refused"))


def lose_database(request):
    raise OperationalError("server closed the connection unexpectedly")


def fail(request):
    raise RuntimeError("secret inside")


def missing(request):
    raise Http404("secret inside")


def forbid(request):
    raise PermissionDenied("secret inside")


def read_form(request):
    return HttpResponse(len(request.POST))


class LostInMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise OperationalError("could not connect to server")


urlpatterns = [
    path("refuse", refuse),
    path("lose", lose_database),
    path("fail", fail),
    path("missing", missing),
    path("forbid", forbid),
    path("form", read_form),
    path("", include("core.urls")),
]
handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.middleware.RequestGuard",
]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def browser():
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, CSRF_FAILURE_VIEW="core.views.csrf_failure"
    ):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("refused", 409),
        ("stale", 409),
        ("upload", 409),
        ("forbidden", 403),
        ("invalid", 422),
        ("throttled", 429),
        ("too_large", 413),
        ("not_found", 404),
    ],
)
def test_a_refusal_is_a_page_with_its_own_sentence(browser, code, status):
    answer = browser.get("/refuse", {"code": code})
    assert answer.status_code == status
    assert "这件事项已由李四转送城市管理局。" in answer.content.decode()
    assert f"代码 {status}" in answer.content.decode()


def test_htmx_gets_a_refusal_as_one_strip_for_the_notices(browser):
    answer = browser.get("/refuse", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#notices"
    assert "<html" not in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"), [("/fail", 500), ("/missing", 404), ("/forbid", 403), ("/none", 404)]
)
def test_error_pages_say_what_to_do_and_nothing_secret(browser, address, status):
    answer = browser.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "secret" not in page
    assert "回到首页" in page


def test_a_lost_database_gives_back_what_was_typed(browser):
    sent = {"subject": "噪音 <b>扰民</b>", "person": ["张三", "李四"], "password": "hunter2"}
    answer = browser.post("/lose?next=1", sent)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "服务暂时中断" in page
    assert "没有保存任何内容" in page
    assert "您填写的内容还在本页" in page
    assert "噪音 &lt;b&gt;扰民&lt;/b&gt;" in page
    assert page.count('name="person"') == 2
    assert 'action="/lose?next=1"' in page
    assert "hunter2" not in page


def test_a_lost_database_says_that_files_must_be_chosen_again(browser, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = browser.post("/lose", {"text": "一", "file": SimpleUploadedFile("a.txt", b"a")}).content.decode()
    assert "附件需要重新选择" in page


def test_a_page_that_cannot_be_read_offers_another_try(browser):
    page = browser.get("/lose?page=2").content.decode()
    assert 'href="/lose?page=2"' in page
    assert "您填写的内容" not in page


def test_a_database_lost_before_the_view_is_a_503_too(browser):
    with override_settings(MIDDLEWARE=[f"{__name__}.LostInMiddleware"]):
        assert browser.get("/form").status_code == 503


def test_a_form_text_that_is_too_large_is_a_413(browser):
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        answer = browser.post("/form", {"text": "长" * 200})
    assert answer.status_code == 413
    assert "超过上限" in answer.content.decode()


def test_too_many_fields_are_named(browser):
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=2):
        answer = browser.post("/form", {"a": 1, "b": 2, "c": 3})
    assert answer.status_code == 400
    assert "栏目太多" in answer.content.decode()


def test_a_stale_token_is_explained_without_repeating_the_form():
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, CSRF_FAILURE_VIEW="core.views.csrf_failure"
    ):
        answer = Client(enforce_csrf_checks=True).post("/form", {"text": "攻击者写的"})
    assert answer.status_code == 403
    assert "页面打开的时间太久" in answer.content.decode()
    assert "攻击者写的" not in answer.content.decode()


def test_only_our_own_page_is_offered_as_the_way_back(browser):
    ours = browser.get("/refuse", headers={"Referer": "http://testserver/list?a=1"}).content.decode()
    foreign = browser.get("/refuse", headers={"Referer": "http://testserver.evil.example/"}).content.decode()
    assert 'href="http://testserver/list?a=1"' in ours
    assert "evil" not in foreign


@pytest.mark.parametrize(
    ("state", "away"),
    [(None, True), ("08006", True), ("57P01", True), ("53300", True), ("57014", False), ("40P01", False)],
)
def test_a_cancelled_statement_or_deadlock_is_not_a_lost_database(state, away):
    cause = type("Cause", (psycopg2.OperationalError,), {"pgcode": state})()
    raised = OperationalError("x")
    raised.__cause__ = cause
    assert is_database_away(raised) is away


def test_only_database_errors_are_a_lost_database():
    assert is_database_away(InterfaceError("connection already closed"))
    assert not is_database_away(ValueError("x"))
    assert not is_database_away(None)


@pytest.mark.parametrize(
    ("target", "goes"),
    [("/query?a=1", "/query?a=1"), ("https://evil.example/", "/"), ("//evil.example", "/")],
)
def test_the_large_type_is_remembered_and_leads_only_to_our_own_pages(browser, target, goes):
    answer = browser.get("/large-type/", {"on": "1", "next": target})
    assert answer["Location"] == goes
    assert answer.cookies["large_type"].value == "1"
    assert 'class="public large-type"' in browser.get("/none").content.decode()


def test_one_view_answers_with_the_page_or_the_fragment(rf: RequestFactory):
    context = {"text": "完成", "trouble": None}
    page = ("errors/_notice.html", "components/notice_strip.html")
    whole = render_page(rf.get("/"), *page, context)
    part = render_page(rf.get("/", headers={"HX-Request": "true"}), *page, context, status=422)
    boosted = render_page(rf.get("/", headers={"HX-Request": "true", "HX-Boosted": "true"}), *page, context)
    assert "完成" in part.content.decode()
    assert part.status_code == 422
    assert boosted.content == whole.content != part.content
    assert "HX-Request" in whole["Vary"]


def test_htmx_is_sent_on_by_a_header(rf: RequestFactory):
    assert redirect_to(rf.get("/"), "/x").status_code == 302
    answer = redirect_to(rf.get("/", headers={"HX-Request": "true"}), "/x")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/x")


def test_triggers_add_up():
    answer = with_trigger(with_trigger(HttpResponse(), "a"), "b", {"n": 1})
    assert json.loads(answer["HX-Trigger"]) == {"a": {}, "b": {"n": 1}}


def test_messages_are_not_touched_by_error_pages(browser, monkeypatch):
    def touched(*args, **kwargs):
        raise AssertionError("an error page must not read messages")

    monkeypatch.setattr(FallbackStorage, "__iter__", touched)
    assert browser.get("/missing").status_code == 404
