"""The template components."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.db import models
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from core import nav
from core.forms import BaseForm, MultipleFileField
from core.paging import Page
from core.templatetags import ui
from core.timekeeping import SHANGHAI

AT = datetime(2026, 10, 8, 16, 50, tzinfo=SHANGHAI)


def show(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def clock(left, **more):
    due = AT + left
    facts = {"rule": SimpleNamespace(name="受理告知"), "due_at": due, "raw_due_at": due, "stopped_at": None}
    return SimpleNamespace(**facts | {"provisional": False} | more)


class State(models.TextChoices):
    OPEN = "open", "办理中"

    @property
    def tone(self):
        return "info"


@pytest.mark.parametrize(
    ("thing", "tone", "label"),
    [
        (State.OPEN, "info", "办理中"),
        (SimpleNamespace(state=State.OPEN), "info", "办理中"),
        ("密", "plain", "密"),
        (SimpleNamespace(get_status_display=lambda: "待发", status_tone="soon"), "soon", "待发"),
    ],
)
def test_a_status_badge_carries_word_shape_and_tone(thing, tone, label):
    html = show("{% status_badge thing %}", thing=thing)
    assert f"tone-{tone}" in html
    assert label in html
    assert ui.SHAPES[tone] in html


def test_an_unknown_tone_is_plain():
    assert "tone-plain" in show("{% status_badge '重复' tone='pink' %}")


@pytest.mark.parametrize(
    ("the_clock", "tone", "words"),
    [
        (clock(timedelta(days=3)), "info", "还剩 3 天"),
        (clock(timedelta(hours=5)), "soon", "还剩 5 小时"),
        (clock(timedelta(minutes=6, seconds=12)), "soon", "剩 06:12"),
        (clock(timedelta(days=-2)), "late", "已超 2 天"),
        (clock(timedelta(days=3), stopped_at=AT), "done", "按时完成"),
        (clock(timedelta(days=-4), stopped_at=AT, is_right=True), "plain", "已结束"),
        (clock(timedelta(days=-4), is_right=True), "plain", "已结束"),
        (clock(timedelta(days=-3), stopped_at=AT), "late", "超 3 天完成"),
        (clock(timedelta(days=3), lamp=lambda at: "soon"), "soon", "还剩 3 天"),
        (clock(timedelta(days=-3), lamp=lambda at: "info"), "late", "已超 3 天"),
    ],
)
def test_a_clock_pill_tells_rule_rest_and_moment(the_clock, tone, words):
    html = show("{% clock_pill c at=at %}", c=the_clock, at=AT)
    assert f"tone-{tone}" in html
    assert f">{words}<" in html
    assert "受理告知" in html
    assert f'datetime="{the_clock.due_at.isoformat()}"' in html


def test_only_the_last_hour_counts_down():
    assert "data-countdown" in show("{% clock_pill c at=at %}", c=clock(timedelta(minutes=59)), at=AT)
    assert "data-countdown" not in show("{% clock_pill c at=at %}", c=clock(timedelta(minutes=61)), at=AT)
    stopped = clock(timedelta(minutes=5), stopped_at=AT)
    assert "data-countdown" not in show("{% clock_pill c at=at %}", c=stopped, at=AT)


def test_provisional_and_rolled_moments_are_marked():
    rolled = clock(timedelta(days=3), provisional=True)
    rolled.raw_due_at = AT + timedelta(days=1)
    html = show("{% clock_pill c at=at %}", c=rolled, at=AT)
    assert "暂定" in html
    assert "顺延" in html


def test_a_pill_leads_to_its_explanation_where_there_is_one():
    c = clock(timedelta(days=3), get_explanation_url=lambda: "/clock/7")
    assert '<a href="/clock/7"' in show("{% clock_pill c at=at %}", c=c, at=AT)
    assert "<a" not in show("{% clock_pill c link=False at=at %}", c=c, at=AT)


def test_no_clock_shows_nothing():
    assert show("{% clock_pill c %}", c=None).strip() == ""


def test_a_person_line_masks_what_it_is_given():
    html = show(
        '{% include "components/person_line.html" with name="张小三" phone="13812341234" kind="代表" %}'
    )
    assert "张*三" in html
    assert "138****1234" in html
    assert "张小三" not in html
    assert "匿名" in show('{% include "components/person_line.html" with name="" %}')


EVENTS = [
    SimpleNamespace(
        label="受理", who="城管局 承办人 王五", at=AT, public=True, public_text="已受理", text="内部话"
    ),
    SimpleNamespace(label="批示", who="县领导", at=AT, public=False, public_text="", text="请抓紧"),
]


def test_the_public_timeline_shows_no_internal_words():
    public = [e for e in EVENTS if e.public]
    html = show('{% include "components/timeline.html" with events=e public_only=True %}', e=public)
    assert "已受理" in html
    assert "2026年10月8日（周四） 16:50" in html
    assert "内部话" not in html
    assert "王五" not in html


def test_the_desk_timeline_marks_internal_entries():
    html = show('{% include "components/timeline.html" with events=e %}', e=EVENTS)
    assert html.count("内部</span>") == 1
    assert "请抓紧" in html


def test_the_pager_keeps_filters_and_drops_nothing_else(rf: RequestFactory):
    page = Page([1], next_cursor="N+1", prev_cursor=None)
    html = show("{% pager page target='list' %}", page=page, request=rf.get("/?status=open&cursor=old"))
    assert 'href="?status=open&amp;cursor=N%2B1"' in html
    assert 'hx-target="#list"' in html
    assert "已是第一页" in html


def test_a_list_of_one_page_has_no_pager(rf: RequestFactory):
    assert "<nav" not in show("{% pager page %}", page=Page([1], None, None), request=rf.get("/"))


def test_a_changed_filter_forgets_the_cursor(rf: RequestFactory):
    request = rf.get("/?status=open&cursor=old&q=噪音")
    assert show("{% keep_filters status='closed' q=None %}", request=request) == "?status=closed"
    assert show("{% keep_filters %}", request=rf.get("/")) == "?"


class Filters(forms.Form):
    a = forms.CharField(label="甲", required=False)
    b = forms.CharField(label="乙", required=False)
    c = forms.CharField(label="丙", required=False)
    d = forms.CharField(label="丁", required=False)
    e = forms.ChoiceField(label="戊", required=False, choices=[("", "全部"), ("1", "一")])
    f = forms.CharField(label="己", required=False)
    g = forms.CharField(label="庚", required=False)


def test_five_filters_are_open_and_the_rest_in_a_drawer(rf: RequestFactory):
    request = rf.get("/list?view=late&a=1&cursor=old")
    html = show("{% filter_bar form %}", form=Filters(request.GET), request=request)
    front, drawer = html.split("<details")
    assert [label in front for label in "甲乙丙丁戊"] == [True] * 5
    assert "己" in drawer
    assert "庚" in drawer
    assert '<input type="hidden" name="view" value="late">' in html
    assert 'name="cursor"' not in html
    assert 'class="filter-drawer">' in html
    assert 'class="form-select form-select-sm"' in html


def test_the_drawer_is_open_while_a_filter_in_it_is_used(rf: RequestFactory):
    request = rf.get("/list?g=x")
    html = show("{% filter_bar form %}", form=Filters(request.GET), request=request)
    assert 'class="filter-drawer" open' in html
    assert '<span class="count">1</span>' in html


class Complaint(BaseForm):
    subject = forms.CharField(label="标题", max_length=10)
    password = forms.CharField(label="密码", required=False, strip=False)
    files = MultipleFileField(label="附件", required=False)


def test_forms_clean_texts_and_leave_passwords_alone():
    form = Complaint(QueryDict("subject=%00 夜\u202e里 &password= a%00b".replace("%00", "%01")))
    assert form.is_valid()
    assert form.cleaned_data == {"subject": "夜里", "password": " a\x01b", "files": []}


def test_a_nul_is_dropped_and_not_an_error():
    form = Complaint(QueryDict("subject=%00夜里"))
    assert form.is_valid(), form.errors
    assert Complaint({"subject": "a\0b"}).data["subject"] == "ab"


def test_the_error_summary_links_to_the_fields():
    html = show("{% form_errors form %}", form=Complaint({"subject": ""}))
    assert '<a href="#id_subject">标题</a>' in html
    assert 'role="alert"' in html
    assert show("{% form_errors form %}", form=Complaint({"subject": "好"})).strip() == ""
    asked = show("{% form_errors form '没有查到：' %}", form=Complaint({"subject": ""}))
    assert "没有查到：" in asked
    assert "已填内容都在" not in asked


def test_a_clock_late_by_seconds_says_so_in_plain_words():
    assert "刚刚超时" in show("{% clock_pill clock at=at %}", clock=clock(timedelta(seconds=-20)), at=AT)
    stopped = clock(timedelta(0), stopped_at=AT + timedelta(seconds=20))
    assert "超时不到 1 分钟完成" in show("{% clock_pill clock at=at %}", clock=stopped, at=AT)


def test_a_field_with_an_error_is_marked_for_eyes_and_readers():
    html = show("{{ form.subject|with_class:'form-control' }}", form=Complaint({"subject": ""}))
    assert 'class="form-control is-invalid"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_subject_error"' in html


@pytest.fixture
def empty_registry(monkeypatch):
    monkeypatch.setattr(nav, "_entries", {})


def test_navigation_goes_by_role_and_knows_where_one_is(empty_registry, settings):
    settings.ROOT_URLCONF = "core.tests.test_pages"
    nav.register("字号", "core:large_type", ["clerk", nav.PUBLIC], "type", order=10)
    nav.register("没有的", "gone:home", ["clerk"], "house")
    clerk = nav.items_for("clerk", "/large-type/x")
    assert [(i.label, i.url, i.active) for i in clerk] == [("字号", "/large-type/", True)]
    assert [i.active for i in nav.items_for(None, "/other")] == [False]
    assert nav.items_for("leader", "/") == []


def test_icons_come_from_our_sprite_and_are_silent_without_a_label():
    assert 'aria-hidden="true"' in ui.icon("bell")
    assert 'aria-label="提醒"' in ui.icon("bell", "提醒")
    assert "vendor/icons.svg#bell" in ui.icon("bell")


def test_a_notice_of_trouble_is_an_alert_and_good_news_is_not():
    assert 'role="alert"' in show('{% include "components/notice_strip.html" with text="一" tone="late" %}')
    assert 'role="alert"' not in show(
        '{% include "components/notice_strip.html" with text="一" tone="done" %}'
    )
