"""What the rules find, how it is opened, and that it is opened once (条例 40)."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions.enums import Act, Kind, Rating, Status
from petitions.models import Evaluation, Petition
from petitions.services import following, forwarding, handling, parts, sealing
from supervision.enums import Ground, Opens, State
from supervision.models import Supervision, SupervisionRule
from supervision.services import opening, ruling, sweeping
from tests.cases import check_off

pytestmark = pytest.mark.django_db


def only(ground, **changes):
    """Leave this rule alone switched on."""
    SupervisionRule.objects.exclude(ground=ground).update(enabled=False)
    SupervisionRule.objects.filter(ground=ground).update(**changes)


def swept(ground=None):
    sweeping.sweep(at=now())
    found = Supervision.objects.order_by("pk")
    return list(found.filter(ground=ground) if ground else found)


def long_ago(days):
    return now() - timedelta(days=days)


@pytest.mark.article(40, 44)
def test_a_late_notice_is_demanded_at_once(cast, make_case):
    only(Ground.LATE_NOTICE)
    make_case(until=Status.FORWARDED, at=long_ago(3))
    late = make_case(until=Status.FORWARDED, at=long_ago(30))
    (row,) = swept()
    assert (row.petition, row.unit, row.state, row.opened_by) == (late, cast.units.urban, State.OPEN, None)
    assert row.clocks.filter(stopped_at=None).exists() and "受理告知" in row.ground_text
    assert late.events.get(act=Act.SUPERVISE).who == "系统"
    assert Notice.objects.filter(recipient=cast.handler, dedupe_key__startswith="supervision:").exists()


@pytest.mark.article(40, 45)
def test_a_late_answer_is_proposed_to_an_inspector(cast, make_case):
    only(Ground.LATE_ANSWER)
    late = make_case(until=Status.ACCEPTED, at=long_ago(80))
    make_case(until=Status.ACCEPTED, at=long_ago(40))
    make_case(until=Status.SERVED, at=long_ago(100))
    (row,) = swept()
    assert (row.petition, row.state) == (late, State.PROPOSED)
    assert not late.events.filter(act=Act.SUPERVISE).exists()
    assert not Notice.objects.filter(dedupe_key__startswith="supervision:").exists()
    opening.confirm(supervision=row, actor=cast.actor("inspector"))
    assert late.events.filter(act=Act.SUPERVISE).exists()


def test_the_feedback_of_an_assigned_case_counts_as_its_answer(cast, make_case):
    only(Ground.LATE_ANSWER)
    case = make_case(at=long_ago(20))
    forwarding.assign(
        petition=case,
        actor=cast.actor("petition_officer"),
        unit=cast.units.urban,
        feedback_due_on=local_day(long_ago(10)),
        demand="十日内反馈",
        at=long_ago(19),
    )
    (row,) = swept()
    assert row.petition == case and "反馈" in row.ground_text


@pytest.mark.article(32, 40)
def test_a_supported_opinion_without_any_record_since_is_found(cast, make_case):
    only(Ground.NOT_EXECUTED)
    quiet = make_case(until=Status.SERVED, at=long_ago(60))
    make_case(until=Status.SERVED, at=long_ago(10))
    (row,) = swept()
    assert (row.petition, row.state) == (quiet, State.PROPOSED)
    assert (
        "应于" in row.ground_text and row.rule_key == f"not_executed:execution:{executions(quiet).get().pk}"
    )


def executions(case):
    from django.apps import apps

    return apps.get_model("outcomes", "Execution").objects.filter(petition=case)


@pytest.mark.article(32, 40)
def test_a_note_hides_nothing_and_a_report_or_a_later_day_does(cast, make_case):
    only(Ground.NOT_EXECUTED)
    noted, reported, later = (make_case(until=Status.SERVED, at=long_ago(60)) for _n in range(3))
    handling.note(petition=noted, actor=cast.actor("handler"), text="电话告知信访人，稍后落实。")
    executions(reported).update(state="reported")
    executions(later).update(due_on=local_day(now()) + timedelta(days=90))
    (row,) = swept()
    assert row.petition == noted


@pytest.mark.article(32, 40)
def test_each_execution_is_found_once_and_by_itself(cast, make_case):
    only(Ground.NOT_EXECUTED)
    case = make_case(until=Status.SERVED, at=long_ago(60))
    (row,) = swept()
    opening.dismiss(supervision=row, actor=cast.actor("inspector"), text="已在约谈。")
    assert swept() == [row]
    # As 责令重办 leaves it: the first is set aside, the new answer has one of its own.
    executions(case).update(state="set_aside", ended_at=now(), end_reason="责令重新办理")
    other = executions(make_case(until=Status.SERVED, at=long_ago(60)))
    new = other.get()
    other.update(petition=case)
    found = swept()
    assert len(found) == 2 and found[1].petition == case
    assert found[1].rule_key == f"not_executed:execution:{new.pk}"


@pytest.mark.article(28, 40)
def test_objections_again_and_again_are_found(cast, make_case):
    only(Ground.PASSING_ON)
    officer = cast.actor("petition_officer")
    case = make_case(until=Status.OBJECTED, at=long_ago(3))
    assert swept() == []
    forwarding.decide_objection(petition=case, actor=officer, agree=True, decision="情况属实，另行转送。")
    forwarding.forward(petition=case, actor=officer, unit=cast.units.housing)
    forwarding.object_to(petition=case, actor=cast.actor("handler2"), reason="也不属于我局职权。")
    (row,) = swept()
    assert (row.petition, row.unit) == (case, cast.units.housing)


@pytest.mark.article(24, 40)
def test_a_silent_co_unit_is_pressed_and_not_the_lead(cast, make_case):
    only(Ground.CO_SILENCE)
    case = make_case(until=Status.ACCEPTED, at=long_ago(20), co_units=[cast.units.housing, cast.units.dongxi])
    parts.answer(petition=case, actor=cast.actor("handler2"), text="无规划手续。")
    (row,) = swept()
    assert (row.petition, row.unit) == (case, cast.units.dongxi)


def closed_with(make_case, cast, rating, at=None):
    case = make_case(until=Status.SERVED, at=at or long_ago(20))
    following.evaluate(
        petition=case, actor=Actor.petitioner(), office_rating=Rating.SATISFIED, unit_rating=rating
    )
    check_off(case)
    following.close(petition=case, actor=cast.actor("petition_officer"))
    return case


def test_low_ratings_name_the_unit_and_no_case(cast, make_case, client_as):
    only(Ground.LOW_RATING, least=5, threshold=40)
    cases = [closed_with(make_case, cast, Rating.DISSATISFIED) for _n in range(2)]
    cases += [closed_with(make_case, cast, Rating.SATISFIED) for _n in range(2)]
    # Rated and not closed: nobody learns of it by a rule (domain G).
    open_one = make_case(until=Status.SERVED, at=long_ago(20))
    following.evaluate(
        petition=open_one,
        actor=Actor.petitioner(),
        office_rating=Rating.SATISFIED,
        unit_rating=Rating.DISSATISFIED,
    )
    assert swept() == []
    cases.append(closed_with(make_case, cast, Rating.FAIRLY))
    (row,) = swept()
    assert (row.petition, row.unit, row.state) == (None, cast.units.urban, State.PROPOSED)
    assert not any(case.number in row.ground_text for case in cases)
    opening.confirm(supervision=row, actor=cast.actor("inspector"))
    page = client_as(cast.unit_head).get(row.get_absolute_url()).content.decode()
    assert row.ground_text[:10] in page and not any(case.number in page for case in cases)
    assert Supervision.objects.visible_to(cast.actor("leader")).count() == 1  # in charge of it
    assert Supervision.objects.visible_to(cast.actor("leader2")).count() == 0


def test_a_matter_that_comes_again_is_found_once_in_its_latest_case(cast, make_case):
    only(Ground.REPEATED)
    officer, first = cast.actor("petition_officer"), make_case(until=Status.SERVED, at=long_ago(100))
    for days in (60, 30):
        again = make_case(until=Status.FORWARDED, at=long_ago(days))
        following.link(petition=again, actor=officer, original=first)
    (row,) = swept()
    assert row.petition == again
    another = make_case(until=Status.FORWARDED, at=long_ago(5))
    following.link(petition=another, actor=officer, original=first)
    assert swept() == [row]


@pytest.mark.article(40)
def test_falsified_work_is_never_found_by_rule():
    from django.db import IntegrityError

    assert not SupervisionRule.objects.filter(ground=Ground.FALSIFIED).exists()
    row = SupervisionRule.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionRule.objects.filter(pk=row.pk).update(ground=Ground.FALSIFIED)


def test_a_second_sweep_opens_nothing_new_even_after_a_dismissal(cast, make_case):
    make_case(until=Status.FORWARDED, at=long_ago(30))
    make_case(until=Status.ACCEPTED, at=long_ago(80), co_units=[cast.units.housing])
    first = swept()
    assert {row.ground for row in first} == {Ground.LATE_NOTICE, Ground.LATE_ANSWER, Ground.CO_SILENCE}
    assert swept() == first
    proposed = next(row for row in first if row.state == State.PROPOSED)
    opening.dismiss(supervision=proposed, actor=cast.actor("inspector"), text="已在约谈。")
    assert len(swept()) == len(first)


def test_what_fell_due_while_nothing_ran_is_found_afterwards(make_case):
    only(Ground.LATE_NOTICE)
    for days in (25, 40, 70):
        make_case(until=Status.FORWARDED, at=long_ago(days))
    assert len(swept()) == 3


def test_finds_come_in_batches(make_case, monkeypatch):
    only(Ground.LATE_NOTICE)
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _n in range(5):
        make_case(until=Status.FORWARDED, at=long_ago(30))
    assert len(swept()) == 5


def test_a_sweep_without_time_says_that_it_is_not_finished(make_case):
    only(Ground.LATE_NOTICE)
    make_case(until=Status.FORWARDED, at=long_ago(30))
    assert not sweeping.sweep(at=now(), budget_seconds=-1).finished
    assert len(swept()) == 1


def test_a_sealed_case_is_never_supervised_by_rule(cast, make_case):
    case = make_case(until=Status.ACCEPTED, at=long_ago(80))
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
    make_case.registered(kind=Kind.ACCUSATION, at=long_ago(80))
    assert swept() == []


def test_what_somebody_supervises_already_is_not_found_again(cast, make_case):
    only(Ground.LATE_ANSWER)
    case = make_case(until=Status.ACCEPTED, at=long_ago(80))
    opening.open_supervision(
        petition=case, actor=cast.actor("inspector"), ground=Ground.LATE_ANSWER, demand="请办理。"
    )
    assert len(swept()) == 1


def test_a_rule_that_is_off_or_over_finds_nothing(make_case):
    only(Ground.LATE_NOTICE, enabled=False)
    make_case(until=Status.FORWARDED, at=long_ago(30))
    assert swept() == []
    only(Ground.LATE_NOTICE, enabled=True, valid_until=local_day(now()))
    assert swept() == []


def test_a_changed_rule_holds_from_today_and_what_was_found_keeps_the_old_one(cast, make_case):
    only(Ground.LATE_NOTICE)
    make_case(until=Status.FORWARDED, at=long_ago(30))
    (row,) = swept()
    old = row.rule
    fields = {"threshold": 5, "days": 2, "demand": "请立即告知。", "enabled": True}
    new = ruling.change_rule(rule=old, actor=cast.actor("inspector"), opens=Opens.PROPOSED, **fields)
    old.refresh_from_db()
    assert old.valid_until == new.valid_from == local_day(now()) and old.threshold == 1
    make_case(until=Status.FORWARDED, at=long_ago(40))
    latest = swept()[-1]
    assert (latest.rule, latest.state, latest.demand) == (new, State.PROPOSED, "请立即告知。")
    with pytest.raises(Refusal, match="新的版本"):
        ruling.change_rule(rule=old, actor=cast.actor("inspector"), opens=Opens.PROPOSED, **fields)


@pytest.mark.parametrize(
    ("ground", "change", "sentence"),
    [
        (Ground.LATE_NOTICE, {"threshold": 0}, "1 到 365"),
        (Ground.LOW_RATING, {"least": 2}, "不少于 5"),
        (Ground.LOW_RATING, {"threshold": 120}, "1 到 100"),
        (Ground.LOW_RATING, {"opens": Opens.AT_ONCE}, "督查专员核实"),
        (Ground.LATE_NOTICE, {"demand": " "}, "督办要求"),
    ],
)
def test_a_rule_out_of_bounds_is_refused(cast, ground, change, sentence):
    rule = SupervisionRule.objects.get(ground=ground)
    fields = {
        "threshold": 30,
        "days": 3,
        "demand": "请办理。",
        "opens": Opens.PROPOSED,
        "enabled": True,
        "window_days": rule.window_days,
        "least": rule.least,
        **change,
    }
    with pytest.raises(Refusal, match=sentence):
        ruling.change_rule(rule=rule, actor=cast.actor("inspector"), **fields)


@pytest.mark.parametrize("who", ["petition_officer", "unit_head", "leader", "sysadmin", "handler"])
def test_only_inspectors_change_rules(cast, client_as, who):
    rule = SupervisionRule.objects.get(ground=Ground.LATE_NOTICE)
    address = reverse("supervision:rule", args=[rule.pk])
    assert client_as(cast.people[who]).post(address, {"threshold": 9}).status_code == 403
    assert client_as(cast.inspector).get(address).status_code == 200


def test_the_rules_page_changes_one(cast, client_as):
    rule = SupervisionRule.objects.get(ground=Ground.LOW_RATING)
    inspector, address = client_as(cast.inspector), reverse("supervision:rule", args=[rule.pk])
    form = {
        "threshold": 25,
        "window_days": 60,
        "least": 3,
        "days": 9,
        "demand": "请改进。",
        "opens": "proposed",
    }
    answer = inspector.post(address, form)
    assert answer.status_code == 422 and "请改进。" in answer.content.decode()
    assert inspector.post(address, {**form, "least": 8}).status_code == 302
    new = SupervisionRule.objects.get(ground=Ground.LOW_RATING, valid_until=None)
    assert (new.threshold, new.least, new.enabled) == (25, 8, False)
    assert "60 天内办结的件" in inspector.get(reverse("supervision:rules")).content.decode()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sweeps_at_once_open_each_find_once(cast, make_case):
    only(Ground.LATE_NOTICE)
    for _n in range(3):
        make_case(until=Status.FORWARDED, at=long_ago(30))
    at, start, made = now(), Barrier(2), []

    def run():
        try:
            start.wait()
            made.append(sum(sweeping.sweep(at=at).made.values()))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == Supervision.objects.count() == 3
    assert Petition.objects.filter(events__act=Act.SUPERVISE).count() == 3


def test_the_sweep_asks_the_same_number_of_queries_for_nothing_to_open(make_case):
    from django.test.utils import CaptureQueriesContext

    for _n in range(3):
        make_case(until=Status.FORWARDED, at=long_ago(3))
    with CaptureQueriesContext(connection) as seen:
        sweeping.sweep(at=now())
    assert len(seen) <= 10 and not Evaluation.objects.exists()
