"""撤销关联: a case linked or joined to another is taken apart again and goes its own way, with both histories."""

from datetime import datetime, timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Act, Kind, Path, RecusalGround, Status
from petitions.forms.acts import UnlinkForm
from petitions.models import Petition
from petitions.selectors import same_person
from petitions.services import codes, following, forwarding, recusing
from petitions.tests.test_doors_joining import accept, conclude, fresh, moment, running, send, serve
from petitions.workflow import ClockCode as C
from reports.periods import Month
from reports.selectors.month import month_figures
from supervision.enums import Ground
from supervision.finding import finds
from supervision.models import SupervisionRule

pytestmark = [pytest.mark.django_db, pytest.mark.article(19)]
WHY = "经核对，与原件不是同一信访事项。"


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def pair(make_case, officer):
    original, joined = make_case(), make_case()
    following.link(petition=joined, actor=officer, original=original, join=True)
    return original, joined


def unlink(case, actor, **more):
    following.unlink(**{"petition": case, "actor": actor, "reason": WHY, "at": moment(9, 8), **more})


class TestItsOwnWay:
    def test_it_is_a_first_case_again_and_the_originals_steps_leave_it_where_it_stands(
        self, cast, pair, officer
    ):
        original, joined = pair
        send(cast, original)
        unlink(joined, officer)
        assert (joined.repeat_of, joined.joined_to, joined.first_here) == (None, None, True)
        accept(cast, original, at=moment(9, 9))
        assert (fresh(original).status, fresh(joined).status) == (Status.ACCEPTED, Status.FORWARDED)
        accept(cast, joined, at=moment(9, 10))
        conclude(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.CONCLUDED, Status.ACCEPTED)

    def test_its_clocks_ran_all_the_time_and_run_on_unchanged(self, cast, pair, officer):
        original, joined = pair
        send(cast, original)
        before = {code: (clock.started_at, clock.due_at) for code, clock in running(joined).items()}
        assert before[C.NOTICE][0] == moment(9, 4)
        due = fresh(joined).due_at
        unlink(joined, officer)
        after = {code: (clock.started_at, clock.due_at) for code, clock in running(joined).items()}
        assert after == before
        assert fresh(joined).due_at == due

    def test_both_histories_tell_of_it_and_the_originals_names_neither_number_nor_reason(self, pair, officer):
        original, joined = pair
        unlink(joined, officer, reason="经核对，李四不是同一信访人。")
        own = joined.events.get(act=Act.UNLINK)
        assert (own.text, own.who, own.public) == ("经核对，李四不是同一信访人。", officer.label, True)
        other = original.events.get(act=Act.UNLINK)
        assert (other.from_status, other.to_status, other.public) == (original.status, original.status, False)
        assert "已撤销关联" in other.text
        assert joined.number not in other.text and "李四" not in other.text
        entries = AuditEntry.objects.filter(act="petition.unlink")
        assert entries.get(object_id=joined.audit_name).detail == {
            "original": original.audit_name,
            "joined": True,
        }
        assert entries.get(object_id=original.audit_name).detail == {"case": joined.audit_name}

    def test_it_may_be_linked_again_and_the_same_person_is_suggested_again(self, pair, officer):
        original, joined = pair
        unlink(joined, officer)
        known = [same_person.Known(name="张小河", phone="13800001234")]
        found = {one.petition.pk for one in same_person.earlier_cases(actor=officer, persons=known)}
        assert found == {original.pk, joined.pk}
        following.link(petition=joined, actor=officer, original=original, join=True)
        assert (fresh(joined).repeat_of, fresh(joined).first_here) == (original, False)

    def test_what_came_along_through_it_stays_with_it(self, cast, make_case, officer):
        first, middle, leaf, apart = (make_case() for _ in range(4))
        following.link(petition=leaf, actor=officer, original=middle, join=True)
        following.link(petition=middle, actor=officer, original=first, join=True)
        following.link(petition=apart, actor=officer, original=first, join=True)
        assert fresh(leaf).joined_to == first
        unlink(middle, officer)
        assert (fresh(leaf).joined_to, fresh(leaf).repeat_of) == (middle, middle)
        assert fresh(apart).joined_to == first
        send(cast, middle)
        assert [fresh(one).status for one in (middle, leaf, first, apart)] == [
            Status.FORWARDED,
            Status.FORWARDED,
            Status.REGISTERED,
            Status.REGISTERED,
        ]

    def test_one_taken_out_from_beneath_leaves_the_others_together(self, make_case, officer):
        first, middle, leaf = (make_case() for _ in range(3))
        following.link(petition=leaf, actor=officer, original=middle, join=True)
        following.link(petition=middle, actor=officer, original=first, join=True)
        unlink(leaf, officer)
        assert (fresh(leaf).joined_to, fresh(middle).joined_to) == (None, first)
        assert all(one.events.filter(act=Act.UNLINK).count() == 1 for one in (first, middle, leaf))

    def test_the_unit_that_has_it_is_told(self, cast, pair, officer):
        original, joined = pair
        send(cast, original)
        unlink(joined, officer)
        notice = cast.handler.notices.filter(about=joined.about).order_by("-pk").first()
        assert "已撤销与原件的关联" in notice.text

    def test_one_registered_as_a_repeat_is_taken_apart_as_well(self, make_case, officer):
        original = make_case()
        case = make_case(repeat_of=original)
        assert not case.first_here
        unlink(case, officer)
        assert (fresh(case).repeat_of, fresh(case).first_here) == (None, True)
        assert case.events.get(act=Act.UNLINK).public is False


class TestAnswered:
    """An answer given together stays the case's own: nobody but a review sets it aside (条例 35, 36)."""

    @pytest.mark.article(35)
    def test_it_keeps_answer_and_service_and_its_window(self, cast, pair, officer):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined)
        serve(cast, original)
        reply = fresh(joined).reply
        unlink(joined, officer, at=moment(9, 22))
        case = fresh(joined)
        assert (case.status, case.reply, case.service.recipient) == (Status.SERVED, reply, "张小河")
        assert set(running(case)) == {C.PETITIONER_WINDOW}
        event = case.events.get(act=Act.UNLINK)
        assert "已经作出的答复不变" in event.public_text

    def test_answered_and_not_served_it_is_served_by_itself(self, cast, pair, officer):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined)
        unlink(joined, officer, at=moment(9, 20, 10))
        serve(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.SERVED, Status.CONCLUDED)
        serve(cast, joined)
        assert fresh(joined).status == Status.SERVED

    @pytest.mark.parametrize("status", [Status.REFUSED, Status.CLOSED])
    def test_nobody_is_stuck_with_a_closed_original_nor_with_a_closed_repeat(
        self, make_case, officer, status
    ):
        original, late = make_case(until=status), make_case()
        following.link(petition=late, actor=officer, original=original)
        unlink(late, officer)
        assert fresh(late).repeat_of is None
        assert original.events.filter(act=Act.UNLINK).exists()
        done = make_case(until=Status.EVALUATED)
        following.link(petition=done, actor=officer, original=original)
        Petition.objects.filter(pk=done.pk).update(status=Status.CLOSED, closed_at=moment(9, 8))
        unlink(Petition.objects.get(pk=done.pk), officer)
        assert (fresh(done).status, fresh(done).first_here) == (Status.CLOSED, True)

    def test_the_form_says_what_becomes_of_the_answer_and_from_what_it_is_taken(self, cast, pair, officer):
        original, joined = pair
        form = UnlinkForm(petition=fresh(joined), actor=officer, at=moment(9, 8))
        assert original.number in form.explain and "期限一直在走" in form.explain
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined)
        form = UnlinkForm(petition=fresh(joined), actor=officer, at=moment(9, 21))
        assert "答复和送达留在本件" in form.explain and "请另行登记" in form.explain


class TestFigures:
    def test_the_month_counts_it_as_a_first_case_again(self, cast, pair, officer):
        _original, joined = pair

        def repeats():
            found = month_figures(
                actor=cast.actor("statistician"), unit=cast.units.district, month=Month(2026, 9)
            )
            return found.total.repeats

        assert repeats() == 1
        unlink(joined, officer)
        assert repeats() == 0

    def test_supervision_no_longer_counts_it_among_the_repeats(self, make_case, officer):
        rule = SupervisionRule.objects.get(ground=Ground.REPEATED)
        original = make_case(until=Status.FORWARDED)
        repeats = [make_case(until=Status.FORWARDED) for _ in range(rule.threshold)]
        for case in repeats:
            following.link(petition=case, actor=officer, original=original)
        at = moment(9, 10)
        assert finds(rule, at, after=0, most=9)
        unlink(repeats[0], officer)
        assert not finds(rule, at, after=0, most=9)


class TestRefused:
    def test_what_is_linked_to_nothing_or_was_taken_apart_already(self, make_case, pair, officer):
        for case in (make_case(), pair[1]):
            if case.repeat_of_id:
                unlink(case, officer)
            with pytest.raises(Refusal, match="没有关联原件，或者刚刚已经撤销关联") as refused:
                unlink(case, officer)
            assert refused.value.code == "stale"

    @pytest.mark.parametrize("reason", ["", "　\n "])
    def test_without_a_reason(self, pair, officer, reason):
        with pytest.raises(Refusal, match="请写明为什么撤销关联"):
            unlink(pair[1], officer, reason=reason)
        assert fresh(pair[1]).joined_to == pair[0]
        assert not pair[0].events.filter(act=Act.UNLINK).exists()

    def test_a_reason_as_long_as_a_book_and_one_with_a_rare_sign(self, pair, officer):
        with pytest.raises(Refusal, match="最多 2000 字"):
            unlink(pair[1], officer, reason="长" * 2001)
        unlink(pair[1], officer, reason="经核对，龚䶮不是同一人。")
        assert "䶮" in pair[1].events.get(act=Act.UNLINK).text

    def test_the_same_form_twice(self, pair, officer):
        token = codes.new_token()
        unlink(pair[1], officer, token=token)
        with pytest.raises(Refusal) as refused:
            unlink(pair[1], officer, token=token)
        assert refused.value.code == "repeated"

    @pytest.mark.parametrize("who", ["handler", "unit_head", "outsider", "leader", "town_clerk"])
    def test_whoever_may_not_link(self, cast, pair, who):
        with pytest.raises(Refusal) as refused:
            unlink(pair[1], cast.actor(who))
        assert refused.value.code == "forbidden"

    def test_an_officer_recused_from_it(self, cast, pair, officer):
        recusing.recuse(petition=pair[1], actor=officer, ground=RecusalGround.FAMILY)
        with pytest.raises(Refusal):
            unlink(fresh(pair[1]), officer)
        assert fresh(pair[1]).joined_to == pair[0]

    def test_an_original_across_the_seal_is_left_alone_and_not_named(self, make_case, officer):
        original, repeat = make_case(), make_case()
        following.link(petition=repeat, actor=officer, original=original)
        forwarding.classify(petition=original, actor=officer, kind=Kind.ACCUSATION, at=moment(9, 4))
        form = UnlinkForm(petition=fresh(repeat), actor=officer, at=moment(9, 8))
        assert original.number not in form.explain
        unlink(repeat, officer)
        assert fresh(repeat).repeat_of is None
        assert not original.events.filter(act=Act.UNLINK).exists()


def test_a_case_taken_apart_may_go_the_simplified_way(cast, make_case, officer):
    """Only first-time matters do; a false repeat no longer bars it."""
    at = datetime(2026, 9, 3, 10, tzinfo=SHANGHAI)
    original, case = make_case(), make_case(until=Status.FORWARDED)
    following.link(petition=case, actor=officer, original=original, at=at)
    more = {"kind": Kind.APPEAL, "path": Path.PETITION, "simplify": True, "supportable": True}
    with pytest.raises(Refusal, match="不是初次信访事项"):
        forwarding.accept(petition=case, actor=cast.actor("handler"), at=at, **more)
    unlink(case, officer, at=at + timedelta(hours=1))
    forwarding.accept(petition=case, actor=cast.actor("handler"), at=at + timedelta(hours=2), **more)
    assert fresh(case).simplified
