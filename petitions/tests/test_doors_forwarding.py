"""From the petition office to the unit and back: classify, forward, assign, object, decide, accept, refuse."""

import re
from datetime import date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Act, Kind, Path, RefusalReason, ShareRole, Status
from petitions.models import Petition, PetitionClock, PetitionEvent, Share
from petitions.services import codes, forwarding, refusing, scope, sealing
from petitions.workflow import RIGHTS
from petitions.workflow import ClockCode as C
from tests.cases import MORNING

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9, minute=0, second=0):
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def running(case):
    return {clock.rule.code: clock for clock in case.clocks.filter(stopped_at=None).select_related("rule")}


def last_day(clock):
    return clock.due_at.astimezone(SHANGHAI).date()


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


class TestForwarding:
    @pytest.mark.article(22, 23)
    def test_forwarding_stops_the_offices_15_days_and_starts_the_units_two_clocks(
        self, cast, make_case, officer
    ):
        case = make_case()
        assert last_day(running(case)[C.FORWARDING]) == date(2026, 9, 18)
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 7))
        clocks = running(case)
        assert C.FORWARDING not in clocks
        assert last_day(clocks[C.NOTICE]) == date(2026, 9, 22)  # 15 calendar days, start day not counted
        assert last_day(clocks[C.OBJECTION]) == date(2026, 9, 14)  # 5 working days over a weekend
        assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)

    @pytest.mark.article(22)
    def test_forwarding_starts_no_feedback_clock_and_assigning_does(self, cast, make_case, officer):
        forwarded, assigned = make_case(), make_case()
        forwarding.forward(petition=forwarded, actor=officer, unit=cast.units.urban, at=moment(9, 7))
        forwarding.assign(
            petition=assigned,
            actor=officer,
            unit=cast.units.urban,
            feedback_due_on=date(2026, 10, 20),
            demand="请报办结报告",
            at=moment(9, 7),
        )
        assert C.FEEDBACK not in running(forwarded)
        assert last_day(running(assigned)[C.FEEDBACK]) == date(2026, 10, 20)
        share = assigned.shares.get()
        assert (share.kind, share.feedback_due_on, share.demand) == (
            "assign",
            date(2026, 10, 20),
            "请报办结报告",
        )

    def test_assigning_for_today_is_refused(self, cast, make_case, officer):
        case = make_case()
        with pytest.raises(Refusal, match="今天以后"):
            forwarding.assign(
                petition=case,
                actor=officer,
                unit=cast.units.urban,
                feedback_due_on=date(2026, 9, 7),
                demand="x",
                at=moment(9, 7),
            )
        assert Petition.objects.get(pk=case.pk).status == Status.REGISTERED

    @pytest.mark.article(24)
    def test_there_is_one_lead_and_any_number_of_co_units_each_once(self, cast, make_case, officer):
        case = make_case()
        co = [cast.units.housing, cast.units.dongxi, cast.units.housing, cast.units.urban]
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, co_units=co, at=moment(9, 7))
        shares = set(case.shares.values_list("unit__short_name", "role"))
        assert shares == {
            ("城市管理局", ShareRole.LEAD),
            ("住房和城乡建设局", ShareRole.CO),
            ("东溪镇", ShareRole.CO),
        }

    @pytest.mark.article(28, 30)
    def test_the_unit_complained_of_and_its_parts_cannot_lead(self, cast, make_case, officer):
        case = make_case(complained_unit=cast.units.dongxi)
        for unit in (cast.units.dongxi, cast.units.liuwan):
            with pytest.raises(Refusal, match="第二十八条"):
                forwarding.forward(petition=case, actor=officer, unit=unit, at=moment(9, 7))
        assert not case.shares.exists()

    def test_the_district_itself_cannot_be_sent_a_case(self, cast, make_case, officer):
        with pytest.raises(Refusal, match="具体的部门或乡镇"):
            forwarding.forward(petition=make_case(), actor=officer, unit=cast.units.district, at=moment(9, 7))

    def test_a_case_that_is_no_accusation_is_not_sent_to_the_discipline_body(self, cast, make_case, officer):
        with pytest.raises(Refusal, match="定性分类"):
            forwarding.forward(
                petition=make_case(), actor=officer, unit=cast.units.discipline, at=moment(9, 7)
            )

    def test_the_units_handlers_and_head_are_told_by_number_alone(self, cast, make_case, officer):
        case = make_case()
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 7))
        told = Notice.objects.filter(link=case.get_absolute_url())
        assert {notice.recipient for notice in told} == {cast.handler, cast.unit_head}
        assert all(case.number in notice.text and case.subject not in notice.text for notice in told)

    def test_the_step_leaves_an_event_and_an_audit_entry(self, cast, make_case, officer):
        case = make_case()
        forwarding.forward(
            petition=case, actor=officer, unit=cast.units.urban, note="请快办", at=moment(9, 7)
        )
        event = case.events.get(act=Act.FORWARD)
        assert (event.from_status, event.to_status, event.public) == ("registered", "forwarded", True)
        assert event.public_text == "已转送清江县城市管理局。"
        assert "请快办" not in event.public_text
        entry = AuditEntry.objects.get(act="petition.forward")
        assert (entry.object_id, entry.user) == (case.audit_name, cast.petition_officer)

    def test_the_same_form_twice_is_one_step(self, cast, make_case, officer):
        case, token = make_case(), codes.new_token()
        send = {
            "petition": case,
            "actor": officer,
            "unit": cast.units.urban,
            "at": moment(9, 7),
            "token": token,
        }
        forwarding.forward(**send)
        with pytest.raises(Refusal) as refused:
            forwarding.forward(**send)
        assert refused.value.code == "repeated"
        assert case.events.filter(act=Act.FORWARD).count() == 1

    def test_the_second_officer_is_told_who_did_what(self, cast, make_case, officer):
        case = make_case()
        stale = Petition.objects.get(pk=case.pk)
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban)
        with pytest.raises(Refusal) as refused:
            forwarding.forward(petition=stale, actor=officer, unit=cast.units.housing)
        assert refused.value.status == 409
        assert "周静" in str(refused.value)
        assert "转送" in str(refused.value)
        assert case.shares.get().unit == cast.units.urban

    def test_a_crash_inside_the_step_leaves_nothing(self, cast, make_case, officer, monkeypatch):
        case = make_case()
        before = (PetitionEvent.objects.count(), PetitionClock.objects.count(), AuditEntry.objects.count())

        def crash(*args, **kwargs):
            raise RuntimeError("power cut")

        monkeypatch.setattr(scope, "rebuild", crash)
        with pytest.raises(RuntimeError):
            forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 7))
        case = Petition.objects.get(pk=case.pk)
        assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
        assert not Share.objects.filter(petition=case).exists()
        assert C.FORWARDING in running(case)
        after = (PetitionEvent.objects.count(), PetitionClock.objects.count(), AuditEntry.objects.count())
        assert after == before


class TestObjection:
    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.FORWARDED)  # Thursday 2026-09-03, 10:00

    def object_to(self, case, actor, at):
        forwarding.object_to(petition=case, actor=actor, reason="该事项属住建部门职责", at=at)

    @pytest.mark.article(23)
    def test_it_is_in_time_until_the_end_of_the_fifth_working_day(self, case, handler):
        self.object_to(case, handler, moment(9, 10, 23, 59, 59))
        assert case.status == Status.OBJECTED

    @pytest.mark.article(23)
    def test_on_the_sixth_day_it_is_refused_and_the_case_stays(self, case, handler):
        with pytest.raises(Refusal, match="5 个工作日"):
            self.object_to(case, handler, moment(9, 11, 0, 0, 0))
        assert Petition.objects.get(pk=case.pk).status == Status.FORWARDED
        assert not case.objections.exists()

    @pytest.mark.article(23)
    def test_it_needs_detailed_reasons(self, case, handler):
        with pytest.raises(Refusal, match="详细写明"):
            forwarding.object_to(petition=case, actor=handler, reason="不管", at=moment(9, 4))

    @pytest.mark.article(23)
    def test_the_case_stays_with_the_unit_and_its_15_days_run_on(self, cast, case, handler):
        due = running(case)[C.NOTICE].due_at
        self.object_to(case, handler, moment(9, 4))
        assert case.lead_unit == cast.units.urban
        assert running(case)[C.NOTICE].due_at == due
        assert C.OBJECTION not in running(case)

    @pytest.mark.article(23)
    def test_an_agreed_objection_gives_the_next_unit_its_full_time(self, cast, case, handler, officer):
        self.object_to(case, handler, moment(9, 4))
        forwarding.decide_objection(
            petition=case, actor=officer, agree=True, decision="属住建", at=moment(9, 8)
        )
        assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
        clocks = running(case)
        assert C.NOTICE not in clocks
        assert C.REFORWARDING in clocks
        stopped = case.clocks.get(rule__code=C.NOTICE)
        assert stopped.stopped_at == moment(9, 8)  # only now, not when the unit objected
        forwarding.forward(petition=case, actor=officer, unit=cast.units.housing, at=moment(9, 9))
        clocks = running(case)
        assert last_day(clocks[C.NOTICE]) == date(2026, 9, 24)
        assert last_day(clocks[C.OBJECTION]) == date(2026, 9, 16)
        assert C.REFORWARDING not in clocks

    def test_an_agreed_objection_takes_the_case_out_of_the_first_units_sight(
        self, cast, case, handler, officer
    ):
        self.object_to(case, handler, moment(9, 4))
        forwarding.decide_objection(
            petition=case, actor=officer, agree=True, decision="属住建", at=moment(9, 8)
        )
        assert not Petition.objects.visible_to(handler).exists()
        forwarding.forward(petition=case, actor=officer, unit=cast.units.housing, at=moment(9, 9))
        assert list(Petition.objects.visible_to(cast.actor("handler2"))) == [case]

    def test_a_rejected_objection_leaves_the_unit_to_go_on_and_gives_no_second_try(
        self, case, handler, officer
    ):
        due = running(case)[C.NOTICE].due_at
        self.object_to(case, handler, moment(9, 4))
        forwarding.decide_objection(
            petition=case, actor=officer, agree=False, decision="属贵局", at=moment(9, 8)
        )
        assert case.status == Status.FORWARDED
        assert running(case)[C.NOTICE].due_at == due
        with pytest.raises(Refusal, match="没有获得同意"):
            self.object_to(case, handler, moment(9, 9))

    @pytest.mark.article(23, 28)
    def test_the_unit_itself_cannot_decide_its_objection(self, cast, case, handler):
        self.object_to(case, handler, moment(9, 4))
        with pytest.raises(Refusal) as refused:
            forwarding.decide_objection(
                petition=case, actor=cast.actor("unit_head"), agree=True, decision="退", at=moment(9, 8)
            )
        assert refused.value.code == "forbidden"

    def test_a_co_unit_cannot_object_for_the_lead(self, cast, make_case):
        case = make_case(until=Status.FORWARDED, co_units=[cast.units.housing])
        with pytest.raises(Refusal) as refused:
            self.object_to(case, cast.actor("handler2"), moment(9, 4))
        assert refused.value.code == "forbidden"


class TestAcceptance:
    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.FORWARDED)

    @pytest.mark.article(34)
    def test_path_six_starts_sixty_calendar_days_from_acceptance_not_registration(self, case, handler):
        forwarding.accept(
            petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=moment(9, 10)
        )
        clock = running(case)[C.CONCLUSION]
        assert last_day(clock) == date(2026, 11, 9)
        assert {C.NOTICE, C.OBJECTION} & set(running(case)) == set()

    @pytest.mark.parametrize("path", [path for path in Path if path != Path.PETITION])
    @pytest.mark.article(31, 34)
    def test_paths_one_to_five_have_no_sixty_days(self, case, handler, path):
        forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=path, at=moment(9, 10))
        assert C.CONCLUSION not in running(case)

    @pytest.mark.article(29, 31)
    def test_a_suggestion_has_neither_path_nor_sixty_days(self, case, handler):
        forwarding.accept(
            petition=case, actor=handler, kind=Kind.SUGGESTION, path=Path.PETITION, at=moment(9, 10)
        )
        assert case.path is None
        assert C.CONCLUSION not in running(case)

    @pytest.mark.article(31)
    def test_an_appeal_without_a_path_is_refused(self, case, handler):
        with pytest.raises(Refusal, match="办理路径"):
            forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, at=moment(9, 10))

    @pytest.mark.article(30)
    def test_an_accusation_is_not_accepted_by_an_ordinary_unit(self, case, handler):
        with pytest.raises(Refusal, match="纪检监察"):
            forwarding.accept(petition=case, actor=handler, kind=Kind.ACCUSATION, at=moment(9, 10))

    @pytest.mark.article(23, 44)
    def test_the_accepted_notice_a_day_late_keeps_its_breach(self, case, handler):
        due = running(case)[C.NOTICE].due_at
        forwarding.accept(
            petition=case, actor=handler, kind=Kind.SUGGESTION, at=due + timedelta(microseconds=1)
        )
        assert case.clocks.get(rule__code=C.NOTICE).breached_at == due

    @pytest.mark.article(23)
    def test_a_refusal_names_its_ground_and_where_to_go_and_stops_every_clock(self, case, handler):
        refusal = {
            "petition": case,
            "actor": handler,
            "reason": RefusalReason.LEGAL_ROUTE,
            "explanation": "应由法院审理",
            "at": moment(9, 10),
        }
        with pytest.raises(Refusal, match="应向何处"):
            refusing.refuse(**refusal, where_to_go=" ")
        refusing.refuse(**refusal, where_to_go="清江县人民法院")
        assert running(case) == {}
        event = case.events.get(act=Act.REFUSE)
        assert "第三十一条" in event.public_text
        assert "清江县人民法院" in event.public_text


class TestSealing:
    def readers(self, cast, case):
        return {
            key
            for key in cast.people
            if Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()
        }

    @pytest.mark.article(22, 30)
    def test_an_accusation_goes_to_the_discipline_body_at_registration_and_to_nobody_else(
        self, cast, make_case
    ):
        case = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.dongxi).petition
        assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.discipline)
        assert (case.sealed, case.confidential) == (True, True)
        assert self.readers(cast, case) == {"discipline_officer"}

    def test_its_named_registrar_reads_it_and_the_officer_at_the_next_desk_does_not(self, cast, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION, actor=cast.actor("clerk")).petition
        assert self.readers(cast, case) == {"discipline_officer", "clerk"}

    @pytest.mark.article(23, 30)
    def test_it_has_no_notice_and_no_objection_clock(self, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        assert {C.NOTICE, C.OBJECTION, C.FORWARDING} & set(running(case)) == set()

    def test_only_the_discipline_desk_is_told(self, cast, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        told = Notice.objects.filter(text__contains=case.number)
        assert {notice.recipient for notice in told} == {cast.discipline_officer}

    def test_its_number_is_of_the_same_shape_and_series_as_any(self, make_case):
        plain, sealed = make_case(), make_case.registered(kind=Kind.ACCUSATION).petition
        shapes = {re.sub(r"\d", "0", case.number) for case in (plain, sealed)}
        assert len(shapes) == 1

    @pytest.mark.parametrize(
        "status",
        [
            Status.REGISTERED,
            Status.FORWARDED,
            Status.OBJECTED,
            Status.ACCEPTED,
        ],
    )
    def test_classified_later_it_is_taken_away_and_grants_fall_with_it(
        self, cast, make_case, officer, status
    ):
        case = make_case(until=status)
        scope.grant(case, cast.leader)
        assert "leader" in self.readers(cast, case)
        told = Notice.objects.filter(link=case.get_absolute_url())
        assert told.exists() == (status != Status.REGISTERED)
        if status == Status.REGISTERED:
            forwarding.classify(
                petition=case, actor=officer, kind=Kind.ACCUSATION, reason="反映干部违纪", at=moment(9, 10)
            )
        else:
            sealing.seal(petition=case, actor=officer, reason="反映干部违纪", at=moment(9, 10))
            assert not case.clocks.filter(stopped_at=None).exclude(rule__code="respond_10").exists()
        assert set(told.values_list("recipient__username", flat=True)) == {"discipline_officer"}
        assert self.readers(cast, case) == {"discipline_officer"}
        assert case.lead_unit == cast.units.discipline
        assert case.status == Status.FORWARDED
        assert set(case.shares.filter(ended_at=None).values_list("unit__short_name", flat=True)) == {
            "纪委监委"
        }

    def test_a_sealed_case_cannot_be_granted_to_anybody(self, cast, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        scope.grant(case, cast.leader)
        assert self.readers(cast, case) == {"discipline_officer"}

    @pytest.mark.article(28, 30)
    def test_the_complained_unit_does_not_see_the_case_even_where_it_was_registered(self, cast, make_case):
        case = make_case(complained_unit=cast.units.dongxi)
        assert "town_clerk" not in self.readers(cast, case)

    @pytest.mark.article(31)
    def test_changing_a_kind_needs_a_reason(self, make_case, officer):
        case = make_case(kind=Kind.APPEAL, until=Status.REGISTERED)
        forwarding.classify(petition=case, actor=officer, kind=Kind.SUGGESTION, at=moment(9, 4))
        with pytest.raises(Refusal, match="理由"):
            forwarding.classify(
                petition=case, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, at=moment(9, 4)
            )


def test_the_nearest_due_date_of_the_case_follows_its_clocks(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    binding = case.clocks.filter(stopped_at=None).exclude(rule__code__in=RIGHTS)
    assert case.due_at == min(clock.due_at for clock in binding)
    assert case.registered_at == MORNING
