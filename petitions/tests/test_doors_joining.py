"""并入: what is done to the original is done to the cases that are answered together with it."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Act, ForwardKind, Kind, Outcome, Path, ServiceMethod, Status
from petitions.forms.acts import ForwardForm
from petitions.forms.handling import ConcludeForm, ServeForm
from petitions.models import Petition
from petitions.services import amending, answering, codes, following, forwarding, handling, joining
from petitions.services.registering import NewPerson
from petitions.workflow import ClockCode as C
from tests.cases import OUTSIDE

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def running(case):
    return {clock.rule.code: clock for clock in case.clocks.filter(stopped_at=None).select_related("rule")}


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def pair(make_case, officer):
    """An original and the case joined to it, both just registered."""
    original, joined = make_case(), make_case()
    following.link(petition=joined, actor=officer, original=original, join=True)
    return original, joined


def send(cast, case, at=None, **more):
    forwarding.forward(
        petition=case,
        actor=cast.actor("petition_officer"),
        unit=cast.units.urban,
        at=at or moment(9, 4),
        **more,
    )


def accept(cast, case, **more):
    fields = {"kind": Kind.APPEAL, "path": Path.PETITION, "at": moment(9, 7), **more}
    forwarding.accept(petition=case, actor=cast.actor("handler"), **fields)


def conclude(cast, *cases, **more):
    outcomes = {ask.pk: (Outcome.SUPPORTED, "支持") for case in cases for ask in case.requests.all()}
    fields = {
        "text": "已约谈摊主。",
        "basis": "《噪声污染防治法》",
        "outcomes": outcomes,
        "at": moment(9, 20),
        **more,
    }
    answering.conclude(petition=cases[0], actor=cast.actor("handler"), **fields)


def serve(cast, case):
    answering.serve(
        petition=case,
        actor=cast.actor("handler"),
        method=ServiceMethod.DIRECT,
        served_at=moment(9, 21),
        recipient="张小河",
        paper_number=OUTSIDE,
        at=moment(9, 21),
    )


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def test_the_words_of_the_paper_are_those_of_the_joined_answer_too(cast, pair):
    original, joined = pair
    send(cast, original)
    accept(cast, original)
    conclude(cast, original, joined)
    for times, words in ((1, "夜市一律十点收摊。"), (2, "夜市一律九点收摊。")):
        case = fresh(original)
        given = {"text": words, "basis": "《噪声污染防治法》第六十四条", "opinions": {}}
        amending.amend(
            petition=case, actor=cast.actor("handler"), number="清城〔2026〕1号", at=moment(9, 20), **given
        )
        assert (fresh(original).reply.text, case.reply.text) == (words, words)
        assert fresh(joined).reply.text == joining.words_above_reply() + words
        assert [one.events.filter(act=Act.AMEND).count() for one in pair] == [times, times]


class TestTogether:
    def test_every_step_of_the_original_is_a_step_of_the_joined_case_with_its_own_papers(self, cast, pair):
        original, joined = pair
        send(cast, original, co_units=[cast.units.housing])
        assert (fresh(joined).status, fresh(joined).lead_unit) == (Status.FORWARDED, cast.units.urban)
        assert joined.shares.filter(unit=cast.units.housing, role="co").exists()
        assert {C.NOTICE, C.OBJECTION} <= set(running(joined))
        assert C.FORWARDING not in running(joined)
        accept(cast, original)
        assert (fresh(joined).status, fresh(joined).path) == (Status.ACCEPTED, Path.PETITION)
        assert running(joined)[C.CONCLUSION].started_at == moment(9, 7)
        conclude(cast, original, joined)
        assert fresh(joined).reply.text == "与同一事项的原件一并答复。\n\n已约谈摊主。"
        assert fresh(original).reply.text == "已约谈摊主。"
        assert set(joined.requests.values_list("outcome", flat=True)) == {Outcome.SUPPORTED}
        serve(cast, original)
        case = fresh(joined)
        assert (case.status, case.served_at, case.service.recipient) == (
            Status.SERVED,
            moment(9, 21),
            "张小河",
        )
        assert set(running(case)) == {C.PETITIONER_WINDOW}

    def test_each_keeps_its_own_history_and_audit_entries_by_the_same_actor(self, cast, pair):
        original, joined = pair
        send(cast, original, token=codes.new_token())
        event = joined.events.get(act=Act.FORWARD)
        assert event.user == cast.petition_officer
        assert event.text.startswith("与同一事项的原件一并办理。")
        assert event.submit_key is None
        entries = AuditEntry.objects.filter(act="petition.forward")
        assert entries.get(object_id=joined.audit_name).detail["original"] == original.audit_name
        assert entries.filter(object_id=joined.audit_name).count() == 1
        assert entries.filter(object_id=original.audit_name).count() == 1

    def test_the_same_form_twice_moves_neither_case_twice(self, cast, pair):
        original, joined = pair
        token = codes.new_token()
        send(cast, original, token=token)
        with pytest.raises(Refusal) as refused:
            send(cast, original, token=token)
        assert refused.value.code == "repeated"
        assert joined.events.filter(act=Act.FORWARD).count() == 1

    @pytest.mark.article(34)
    def test_what_is_answered_along_may_be_answered_as_late(self, cast, pair):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        head = cast.actor("unit_head")
        handling.extend(petition=original, actor=head, days=20, reason="须检测鉴定。", at=moment(9, 20))
        dues = [running(Petition.objects.get(pk=case.pk))[C.CONCLUSION].due_at for case in pair]
        assert dues[0] == dues[1] and Petition.objects.get(pk=joined.pk).extension.days == 20
        with pytest.raises(Refusal, match="不能再次延期"):
            handling.extend(petition=joined, actor=head, days=5, reason="再延。", at=moment(9, 21))

    def test_one_that_was_extended_before_keeps_its_own_date(self, cast, pair):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        head = cast.actor("unit_head")
        handling.extend(petition=joined, actor=head, days=5, reason="须检测鉴定。", at=moment(9, 19))
        own = running(joined)[C.CONCLUSION].due_at
        handling.extend(petition=original, actor=head, days=20, reason="须检测鉴定。", at=moment(9, 20))
        assert running(Petition.objects.get(pk=joined.pk))[C.CONCLUSION].due_at == own

    def test_an_assignment_binds_the_joined_case_to_the_same_date(self, cast, pair, officer):
        original, joined = pair
        forwarding.assign(
            petition=original,
            actor=officer,
            unit=cast.units.urban,
            feedback_due_on=date(2026, 10, 20),
            demand="请报办结报告",
            at=moment(9, 4),
        )
        share = joined.shares.get()
        assert (share.kind, share.feedback_due_on) == (ForwardKind.ASSIGN, date(2026, 10, 20))
        assert C.FEEDBACK in running(joined)

    def test_a_step_that_fails_for_one_is_done_for_none(self, cast, pair):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        with pytest.raises(Refusal, match=joined.number):
            conclude(cast, original)  # no outcome for what the joined case asks for
        assert {fresh(original).status, fresh(joined).status} == {Status.ACCEPTED}

    def test_the_form_asks_for_the_joined_cases_requests_and_names_whose_they_are(self, cast, pair, handler):
        original, joined = pair
        send(cast, original)
        accept(cast, original)
        form = ConcludeForm(petition=fresh(original), actor=handler, at=moment(9, 20))
        field = form.fields[f"outcome_{scattered(joined.requests.get().pk)}"]
        assert joined.number in field.label
        assert field.required
        assert joined.number in form.explain

    def test_the_form_of_service_says_which_cases_the_same_signature_serves(
        self, cast, make_case, officer, handler
    ):
        original, joined, other = make_case(), make_case(), make_case(persons=[NewPerson(name="李四")])
        for one in (joined, other):
            following.link(petition=one, actor=officer, original=original, join=True)
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined, other)
        form = ServeForm(petition=fresh(original), actor=handler, at=moment(9, 21))
        along, apart = form.explain.split("一并登记送达。")
        assert joined.number in along
        assert other.number in apart
        assert "请另行送达" in apart

    def test_a_case_joined_to_a_joined_case_goes_to_the_root_and_along(self, cast, pair, make_case, officer):
        original, joined = pair
        third = make_case()
        following.link(petition=third, actor=officer, original=joined, join=True)
        assert third.joined_to == original
        send(cast, original)
        assert fresh(third).status == Status.FORWARDED

    def test_a_root_that_is_joined_itself_takes_its_own_along(self, cast, pair, make_case, officer):
        original, joined = pair
        older = make_case()
        following.link(petition=original, actor=officer, original=older, join=True)
        with pytest.raises(Refusal, match="本件自己"):
            following.link(petition=older, actor=officer, original=joined, join=True)
        send(cast, older)
        assert {fresh(original).status, fresh(joined).status} == {Status.FORWARDED}


class TestLeftAlone:
    def test_what_stands_elsewhere_is_answered_by_itself_and_keeps_its_clocks(self, cast, make_case, officer):
        original, joined = make_case(until=Status.FORWARDED), make_case()
        following.link(petition=joined, actor=officer, original=original, join=True)
        accept(cast, original)
        assert fresh(joined).status == Status.REGISTERED
        assert C.FORWARDING in running(joined)

    def test_another_lead_unit_accepts_for_itself(self, cast, make_case, officer):
        original = make_case(until=Status.FORWARDED)
        joined = make_case(until=Status.FORWARDED, unit=cast.units.housing)
        following.link(petition=joined, actor=officer, original=original, join=True)
        accept(cast, original)
        assert fresh(joined).status == Status.FORWARDED

    def test_a_case_about_the_receiving_unit_is_not_sent_to_it_by_way_of_another(
        self, cast, make_case, officer
    ):
        original, joined = make_case(), make_case(complained_unit=cast.units.urban)
        following.link(petition=joined, actor=officer, original=original, join=True)
        send(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.FORWARDED, Status.REGISTERED)

    def test_another_path_is_answered_by_itself(self, cast, make_case, officer):
        original = make_case(until=Status.ACCEPTED)
        joined = make_case(until=Status.ACCEPTED, path=Path.DUTY)
        following.link(petition=joined, actor=officer, original=original, join=True)
        conclude(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.CONCLUDED, Status.ACCEPTED)

    def test_somebody_else_signs_for_themselves(self, cast, make_case, officer):
        original, joined = make_case(), make_case(persons=[NewPerson(name="李四")])
        following.link(petition=joined, actor=officer, original=original, join=True)
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined)
        serve(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.SERVED, Status.CONCLUDED)

    def test_a_plain_link_moves_nothing(self, cast, make_case, officer):
        original, repeat = make_case(), make_case()
        following.link(petition=repeat, actor=officer, original=original)
        send(cast, original)
        assert fresh(repeat).status == Status.REGISTERED

    def test_linking_again_without_joining_takes_it_out(self, cast, pair, officer):
        original, joined = pair
        following.link(petition=joined, actor=officer, original=original)
        assert (joined.repeat_of, joined.joined_to) == (original, None)
        send(cast, original)
        assert fresh(joined).status == Status.REGISTERED


ID, OTHER_ID = "330102199001011232", "330102198502023453"
PHONE = "13800001234"


class TestWhoSigns:
    """One signature serves two cases only where everybody in the joined one is known to stand in the original."""

    @pytest.mark.parametrize(
        ("there", "here"),
        [
            ({"name": "王伟", "id_number": ID}, {"name": "王伟", "id_number": ID, "phone": "13900009999"}),
            ({"name": "王伟", "id_number": ID}, {"name": "王玮", "id_number": ID}),
            ({"name": "王伟", "phone": PHONE}, {"name": "王伟", "phone": "138 0000 1234"}),
            ({"name": "王伟", "phone": PHONE, "id_number": ID}, {"phone": PHONE}),
            (
                {"name": "王伟", "address": "柳湾村 3 号", "phone": PHONE},
                {"name": "王伟", "address": "柳湾村 3 号", "phone": "13900009999"},
            ),
        ],
    )
    def test_the_same_by_number_or_telephone_or_name_and_address(self, make_case, there, here):
        original, joined = make_case(persons=[NewPerson(**there)]), make_case(persons=[NewPerson(**here)])
        assert joining.same_people(joined, original)

    @pytest.mark.parametrize(
        ("there", "here"),
        [
            ({"name": "王伟"}, {"name": "王伟"}),
            ({"name": "王伟", "phone": PHONE}, {"name": "王伟", "id_number": ID}),
            (
                {"name": "王伟", "id_number": ID, "phone": PHONE},
                {"name": "王伟", "id_number": OTHER_ID, "phone": PHONE},
            ),
            ({"name": "王伟", "phone": PHONE}, {"name": "李四", "phone": PHONE}),
            (
                {"name": "王伟", "id_number": "无", "phone": "无"},
                {"name": "王伟", "id_number": "无", "phone": "无"},
            ),
            ({"name": "王伟", "address": "柳湾村 3 号"}, {"name": "王伟", "address": "柳湾村 5 号"}),
        ],
    )
    def test_a_name_alone_two_numbers_or_two_names_on_one_telephone_are_not(self, make_case, there, here):
        original, joined = make_case(persons=[NewPerson(**there)]), make_case(persons=[NewPerson(**here)])
        assert not joining.same_people(joined, original)

    def test_one_more_person_in_the_joined_case_signs_for_themselves(self, make_case):
        known, more = NewPerson(name="王伟", id_number=ID), NewPerson(name="李四", phone="13900009999")
        original = make_case(persons=[known])
        assert not joining.same_people(make_case(persons=[known, more]), original)
        assert joining.same_people(original, make_case(persons=[more, known]))

    def test_a_case_that_names_nobody_is_not_served_along(self, cast, make_case, officer):
        original, joined = make_case(), make_case(persons=[], anonymous=True)
        following.link(petition=joined, actor=officer, original=original, join=True)
        send(cast, original)
        accept(cast, original)
        conclude(cast, original, joined)
        serve(cast, original)
        assert (fresh(original).status, fresh(joined).status) == (Status.SERVED, Status.CONCLUDED)


class TestCircles:
    def test_a_case_is_not_linked_to_itself_nor_to_its_own_repeat(self, make_case, officer):
        first, second, third = make_case(), make_case(), make_case()
        with pytest.raises(Refusal, match="不能关联到本件自己"):
            following.link(petition=first, actor=officer, original=first)
        following.link(petition=second, actor=officer, original=first)
        following.link(petition=third, actor=officer, original=second)
        assert fresh(third).repeat_of == first
        for repeat in (second, third):
            with pytest.raises(Refusal, match="不能再反过来关联"):
                following.link(petition=first, actor=officer, original=repeat)

    def test_the_root_is_asked_of_the_rows_and_not_of_what_a_page_read_earlier(self, make_case, officer):
        first, second, third = make_case(), make_case(), make_case()
        read_earlier = fresh(second)
        following.link(petition=second, actor=officer, original=first, join=True)
        following.link(petition=third, actor=officer, original=read_earlier, join=True)
        assert (fresh(third).repeat_of, fresh(third).joined_to) == (first, first)

    def test_a_circle_in_old_data_is_walked_once(self, make_case):
        first, second = make_case(), make_case()
        Petition.objects.filter(pk=first.pk).update(repeat_of=second)
        Petition.objects.filter(pk=second.pk).update(repeat_of=first)
        assert joining.root_of(first) == second.pk


class TestJoining:
    @pytest.mark.parametrize("status", [Status.CONCLUDED, Status.SERVED, Status.CLOSED, Status.REFUSED])
    def test_nothing_is_joined_to_a_case_that_is_answered_but_it_may_be_linked(
        self, make_case, officer, status
    ):
        original, late = make_case(until=status), make_case()
        with pytest.raises(Refusal, match="请改为只关联"):
            following.link(petition=late, actor=officer, original=original, join=True)
        following.link(petition=late, actor=officer, original=original)
        assert (late.repeat_of, late.joined_to) == (original, None)

    def test_what_is_answered_already_is_not_joined(self, make_case, officer):
        with pytest.raises(Refusal, match="本件已经答复"):
            following.link(
                petition=make_case(until=Status.CONCLUDED), actor=officer, original=make_case(), join=True
            )

    def test_the_seal_stands_between_cases(self, make_case, officer):
        sealed, case = make_case.registered(kind=Kind.ACCUSATION).petition, make_case()
        for join in (True, False):
            with pytest.raises(Refusal, match="密存"):
                following.link(petition=case, actor=officer, original=sealed, join=join)
        assert fresh(case).repeat_of is None

    def test_sealing_either_parts_them(self, cast, pair, make_case, officer):
        original, joined = pair
        later = make_case()
        following.link(petition=later, actor=officer, original=original, join=True)
        forwarding.classify(petition=joined, actor=officer, kind=Kind.ACCUSATION, at=moment(9, 4))
        assert (fresh(joined).joined_to, fresh(later).joined_to) == (None, original)
        forwarding.classify(petition=original, actor=officer, kind=Kind.ACCUSATION, at=moment(9, 4))
        assert fresh(later).joined_to is None
        assert fresh(later).status == Status.REGISTERED

    def test_the_form_to_forward_begins_with_the_unit_that_has_the_original(self, cast, make_case, officer):
        original, joined = make_case(until=Status.ACCEPTED), make_case()
        following.link(petition=joined, actor=officer, original=original, join=True)
        form = ForwardForm(petition=fresh(joined), actor=officer, at=moment(9, 4))
        assert form["unit"].value() == cast.units.urban.pk
        apart = ForwardForm(petition=make_case(), actor=officer, at=moment(9, 4))
        assert apart["unit"].value() is None

    def test_an_outsider_joins_nothing(self, cast, make_case):
        original, other = make_case(), make_case()
        with pytest.raises(Refusal) as refused:
            following.link(petition=other, actor=cast.actor("outsider"), original=original, join=True)
        assert refused.value.code == "forbidden"

    def test_accepting_goes_along_a_day_later_too(self, cast, pair):
        original, joined = pair
        send(cast, original)
        send_again = fresh(joined)
        accept(cast, send_again, at=moment(9, 5))  # the joined case accepted by itself first
        accept(cast, original, at=moment(9, 5) + timedelta(days=1))
        assert {fresh(original).status, fresh(joined).status} == {Status.ACCEPTED}
        assert joined.events.filter(act=Act.ACCEPT).count() == 1
