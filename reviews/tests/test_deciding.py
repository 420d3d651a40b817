"""30 days to decide, hearings, the decision and its service, 责令重新办理 (条例 35, 36)."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import ServiceMethod, Status
from petitions.models import Petition, PetitionEvent
from petitions.selectors.hints import Hints
from petitions.services import following
from petitions.workflow import step_for
from reviews import selectors, windows
from reviews.enums import Level, NotAdmitted, Outcome
from reviews.forms import ServeForm
from reviews.models import Review, ReviewClock
from reviews.services import applying, archives, deciding
from reviews.tests.conftest import answer, hand_over, moment
from tests.cases import check_off

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def final(served, ask, decide, hand_decision_over, town_head):
    """A 复核 asked on 2026-03-02: due on 2026-04-01."""
    case = served(moment(date(2026, 1, 5)), village=True)
    first = ask(case, at=moment(date(2026, 1, 20)))
    decide(first, actor=town_head, at=moment(date(2026, 2, 3)))
    hand_decision_over(first, actor=town_head, at=moment(date(2026, 2, 10)))
    return ask(case, at=moment(date(2026, 3, 2)))


def due(review):
    return local_day(review.clocks.get(stopped_at=None).due_at)


@pytest.mark.article(35, 36)
def test_articles_35_and_36_the_body_has_30_days_from_receipt(final):
    assert due(final) == date(2026, 4, 1)
    first = final.first.clocks.exclude(rule__code="petitioner_window").get()
    # Asked on 2026-01-20: day 30 is 02-19, within Spring Festival, so the first working day after it.
    assert (first.rule.code, local_day(first.due_at)) == ("review_30", date(2026, 2, 24))
    assert final.clocks.get().rule.code == "final_review_30"


@pytest.mark.article(36)
def test_article_36_the_window_for_the_final_review_runs_from_service(served, ask, decide, town_head):
    case = served(moment(date(2026, 1, 5)), village=True)
    first = ask(case, at=moment(date(2026, 1, 20)))
    decide(first, actor=town_head, at=moment(date(2026, 2, 1)))
    with pytest.raises(Refusal, match="正在送达"):
        ask(case, at=moment(date(2026, 2, 2)))
    deciding.serve(
        review=first,
        actor=town_head,
        method=ServiceMethod.DIRECT,
        served_at=moment(date(2026, 2, 2)),
        at=moment(date(2026, 2, 10)),
    )
    window = windows.window_of(case, moment(date(2026, 2, 10)))
    assert (window.level, local_day(window.until)) == (Level.FINAL, date(2026, 3, 4))
    with pytest.raises(Refusal, match="晚了 2 天"):
        ask(case, at=moment(date(2026, 3, 6)))
    assert ask(case, at=moment(date(2026, 3, 4), 23)).is_final


@pytest.mark.article(36)
def test_article_36_days_of_hearings_are_left_out_of_the_final_review(final, cast):
    hear = {"actor": cast.actor("petition_officer"), "text": "到会三人"}
    deciding.record_hearing(
        review=final,
        start_on=date(2026, 3, 9),
        end_on=date(2026, 3, 11),
        at=moment(date(2026, 3, 12)),
        **hear,
    )
    assert due(final) == date(2026, 4, 7)  # 04-04 lies in 清明
    deciding.record_hearing(
        review=final,
        start_on=date(2026, 3, 16),
        end_on=date(2026, 3, 19),
        at=moment(date(2026, 3, 20)),
        **hear,
    )
    assert due(final) == date(2026, 4, 8)
    for start, end in ((11, 12), (25, 24), (30, 31)):
        with pytest.raises(Refusal):
            deciding.record_hearing(
                review=final,
                start_on=date(2026, 3, start),
                end_on=date(2026, 3, end),
                at=moment(date(2026, 3, 29)),
                **hear,
            )
    assert final.hearings.count() == 2 and due(final) == date(2026, 4, 8)


@pytest.mark.article(36)
def test_article_36_but_not_out_of_a_review(served, ask, cast):
    review = ask(served(moment(date(2026, 2, 1))), at=moment(date(2026, 3, 2)))
    deciding.record_hearing(
        review=review,
        actor=cast.actor("petition_officer"),
        start_on=date(2026, 3, 9),
        end_on=date(2026, 3, 11),
        text="到会三人",
        at=moment(date(2026, 3, 12)),
    )
    assert due(review) == date(2026, 4, 1)


def test_the_ladder_reminds_the_body_and_not_the_unit_reviewed(served, ask, cast):
    review = ask(served())
    sweep(ReviewClock, now=review.clocks.get().due_at - 2 * DAY)
    told = Notice.objects.filter(text__contains="复查将到期")
    assert set(told.values_list("recipient__username", flat=True)) == {"petition_officer"}
    sweep(ReviewClock, now=review.clocks.get().due_at + 2 * DAY)
    late = set(Notice.objects.filter(text__contains="已到期").values_list("recipient__username", flat=True))
    assert {"leader", "leader2", "petition_officer"} <= late and "handler" not in late


def test_the_end_of_a_window_is_nobodys_breach(served, ask, decide, hand_decision_over, town_head):
    case = served(village=True)
    review = decide(ask(case), actor=town_head)
    hand_decision_over(review, actor=town_head)
    clock = review.clocks.get(rule__code="petitioner_window")
    before = Notice.objects.count()
    sweep(ReviewClock, now=clock.due_at + DAY)
    clock.refresh_from_db()
    assert clock.stopped_at is not None and clock.breached_at is None
    assert Notice.objects.count() == before


def test_changing_puts_the_bodys_own_opinion_in_its_place(served, ask, decide):
    review = decide(ask(served()), outcome=Outcome.CHANGED, opinion="夜市九点半收摊。")
    assert (review.state, review.outcome, review.opinion) == ("decided", "changed", "夜市九点半收摊。")


def test_a_decision_is_made_once_and_served_once(served, ask, decide, hand_decision_over):
    review = decide(ask(served()))
    with pytest.raises(Refusal, match="待送达"):
        decide(review)
    with pytest.raises(Refusal):
        hand_decision_over(review, at=now() - DAY)
    hand_decision_over(review)
    with pytest.raises(Refusal):
        hand_decision_over(review)


def test_not_admitted_or_withdrawn_it_may_be_asked_again(served, ask, cast):
    case = served()
    applying.withdraw(review=ask(case), actor=Actor.petitioner())
    applying.not_admit(
        review=ask(case),
        actor=cast.actor("leader"),
        ground=NotAdmitted.NOT_PETITIONER,
        text="邻居代写，没有委托。",
    )
    assert ask(case).is_open
    assert Review.objects.count() == 3 and not ReviewClock.objects.exclude(stopped_at=None).filter(
        review=Review.objects.last()
    )


@pytest.mark.article(36)
def test_article_36_redo_sends_the_case_back_with_sixty_days(served, ask, decide, hand_decision_over, cast):
    case = served()
    review = decide(ask(case), outcome=Outcome.REDO, text="收摊时间没有查清。")
    case = Petition.objects.get(pk=case.pk)
    assert case.status == Status.ACCEPTED and not hasattr(case, "reply") and case.served_at is None
    clock = case.clocks.get(stopped_at=None)
    assert (clock.rule.code, clock.rule.length) == ("conclusion", 60)
    assert case.former_reply_set.get() == review.reply and case.former_paperservice_set.count() == 1
    assert case.events.get(act="redo").user == cast.leader2
    hand_decision_over(review)
    assert windows.window_of(case, now()) is None
    with pytest.raises(Refusal, match="还没有作出处理意见"):
        ask(case)


@pytest.mark.article(36)
def test_article_36_a_redo_may_not_repeat_the_same_facts_and_reasons(served, ask, decide, cast):
    case = served(village=True)
    from accounts.enums import Role
    from accounts.models import Post
    from tests.cast import SINCE

    post = Post.objects.create(
        user=cast.outsider, unit=cast.units.dongxi, role=Role.UNIT_HEAD, valid_from=SINCE
    )
    review = ask(case)
    decide(review, actor=Actor.of(post), outcome=Outcome.REDO)
    case = Petition.objects.get(pk=case.pk)
    actor = Actor.of(Post.objects.get(user__name="村干部"))
    with pytest.raises(Refusal, match="同一事实和理由"):
        answer(case, actor, at=now(), text="已经查清，\n按规定处理。")
    answer(case, actor, at=now(), text="重新走访五户，九点半收摊。")
    hand_over(case, actor, at=now())
    again = windows.window_of(Petition.objects.get(pk=case.pk), now())
    assert again.level == Level.REVIEW and again.reply != review.reply
    following.evaluate(petition=case, actor=Actor.petitioner(), office_rating=0, unit_rating=0)
    # Though nobody has served the order yet; the petitioner's page says so.
    assert selectors.own_part(Petition.objects.get(pk=case.pk), now()).context["open"]
    assert ask(case).reply == again.reply and Review.objects.open().count() == 2


@pytest.mark.article(36)
def test_article_36_a_case_filed_away_is_handled_anew_all_the_same(served, ask, decide, cast):
    case = served()
    review = ask(case)
    following.evaluate(petition=case, actor=Actor.petitioner(), office_rating=0, unit_rating=3)
    check_off(case)
    following.close(petition=case, actor=cast.actor("petition_officer"))
    decide(review, outcome=Outcome.REDO)
    case = Petition.objects.get(pk=case.pk)
    assert case.status == Status.ACCEPTED and case.closed_at is None
    assert case.scopes.exists() and not case.scopes.filter(live=False).exists()
    assert Petition.objects.visible_to(cast.actor("handler"), live=True).filter(pk=case.pk).exists()


@pytest.mark.article(36)
def test_article_36_after_the_final_review_the_same_is_not_taken_again(
    final, decide, hand_decision_over, cast, ask, make_case
):
    assert windows.ended_words(final.petition) == ""
    decide(final, at=moment(date(2026, 3, 20)))
    hand_decision_over(final, at=moment(date(2026, 3, 25)))
    case = Petition.objects.get(pk=final.petition_id)
    with pytest.raises(Refusal, match="复核终结"):
        ask(case)
    # A hint on a repeat, and never a block: it is registered, and may be accepted.
    again = make_case(until=Status.FORWARDED)
    following.link(petition=again, actor=cast.actor("petition_officer"), original=case)
    again.refresh_from_db()
    hint = Hints(again, now()).of(step_for(Status.FORWARDED, "refuse"))
    assert "复核终结" in hint and "新的事实或者理由" in hint


def test_archives_wait_for_a_review(served, ask):
    case = served()
    assert archives.unfinished([case.pk]) == set()
    ask(case)
    assert archives.unfinished([case.pk]) == {case.pk}


def test_each_step_is_on_record(served, ask, decide, hand_decision_over):
    from accounts.models import AuditEntry

    hand_decision_over(decide(ask(served())))
    acts = list(AuditEntry.objects.filter(act__startswith="review.").values_list("act", flat=True))
    assert sorted(acts) == ["review.apply", "review.decide", "review.serve"]
    assert PetitionEvent.objects.filter(act="review", public=True).count() == 3


def at_once(*doors):
    """Run them on connections of their own; what each gave or was refused with."""
    found, together = [], threading.Barrier(len(doors))

    def run(door):
        together.wait()
        try:
            found.append(door())
        except Refusal as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[door]) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    connection.close()
    return found


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_applications_at_once_one_is_taken(served, ask):
    case = served()
    found = at_once(lambda: ask(case), lambda: ask(case))
    assert sum(isinstance(one, Refusal) for one in found) == 1 and Review.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_decisions_at_once_one_stands(served, ask, decide, cast):
    review = ask(served())
    found = at_once(
        lambda: decide(review, actor=cast.actor("leader")),
        lambda: decide(review, actor=cast.actor("leader2"), outcome=Outcome.REDO),
    )
    assert sum(isinstance(one, Refusal) for one in found) == 1
    assert PetitionEvent.objects.filter(act__in=["review", "redo"]).count() == 2


@pytest.mark.article(36)
def test_article_36_what_went_the_simplified_way_is_handled_anew_the_ordinary_way(served, ask, decide):
    case = served()
    Petition.objects.filter(pk=case.pk).update(simplified=True)
    decide(ask(case), outcome=Outcome.REDO, text="收摊时间没有查清。")
    again = Petition.objects.get(pk=case.pk)
    assert not again.simplified and again.clocks.get(stopped_at=None).rule.code == "conclusion"


def test_a_decision_is_served_in_writing_and_not_by_telephone(served, ask, decide, hand_decision_over):
    review = decide(ask(served()))
    with pytest.raises(Refusal, match="须书面送达"):
        hand_decision_over(review, method=ServiceMethod.PHONE)
    assert "phone" not in dict(ServeForm().fields["method"].choices)
    assert Review.objects.get().state == "decided"
