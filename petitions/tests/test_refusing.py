"""不予受理 rests on something that can be shown, and whoever sent the case hears of it (条例 19, 22, 36)."""

from datetime import timedelta

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions import extensions
from petitions.enums import Act, RefusalReason, Status
from petitions.models import Petition
from petitions.services import following, forwarding, refusing

pytestmark = pytest.mark.django_db


def refuse(case, actor, reason, **more):
    more = {"explanation": "事实和理由相同。", "where_to_go": "原办理机关"} | more
    refusing.refuse(petition=case, actor=actor, reason=reason, **more)


@pytest.fixture
def ended(monkeypatch):
    """The room above that says so of every case."""
    monkeypatch.setitem(extensions._ends, "reviews", lambda case: "已复核终结。")


@pytest.mark.article(36)
class TestFinal:
    def test_nothing_shows_a_final_review(self, cast, make_case):
        case = make_case(until=Status.FORWARDED)
        for ground in ("", "  ", "已经复核过了"):
            with pytest.raises(Refusal, match="复核意见书的文号和日期"):
                refuse(case, cast.actor("handler"), RefusalReason.FINAL, ground=ground)
        assert Petition.objects.get(pk=case.pk).status == Status.FORWARDED

    def test_a_linked_original_that_is_not_at_its_end_shows_none(self, cast, make_case):
        original = make_case(until=Status.SERVED)
        case = make_case(until=Status.FORWARDED)
        Petition.objects.filter(pk=case.pk).update(repeat_of=original)
        with pytest.raises(Refusal, match="复核意见"):
            refuse(Petition.objects.get(pk=case.pk), cast.actor("handler"), RefusalReason.FINAL)

    def test_a_linked_original_at_its_end_is_ground_enough(self, cast, make_case, ended):
        original = make_case(until=Status.SERVED)
        case = make_case(until=Status.FORWARDED)
        Petition.objects.filter(pk=case.pk).update(repeat_of=original)
        refuse(Petition.objects.get(pk=case.pk), cast.actor("handler"), RefusalReason.FINAL)
        assert Petition.objects.get(pk=case.pk).status == Status.REFUSED

    def test_a_final_review_made_elsewhere_is_named_and_stays_in_the_history(self, cast, make_case):
        case = make_case(until=Status.FORWARDED)
        ground = "海政复核〔2026〕3号，2026年5月6日"
        refuse(case, cast.actor("handler"), RefusalReason.FINAL, ground=ground)
        assert Petition.objects.get(pk=case.pk).refusal.ground == ground
        assert ground in case.events.get(act=Act.REFUSE).text


@pytest.mark.article(19)
class TestInHand:
    def linked(self, make_case, until=Status.ACCEPTED):
        original = make_case(until=until)
        case = make_case(until=Status.FORWARDED)
        Petition.objects.filter(pk=case.pk).update(repeat_of=original)
        return Petition.objects.select_related("repeat_of__lead_unit").get(pk=case.pk)

    def test_what_the_unit_itself_has_in_hand_is_joined_and_not_refused(self, cast, make_case):
        case = self.linked(make_case)
        with pytest.raises(Refusal, match="并入原件"):
            refuse(case, cast.actor("handler"), RefusalReason.IN_HAND_ELSEWHERE, ground="本局，今年十月")

    def test_nothing_shows_whose_hands_it_is_in(self, cast, make_case):
        case = make_case(until=Status.FORWARDED)
        with pytest.raises(Refusal, match="哪个机关"):
            refuse(case, cast.actor("handler"), RefusalReason.IN_HAND_ELSEWHERE)

    def test_a_body_that_is_named_is_ground_enough(self, cast, make_case):
        case = make_case(until=Status.FORWARDED)
        ground = "东溪镇人民政府，2026年10月9日受理"
        refuse(case, cast.actor("handler"), RefusalReason.IN_HAND_ELSEWHERE, ground=ground)
        assert Petition.objects.get(pk=case.pk).status == Status.REFUSED


@pytest.mark.article(22)
class TestWhoeverSentIt:
    def test_is_told_of_a_refusal(self, cast, make_case):
        case = make_case(until=Status.FORWARDED)
        refuse(case, cast.actor("handler"), RefusalReason.LEGAL_ROUTE)
        told = Notice.objects.filter(
            recipient=cast.people["petition_officer"], text__contains="不予受理，请核实"
        )
        assert told.count() == 1

    def test_alone_closes_what_was_assigned_and_refused(self, cast, make_case):
        case = make_case()
        forwarding.assign(
            petition=case,
            actor=cast.actor("petition_officer"),
            unit=cast.units.urban,
            feedback_due_on=local_day(now()) + timedelta(days=30),
            demand="查清事实",
        )
        refuse(case, cast.actor("handler"), RefusalReason.LEGAL_ROUTE)
        with pytest.raises(Refusal, match="交办单位审核"):
            following.close(petition=case, actor=cast.actor("handler"))
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert Petition.objects.get(pk=case.pk).status == Status.CLOSED
