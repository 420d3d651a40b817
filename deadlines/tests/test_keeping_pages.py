"""The pages on which rules and calendar are kept: seen first, confirmed, refused in words."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from core.converters import scattered
from core.timekeeping import local_day, now
from deadlines.models import CalendarTable, Rule
from deadlines.pulse import PULSE
from deadlines.selectors import engine_state
from deadlines.services import sweep_all
from notifications.models import OutboxMessage
from notifications.services import notify
from petitions.enums import Status

pytestmark = pytest.mark.django_db
RULE = "/staff/rules/conclusion/new/"
YEAR = "/staff/calendar/new/"
TABLE = "day,is_workday,note\n2027-01-01,0,元旦\n2027-01-03,1,元旦调休上班\n"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


def typed(**changes):
    rungs = [
        ("remind", "3", "day", "handler"),
        ("breach", "0", "day", "handler"),
        ("remind", "", "minute", "handler"),  # the empty row at the end, as a browser sends it
    ]
    data = {
        "basis": "本区〔2026〕3号文",
        "length": "45",
        "unit": "calendar_day",
        "rolls": "on",
        "extension_limit": "30",
        "valid_from": local_day(now()).isoformat(),
        "running": "move",
        "reason": "区委会议决定",
        "rung-TOTAL_FORMS": "3",
        "rung-INITIAL_FORMS": "0",
    }
    for place, (kind, number, per, role) in enumerate(rungs):
        data |= {
            f"rung-{place}-kind": kind,
            f"rung-{place}-number": number,
            f"rung-{place}-per": per,
            f"rung-{place}-role": role,
        }
    return data | changes


def test_a_rule_is_changed_in_two_looks(admin, make_case):
    case = make_case(until=Status.ACCEPTED)
    clock = case.clocks.get(rule__code="conclusion", stopped_at=None)
    page = admin.post(RULE, typed())
    assert page.status_code == 200
    assert "其中 <strong>1</strong> 个到期日会变，1 个提前" in page.content.decode()
    assert Rule.objects.filter(code="conclusion", length=45).count() == 0
    page = admin.post(RULE, typed(confirmed="1"), follow=True)
    assert "1 个正在计时的期限改按新规则，其中 1 个到期日变了" in page.content.decode()
    clock.refresh_from_db()
    assert clock.rule.length == 45
    assert [(step.offset_minutes, step.role) for step in clock.rule.steps.all()] == [
        (-3 * 1440, "handler"),
        (0, "handler"),
    ]


def test_a_refusal_stands_at_its_box_and_keeps_what_was_typed(admin):
    page = admin.post(RULE, typed(length="90", confirmed="1"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "规定最长60日，可以规定得更短，不能更长。" in text and "本区〔2026〕3号文" in text
    assert not Rule.objects.filter(code="conclusion", length=90).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"rung-TOTAL_FORMS": "x"},
        {"rung-0-number": "-1"},
        {"rung-0-kind": "䶮"},
        {"length": "9" * 30},
        {"valid_from": "2026-02-30"},
        {"running": "perhaps"},
    ],
)
def test_forged_input_is_refused(admin, changes):
    assert admin.post(RULE, typed(**changes)).status_code == 422
    assert not Rule.objects.filter(code="conclusion", length=45).exists()


def test_the_page_begins_with_what_the_last_version_says(admin):
    form = admin.get(RULE).context["form"]
    assert (form["length"].value(), form["extension_limit"].value()) == (60, 30)
    rows = [one.initial for one in admin.get(RULE).context["rungs"].forms]
    assert rows[0] == {"kind": "remind", "number": 3, "per": "day", "role": "handler"}


def test_there_is_no_page_of_a_rule_there_is_not(admin):
    assert admin.get("/staff/rules/nothing/").status_code == 404
    assert admin.get("/staff/rules/nothing/new/").status_code == 404


class TestRulesForSomeMatters:
    """What a district does for its hotline cases, from the page to the clock of the next case."""

    PAGE = "/staff/rules/notice/new/"

    def typed(self, **changes):
        shorter = {"length": "5", "extension_limit": "", "running": "keep", "for-channel": "phone"}
        return typed(**shorter, **changes)

    def test_one_is_entered_and_the_next_hotline_case_has_it(self, admin, make_case):
        before = make_case(until=Status.FORWARDED, channel="phone")
        page = admin.post(self.PAGE, self.typed())
        assert "有关的正在计时的期限 <strong>1</strong> 个，其中 <strong>1</strong> 个到期日会变" in (
            page.content.decode()
        )
        page = admin.post(self.PAGE, self.typed(confirmed="1"), follow=True)
        assert "信访形式为来电" in page.content.decode()
        phone = make_case(until=Status.FORWARDED, channel="phone", at=now())
        letter = make_case(until=Status.FORWARDED, channel="letter", at=now())
        lengths = [
            case.clocks.get(rule__code="notice", stopped_at=None).rule.length
            for case in (before, phone, letter)
        ]
        assert lengths == [15, 5, 15]
        assert "另有 1 条按条件的规定" in admin.get("/staff/rules/").content.decode()

    def test_what_runs_and_fits_goes_over_where_that_is_chosen(self, admin, make_case):
        phone = make_case(until=Status.FORWARDED, channel="phone")
        letter = make_case(until=Status.FORWARDED, channel="letter")
        admin.post(self.PAGE, self.typed(confirmed="1") | {"running": "move"})
        lengths = [
            case.clocks.get(rule__code="notice", stopped_at=None).rule.length for case in (phone, letter)
        ]
        assert lengths == [5, 15]

    def test_one_for_a_unit_holds_for_what_that_unit_has(self, admin, cast, make_case):
        mine = {"for-channel": "", "for-unit": str(cast.units.urban.pk)}
        admin.post(self.PAGE, self.typed(confirmed="1") | mine)
        case = make_case(until=Status.FORWARDED, at=now())
        assert case.lead_unit == cast.units.urban
        assert case.clocks.get(rule__code="notice").rule.length == 5
        text = admin.get("/staff/rules/notice/").content.decode()
        assert f"责任单位为{cast.units.urban.label}" in text

    @pytest.mark.parametrize(
        "wrong", [{"for-channel": "pigeon"}, {"for-unit": "987654321"}, {"for-unit": "x"}]
    )
    def test_conditions_there_are_not_are_refused(self, admin, wrong):
        assert admin.post(self.PAGE, self.typed() | wrong).status_code == 422

    @pytest.mark.parametrize("length", ["0", "-5"])
    def test_a_length_of_nothing_or_less_is_refused_at_its_box(self, admin, length):
        page = admin.post(self.PAGE, self.typed(confirmed="1") | {"length": length})
        assert page.status_code == 422
        assert f"期限须在1至3660日之间，不能是{length}。" in page.content.decode()
        assert Rule.objects.filter(code="notice").count() == 3

    def test_rights_offer_no_conditions_and_every_other_rule_does(self, admin):
        assert admin.get("/staff/rules/objection/new/").context["held"] is None
        assert admin.get("/staff/rules/review_30/new/").context["held"] is not None

    def test_it_ends_in_two_looks(self, admin, make_case):
        admin.post(self.PAGE, self.typed(confirmed="1"))
        case = make_case(until=Status.FORWARDED, channel="phone", at=now())
        (address,) = re.findall(
            r'href="(/staff/rules/notice/\d+/end/)">停用', admin.get("/staff/rules/notice/").content.decode()
        )[-1:]
        tomorrow = (local_day(now()) + timedelta(days=1)).isoformat()
        data = {"valid_until": tomorrow, "running": "keep", "reason": "试行结束"}
        page = admin.post(address, data)
        assert "有关的正在计时的期限 <strong>1</strong> 个" in page.content.decode()
        assert Rule.objects.filter(code="notice", valid_until=None).count() == 2
        page = admin.post(address, data | {"confirmed": "1"}, follow=True)
        assert "已停用，正在计时的期限不变。" in page.content.decode()
        assert case.clocks.get(rule__code="notice").rule.conditions == {"channel": "phone"}

    def test_a_button_leads_on_or_is_not_there(self, admin):
        assert "/end/" not in admin.get("/staff/rules/notice/").content.decode()
        assert "/end/" in admin.get("/staff/rules/call_30/").content.decode()
        coming = (local_day(now()) + timedelta(days=30)).isoformat()
        admin.post(self.PAGE, self.typed(confirmed="1") | {"valid_from": coming, "for-channel": ""})
        page = admin.get("/staff/rules/notice/").content.decode()
        (address,) = re.findall(r'href="(/staff/rules/notice/\d+/end/)">撤回', page)
        text = admin.get(address).content.decode()
        assert "撤回这个版本" in text and "确认停用" not in text and "自哪天起不再适用" not in text

    def test_the_general_rule_of_the_law_does_not_end(self, admin):
        pk = Rule.objects.get(code="notice", valid_until=None).pk
        data = {"valid_until": "2099-01-01", "running": "keep", "reason": "x", "confirmed": "1"}
        page = admin.post(f"/staff/rules/notice/{scattered(pk)}/end/", data)
        assert page.status_code == 422
        assert "不能停用，否则期限会中断" in page.content.decode()

    def test_a_rule_that_runs_is_not_deleted(self, admin, make_case):
        make_case(until=Status.FORWARDED)
        rule = Rule.objects.get(code="notice", valid_until=None)
        page = admin.post(f"/staff/rules/notice/{scattered(rule.pk)}/withdraw/", {"reason": "不要了"})
        assert page.status_code == 422
        assert "已有期限按这个版本计算，不能删除；不再适用的，请停用。" in page.content.decode()
        assert Rule.objects.filter(pk=rule.pk, valid_until=None).exists()

    def test_one_to_come_is_withdrawn(self, admin):
        coming = (local_day(now()) + timedelta(days=30)).isoformat()
        admin.post(self.PAGE, self.typed(confirmed="1") | {"valid_from": coming})
        rule = Rule.objects.get(code="notice", length=5)
        address = f"/staff/rules/notice/{scattered(rule.pk)}/withdraw/"
        assert admin.post(address, {"reason": ""}).status_code == 422
        page = admin.post(address, {"reason": "登记错了"}, follow=True)
        assert "已撤回这个版本。" in page.content.decode()
        assert not Rule.objects.filter(pk=rule.pk).exists()

    def test_of_one_that_was_to_follow_another_it_is_asked_what_then_holds(self, admin):
        before = Rule.objects.get(code="conclusion", valid_until=None)
        coming = (local_day(now()) + timedelta(days=30)).isoformat()
        admin.post(RULE, typed(confirmed="1", running="keep", valid_from=coming))
        rule = Rule.objects.get(code="conclusion", length=45)
        page = admin.get(f"/staff/rules/conclusion/{scattered(rule.pk)}/end/").content.decode()
        assert "前一个版本（60日）接着适用" in page
        address = f"/staff/rules/conclusion/{scattered(rule.pk)}/withdraw/"
        page = admin.post(address, {"reason": "登记错了"})
        assert page.status_code == 422
        assert "请选择撤回以后，前一个版本（60日）是不是接着适用。" in page.content.decode()
        page = admin.post(address, {"reason": "登记错了", "then": "none"})
        assert page.status_code == 422 and "登记错了" in page.content.decode()
        assert admin.post(address, {"reason": "登记错了", "then": "before"}).status_code == 302
        before.refresh_from_db()
        assert before.valid_until is None

    def test_a_day_without_end_is_no_day(self, admin):
        rule = Rule.objects.get(code="call_30")
        data = {"valid_until": "9999-12-31", "running": "keep", "reason": "x", "confirmed": "1"}
        page = admin.post(f"/staff/rules/call_30/{scattered(rule.pk)}/end/", data)
        assert page.status_code == 422
        assert "停用日期离今天超过十年：要一直适用的不用停用" in page.content.decode()
        page = admin.post(RULE, typed(valid_from="9999-12-31", running="keep"))
        assert page.status_code == 422 and "施行日期离今天超过十年" in page.content.decode()


def test_a_ladder_with_a_loop_is_refused_on_the_page(admin):
    loop = {}
    for place, (kind, number) in enumerate([("breach", "0"), ("escalate", "1"), ("escalate", "5")]):
        loop |= {f"rung-{place}-kind": kind, f"rung-{place}-number": number, f"rung-{place}-role": "leader"}
    page = admin.post(RULE, typed(**loop, confirmed="1"))
    assert page.status_code == 422
    assert "上报绕了回来：领导出现了不止一次。" in page.content.decode()
    assert not Rule.objects.filter(code="conclusion", length=45).exists()


def test_a_ladder_without_an_end_is_refused_on_the_page(admin):
    page = admin.post(RULE, typed(confirmed="1") | {"rung-1-kind": "remind", "rung-1-number": "2"})
    assert page.status_code == 422
    assert "阶梯没有终点" in page.content.decode()
    assert not Rule.objects.filter(code="conclusion", length=45).exists()


def test_a_gap_is_refused_on_the_page(admin):
    Rule.objects.filter(code="conclusion", valid_until=None).update(valid_until=local_day(now()))
    later = (local_day(now()) + timedelta(days=3)).isoformat()
    page = admin.post(RULE, typed(valid_from=later, running="keep", confirmed="1"))
    assert page.status_code == 422
    assert "法定期限不能中断" in page.content.decode()
    assert not Rule.objects.filter(code="conclusion", length=45).exists()


def test_a_year_is_entered_in_two_looks_and_the_file_is_chosen_once(admin):
    file = SimpleUploadedFile("2027.csv", TABLE.encode())
    page = admin.post(YEAR, {"year": "2027", "source": "国办通知", "file": file})
    assert page.status_code == 200 and "会变动什么" in page.content.decode()
    assert not CalendarTable.objects.filter(year=2027).exists()
    carried = page.context["form"]["table"].value()
    page = admin.post(
        YEAR,
        {"year": "2027", "source": "国办通知", "table": carried, "confirmed": "1", "few": "on"},
        follow=True,
    )
    assert "2027 年已录入 2 天" in page.content.decode()
    assert CalendarTable.objects.get(year=2027).source == "国办通知"
    assert "2027-01-03" in page.content.decode()


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"day,is_workday,note\n2027-01-01,0,x\n2027-01-01,0,x\n", "第3行：2027-01-01与第2行重复。"),
        (b"\xff\xfe\x00\x81", "既不是UTF-8也不是GB18030"),
        (b"x" * 200_000, "文件太大"),
        (b"", "空"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(admin, raw, sentence):
    page = admin.post(YEAR, {"year": "2027", "source": "x", "file": SimpleUploadedFile("t.csv", raw)})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not CalendarTable.objects.filter(year=2027).exists()


def test_officers_read_and_change_nothing(cast, client_as):
    officer = client_as(cast.petition_officer)
    text = officer.get("/staff/rules/").content.decode()
    assert (
        "信访事项办结" in text
        and "登记新版本" not in officer.get("/staff/rules/conclusion/").content.decode()
    )
    assert officer.get(YEAR).status_code == 403
    assert officer.post(RULE, typed(confirmed="1")).status_code == 403


def test_the_list_tells_of_no_clock(admin, make_case):
    """Sealed cases have clocks as well: a count would move with one."""

    def table():
        return re.findall(r"(?s)<table.*</table>", admin.get("/staff/rules/").content.decode())

    before = table()
    make_case(until=Status.ACCEPTED)
    assert table() == before != []


class TestEngine:
    def test_it_tells_that_nothing_sweeps_and_what_was_not_sent(self, admin, cast):
        cache.delete(PULSE)
        notify(
            recipients=[cast.handler], text="请办理 339999-2026-000001", link="/", dedupe_key="k", at=now()
        )
        OutboxMessage.objects.update(state="gave_up", last_error="SMTPDataError: 554", attempts=1)
        text = admin.get("/staff/engine/").content.decode()
        assert "提醒引擎没有在扫描" in text and "SMTPDataError: 554" in text and cast.handler.name in text
        assert "339999-2026-000001" not in text  # whoever keeps the machine reads no cases

    def test_after_a_sweep_it_is_well(self, admin):
        sweep_all(now=now())
        assert "运行正常。" in admin.get("/staff/engine/").content.decode()

    def test_a_message_is_sent_again_from_the_page(self, admin, cast):
        notify(recipients=[cast.handler], text="t", link="/", dedupe_key="k", at=now())
        OutboxMessage.objects.update(state="gave_up")
        page = admin.get("/staff/engine/").content.decode()
        (address,) = re.findall(r'action="(/staff/engine/messages/[^"]+)"', page)
        assert "已重新排队" in admin.post(address, follow=True).content.decode()
        assert OutboxMessage.objects.get().state == "waiting"
        assert admin.post(address).status_code == 404

    def test_mail_that_waits_long_is_said(self, admin, cast):
        sweep_all(now=now())
        notify(recipients=[cast.handler], text="t", link="/", dedupe_key="k", at=now() - timedelta(hours=1))
        assert "有消息等了半小时以上还没有发出去" in engine_state(now()).trouble[0]

    def test_the_petition_office_sees_its_pulse_on_the_first_page(self, cast, client_as):
        officer = client_as(cast.petition_officer)
        sweep_all(now=now())
        text = officer.get("/desk/").content.decode()
        assert "提醒引擎正常" in text and "最迟：没有迟" in text
        assert (
            "待发消息：不到 10 条，没有发出去的：不到 10 条；扫描出错：不到 10 条；没有人可以通知的：不到 10 条。"
            in text
        )
        for n in range(12):
            notify(recipients=[cast.handler], text="t", link="/", dedupe_key=f"k{n}", at=now())
        assert "待发消息：几十条" in officer.get("/desk/").content.decode()
        cache.delete(PULSE)
        assert "提醒引擎没有在扫描" in officer.get("/desk/").content.decode()

    @pytest.mark.parametrize(
        ("seconds", "words"), [(0.0, "没有迟"), (1.26, "1.3 秒"), (90.0, "1 分钟"), (2_207_038.7, "25 天")]
    )
    def test_a_lag_is_said_in_words(self, seconds, words):
        assert replace(engine_state(now()), lag_seconds=seconds).lag_words == words


def marked(page):
    """The mark of what was seen, from the page that shows what it would do."""
    (mark,) = re.findall(r'name="seen" value="([0-9a-f]{32})"', page.content.decode())
    return mark


class TestWhatIsConfirmedIsWhatWasSeen:
    def test_a_rule_changed_on_the_second_look_is_shown_once_more(self, admin):
        before = Rule.objects.count()
        seen = marked(admin.post(RULE, typed()))
        page = admin.post(RULE, typed(length="12", confirmed="1", seen=seen))
        assert "内容有改动，还没有生效" in page.content.decode() and Rule.objects.count() == before
        again = marked(page)
        assert again != seen
        assert admin.post(RULE, typed(length="12", confirmed="1", seen=again)).status_code == 302
        assert Rule.objects.order_by("-pk").first().length == 12

    def test_another_file_than_the_one_seen_is_not_entered(self, admin):
        table = "day,is_workday,note\n2027-01-01,0,元旦\n"
        seen = marked(admin.post(YEAR, {"year": "2027", "source": "国办通知", "table": table}))
        other = SimpleUploadedFile("2027.csv", "day,is_workday,note\n2027-01-04,0,停工\n".encode())
        page = admin.post(
            YEAR,
            {
                "year": "2027",
                "source": "国办通知",
                "table": table,
                "file": other,
                "confirmed": "1",
                "few": "on",
                "seen": seen,
            },
        )
        assert "内容有改动，还没有生效" in page.content.decode()
        assert not CalendarTable.objects.filter(year=2027).exists()

    def test_what_the_confirmation_would_refuse_is_refused_at_once(self, admin):
        later = (local_day(now()) + timedelta(days=3)).isoformat()
        page = admin.post(RULE, typed(valid_from=later, running="move"))
        assert page.status_code == 422 and "施行日期须为今天" in page.content.decode()
