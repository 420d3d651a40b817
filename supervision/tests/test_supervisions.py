"""督办 of a case: opened, pressed, answered, accepted or returned; who may, and what is refused (条例 16, 28, 30, 40)."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import Act, CallOutcome, RecusalGround, Status
from petitions.services import recusing, sealing
from supervision import rules, selectors
from supervision.enums import Ground, Mode, State, SupervisionAct
from supervision.models import Supervision, SupervisionClock
from supervision.services import opening, working
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0500f00"
    "04850180a9d4a7a80000000049454e44ae426082"
)


def effort(supervision, actor, mode, **more):
    words = {"on": local_day(now()), "who": "罗正", "found": "还没有联系信访人。", **more}
    return working.record_effort(supervision=supervision, actor=actor, mode=mode, **words)


@pytest.mark.article(40)
def test_opening_starts_the_clock_tells_the_unit_and_stands_in_the_history(cast, press, today):
    one = press(due_on=today + timedelta(days=5))
    assert (one.state, one.unit, one.due_on) == (State.OPEN, cast.units.urban, today + timedelta(days=5))
    assert local_day(one.clocks.get(stopped_at=None).due_at - timedelta(seconds=1)) >= one.due_on
    event = one.petition.events.get(act=Act.SUPERVISE)
    assert "请抓紧办理" in event.text and "城市管理局" in event.text
    told = Notice.objects.filter(dedupe_key__startswith=f"supervision:{one.pk}:")
    assert {notice.recipient for notice in told} == {cast.handler, cast.unit_head}
    assert AuditEntry.objects.filter(act="supervision.open", object_id=str(one.pk)).exists()


def test_without_a_date_the_setting_gives_one(press, settings, today):
    settings.SUPERVISION_DAYS = 3
    assert press().due_on == today + timedelta(days=3)


def test_feedback_stops_the_clock_and_acceptance_ends_it(cast, press, answer):
    one = press()
    answer(one)
    assert one.state == State.FED_BACK and not one.clocks.filter(stopped_at=None).exists()
    assert one.petition.events.filter(act=Act.NOTE, text__contains="已上门核实").exists()
    working.decide(supervision=one, actor=cast.actor("inspector"), accept=True)
    assert one.state == State.CLOSED and one.ended_by == cast.inspector
    assert one.petition.events.filter(act=Act.SUPERVISE, text__contains="督办办结").exists()


@pytest.mark.article(38, 40)
def test_returned_feedback_opens_it_again_with_a_new_clock(cast, press, answer, today):
    one = press()
    answer(one)
    inspector = cast.actor("inspector")
    with pytest.raises(Refusal, match="退回的理由"):
        working.decide(supervision=one, actor=inspector, accept=False)
    working.decide(
        supervision=one,
        actor=inspector,
        accept=False,
        text="没有写明时间。",
        due_on=today + timedelta(days=2),
    )
    assert (one.state, one.due_on) == (State.OPEN, today + timedelta(days=2))
    assert one.clocks.count() == 2 and one.clocks.filter(stopped_at=None).count() == 1
    answer(one, measures="已约定周五上门。")
    assert [feedback.accepted for feedback in one.feedbacks.all()] == [False, None]


@pytest.mark.parametrize(
    ("mode", "without", "proof"),
    [
        (Mode.WRITTEN, {}, {"number": "清信督〔2026〕3号"}),
        (Mode.PHONE, {"number": "3"}, {"outcome": CallOutcome.REACHED}),
        (Mode.SITE, {"number": "3"}, {"file": True}),
        (Mode.MEETING, {}, {"number": "纪要〔2026〕1号"}),
        (Mode.MEDIA, {}, {"file": True}),
        (Mode.INSTRUCTION, {}, {"number": "批〔2026〕9号"}),
    ],
)
@pytest.mark.article(38)
def test_each_of_the_six_modes_wants_its_proof(cast, press, mode, without, proof):
    one, actor = press(), cast.actor("inspector")
    with pytest.raises(Refusal) as refused:
        effort(one, actor, mode, **without)
    assert refused.value.code == "invalid" and one.efforts.count() == 0
    if proof.pop("file", False):
        proof["files"] = [SimpleUploadedFile("现场.png", PNG, content_type="image/png")]
    made = effort(one, actor, mode, **proof)
    assert one.efforts.get() == made and (made.file.name or made.number or made.outcome)


def test_an_effort_of_a_day_to_come_or_before_the_demand_is_refused(cast, press, today):
    one = press()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(Refusal, match="日期须在"):
            effort(one, cast.actor("inspector"), Mode.PHONE, outcome=CallOutcome.REACHED, on=day)


def test_a_file_is_not_left_behind_by_a_refused_effort(cast, press, answer):
    def stored():
        try:
            folders = default_storage.listdir("supervision")[0]
        except FileNotFoundError:
            return []
        return [name for folder in folders for name in default_storage.listdir(f"supervision/{folder}")[1]]

    one, before = press(), stored()
    answer(one)
    working.decide(supervision=one, actor=cast.actor("inspector"), accept=True)
    with pytest.raises(Refusal, match="结束本次督办"):
        effort(one, cast.actor("inspector"), Mode.SITE, files=[SimpleUploadedFile("a.png", PNG)])
    assert stored() == before


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"demand": "  "}, "督办要求"),
        ({"ground": Ground.OTHER}, "具体情况"),
        ({"ground": Ground.FALSIFIED}, "具体情况"),
        ({"ground": Ground.LOW_RATING}, "不针对某一件"),
        ({"due_on": local_day(now())}, "今天之后"),
        ({"due_on": local_day(now()) + timedelta(days=400)}, "最长一年"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(press, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        press(**more)
    assert Supervision.objects.count() == 0


def test_the_same_ground_is_not_supervised_twice_at_once(cast, press):
    case = press().petition
    with pytest.raises(Refusal, match="没有办结"):
        press(case)
    press(case, ground=Ground.LATE_ANSWER)
    for text in ("甲", "乙"):
        press(case, ground=Ground.OTHER, ground_text=text)
    assert case.supervisions.count() == 4


def test_only_a_unit_with_a_running_share_is_pressed(cast, press, fresh_case):
    case = fresh_case(co_units=[cast.units.housing])
    assert press(case, unit=cast.units.housing).unit == cast.units.housing
    with pytest.raises(Refusal, match="没有承办本件"):
        press(case, unit=cast.units.dongxi)


def test_a_case_not_yet_forwarded_is_not_supervised(press, fresh_case):
    with pytest.raises(Refusal) as refused:
        press(fresh_case(until=Status.REGISTERED))
    assert refused.value.code == "stale"


@pytest.mark.parametrize("state", [Status.SERVED, Status.EVALUATED, Status.CLOSED])
def test_an_answered_case_can_be_pressed_until_it_is_carried_out(press, fresh_case, state):
    assert press(fresh_case(until=state), ground=Ground.NOT_EXECUTED).state == State.OPEN


NOBODY = [
    "clerk",
    "handler2",
    "leader",
    "mediator",
    "statistician",
    "discipline_officer",
    "outsider",
    "auditor",
]


@pytest.mark.parametrize("who", [*NOBODY, "handler", "unit_head"])
@pytest.mark.article(16)
def test_only_inspectors_and_officers_open_one(cast, press, who):
    with pytest.raises(Refusal) as refused:
        press(actor=who)
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("who", [*NOBODY, "inspector", "petition_officer"])
def test_only_the_unit_itself_answers(cast, press, answer, who):
    one = press()
    with pytest.raises(Refusal) as refused:
        answer(one, actor=who)
    assert refused.value.code == "forbidden"
    answer(one, actor="unit_head")


@pytest.mark.parametrize("who", [*NOBODY, "handler", "unit_head"])
def test_only_those_who_supervise_press_on_and_decide(cast, press, answer, who):
    one, actor = press(), cast.actor(who)
    with pytest.raises(Refusal):
        effort(one, actor, Mode.PHONE, outcome=CallOutcome.REACHED)
    answer(one)
    with pytest.raises(Refusal):
        working.decide(supervision=one, actor=actor, accept=True)


def town_officer(cast, unit="dongxi"):
    user = User.objects.create(username=f"officer-{unit}", name="镇信访专员", password="!")
    return Actor.of(
        Post.objects.create(
            user=user, unit=getattr(cast.units, unit), role=Role.PETITION_OFFICER, valid_from=SINCE
        )
    )


def test_a_town_presses_its_village_and_not_a_department(cast, press, make_case):
    from petitions.services import forwarding

    officer = town_officer(cast)
    case = make_case(at=now() - timedelta(days=2))
    forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=cast.units.liuwan)
    assert press(case, actor=officer).unit == cast.units.liuwan
    housing = town_officer(cast, "housing")
    shared = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), co_units=[cast.units.housing])
    with pytest.raises(Refusal, match="不能由您督办"):
        press(shared, actor=housing, unit=cast.units.urban)


def test_who_answered_does_not_accept_it(cast, press, make_case):
    from petitions.services import forwarding

    officer = town_officer(cast)
    case = make_case(at=now() - timedelta(days=2))
    forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=cast.units.dongxi)
    one = press(case)
    working.feed_back(
        supervision=one, actor=officer, measures="已办。", result="已解决。", done_on=local_day(now())
    )
    with pytest.raises(Refusal, match="其他人审核"):
        working.decide(supervision=one, actor=officer, accept=True)


def visible(actor):
    return Supervision.objects.visible_to(actor).count()


def test_a_unit_sees_what_is_demanded_of_it_and_nobody_elses(cast, press, fresh_case):
    case = fresh_case(co_units=[cast.units.housing])
    press(case, unit=cast.units.urban)
    seen = {who for who in cast.people if visible(cast.actor(who))}
    assert seen == {"petition_officer", "inspector", "handler", "unit_head", "leader", "leader2"}
    # 郑岚 is in charge of the co-unit and reads the case; the co-unit's own people see nothing of it.
    assert visible(cast.actor("handler2")) == 0


def test_a_proposal_is_the_overseers_alone_until_it_is_confirmed(cast, fresh_case, today):
    row = opening.create(
        Supervision(
            petition=fresh_case(),
            unit=cast.units.urban,
            ground=Ground.LATE_ANSWER,
            demand="请办理。",
            found_at=now(),
        )
    )
    assert visible(cast.actor("inspector")) == 1
    assert [visible(cast.actor(who)) for who in ("handler", "unit_head", "leader")] == [0, 0, 0]
    with pytest.raises(Refusal):
        opening.confirm(supervision=row, actor=cast.actor("petition_officer"))
    opening.confirm(supervision=row, actor=cast.actor("inspector"))
    assert row.state == State.OPEN and visible(cast.actor("handler")) == 1
    with pytest.raises(Refusal, match="现在是"):
        opening.confirm(supervision=row, actor=cast.actor("inspector"))


def test_a_dismissal_says_why(cast, fresh_case):
    row = opening.create(
        Supervision(
            petition=fresh_case(),
            unit=cast.units.urban,
            ground=Ground.LATE_ANSWER,
            demand="请办理。",
            found_at=now(),
        )
    )
    with pytest.raises(Refusal, match="理由"):
        opening.dismiss(supervision=row, actor=cast.actor("inspector"), text=" ")
    opening.dismiss(supervision=row, actor=cast.actor("inspector"), text="当天已经办结。")
    assert (row.state, row.end_text) == (State.DISMISSED, "当天已经办结。")
    assert not Notice.objects.filter(dedupe_key__startswith=f"supervision:{row.pk}").exists()


def test_whoever_is_recused_neither_sees_nor_opens_one(cast, press, fresh_case):
    case = fresh_case()
    press(case)
    inspector = cast.actor("inspector")
    recusing.recuse(petition=case, actor=inspector, ground=RecusalGround.INTEREST)
    assert visible(inspector) == 0
    with pytest.raises(Refusal):
        press(case, ground=Ground.LATE_ANSWER)


def test_the_unit_complained_of_is_pressed_for_its_own_part_alone(cast, press, fresh_case, make_case, answer):
    case = fresh_case(complained_unit=cast.units.housing, co_units=[cast.units.housing])
    one = press(case, unit=cast.units.housing)
    assert Notice.objects.filter(recipient=cast.handler2, text__startswith="督办").exists()
    lead = press(case)
    assert [row.pk for row in Supervision.objects.visible_to(cast.actor("handler2"))] == [one.pk]
    assert not rules.may(SupervisionAct.FEED_BACK, cast.actor("handler2"), supervision=lead)
    answer(one, actor="handler2")
    assert one.state == State.FED_BACK


def test_a_sealed_case_leaves_the_room(cast, press):
    one = press()
    sealing.seal(petition=one.petition, actor=cast.actor("petition_officer"), reason="反映干部违纪")
    one.refresh_from_db()
    assert one.state == State.LAPSED and not one.clocks.filter(stopped_at=None).exists()
    assert (
        visible(cast.actor("inspector")) == 0
        and selectors.case_part(one.petition, cast.actor("inspector"), now()) is None
    )
    with pytest.raises(Refusal):
        press(one.petition)


def test_a_confidential_name_is_veiled_from_the_unit(cast, press, fresh_case, client_as):
    one = press(fresh_case(confidential=True), demand="请当面答复张小河。")
    page = client_as(cast.handler).get(one.get_absolute_url()).content.decode()
    assert "张小河" not in page and "请当面答复" in page
    assert "张小河" in client_as(cast.inspector).get(one.get_absolute_url()).content.decode()


@pytest.mark.article(40)
def test_late_feedback_is_told_up_to_people_who_can_act(cast, press, today):
    one = press(due_on=today + timedelta(days=4))
    sweep(SupervisionClock, now=now() + timedelta(days=12))
    told = Notice.objects.filter(dedupe_key__startswith="supervision.supervisionclock")
    assert {notice.recipient.username for notice in told} == {
        "handler",
        "unit_head",
        "leader",
        "petition_officer",
        "inspector",
    }
    assert one.clocks.get().breached_at is not None


def test_open_supervision_keeps_a_case_out_of_the_archives(press):
    from petitions import extensions

    one = press()
    assert extensions.unfinished([one.petition_id]) == {one.petition_id}


def test_a_letter_of_supervision_has_its_facts(cast, press, answer):
    first = press()
    answer(first)
    working.decide(supervision=first, actor=cast.actor("inspector"), accept=True)
    second = press(first.petition)
    effort(second, cast.actor("inspector"), Mode.PHONE, outcome=CallOutcome.REACHED)
    facts = selectors.facts_of(second)
    assert (facts.unit, facts.modes, len(facts.previous)) == ("清江县城市管理局", ["电话"], 1)


class TestTheLineInTheHistory:
    """What is demanded of one unit is not for the others that work on the case."""

    def page(self, client_as, user, case):
        return client_as(user).get(case.get_absolute_url()).content.decode()

    @pytest.mark.article(40)
    def test_a_co_unit_does_not_read_what_is_demanded_of_the_lead(self, cast, press, fresh_case, client_as):
        one = press(fresh_case(co_units=[cast.units.housing]), demand="请写明拖延的原因。")
        shown = self.page(client_as, cast.handler2, one.petition)
        assert "请写明拖延的原因" not in shown and "督办" in shown
        for reader in (cast.handler, cast.inspector, cast.petition_officer, cast.leader):
            assert "请写明拖延的原因" in self.page(client_as, reader, one.petition), reader

    @pytest.mark.article(28, 40)
    def test_nor_one_that_is_complained_of(self, cast, press, fresh_case, client_as):
        case = fresh_case(co_units=[cast.units.housing], complained_unit=cast.units.housing)
        one = press(case, demand="请写明拖延的原因。")
        assert "请写明拖延的原因" not in self.page(client_as, cast.handler2, one.petition)

    def test_each_unit_reads_its_own_line_and_not_the_others(
        self, cast, press, fresh_case, answer, client_as
    ):
        case = fresh_case(co_units=[cast.units.housing])
        own = press(case, demand="请写明拖延的原因。")
        press(case, unit=cast.units.housing, demand="请补上规划手续。")
        answer(own)
        working.decide(supervision=own, actor=cast.actor("inspector"), accept=False, text="没有写明时间。")
        lead, co = (self.page(client_as, user, case) for user in (cast.handler, cast.handler2))
        assert "请写明拖延的原因" in lead and "没有写明时间" in lead and "请补上规划手续" not in lead
        assert "请补上规划手续" in co and "请写明拖延的原因" not in co and "没有写明时间" not in co

    def test_what_came_at_the_same_moment_is_shown_to_nobody_who_does_not_see_both(
        self, cast, press, fresh_case, client_as
    ):
        case, at = fresh_case(co_units=[cast.units.housing]), now()
        press(case, demand="请写明拖延的原因。", at=at)
        press(case, unit=cast.units.housing, demand="请补上规划手续。", at=at)
        for user in (cast.handler, cast.handler2):
            shown = case_events(case, user, cast)
            assert not any("请写明" in text or "请补上" in text for text in shown)


def case_events(case, user, cast):
    from petitions.selectors.case import timeline

    return [event.text for event in timeline(case, cast.actor(user.username))]


def test_how_many_wait_is_counted_by_the_database(cast, press, django_assert_max_num_queries):
    for _n in range(3):
        press()
    counts = selectors.waiting_for(cast.actor("inspector"))
    assert counts == {"open": 3, "proposed": 0, "fed_back": 0, "late": 0}
    actor = cast.actor("inspector")
    with django_assert_max_num_queries(1):
        selectors.waiting_for(actor)
