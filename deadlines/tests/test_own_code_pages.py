"""The page on which a district adds a code of its own."""

import pytest

from core.timekeeping import local_day, now
from deadlines import steps
from deadlines.models import Rule
from deadlines.tests.test_keeping_pages import typed

pytestmark = pytest.mark.django_db
ADD = "/staff/rules/add/"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


def own(**changes):
    data = typed(name="受理后回访", length="3", unit="working_day", extension_limit="", hours="always")
    data |= {"start_acts": ["accept"], "stop_acts": ["visit", "call"], "for-channel": "phone"}
    return data | changes


def test_a_code_is_added_and_its_page_says_by_which_steps_it_runs(admin):
    page = admin.post(ADD, own(), follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert "已增加“受理后回访”，施行后办到起算环节的件开始计时。" in text
    assert "由“受理”起算，到“走访”“电话联系”止。" in text
    rule = Rule.objects.get(name="受理后回访")
    assert (rule.code, rule.length, rule.start_acts, rule.stop_acts) == (
        "own_1",
        3,
        ["accept"],
        ["visit", "call"],
    )
    assert rule.conditions == {"channel": "phone"}
    listed = admin.get("/staff/rules/").content.decode()
    assert "受理后回访" in listed and "本区自定" in listed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stop_acts": ["accept"]}, "“受理”不能既起算又停止，请只选一边。"),
        ({"start_acts": ["serve"], "stop_acts": ["accept"]}, "“送达”以后不会再有“受理”，期限到不了这一步"),
        ({"stop_acts": []}, "请至少选一个停止环节。"),
        ({"length": "0"}, "不能是0。"),
        ({"rung-1-number": ""}, "阶梯没有终点：须有“到期未办”一级。"),
        ({"name": "信访事项办结"}, "已有叫“信访事项办结”的规则"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(admin, changes, words):
    page = admin.post(ADD, own(**changes))
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text and "本区〔2026〕3号文" in text
    assert not Rule.objects.exclude(start_acts=[]).exists()


@pytest.mark.parametrize("changes", [{"start_acts": ["䶮"]}, {"for-channel": "x"}, {"rung-TOTAL_FORMS": "x"}])
def test_forged_input_is_refused(admin, changes):
    assert admin.post(ADD, own(**changes)).status_code == 422
    assert not Rule.objects.exclude(start_acts=[]).exists()


def test_the_steps_stand_below_headings_each_once_and_must_be_chosen(admin):
    page = admin.get(ADD)
    form = page.context["form"]
    titles = ["登记转送", "受理", "办理", "答复送达", "送达以后", "各个阶段都可能"]
    for name in ("start_acts", "stop_acts"):
        groups = dict(form.fields[name].choices)
        assert list(groups) == titles and form.fields[name].required
    acts = [act for _title, options in form.fields["stop_acts"].choices for act, _word in options]
    assert sorted(acts) == sorted(steps.offered().words) and len(acts) == len(set(acts))
    below = {act: title for title, options in form.fields["stop_acts"].choices for act, _word in options}
    assert [below[act] for act in ("forward", "accept", "visit", "serve", "evaluate", "supervise")] == titles
    text = page.content.decode()
    assert text.count("<strong>受理</strong>") == 2
    assert "已经过去的不补算，现在正在计时的期限都不变" in text


def test_steps_that_were_not_chosen_are_told_with_everything_else(admin):
    page = admin.post(ADD, own(name="", start_acts=[], stop_acts=[], **{"for-channel": "x"}))
    assert page.status_code == 422
    errors = page.context["form"].errors
    assert {"name", "start_acts", "stop_acts"} <= set(errors) and page.context["held"].errors
    assert (
        "请至少选一个起算环节。" in page.content.decode()
        and "请至少选一个停止环节。" in page.content.decode()
    )


def test_a_new_version_may_have_other_steps(admin):
    admin.post(ADD, own(**{"for-channel": ""}))
    rule = Rule.objects.get(code="own_1")
    Rule.objects.filter(pk=rule.pk).update(valid_from="2026-01-01")
    page = admin.get("/staff/rules/own_1/new/").content.decode()
    assert page.count("checked") >= 3
    data = own(**{"for-channel": "", "stop_acts": ["conclude"], "confirmed": "1"})
    assert admin.post("/staff/rules/own_1/new/", data).status_code == 302
    newest = Rule.objects.filter(code="own_1").latest("valid_from")
    assert (newest.name, newest.stop_acts, newest.valid_from) == (
        "受理后回访",
        ["conclude"],
        local_day(now()),
    )


def test_every_shipped_rule_says_by_which_steps_it_runs(admin):
    page = admin.get("/staff/rules/conclusion/").content.decode()
    assert "由“受理”“改变目的或路径”“责令重新办理”起算，到" in page and "“答复成文”" in page
    listed = admin.get("/staff/rules/").content.decode()
    assert "由“来信送请阅批”起算，到“阅批”" in listed
