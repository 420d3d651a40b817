"""Real races: two connections, one row."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from core.errors import Refusal
from core.timekeeping import now
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import answering, codes, following, forwarding, handling, making, simplified
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def both_at_once(*doors):
    """Run each door in a thread of its own with a connection of its own; what each got: None or its refusal."""
    start, answers = threading.Barrier(len(doors)), [None] * len(doors)

    def run(n, door):
        try:
            start.wait(timeout=10)
            door()
        except Refusal as refusal:
            answers[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, door)) for n, door in enumerate(doors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def test_two_officers_forwarding_at_once_one_wins_and_the_other_is_told_who_and_what(cast, make_case):
    case, officer = make_case(), cast.actor("petition_officer")

    def send(unit):
        petition = Petition.objects.get(pk=case.pk)
        return lambda: forwarding.forward(petition=petition, actor=officer, unit=unit)

    answers = both_at_once(send(cast.units.urban), send(cast.units.housing))
    refusals = [answer for answer in answers if answer]
    assert len(refusals) == 1
    assert refusals[0].code == "stale"
    assert "周静" in str(refusals[0])
    assert "转送" in str(refusals[0])
    case.refresh_from_db()
    winner = [cast.units.urban, cast.units.housing][answers.index(None)]
    assert case.lead_unit == winner
    assert case.shares.count() == 1
    assert case.events.filter(act=Act.FORWARD).count() == 1


def test_the_same_form_sent_twice_at_once_is_one_note(cast, make_case):
    from petitions.enums import Status

    case, token = make_case(until=Status.ACCEPTED), codes.new_token()

    def write():
        petition = Petition.objects.get(pk=case.pk)
        return lambda: handling.note(
            petition=petition, actor=cast.actor("handler"), text="已到现场", token=token
        )

    answers = both_at_once(write(), write())
    assert sorted(answer.code if answer else "" for answer in answers) == ["", "repeated"]
    assert case.records.count() == 1


def test_the_original_and_its_joined_case_forwarded_at_once_are_each_forwarded_once(cast, make_case):
    original, joined, officer = make_case(), make_case(), cast.actor("petition_officer")
    following.link(petition=joined, actor=officer, original=original, join=True)

    def send(case):
        petition = Petition.objects.get(pk=case.pk)
        return lambda: forwarding.forward(petition=petition, actor=officer, unit=cast.units.urban)

    answers = both_at_once(send(original), send(joined))
    assert {answer.code for answer in answers if answer} <= {"stale"}  # the joined case was along already
    assert [case.events.filter(act=Act.FORWARD).count() for case in (original, joined)] == [1, 1]


def linking(case, original, actor, *, join=True):
    petition, root = Petition.objects.get(pk=case.pk), Petition.objects.get(pk=original.pk)
    return lambda: following.link(petition=petition, actor=actor, original=root, join=join)


@pytest.mark.parametrize("join", [True, False])
def test_two_cases_linked_to_each_other_at_once_make_no_circle(cast, make_case, join):
    officer = cast.actor("petition_officer")
    for _round in range(3):
        one, other = make_case(), make_case()
        answers = both_at_once(
            linking(one, other, officer, join=join), linking(other, one, officer, join=join)
        )
        (refusal,) = [answer for answer in answers if answer]
        assert "已经关联到本件自己" in str(refusal)
        one.refresh_from_db()
        other.refresh_from_db()
        repeat, root = (one, other) if answers[0] is None else (other, one)
        assert (repeat.repeat_of_id, root.repeat_of_id) == (root.pk, None)
        assert (repeat.joined_to_id, root.joined_to_id) == (root.pk if join else None, None)


def test_joining_to_a_case_that_is_joined_itself_at_once_ends_at_the_root(cast, make_case):
    officer = cast.actor("petition_officer")
    for _round in range(3):
        root, middle, leaf = make_case(), make_case(), make_case()
        assert both_at_once(linking(leaf, middle, officer), linking(middle, root, officer)) == [None, None]
        leaf.refresh_from_db()
        middle.refresh_from_db()
        assert (middle.joined_to_id, leaf.joined_to_id) == (root.pk, root.pk)


def test_taking_out_an_older_joined_case_and_forwarding_the_original_never_lock_each_other_out(
    cast, make_case
):
    officer = cast.actor("petition_officer")
    for _round in range(3):
        older, original = (
            make_case(),
            make_case(),
        )  # the step locks the original first, though its id is higher
        following.link(petition=older, actor=officer, original=original, join=True)
        petition = Petition.objects.get(pk=original.pk)
        answers = both_at_once(
            lambda petition=petition: forwarding.forward(
                petition=petition, actor=officer, unit=cast.units.urban
            ),
            linking(older, original, officer, join=False),
        )
        assert answers == [None, None]
        older.refresh_from_db()
        petition.refresh_from_db()
        assert (older.joined_to, petition.lead_unit) == (None, cast.units.urban)


def unlinking(case, actor):
    petition = Petition.objects.get(pk=case.pk)
    return lambda: following.unlink(petition=petition, actor=actor, reason="不是同一事项")


def test_two_officers_taking_a_case_apart_at_once_one_wins_and_the_other_is_told(cast, make_case):
    original, joined, officer = make_case(), make_case(), cast.actor("petition_officer")
    following.link(petition=joined, actor=officer, original=original, join=True)
    answers = both_at_once(unlinking(joined, officer), unlinking(joined, officer))
    (refusal,) = [answer for answer in answers if answer]
    assert refusal.code == "stale" and "刚刚已经撤销关联" in str(refusal)
    assert joined.events.filter(act=Act.UNLINK).count() == 1


def test_taking_apart_and_forwarding_the_original_at_once_never_lock_each_other_out(cast, make_case):
    officer = cast.actor("petition_officer")
    for _round in range(3):
        older, original = make_case(), make_case()
        following.link(petition=older, actor=officer, original=original, join=True)
        petition = Petition.objects.get(pk=original.pk)
        answers = both_at_once(
            lambda petition=petition: forwarding.forward(
                petition=petition, actor=officer, unit=cast.units.urban
            ),
            unlinking(older, officer),
        )
        assert answers == [None, None]
        older.refresh_from_db()
        assert (older.joined_to, older.repeat_of) == (None, None)
        assert older.events.filter(act=Act.FORWARD).count() <= 1


def test_joining_and_forwarding_the_original_at_once_never_lock_each_other_out(cast, make_case):
    original, later, officer = make_case(), make_case(), cast.actor("petition_officer")

    def send():
        petition = Petition.objects.get(pk=original.pk)
        return lambda: forwarding.forward(petition=petition, actor=officer, unit=cast.units.urban)

    def join():
        petition, root = Petition.objects.get(pk=later.pk), Petition.objects.get(pk=original.pk)
        return lambda: following.link(petition=petition, actor=officer, original=root, join=True)

    assert both_at_once(send(), join()) == [None, None]
    later.refresh_from_db()
    original.refresh_from_db()
    assert (original.lead_unit, later.joined_to) == (cast.units.urban, original)
    assert later.events.filter(act=Act.FORWARD).count() <= 1


def test_accepting_at_once_in_the_shorter_and_the_ordinary_way_is_one_of_the_two(cast, make_case):
    from petitions.enums import Kind, Path, Status

    for _round in range(3):
        case = make_case(until=Status.FORWARDED, at=now() - timedelta(days=1))

        def take(simplify, case=case):
            petition = Petition.objects.get(pk=case.pk)
            return lambda: forwarding.accept(
                petition=petition,
                actor=cast.actor("handler"),
                kind=Kind.APPEAL,
                path=Path.PETITION,
                simplify=simplify,
                supportable=True,
            )

        answers = both_at_once(take(True), take(False))
        assert sorted(answer.code if answer else "" for answer in answers) == ["", "stale"]
        case.refresh_from_db()
        assert case.simplified is (answers[0] is None)
        simple = case.clocks.filter(rule__code=C.SIMPLE, stopped_at=None)
        assert simple.exists() is case.simplified


def test_converting_and_answering_at_once_leave_one_way_and_its_own_clocks(cast, make_case):
    from petitions.enums import Kind, Outcome, Path, ReplyKind, Status

    for _round in range(3):
        case, handler = make_case(until=Status.FORWARDED, at=now() - timedelta(days=1)), cast.actor("handler")
        forwarding.accept(
            petition=case,
            actor=handler,
            kind=Kind.APPEAL,
            path=Path.PETITION,
            simplify=True,
            supportable=True,
        )
        one, other = Petition.objects.get(pk=case.pk), Petition.objects.get(pk=case.pk)
        given = {request.pk: (Outcome.SUPPORTED, "") for request in case.requests.all()}
        answers = both_at_once(
            lambda one=one: simplified.convert(petition=one, actor=cast.actor("unit_head"), reason="复杂"),
            lambda other=other, given=given, handler=handler: answering.conclude(
                petition=other, actor=handler, text="已修好。", outcomes=given
            ),
        )
        case = Petition.objects.get(pk=case.pk)
        assert case.clocks.filter(rule__code=C.SIMPLE, stopped_at=None).exists() is case.simplified
        if answers[0] is None:  # converted first: the reply lacks what an opinion needs
            assert "须写明依据" in str(answers[1])
            assert (case.status, case.simplified) == (Status.ACCEPTED, False)
        else:
            assert (answers[0].code, answers[1]) == ("stale", None)
            assert (case.status, case.simplified, case.reply.kind) == (
                Status.CONCLUDED,
                True,
                ReplyKind.REPLY,
            )


def test_an_opinion_entered_twice_at_once_is_made_once(cast, make_case):
    from core.timekeeping import local_day
    from petitions.enums import Status

    case, handler = make_case(until=Status.CONCLUDED, at=now() - timedelta(days=1)), cast.actor("handler")

    def enter(number):
        petition = Petition.objects.get(pk=case.pk)
        return lambda: making.record_outside(
            petition=petition, actor=handler, paper_number=number, made_on=local_day(now())
        )

    answers = both_at_once(enter("清城〔2026〕1号"), enter("清城〔2026〕2号"))
    assert sorted(answer.code if answer else "" for answer in answers) == ["", "stale"]
    assert case.events.filter(act=Act.MAKE_OPINION).count() == 1
    assert case.clocks.filter(rule__code=C.SERVICE, stopped_at=None).count() == 1
