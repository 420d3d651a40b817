import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from deadlines import in_words, selectors, tasks
from deadlines.services import extend, rounds, stop, sweep
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice, OutboxMessage

pytestmark = pytest.mark.django_db


def run(command, **options):
    out, err = StringIO(), StringIO()
    call_command(command, stdout=out, stderr=err, **options)
    return out.getvalue()


def explained(rule, start, **options):
    return json.loads(run("explain_deadline", rule=rule, start=start, json=True, **options))


@pytest.fixture
def egg_class(monkeypatch, eggs):
    monkeypatch.setattr(rounds, "clock_classes", lambda: [Egg])


def test_the_json_has_exactly_the_agreed_keys():
    answer = explained("objection", "2026-09-29T16:50")
    assert list(answer) == ["rule", "start", "basis", "raw_due_at", "due_at", "steps"]
    assert answer["start"] == "2026-09-29T16:50:00+08:00"
    assert answer["raw_due_at"] == answer["due_at"] == "2026-10-12T23:59:59+08:00"
    assert answer["basis"] == "《信访工作条例》第二十三条"
    assert len(answer["steps"]) == 4


def test_raw_and_rolled_dates_stand_apart():
    answer = explained("notice", "2024-02-01T09:00")
    assert (answer["raw_due_at"][:10], answer["due_at"][:10]) == ("2024-02-16", "2024-02-18")


def test_a_moment_with_an_offset_is_read_in_china():
    assert explained("notice", "2026-03-02T16:30+00:00")["start"] == "2026-03-03T00:30:00+08:00"


def test_the_trial_speed_changes_no_explanation(settings):
    settings.TRIAL_SPEED = 60
    assert explained("respond_10", "2026-03-02T09:00")["due_at"] == "2026-03-02T09:10:00+08:00"


def test_a_date_set_by_hand_is_explained_too():
    assert explained("feedback", "2026-09-01T09:00", due_on="2026-10-03")["due_at"][:10] == "2026-10-03"


def test_in_words_every_step_is_a_numbered_line():
    assert run("explain_deadline", rule="notice", start="2024-02-01T09:00").splitlines() == [
        "规则：受理告知（notice），期限15日",
        "依据：《信访工作条例》第二十三条",
        "起算和停止：由“转送”“交办”“改变目的或路径”起算，到“收回”“同意异议”“受理”“书面告知”“改变目的或路径”“不予受理”"
        "“送达”止。本件转走密存、引导到政法机关或者办结归档时也停止。",
        "1. 2024年2月1日（周四）09:00开始，当日不计，自2024年2月2日（周五）起算。",
        "2. 按自然日计15日，末日为2024年2月16日（周五）24:00。",
        "3. 末日是休息日（春节），顺延至其后第一个工作日2024年2月18日（周日）（春节调休上班）24:00。",
        "期限届满：2024年2月16日（周五）24:00",
        "顺延后到期：2024年2月18日（周日）24:00",
    ]


@pytest.mark.parametrize(
    ("rule", "start", "sentence"),
    [
        ("nope", "2026-01-01", "没有代码为“nope”的期限规则"),
        ("notice", "2026-13-01", "“2026-13-01”不是有效的时间"),
        ("notice", "昨天", "“昨天”不是有效的时间"),
        ("feedback", "2026-01-01", "没有固定期限"),
        ("notice", "9999-12-31T23:59", "超出"),
    ],
)
def test_a_question_that_has_no_answer_gets_a_sentence(rule, start, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        run("explain_deadline", rule=rule, start=start)
    assert refused.value.returncode == 1


def test_a_clock_tells_its_story_and_who_was_told(lay, django_assert_num_queries):
    (egg,) = lay("notice", "2024-02-01T09:00")
    sweep(Egg, now=moment("2024-02-19T00:00"))
    egg = Egg.objects.select_related("rule").get(pk=egg.pk)
    selectors.rulebook()
    with django_assert_num_queries(4):
        story = selectors.explain(egg)
    assert (story.basis, story.rolled, story.provisional) == ("《信访工作条例》第二十三条", True, False)
    assert story.state == "已于2024年2月18日（周日）24:00到期，尚未办理。"
    assert [(rung.kind, rung.role, rung.done) for rung in story.rungs] == [
        ("到期提醒", "承办人", True),
        ("到期未办", "承办人", True),
        ("到期未办", "单位负责人", True),
        ("逐级上报", "单位负责人", False),
        ("逐级上报", "领导", False),
        ("逐级上报", "信访专员", False),
        ("逐级上报", "督查专员", False),
    ]
    assert [(line.name, line.at) for line in story.told] == [("承办人甲", moment("2024-02-19T00:00"))] * 3


def test_another_clock_with_a_longer_number_does_not_lend_its_notices(lay):
    first, *_, eleventh = lay("respond_10", "2026-03-02T09:00", count=11)
    Egg.objects.filter(pk=eleventh.pk).update(id=first.pk * 1000)
    sweep(Egg, now=moment("2026-03-02T09:07"))
    assert len(selectors.explain(Egg.objects.get(pk=first.pk)).told) == 1


def test_the_extension_is_part_of_the_story(lay):
    (egg,) = lay("conclusion", "2026-07-06T09:00")
    extend(egg, 30, moment("2026-09-02T09:00"))
    story = selectors.explain(egg)
    assert story.extension == [
        "2026年9月2日（周三）09:00批准延长30日。",
        "自原期限2026年9月4日（周五）延长30日，至2026年10月4日（周日）24:00。",
        "末日是休息日（国庆节），顺延至其后第一个工作日2026年10月8日（周四）24:00。",
    ]


def test_a_stopped_clock_says_when_and_names_no_further_steps(lay):
    (egg,) = lay("respond_10", "2026-03-02T09:00")
    stop(egg, moment("2026-03-02T09:05"))
    story = selectors.explain(egg)
    assert (story.state, story.rungs) == ("已于2026年3月2日（周一）09:05停止。", [])


def test_the_dialog_shows_the_count_the_ladder_and_who_was_told(lay):
    (egg,) = lay("objection", "2026-12-29T16:50")
    sweep(Egg, now=moment("2027-01-06T00:00"))
    egg.refresh_from_db()
    page = render_to_string("deadlines/_explanation.html", {"explanation": selectors.explain(egg)})
    for words in (
        "《信访工作条例》第二十三条",
        "第5个工作日为2027年1月6日（周三）",
        "暂定",
        "承办人甲",
        "2027-01-05 23:59",
    ):
        assert words in page
    assert "style=" not in page


def test_the_task_sweeps_every_class_and_leaves_its_pulse(lay, egg_class, monkeypatch):
    cache.delete_many(["deadlines:last_sweep", "deadlines:pulse"])
    lay("respond_10", "2026-03-02T09:00", count=2)
    lay("respond_10", "2026-03-02T09:00", broken=True)
    now = moment("2026-03-02T09:07:30")
    monkeypatch.setattr(tasks, "now", lambda: now)
    tasks.sweep()
    assert cache.get("deadlines:last_sweep") == now.timestamp()
    pulse = selectors.pulse()
    assert (pulse.claimed, pulse.alerts, pulse.lag_seconds, len(pulse.failed)) == (3, 2, 30.0, 1)
    assert [clock.error_count for clock in selectors.put_off(Egg)] == [1]


def test_a_class_whose_sweep_fails_is_reported_and_leaves_no_pulse(lay, monkeypatch):
    class Hollow:
        class _meta:
            label, label_lower = "x.Hollow", "x.hollow"

    cache.delete("deadlines:last_sweep")
    monkeypatch.setattr(rounds, "clock_classes", lambda: [Hollow, Egg])
    lay("respond_10", "2026-03-02T09:00")
    with pytest.raises(AttributeError):
        rounds.sweep_all(now=moment("2026-03-02T09:07"))
    assert (Egg.objects.get().step_no, cache.get("deadlines:last_sweep")) == (1, None)


def test_the_command_sweeps_once_as_of_a_moment(lay, egg_class):
    lay("respond_10", "2026-03-02T09:00", count=2)
    said = [run("sweep_deadlines", once=True, at=at) for at in ("2026-03-02T09:06", "2026-03-02T09:08")]
    assert said == [
        "deadlines_tests.egg：处理0个期限，发出0条提醒，暂缓0个，最久迟0.0秒。\n",
        "deadlines_tests.egg：处理2个期限，发出2条提醒，暂缓0个，最久迟60.0秒。\n",
    ]


@pytest.mark.parametrize(
    ("options", "sentence"), [({"at": "2026-03-02"}, "只能和--once"), ({"once": True, "at": "x"}, "不是有效")]
)
def test_the_command_refuses_a_moment_it_cannot_use(eggs, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("sweep_deadlines", **options)


class TestByWhatWay:
    """Who was told, when, by what way, and how far that is: on the page and by the command alike."""

    @pytest.fixture
    def egg(self, lay):
        (egg,) = lay("objection", "2026-12-29T16:50")
        sweep(Egg, now=moment("2027-01-06T00:00"))
        egg.refresh_from_db()
        return egg

    @pytest.fixture(autouse=True)
    def among_the_clocks(self, monkeypatch, eggs):
        monkeypatch.setattr(in_words, "clock_classes", lambda: [Egg])

    def on_page(self, egg):
        html = render_to_string("deadlines/_explanation.html", {"explanation": selectors.explain(egg)})
        return " ".join(strip_tags(html).split())

    def told(self, egg):
        return run("explain_deadline", clock=f"deadlines_tests.egg:{egg.pk}")

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"state": "waiting"}, "电子邮件：等待发送"),
            ({"state": "waiting", "attempts": 2}, "电子邮件：第 2 次没有发出，稍后再试 01-06 00:07"),
            ({"state": "sending", "attempts": 1}, "电子邮件：正在发送"),
            ({"state": "sent", "attempts": 1}, "电子邮件：已发送 01-06 00:07"),
            ({"state": "held"}, "电子邮件：等待每日汇总"),
            ({"state": "gave_up", "attempts": 6}, "电子邮件：没有送到，已放弃（试过 6 次）"),
            (
                {"state": "gave_up", "last_error": "收件人已不在原来的岗位"},
                "电子邮件：没有发送，收件人已不在原来的岗位或不再经办",
            ),
        ],
    )
    def test_is_said_of_every_state_of_a_message(self, egg, row, words):
        at = moment("2027-01-06T00:07")
        OutboxMessage.objects.update(next_try_at=at, sent_at=at if row["state"] == "sent" else None, **row)
        assert words in self.on_page(egg)
        assert words in self.told(egg)

    def test_is_said_of_what_a_digest_gathered(self, egg):
        (row,) = OutboxMessage.objects.all()
        digest = Notice.objects.create(
            recipient=row.notice.recipient, text="汇总", link="/", dedupe_key="d", created_at=row.next_try_at
        )
        OutboxMessage.objects.update(state="digested", digest=digest)
        assert "电子邮件：已并入汇总，汇总还没有发出" in self.told(egg)
        at = moment("2027-01-06T08:30")
        OutboxMessage.objects.create(notice=digest, state="sent", next_try_at=at, sent_at=at)
        assert "电子邮件：随汇总发送 01-06 08:30" in self.told(egg)

    def test_and_of_who_has_no_address(self, egg):
        OutboxMessage.objects.all().delete()
        assert "只有站内提醒" in self.on_page(egg) and "只有站内提醒" in self.told(egg)

    def test_the_command_tells_what_the_page_tells(self, egg):
        page, told = self.on_page(egg), self.told(egg)
        story = selectors.explain(egg)
        for words in (
            story.basis, story.started, story.due, story.state, *story.steps, story.told[0].text,
            *(line.sentence for line in story.ledger), *(rung.kind for rung in story.rungs),
        ):  # fmt: skip
            assert words in page and words in told, words
        assert "承办人甲" in told

    def test_of_something_sealed_the_command_names_nobody(self, egg, monkeypatch):
        monkeypatch.setattr(in_words, "sealed_words", set)
        Notice.objects.update(about="petition:1")
        told = self.told(egg)
        assert "承办人甲" not in told and selectors.explain(egg).told[0].text not in told
        assert "2027-01-06 00:00 （检举控告件，此处不列姓名和内容）（未读） 电子邮件：等待发送" in told

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"clock": "nothing:1"}, "没有“nothing”这种期限"),
            ({"clock": "deadlines_tests.egg:0"}, "没有编号为“0”的期限"),
            ({"clock": "deadlines_tests.egg:x"}, "没有编号为“x”的期限"),
            ({"clock": "deadlines_tests.egg:1", "rule": "notice"}, "不与--rule"),
            ({"rule": "notice"}, "请给出--clock，或者--rule和--start"),
        ],
    )
    def test_what_it_cannot_find_is_said(self, options, sentence):
        with pytest.raises(CommandError, match=sentence):
            run("explain_deadline", **options)
