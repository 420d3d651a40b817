"""三到位一处理 before closing (条例 27); 办结, 化解, 销案 and 息诉 as four states of which none follows from another."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.services.packages import assign_package
from outcomes import selectors
from outcomes.enums import CheckItem, CheckResult, MarkHow, MarkKind
from outcomes.models import ClosingCheck, Mark
from outcomes.services import ending
from petitions.enums import Kind, RecusalGround, Status
from petitions.services import following, recusing, reviewing, sealing
from petitions.services.registering import NewPerson
from tests.cases import check_off, strike_off_package

pytestmark = pytest.mark.django_db
DONE = dict.fromkeys(CheckItem, (CheckResult.DONE, ""))
NAME = "宇文静水"


@pytest.fixture
def rated(make_case):
    return make_case(until=Status.EVALUATED, at=now() - timedelta(days=1))


def mark(case, actor, kind=MarkKind.RESOLVED, **how):
    how = {"on": local_day(now()), "how": MarkHow.SAID, "evidence": "本人当面说已解决。", **how}
    return ending.mark(petition=case, actor=actor, kind=kind, **how)


def dates(case):
    case.refresh_from_db()
    standing = {one.kind: one for one in Mark.objects.filter(petition=case, ended_at=None)}
    return {state.label: state.on for state in selectors.four_states(case, standing)}


class TestAnew:
    @pytest.mark.article(36)
    def test_an_order_to_redo_ends_the_marks_with_a_reason(self, rated, cast):
        row = mark(rated, cast.actor("handler"))
        reviewing.redo(petition=rated, actor=cast.actor("leader"), text="重办", public_text="重办")
        row.refresh_from_db()
        assert row.ended_at is not None and "责令重新办理" in row.end_reason
        assert dates(rated)["化解"] is None


class TestChecks:
    @pytest.mark.article(27)
    def test_nobody_closes_an_answered_appeal_before_all_four_are_answered(self, rated, cast):
        with pytest.raises(Refusal, match="第二十七条"):
            following.close(petition=rated, actor=cast.actor("petition_officer"))
        rated.refresh_from_db()
        assert rated.status == Status.EVALUATED
        ending.check(petition=rated, actor=cast.actor("handler"), answers=DONE)
        following.close(petition=rated, actor=cast.actor("petition_officer"))
        assert rated.status == Status.CLOSED

    @pytest.mark.article(27)
    def test_not_done_does_not_block_when_it_is_said_what_is_missing(self, rated, cast):
        answers = {**DONE, CheckItem.HELPED: (CheckResult.NOT_DONE, " ")}
        with pytest.raises(Refusal, match="写明还差什么"):
            ending.check(petition=rated, actor=cast.actor("handler"), answers=answers)
        assert not ClosingCheck.objects.exists()
        answers[CheckItem.HELPED] = (CheckResult.NOT_DONE, "低保申请还在审核")
        ending.check(petition=rated, actor=cast.actor("handler"), answers=answers)
        following.close(petition=rated, actor=cast.actor("petition_officer"))
        kept = {one.item: one.result for one in ClosingCheck.objects.all()}
        assert kept[CheckItem.HELPED] == CheckResult.NOT_DONE and len(kept) == 4

    @pytest.mark.article(27)
    def test_the_end_of_the_window_closes_all_the_same_and_the_checks_stay_to_be_made(self, make_case, cast):
        case = make_case(until=Status.SERVED)
        following.close(petition=case, actor=Actor.system())
        assert case.status == Status.CLOSED and len(ending.unchecked(case)) == 4
        ending.check(petition=case, actor=cast.actor("unit_head"), answers=DONE)
        assert ending.unchecked(case) == []

    @pytest.mark.article(27)
    def test_a_later_word_counts_and_the_former_one_stays_as_it_was(self, rated, cast, client_as):
        first = {**DONE, CheckItem.HELPED: (CheckResult.NOT_DONE, "低保申请还在审核")}
        ending.check(petition=rated, actor=cast.actor("handler"), answers=first)
        ending.check(petition=rated, actor=cast.actor("unit_head"), answers=DONE)
        helped = ClosingCheck.objects.filter(item=CheckItem.HELPED).order_by("id")
        assert [(one.result, one.note, one.by) for one in helped] == [
            (CheckResult.NOT_DONE, "低保申请还在审核", cast.handler),
            (CheckResult.DONE, "", cast.unit_head),
        ]
        address = reverse("outcomes:case", args=[rated.number])
        page = client_as(cast.handler).get(address).content.decode()
        assert "此前" in page and "低保申请还在审核" in page
        assert ending.unchecked(rated) == []

    def test_what_was_not_accepted_has_nothing_to_look_back_on(self, make_case, cast):
        case = make_case(until=Status.REFUSED)
        following.close(petition=case, actor=cast.actor("handler"))
        assert case.status == Status.CLOSED
        with pytest.raises(Refusal, match="答复以后"):
            ending.check(petition=case, actor=cast.actor("handler"), answers=DONE)

    def test_a_suggestion_is_closed_without(self, make_case, cast):
        case = make_case(until=Status.EVALUATED, kind=Kind.SUGGESTION)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert case.status == Status.CLOSED

    def test_one_left_out_is_named(self, rated, cast):
        some = {item: DONE[item] for item in CheckItem if item != CheckItem.LAWFUL}
        with pytest.raises(Refusal, match="依法处理"):
            ending.check(petition=rated, actor=cast.actor("handler"), answers=some)

    @pytest.mark.parametrize("who", ["petition_officer", "leader", "inspector", "outsider", "handler2"])
    def test_only_the_lead_unit_answers_them(self, rated, cast, who):
        with pytest.raises(Refusal) as refused:
            ending.check(petition=rated, actor=cast.actor(who), answers=DONE)
        assert refused.value.status == 403

    def test_a_new_answer_is_checked_anew(self, rated, cast):
        ending.check(petition=rated, actor=cast.actor("handler"), answers=DONE)
        reviewing.redo(petition=rated, actor=cast.actor("leader"), text="重办", public_text="重办")
        assert ending.needs_checks(rated) is False

    def test_the_words_are_about_the_office(self):
        words = "".join(str(item.label) for item in CheckItem)
        assert not any(word in words for word in ("无理", "缠访", "闹访", "教育"))

    def test_on_the_page_a_form_half_filled_is_kept(self, rated, cast, client_as):
        address = reverse("outcomes:check", args=[rated.number])
        client = client_as(cast.handler)
        half = client.post(address, {"solved": "done", "solved_note": "已立牌"})
        assert half.status_code == 422 and "已立牌" in half.content.decode()
        whole = {item.value: "done" for item in CheckItem}
        assert client.post(address, whole).status_code == 302
        assert ending.unchecked(rated) == []


class TestFourStates:
    @pytest.mark.article(27)
    def test_none_follows_from_another(self, rated, cast):
        assert set(dates(rated).values()) == {None}
        handler, today = cast.actor("handler"), local_day(now())
        first = mark(rated, handler)
        assert dates(rated) == {"办结": None, "化解": today, "销案": None, "息诉": None}
        mark(rated, handler, MarkKind.ACCEPTED, how=MarkHow.SIGNED, evidence="息诉承诺书")
        assert dates(rated) == {"办结": None, "化解": today, "销案": None, "息诉": today}
        ending.unmark(row=first, actor=handler, reason="夜市又开了")
        assert dates(rated) == {"办结": None, "化解": None, "销案": None, "息诉": today}

    def test_striking_off_is_read_from_the_leaders(self, rated, cast):
        package = assign_package(
            petition=rated,
            actor=cast.actor("petition_officer"),
            post=cast.post("leader"),
            target_on=local_day(now()) + timedelta(days=9),
            reason="人数多",
        )
        assert dates(rated)["销案"] is None
        check_off(rated)
        strike_off_package(package, cast.actor("leader"), cast.actor("petition_officer"))
        assert dates(rated) == {"办结": None, "化解": None, "销案": local_day(now()), "息诉": None}

    def test_closing_marks_nothing_else(self, make_case):
        case = make_case(until=Status.CLOSED)
        assert [label for label, day in dates(case).items() if day] == ["办结"]

    @pytest.mark.parametrize(
        "how, words",
        [
            ({"evidence": " "}, "凭据"),
            ({"on": local_day(now()) + timedelta(days=1)}, "到今天之间"),
            ({"on": local_day(now()) - timedelta(days=99)}, "登记之日到今天之间"),
            ({"kind": MarkKind.ACCEPTED, "how": MarkHow.FOUND}, "别人不能代替"),
        ],
    )
    def test_what_is_wrong_is_said(self, rated, cast, how, words):
        with pytest.raises(Refusal, match=words):
            mark(rated, cast.actor("handler"), **how)
        assert not Mark.objects.exists()

    def test_before_the_answer_there_is_nothing_to_mark(self, make_case, cast):
        with pytest.raises(Refusal, match="答复以后"):
            mark(make_case(until=Status.ACCEPTED), cast.actor("handler"))

    def test_once_and_taken_back_once(self, rated, cast):
        row = mark(rated, cast.actor("handler"))
        with pytest.raises(Refusal, match="已经登记过"):
            mark(rated, cast.actor("petition_officer"))
        ending.unmark(row=row, actor=cast.actor("petition_officer"), reason="说错了")
        with pytest.raises(Refusal, match="已经撤销"):
            ending.unmark(row=row, actor=cast.actor("handler"), reason="再撤")
        mark(rated, cast.actor("handler"))
        with pytest.raises(IntegrityError), transaction.atomic():
            Mark.objects.filter(pk=row.pk).update(ended_at=None, end_reason="")

    @pytest.mark.article(28, 30)
    def test_neither_the_recused_nor_a_sealed_case(self, rated, cast):
        recusing.recuse(petition=rated, actor=cast.actor("handler"), ground=RecusalGround.INTEREST)
        with pytest.raises(Refusal):
            mark(rated, cast.actor("handler"))
        sealing.seal(petition=rated, actor=cast.actor("petition_officer"), reason="反映干部违纪")
        with pytest.raises(Refusal, match="检举控告"):
            mark(rated, cast.actor("unit_head"))

    @pytest.mark.parametrize("who", ["leader", "inspector", "clerk", "handler2", "outsider"])
    def test_others_do_not_mark(self, rated, cast, who):
        with pytest.raises(Refusal) as refused:
            mark(rated, cast.actor(who))
        assert refused.value.status == 403

    def test_on_the_page_with_evidence_under_the_veil(self, make_case, cast, client_as):
        case = make_case(
            until=Status.SERVED,
            at=now() - timedelta(days=1),
            confidential=True,
            persons=[NewPerson(name=NAME)],
        )
        officer, handler = client_as(cast.petition_officer), client_as(cast.handler)
        form = {"kind": "accepted", "on": local_day(now()), "how": "signed", "evidence": f"{NAME}的承诺书"}
        address = reverse("outcomes:mark", args=[case.number])
        assert officer.post(address, {**form, "how": "found"}).status_code == 422
        assert officer.post(address, form).status_code == 302
        page = handler.get(reverse("outcomes:case", args=[case.number])).content.decode()
        assert "的承诺书" in page and NAME not in page
        end = reverse("outcomes:unmark", args=[case.number, Mark.objects.get().pk])
        assert officer.post(end, {"reason": ""}).status_code == 422
        assert officer.post(end, {"reason": "本人反悔"}).status_code == 302
        assert "本人反悔" in officer.get(reverse("outcomes:case", args=[case.number])).content.decode()
