"""The acts through the screens: journeys of officer and handler, wrong input, late comers, the same form twice."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Unit
from core.converters import scattered
from core.timekeeping import SHANGHAI, han_date, local_day, now
from petitions.enums import Act, CallOutcome, Kind, Path, RecordKind, Status
from petitions.models import Petition
from petitions.services import forwarding
from petitions.services.answering import review_body_of
from petitions.workflow import ClockCode as C
from tests.cases import OUTSIDE, REPORT, check_off
from tests.pictures import PNG

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(case, act):
    return f"/cases/{case.number}/act/{act}/"


def token_of(client, case, act):
    return client.get(url(case, act)).context["form"]["token"].value()


def act(client, case, name, *, token=None, htmx=False, **data):
    data["token"] = token or token_of(client, case, name)
    response = client.post(url(case, name), data, headers=HTMX if htmx else {})
    case.refresh_from_db()
    return response


@pytest.fixture
def officer(cast, client_as):
    return client_as(cast.petition_officer)


@pytest.fixture
def handler(cast, client_as):
    return client_as(cast.handler)


@pytest.fixture
def head(cast, client_as):
    return client_as(cast.unit_head)


def test_a_case_goes_its_whole_way_by_the_buttons(cast, officer, handler, head, make_case):
    at = now()
    case = make_case(at=at - timedelta(minutes=5))
    page = f"/cases/{case.number}/"
    assert act(officer, case, "respond", text="已收到")["Location"] == page
    act(officer, case, "classify", kind="appeal", path="6", reason="")
    assert (case.kind, case.path) == (Kind.APPEAL, Path.PETITION)
    act(officer, case, "forward", unit=cast.units.urban.pk, co_units=[cast.units.housing.pk], note="请快办")
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)
    act(handler, case, "object", reason="该事项属住建部门职责", suggested_unit=cast.units.housing.pk)
    assert case.status == Status.OBJECTED
    act(officer, case, "reject_objection", decision="夜市归贵局管")
    act(handler, case, "accept", kind="appeal", path="6", note="")
    assert case.status == Status.ACCEPTED
    meeting = (at + timedelta(days=1)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    act(handler, case, "call", outcome="reached", meeting_at=meeting, text="约好了")
    act(handler, case, "name_responsible", user=cast.handler.pk)
    act(handler, case, "first_round", text="已到现场")
    act(handler, case, "visit", text="夜里去看过")
    act(handler, case, "note", text="摊主十二户")
    act(head, case, "extend", days=10, reason="需要检测鉴定")
    request = case.requests.get()
    outcome = {
        f"outcome_{scattered(request.pk)}": "supported",
        f"opinion_{scattered(request.pk)}": "十点收摊",
    }
    act(handler, case, "conclude", text="已约谈摊主", basis="《噪声污染防治法》", confirmed="1", **outcome)
    assert (case.status, case.reply.kind) == (Status.CONCLUDED, "opinion")
    received = now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
    act(
        handler,
        case,
        "serve",
        method="direct",
        served_at=received,
        recipient="本人",
        signed="on",
        paper_number=OUTSIDE,
    )
    assert case.status == Status.SERVED
    done = list(case.events.order_by("id").values_list("act", flat=True))
    assert done[:6] == ["register", "respond", "classify", "forward", "object", "reject_objection"]
    assert done[-3:] == ["extend", "conclude", "serve"]
    assert case.records.count() == 3


def test_assigning_carries_a_date_and_a_demand(cast, officer, make_case):
    case, day = make_case(), local_day(now()) + timedelta(days=20)
    act(officer, case, "assign", unit=cast.units.urban.pk, feedback_due_on=day.isoformat(), demand="报结果")
    share = case.shares.get()
    assert (share.kind, share.feedback_due_on, share.demand) == ("assign", day, "报结果")


def test_an_agreed_objection_brings_the_case_back(cast, officer, make_case):
    case = make_case(until=Status.OBJECTED)
    form = officer.get(url(case, "agree_objection")).content.decode()
    assert "不属于本单位职责范围" in form
    act(officer, case, "agree_objection", decision="同意")
    assert (case.status, case.lead_unit) == (Status.REGISTERED, None)


def test_a_refusal_tells_where_to_go(handler, make_case):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=3))
    act(
        handler,
        case,
        "refuse",
        reason="legal_route",
        explanation="应由法院审理",
        where_to_go="清江县人民法院",
    )
    assert (case.status, case.refusal.where_to_go) == (Status.REFUSED, "清江县人民法院")
    act(handler, case, "close", text="")
    assert case.status == Status.CLOSED


def test_a_co_unit_gives_its_answer(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    client = client_as(cast.handler2)
    assert client.get(f"/cases/{case.number}/").context["steps"][0].key in {Act.CO_ANSWER, Act.RESPOND}
    act(client, case, "co_answer", text="无规划手续")
    assert case.shares.get(unit=cast.units.housing).answer == "无规划手续"


def test_linking(officer, make_case):
    original, case = make_case(), make_case(until=Status.ACCEPTED)
    act(officer, case, "link", number=original.number, join="on")
    assert (case.repeat_of, case.joined_to) == (original, original)


@pytest.mark.article(22)
def test_the_closing_report_goes_there_and_back_by_the_buttons(officer, handler, make_case):
    case = make_case(at=now() - timedelta(days=1))
    days = [local_day(now()) + timedelta(days=n) for n in (5, 9)]
    unit = Unit.objects.get(name="清江县城市管理局")
    act(officer, case, "assign", unit=unit.pk, feedback_due_on=days[0].isoformat(), demand="请报办结报告。")
    act(handler, case, "accept", kind="appeal", path="6")
    asked = scattered(case.requests.get().pk)
    answer = {
        "text": "十点收摊。",
        "basis": "《噪声污染防治法》",
        f"outcome_{asked}": "supported",
        f"opinion_{asked}": "支持",
    }
    act(handler, case, "conclude", **answer, confirmed="1")
    assert case.status == Status.CONCLUDED
    assert act(handler, case, "send_report", **(REPORT | {"attitude": ""})).status_code == 422
    files = [SimpleUploadedFile("现场.png", PNG, content_type="image/png")]
    assert act(handler, case, "send_report", **REPORT, attachments=files).status_code == 302
    assert [file.name for file in case.closing_reports.get().files.all()] == ["现场.png"]
    page = officer.get(case.get_absolute_url()).content.decode()
    assert "现场.png" in page and "待审核" in page and REPORT["handling"] in page
    late = act(officer, case, "return_report", decision="请写明次数。", due_on=local_day(now()).isoformat())
    assert late.status_code == 422 and "请写明次数。" in late.content.decode()
    act(officer, case, "return_report", decision="请写明次数。", due_on=days[1].isoformat())
    assert "请写明次数。" in handler.get(case.get_absolute_url()).content.decode()
    act(handler, case, "send_report", **REPORT)
    act(officer, case, "accept_report", decision="")
    assert officer.get(url(case, "accept_report")).status_code == 409
    assert case.closing_reports.count() == 2


def test_taking_a_linked_case_apart_again(officer, make_case):
    original, case = make_case(), make_case(until=Status.ACCEPTED)
    act(officer, case, "link", number=original.number, join="on")
    assert f"原件：{original.number}" in officer.get(url(case, "unlink")).content.decode()
    assert act(officer, case, "unlink", reason="").status_code == 422
    act(officer, case, "unlink", reason="经核对，与原件不是同一信访事项。")
    assert (case.repeat_of, case.joined_to, case.first_here) == (None, None, True)
    assert officer.get(url(case, "unlink")).status_code == 409


def test_linking_to_an_unknown_or_sealed_number_says_the_same(officer, make_case):
    case, sealed = make_case(), make_case.registered(kind=Kind.ACCUSATION).petition
    said = []
    for number in ("339999-2026-999999", sealed.number):
        response = act(officer, case, "link", number=number)
        assert response.status_code == 422
        said.append(response.context["form"].errors["number"])
    assert said[0] == said[1]


class TestSealing:
    def test_classifying_as_accusation_sends_the_officer_back_to_the_list(self, officer, make_case):
        case = make_case()
        response = act(officer, case, "classify", kind="accusation", reason="反映干部")
        assert case.sealed
        assert response["Location"] == "/cases/"
        assert officer.get(f"/cases/{case.number}/").status_code == 404

    def test_the_discipline_desk_accepts_it_as_what_it_is(self, cast, client_as, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        act(client_as(cast.discipline_officer), case, "accept", kind="accusation", note="")
        assert (case.status, case.kind) == (Status.ACCEPTED, Kind.ACCUSATION)


class TestForwardForm:
    def test_the_unit_complained_of_is_no_choice_and_the_form_says_why(self, cast, officer, make_case):
        case = make_case(complained_unit=cast.units.dongxi)
        form = officer.get(url(case, "forward")).context["form"]
        offered = set(form.fields["unit"].queryset)
        assert cast.units.urban in offered
        barred = {"dongxi", "liuwan", "district", "discipline", "petition_office"}
        assert offered & {getattr(cast.units, key) for key in barred} == set()
        assert "东溪镇" in form.fields["unit"].help_text
        response = act(officer, case, "forward", unit=cast.units.liuwan.pk)
        assert response.status_code == 422
        assert case.status == Status.REGISTERED

    def test_lead_and_co_unit_are_not_the_same(self, cast, officer, make_case):
        pk = cast.units.urban.pk
        response = act(officer, make_case(), "forward", unit=pk, co_units=[pk])
        assert response.status_code == 422


class TestWrongInput:
    @pytest.mark.parametrize("htmx", [True, False])
    def test_it_comes_back_with_what_was_typed_and_its_reason(self, handler, make_case, htmx):
        case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=3))
        response = act(handler, case, "object", reason="不管", htmx=htmx)
        page = response.content.decode()
        assert response.status_code == 422
        assert "请详细写明异议的理由" in page
        assert ">\n不管</textarea>" in page
        assert ("<html" in page) is not htmx

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("respond", {"text": ""}),
            ("respond", {"text": " \x00\u202e "}),
            ("call", {"outcome": "maybe"}),
            ("call", {"outcome": "not_reached", "meeting_at": "2099-01-01T09:00"}),
            ("name_responsible", {"user": "999999"}),
            ("first_round", {"text": "好了"}),
            ("note", {"text": "x" * 4001}),
            ("conclude", {"text": "", "basis": ""}),
        ],
    )
    def test_nothing_is_half_done(self, handler, make_case, name, data):
        case = make_case(until=Status.ACCEPTED)
        before = case.events.count()
        assert act(handler, case, name, **data).status_code == 422
        assert case.events.count() == before

    def test_emoji_and_rare_characters_are_kept(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        act(handler, case, "note", text="䶮先生说👍🏽")
        assert case.records.get().text == "䶮先生说👍🏽"

    def test_a_form_without_its_token_is_shown_again(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        assert handler.post(url(case, "note"), {"text": "x"}).status_code == 422
        assert not case.records.exists()


class TestSecondLook:
    """An answer is read once more, as the petitioner will read it, before it is given."""

    def filled(self, case):
        asked = case.requests.get()
        outcome = {
            f"outcome_{scattered(asked.pk)}": "supported",
            f"opinion_{scattered(asked.pk)}": "十点收摊",
        }
        return {"text": "已约谈摊主。\n夜市十点收摊。", "basis": "《噪声污染防治法》", **outcome}

    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_first_press_shows_what_the_petitioner_will_read(self, cast, handler, make_case, htmx):
        case = make_case(until=Status.ACCEPTED)
        answer = act(handler, case, "conclude", htmx=htmx, **self.filled(case))
        text = answer.content.decode()
        assert (answer.status_code, case.status) == (200, Status.ACCEPTED)
        body = review_body_of(case.lead_unit)
        for words in (
            "夜市十点收摊。",
            "支持",
            "十点收摊",
            "《噪声污染防治法》",
            body.name,
            "返回修改",
            "作出答复",
        ):
            assert words in text
        assert ("<html" in text) is not htmx

    def test_the_page_carries_all_words_onward_and_back(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        look = act(handler, case, "conclude", **self.filled(case)).context["form"]
        carried = {field.html_name: field.value() for field in look if field.value() is not None}
        back = handler.post(url(case, "conclude"), carried | {"edit": "1"})
        assert back.status_code == 200
        assert back.context["form"]["text"].value() == "已约谈摊主。\n夜市十点收摊。"
        assert "下一步，核对" in back.content.decode()
        done = handler.post(url(case, "conclude"), carried | {"confirmed": "1"})
        case.refresh_from_db()
        assert (done.status_code, case.status) == (302, Status.CONCLUDED)
        assert case.reply.text == "已约谈摊主。\n夜市十点收摊。"

    def test_a_wrong_form_is_not_looked_at(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        data = self.filled(case) | {"basis": "", "confirmed": "1"}
        assert act(handler, case, "conclude", **data).status_code == 422
        long = act(handler, case, "conclude", **data | {"text": "长" * 20_001})
        assert long.status_code == 422
        assert "最多 20000 字，现在有 20001 字，请精简。" in long.content.decode()
        assert case.status == Status.ACCEPTED


class TestTwice:
    def test_the_same_form_sent_twice_acts_once_and_says_so(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        token = token_of(handler, case, "note")
        act(handler, case, "note", token=token, text="一次")
        again = act(handler, case, "note", token=token, text="一次")
        assert again.status_code == 302
        assert case.records.count() == 1
        assert "没有重复办理" in handler.get(again["Location"]).content.decode()

    def test_also_when_the_first_has_moved_the_case_on(self, cast, officer, make_case):
        case = make_case()
        token = token_of(officer, case, "forward")
        act(officer, case, "forward", token=token, unit=cast.units.urban.pk)
        again = act(officer, case, "forward", token=token, unit=cast.units.urban.pk)
        assert again.status_code == 302
        assert case.shares.count() == 1


class TestTooLate:
    @pytest.mark.parametrize("htmx", [True, False])
    def test_the_second_officer_gets_409_who_did_what_and_the_own_words_back(
        self, cast, officer, make_case, htmx
    ):
        case = make_case()
        token = token_of(officer, case, "forward")
        forwarding.forward(
            petition=Petition.objects.get(pk=case.pk),
            actor=cast.actor("petition_officer"),
            unit=cast.units.urban,
        )
        response = act(
            officer, case, "forward", token=token, unit=cast.units.housing.pk, note="我写的话", htmx=htmx
        )
        page = response.content.decode()
        assert response.status_code == 409
        assert "周静" in page
        assert "我写的话" in page
        assert case.lead_unit == cast.units.urban
        if htmx:
            assert response["HX-Retarget"] == "#act-dialog-body"

    def test_opening_the_form_too_late_is_409_too(self, officer, make_case):
        assert officer.get(url(make_case(until=Status.FORWARDED), "forward")).status_code == 409


class TestWrongPerson:
    @pytest.mark.parametrize(
        "name", [act for act in Act if act not in {"register", "route", "evaluate", "supplement"}]
    )
    def test_an_outsider_gets_404_for_every_act(self, cast, client_as, make_case, name):
        case = make_case(until=Status.ACCEPTED)
        client = client_as(cast.outsider)
        assert client.post(url(case, name), {"token": "t", "text": "x"}).status_code == 404
        assert case.events.count() == 3

    def test_a_reader_without_the_right_gets_403(self, cast, client_as, make_case):
        case = make_case(until=Status.ACCEPTED)
        response = client_as(cast.statistician).post(url(case, "note"), {"token": "t", "text": "x"})
        assert response.status_code == 403
        assert not case.records.exists()

    def test_without_a_login_one_is_sent_there(self, client, make_case):
        assert client.post(url(make_case(), "forward"), {}).status_code == 302

    def test_residents_acts_have_no_form_at_the_desk(self, cast, client_as, make_case):
        case = make_case(until=Status.SERVED)
        for name in ("evaluate", "supplement", "register", "route"):
            assert client_as(cast.handler).get(url(case, name)).status_code == 404


def test_htmx_is_sent_to_the_case_by_a_full_load(handler, make_case):
    case = make_case(until=Status.ACCEPTED)
    response = act(handler, case, "note", text="写一笔", htmx=True)
    assert (response.status_code, response["HX-Redirect"]) == (204, f"/cases/{case.number}/")


class TestClosing:
    """What still lies before the petitioner is said above the form; closing stays possible."""

    def test_the_right_of_review_and_an_agreed_meeting_are_told_with_their_dates(self, officer, make_case):
        at = now() - timedelta(days=2)
        case = make_case(until=Status.EVALUATED, at=at)
        last = local_day(case.clocks.get(rule__code=C.PETITIONER_WINDOW).due_at).isoformat()
        when = now() + timedelta(days=4)
        case.records.create(
            kind=RecordKind.PHONE,
            at=at,
            call_outcome=CallOutcome.REACHED,
            meeting_at=when,
            unit=case.lead_unit,
        )
        page = officer.get(url(case, "close")).content.decode()
        met = when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        assert f"请注意：信访人可在 {last} 前（含当日）申请复查；约定 {met} 见面。" in page
        check_off(case)
        act(officer, case, "close", text="")
        case.refresh_from_db()
        assert case.status == Status.CLOSED

    def test_where_nothing_lies_ahead_nothing_is_said(self, officer, make_case):
        for case in (make_case(until=Status.REFUSED), make_case(until=Status.EVALUATED, path=Path.DUTY)):
            assert "请注意" not in officer.get(url(case, "close")).content.decode()


def test_sealing_what_was_not_sent_yet_is_told_the_way_that_works(officer, make_case):
    case = make_case()
    answer = officer.get(url(case, "seal"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "本件还没有转送，请用“定性分类”定为检举控告" in page
    assert "要在“" not in page


class TestWords:
    """What is said before and after an act agrees with what happened."""

    def test_yes_and_no_to_an_objection_stand_side_by_side_each_with_its_own_phrases(
        self, officer, make_case
    ):
        case = make_case(until=Status.OBJECTED)
        keys = [step.key for step in officer.get(f"/cases/{case.number}/").context["steps"]]
        assert keys[:2] == ["agree_objection", "reject_objection"]
        for act_name, own, other in (
            ("agree_objection", "同意退回。", "请继续办理。"),
            ("reject_objection", "请继续办理。", "同意退回。"),
        ):
            page = officer.get(url(case, act_name)).content.decode()
            assert own in page and other not in page

    @pytest.mark.article(30)
    def test_whoever_seals_a_case_is_told_so_and_led_to_the_list(self, officer, make_case):
        case = make_case()
        sent = act(officer, case, "classify", kind="accusation", path="", reason="反映干部违纪违法问题")
        assert sent["Location"] == "/cases/"
        assert f"{case.number} 已密存" in (said := officer.get("/cases/").content.decode())
        assert "您不再能查看" in said and "现在是" not in said.split("您不再能查看")[0][-60:]

    @pytest.mark.article(34)
    def test_the_longest_extension_is_the_same_day_before_and_after(self, head, handler, make_case):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=6))
        hint = head.get(url(case, "extend")).context["hint"]
        assert "报本单位负责人" in handler.get(f"/cases/{case.number}/").content.decode()
        act(head, case, "extend", days=30, reason="情况复杂，需要进一步调查取证。")
        clock = case.clocks.get(rule__code="conclusion", stopped_at=None)
        assert local_day(clock.raw_due_at).isoformat() in hint
        assert hint.endswith(local_day(clock.due_at).isoformat())
        told = case.events.get(act="extend").public_text
        assert told.count("情况复杂") == 1 and f"{han_date(clock.due_at)}前答复您" in told
        assert "报本单位负责人" not in handler.get(f"/cases/{case.number}/").content.decode()

    def test_a_second_press_is_no_success(self, handler, make_case):
        case = make_case(until=Status.ACCEPTED)
        token = token_of(handler, case, "note")
        for _press in range(2):
            sent = act(handler, case, "note", token=token, text="一次")
        levels = [one.level_tag for one in handler.get(sent["Location"]).context["messages"]]
        assert "info" in levels
