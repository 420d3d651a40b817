"""Another kind or path: with a reason before 受理, by a step of its own after it, and the clocks follow (条例 29–31, 34)."""

from datetime import date, datetime

import pytest

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import Act, Channel, Kind, NoticeOf, Path, Status
from petitions.models import Petition
from petitions.selectors import public
from petitions.services import changing, forwarding, handling, noticing
from petitions.services.registering import NewPerson
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db
WHY = "经核实，属于申请查处违法行为"
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def head(cast):
    return cast.actor("unit_head")


@pytest.fixture
def accepted(cast, make_case):
    """Accepted on the 7th of September by 城市管理局."""

    def make(kind=Kind.APPEAL, path=Path.PETITION, simplify=False, **new):
        case = make_case(**new)
        officer, handler = cast.actor("petition_officer"), cast.actor("handler")
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 4))
        way = {"kind": kind, "path": path, "simplify": simplify, "supportable": simplify}
        forwarding.accept(petition=case, actor=handler, at=moment(9, 7), **way)
        return case

    return make


def change(case, actor, kind, path=None, reason=WHY, at=None):
    at = at or moment(9, 15)
    changing.change_way(petition=case, actor=actor, kind=kind, path=path, reason=reason, at=at)


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def running(case):
    return {c.rule.code: c for c in case.clocks.filter(stopped_at=None).select_related("rule")}


@pytest.mark.article(31)
class TestBeforeAcceptance:
    def test_another_path_needs_a_reason_as_another_kind_does(self, cast, make_case):
        case, officer = make_case(), cast.actor("petition_officer")
        six = {"petition": case, "actor": officer, "kind": Kind.APPEAL}
        forwarding.classify(**six, path=Path.PETITION)
        with pytest.raises(Refusal, match="更改办理路径须写明理由"):
            forwarding.classify(**six, path=Path.DUTY)
        assert fresh(case).path == Path.PETITION
        forwarding.classify(**six, path=Path.DUTY, reason=WHY)
        assert fresh(case).path == Path.DUTY

    @pytest.mark.article(22)
    def test_what_the_office_did_not_classify_the_unit_does_unless_the_district_wants_it_first(
        self, cast, make_case, settings
    ):
        officer, handler = cast.actor("petition_officer"), cast.actor("handler")
        send = {"actor": officer, "unit": cast.units.urban}
        settings.CLASSIFY_BEFORE_FORWARDING = True
        case = make_case.registered(kind="").petition
        with pytest.raises(Refusal, match="还没有定性：请先“定性分类”"):
            forwarding.forward(petition=case, **send)
        with pytest.raises(Refusal, match="还没有定性"):
            forwarding.assign(petition=case, **send, feedback_due_on=date(2099, 1, 1), demand="请办。")
        assert fresh(case).status == Status.REGISTERED
        settings.CLASSIFY_BEFORE_FORWARDING = False
        forwarding.forward(petition=case, **send)
        with pytest.raises(Refusal, match="须确定信访目的"):
            forwarding.accept(petition=case, actor=handler)
        forwarding.accept(petition=case, actor=handler, kind=Kind.SUGGESTION)
        assert fresh(case).kind == Kind.SUGGESTION

    @pytest.mark.article(29, 31)
    def test_where_the_district_wants_it_first_one_choice_at_forwarding_is_enough(
        self, cast, make_case, settings, client_as
    ):
        settings.CLASSIFY_BEFORE_FORWARDING = True
        case = make_case.registered(kind="").petition
        officer, address = client_as(cast.petition_officer), f"/cases/{case.number}/act/forward/"
        form = officer.get(address).context["form"]
        assert list(form.fields)[:2] == ["case_kind", "case_path"]
        sent = {"token": form["token"].value(), "unit": cast.units.urban.pk, "note": "请快办。"}
        for more, words in (
            ({}, "请选择"),
            ({"case_kind": "appeal"}, "须选定办理路径"),
            ({"case_kind": "accusation"}, "没有您选的这一项"),
        ):
            page = officer.post(address, sent | more)
            assert page.status_code == 422 and words in page.content.decode()
            assert "请快办。" in page.content.decode()
        assert officer.post(address, sent | {"case_kind": "appeal", "case_path": "6"}).status_code == 302
        found = fresh(case)
        assert (found.status, found.kind, found.path) == (Status.FORWARDED, Kind.APPEAL, Path.PETITION)
        assert "信访程序" in case.events.get(act="forward").text

    @pytest.mark.article(29)
    def test_what_its_author_called_it_is_not_changed_on_the_way(self, cast, make_case, settings):
        case = make_case.registered(kind=Kind.APPEAL).petition
        send = {"petition": case, "actor": cast.actor("petition_officer"), "unit": cast.units.urban}
        with pytest.raises(Refusal, match="要改为其他目的请用“定性分类”"):
            forwarding.forward(**send, case_kind=Kind.SUGGESTION)
        with pytest.raises(Refusal, match="检举控告请先"):
            forwarding.forward(**send, case_kind=Kind.ACCUSATION)
        settings.CLASSIFY_BEFORE_FORWARDING = True
        with pytest.raises(Refusal, match="还没有定性"):
            forwarding.forward(**send)  # 申诉求决 without a path says too little
        forwarding.forward(**send, case_kind=Kind.APPEAL, case_path=Path.DUTY)
        assert fresh(case).path == Path.DUTY

    @pytest.mark.article(29, 31)
    def test_many_at_once_are_asked_about_once(self, cast, make_case, settings, client_as):
        settings.CLASSIFY_BEFORE_FORWARDING = True
        known, unknown = make_case(), make_case.registered(kind="").petition
        forwarding.classify(petition=known, actor=cast.actor("petition_officer"), kind=Kind.SUGGESTION)
        officer, address = client_as(cast.petition_officer), "/cases/forward/"
        numbers = [known.number, unknown.number]
        form = officer.get(address, {"number": numbers}).context["form"]
        sent = {"number": numbers, "unit": cast.units.urban.pk, "token": form["token"].value()}
        assert officer.post(address, sent).status_code == 422
        answer = officer.post(address, sent | {"case_kind": "appeal", "case_path": "5"})
        assert answer.context["done"] == 2
        assert (fresh(known).kind, fresh(unknown).path) == (Kind.SUGGESTION, Path.DUTY)


@pytest.mark.article(31)
class TestTheClocks:
    @pytest.mark.article(34)
    @pytest.mark.parametrize(("kind", "path"), [(Kind.APPEAL, Path.DUTY), (Kind.SUGGESTION, None)])
    def test_a_case_that_leaves_path_six_loses_its_sixty_days_and_the_history_says_why(
        self, accepted, head, kind, path
    ):
        case = accepted()
        change(case, head, kind, path)
        case = fresh(case)
        assert (case.status, case.kind, case.path) == (Status.ACCEPTED, kind, path)
        clock = case.clocks.get(rule__code=C.CONCLUSION)
        assert (clock.stopped_at, clock.stopped_by) == (moment(9, 15), Act.CHANGE_WAY)
        assert C.CONCLUSION not in running(case)
        assert case.due_at == min(one.due_at for one in running(case).values())
        text = case.events.get(act=Act.CHANGE_WAY).text
        assert text.startswith("由“申诉求决·六、信访程序”改为") and WHY in text
        assert "60 日办理期限停止" in text

    @pytest.mark.article(34)
    def test_one_that_enters_path_six_has_them_from_its_acceptance(self, accepted, head):
        case, straight = accepted(Kind.SUGGESTION, None), accepted()
        change(case, head, Kind.APPEAL, Path.PETITION)
        clock = running(case)[C.CONCLUSION]
        assert (clock.started_at, clock.due_at) == (moment(9, 7), running(straight)[C.CONCLUSION].due_at)
        assert fresh(case).due_at == min(one.due_at for one in running(case).values())
        assert "60 日从2026年9月7日（周一）受理之日起算" in case.events.get(act=Act.CHANGE_WAY).text

    def test_there_and_back_an_extension_is_neither_lost_nor_gained(self, accepted, head):
        case = accepted()
        handling.extend(petition=case, actor=head, days=20, reason="等检测报告。", at=moment(9, 10))
        due = running(case)[C.CONCLUSION].due_at
        change(case, head, Kind.APPEAL, Path.DUTY, at=moment(9, 15))
        change(case, head, Kind.APPEAL, Path.PETITION, at=moment(9, 20))
        clock = running(case)[C.CONCLUSION]
        assert (clock.due_at, clock.extended_days) == (due, 20)

    def test_the_ten_days_of_the_simplified_end_with_the_path(self, accepted, head):
        case = accepted(simplify=True)
        assert C.SIMPLE in running(case)
        change(case, head, Kind.SUGGESTION)
        assert not running(case).keys() & {C.SIMPLE, C.CONCLUSION}
        assert not fresh(case).simplified


@pytest.mark.article(23)
class TestTheTelling:
    def test_whoever_filed_online_reads_it_at_once(self, accepted, head):
        case = accepted()
        change(case, head, Kind.APPEAL, Path.DUTY)
        assert not fresh(case).notice_owed and C.NOTICE not in running(case)
        line = next(one for one in public.own_case(fresh(case)).events if "办理途径有变化" in one.label)
        assert "按依法履行职责的程序处理" in line.public_text and WHY in line.public_text
        assert case.written_notices.filter(of=NoticeOf.CHANGED).count() == 1

    def test_of_all_others_a_new_notice_is_owed_within_fifteen_days(self, cast, accepted, head):
        case = accepted(**LETTER)
        told = {"way": "direct", "recipient": "张小河"}
        handler = cast.actor("handler")
        noticing.give_notice(petition=case, actor=handler, told_at=moment(9, 8), at=moment(9, 8), **told)
        assert C.NOTICE not in running(case)
        change(case, head, Kind.APPEAL, Path.DUTY)
        assert fresh(case).notice_owed
        assert local_day(running(case)[C.NOTICE].due_at) == date(2026, 9, 30)
        early = {**told, "told_at": moment(9, 14), "at": moment(9, 16)}
        with pytest.raises(Refusal, match="作出决定之日"):
            noticing.give_notice(petition=case, actor=handler, **early)
        noticing.give_notice(petition=case, actor=handler, **{**early, "told_at": moment(9, 16)})
        assert [row.of for row in case.written_notices.all()] == [NoticeOf.ACCEPTED, NoticeOf.CHANGED]

    def test_a_notice_that_is_owed_still_keeps_its_days(self, accepted, head):
        case = accepted(**LETTER)
        due = running(case)[C.NOTICE].due_at
        change(case, head, Kind.APPEAL, Path.DUTY)
        assert running(case)[C.NOTICE].due_at == due


@pytest.mark.article(31)
class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("kind", "path", "reason", "words"),
        [
            (Kind.APPEAL, Path.DUTY, " ", "须写明理由"),
            (Kind.APPEAL, None, WHY, "须选定办理路径"),
            (Kind.APPEAL, Path.PETITION, WHY, "都没有改动"),
            (Kind.ACCUSATION, None, WHY, "转为检举控告"),
        ],
    )
    def test_nothing_changes(self, accepted, head, kind, path, reason, words):
        case = accepted()
        with pytest.raises(Refusal, match=words) as refused:
            change(case, head, kind, path, reason)
        assert refused.value.code == "invalid"
        assert (fresh(case).kind, fresh(case).path) == (Kind.APPEAL, Path.PETITION)
        assert C.CONCLUSION in running(case)

    @pytest.mark.parametrize("status", [Status.FORWARDED, Status.CONCLUDED, Status.SERVED])
    def test_neither_before_acceptance_nor_once_the_case_is_answered(self, make_case, head, status):
        case = make_case(until=status)
        with pytest.raises(Refusal, match="改变目的或路径") as refused:
            change(case, head, Kind.APPEAL, Path.DUTY, at=moment(9, 30))
        assert refused.value.code == "stale"

    @pytest.mark.parametrize("who", ["handler", "inspector", "leader", "outsider"])
    def test_only_the_petition_office_and_the_units_head_may(self, cast, accepted, who):
        with pytest.raises(Refusal) as refused:
            change(accepted(), cast.actor(who), Kind.APPEAL, Path.DUTY)
        assert refused.value.code == "forbidden"


def test_the_form_keeps_what_was_typed_and_does_it_once(cast, client_as, accepted):
    case, browser = accepted(), client_as(cast.petition_officer)
    page = f"/cases/{case.number}/act/change_way/"
    form = browser.get(page).context["form"]
    assert "申诉求决·六、信访程序" in form.explain
    sent = {"token": form["token"].value(), "kind": "appeal", "path": "", "reason": WHY}
    wrong = browser.post(page, sent)
    assert wrong.status_code == 422 and WHY in wrong.content.decode()
    assert browser.post(page, {**sent, "path": "5"}).status_code == 302
    assert browser.post(page, {**sent, "path": "5"}).status_code == 302
    assert case.events.filter(act=Act.CHANGE_WAY).count() == 1
