"""Archive classes, holds, and the two people without whom nobody is anonymised."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from leaders.services.instructions import instruct
from notifications.models import Notice
from petitions.archive_enums import ArchiveAct, ArchiveClass, HoldKind, ProposalOutcome
from petitions.enums import Kind, Status
from petitions.models import ArchiveFile, ArchiveHold, ArchiveProposal, Petition
from petitions.services import archiving
from petitions.tests.archive_world import OVER, decide, office_head, old_case, person_with, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(cast):
    return office_head(cast)


@pytest.fixture
def case(cast, make_case):
    return old_case(cast, make_case)


def hold(cast, case, who="petition_officer", kind=HoldKind.LITIGATION, at=OVER):
    return archiving.hold(petition=case, actor=cast.actor(who), kind=kind, reason="法院已立案", at=at)


def refused(code, door, *args, **kwargs):
    with pytest.raises(Refusal) as refusal:
        door(*args, **kwargs)
    assert refusal.value.code == code
    return refusal.value.sentence


@pytest.mark.parametrize(
    "closed, kind, over",
    [
        (datetime(2026, 1, 1, 0, 0, tzinfo=SHANGHAI), ArchiveClass.TEN, date(2037, 1, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI), ArchiveClass.TEN, date(2037, 1, 1)),
        (datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI), ArchiveClass.THIRTY, date(2058, 1, 1)),
        (datetime(2026, 5, 5, 12, 0, tzinfo=SHANGHAI), ArchiveClass.PERMANENT, None),
    ],
)
def test_the_term_counts_from_the_end_of_the_year_of_closing_in_china(closed, kind, over):
    assert archiving.term_over(closed, kind) == over


def test_the_rule_asks_for_an_answer_and_for_a_leaders_instruction(cast, make_case):
    answered, instructed = make_case(until=Status.CLOSED), make_case(until=Status.ACCEPTED)
    instruct(petition=instructed, actor=cast.actor("leader"), text="请抓紧办理")
    Petition.objects.filter(pk=instructed.pk).update(status=Status.CLOSED, closed_at=OVER, concluded_at=OVER)
    without = make_case(until=Status.REFUSED)
    Petition.objects.filter(pk=without.pk).update(status=Status.CLOSED, closed_at=OVER)
    still_open = make_case(until=Status.ACCEPTED)
    assert archiving.file_closed(OVER, batch=2) == 3
    assert archiving.file_closed(OVER) == 0
    found = {file.petition_id: file.archive_class for file in ArchiveFile.objects.all()}
    assert found == {answered.pk: "thirty", instructed.pk: "permanent", without.pk: "ten"}
    assert still_open.pk not in found


def test_the_rule_is_a_setting(make_case, settings):
    settings.ARCHIVE_WITH_RESULT = "permanent"
    case = make_case(until=Status.CLOSED)
    archiving.file_closed(OVER)
    assert (case.archive.archive_class, case.archive.over_on) == ("permanent", None)


def test_a_class_that_does_not_exist_stops_the_start(settings):
    settings.ARCHIVE_WITH_RESULT = "forever"
    with pytest.raises(SystemCheckError, match="ARCHIVE_WITH_RESULT"):
        call_command("check")


def test_an_instruction_given_after_closing_takes_the_case_off_the_list_overnight(cast, make_case, settings):
    settings.ARCHIVE_WITH_RESULT = "ten"
    case = make_case(until=Status.CLOSED)
    archiving.file_closed(OVER)
    assert case.archive.over_on == date(2037, 1, 1)
    settings.ARCHIVE_WITH_RESULT = "thirty"
    refused("stale", propose, cast, case)
    archiving.file_closed(OVER)
    case.archive.refresh_from_db()
    assert (case.archive.archive_class, case.archive.over_on) == ("thirty", date(2057, 1, 1))


def test_once_a_year_the_office_hears_that_terms_are_over(cast, case):
    archiving.tell_of_terms(OVER)
    archiving.tell_of_terms(OVER + timedelta(days=3))
    notices = Notice.objects.filter(dedupe_key__startswith="archive:terms:")
    assert [notice.recipient for notice in notices] == [cast.petition_officer]


def test_an_officer_changes_the_class_with_a_reason(cast, case):
    officer = cast.actor("petition_officer")
    archiving.change_class(
        petition=case, actor=officer, archive_class=ArchiveClass.PERMANENT, reason="典型案例", at=OVER
    )
    file = ArchiveFile.objects.get(petition=case)
    assert (file.archive_class, file.over_on, file.class_by) == ("permanent", None, cast.petition_officer)
    entry = AuditEntry.objects.get(act="archive.classify")
    assert entry.detail == {"archive_class": "permanent", "was_class": "ten", "reason": "典型案例"}


@pytest.mark.parametrize("who", ["inspector", "clerk"])
def test_nobody_else_changes_the_class(cast, case, who):
    change = {"archive_class": ArchiveClass.TEN, "reason": "不留了"}
    refused("forbidden", archiving.change_class, petition=case, actor=cast.actor(who), **change)


def test_the_class_stays_while_a_proposal_waits_and_when_it_is_done(cast, case, head):
    change = {"actor": cast.actor("petition_officer"), "archive_class": ArchiveClass.TEN, "reason": "改一改"}
    propose(cast, case)
    assert "正等待决定" in refused("stale", archiving.change_class, petition=case, **change)
    decide(case, head)
    assert "已经去标识" in refused("stale", archiving.change_class, petition=case, **change)


def test_before_the_term_is_over_nothing_can_be_proposed(cast, case):
    assert "还没有满" in refused("stale", propose, cast, case, at=OVER - timedelta(days=1))


def test_proposing_tells_the_heads_of_the_office_once_a_day(cast, make_case, head):
    for _n in range(2):
        propose(cast, old_case(cast, make_case))
    notices = Notice.objects.filter(dedupe_key__startswith="archive:proposed:")
    assert [notice.recipient.username for notice in notices] == ["office_head"]


def test_a_case_is_proposed_once(cast, case):
    propose(cast, case)
    assert "周静" in refused("stale", propose, cast, case)


@pytest.mark.parametrize("who", ["inspector", "clerk"])
def test_only_officers_of_the_office_propose(cast, case, who):
    refused("forbidden", propose, cast, case, who=who)


def test_whoever_does_not_read_the_case_learns_nothing(cast, case):
    refused("not_found", propose, cast, case, who="outsider")


def test_the_officer_does_not_decide(cast, case):
    propose(cast, case)
    refused("forbidden", decide, case, cast.actor("petition_officer"))


def test_a_head_of_another_unit_does_not_decide(cast, case):
    propose(cast, case)
    refused("forbidden", decide, case, cast.actor("unit_head"))


def test_one_person_with_both_posts_does_not_decide_on_the_own_proposal(cast, case):
    both = person_with(cast, "both", "兼任", Role.PETITION_OFFICER, "petition_office")
    propose(cast, case, who="both")
    from accounts.actor import Actor
    from accounts.models import Post

    post = Post.objects.create(
        user=both.user, unit=cast.units.petition_office, role=Role.UNIT_HEAD, valid_from=date(2020, 1, 1)
    )
    assert "两个人" in refused("forbidden", decide, case, Actor.of(post))
    assert ArchiveProposal.objects.get().outcome == ""


def test_the_database_refuses_one_person_for_both(cast, case):
    made = propose(cast, case)
    with pytest.raises(IntegrityError, match="archive_decided_by_another_person"), transaction.atomic():
        ArchiveProposal.objects.filter(pk=made.pk).update(
            outcome=ProposalOutcome.AGREED, decided_by=made.proposed_by, decided_at=OVER
        )


def test_whoever_changed_the_term_does_not_decide(cast, case, head):
    ArchiveFile.objects.filter(petition=case).update(class_by=head.user)
    propose(cast, case)
    assert "您更改的" in refused("forbidden", decide, case, head)


def test_rejecting_changes_nothing_and_tells_the_proposer(cast, case, head):
    propose(cast, case)
    decide(case, head, agree=False)
    assert case.persons.get().name == "张小河"
    assert ArchiveProposal.objects.get().outcome == ProposalOutcome.REJECTED
    (notice,) = Notice.objects.filter(dedupe_key__startswith="archive:decided:")
    assert (notice.recipient, "不同意" in notice.text) == (cast.petition_officer, True)
    propose(cast, case)  # it can be proposed again


def test_a_hold_ends_the_proposal_and_stops_the_next(cast, case, head):
    propose(cast, case)
    hold(cast, case, "inspector")
    assert ArchiveProposal.objects.get().outcome == ProposalOutcome.STOPPED
    refused("stale", decide, case, head)
    assert "已暂缓" in refused("stale", propose, cast, case)
    assert case.persons.get().name == "张小河"
    told = Notice.objects.filter(dedupe_key__startswith="archive:stopped:")
    assert {notice.recipient.username for notice in told} == {"petition_officer", "office_head"}
    assert case.events.filter(act=ArchiveAct.HOLD).count() == 1


def test_every_hold_must_be_lifted_each_by_another_person(cast, case, head):
    first, second = hold(cast, case), hold(cast, case, "inspector", HoldKind.AUDIT)
    lift = {"petition": case, "reason": "诉讼已结", "at": OVER}
    sentence = refused(
        "forbidden", archiving.lift, hold_pk=first.pk, actor=cast.actor("petition_officer"), **lift
    )
    assert "以外的人" in sentence
    archiving.lift(hold_pk=first.pk, actor=cast.actor("inspector"), **lift)
    refused("stale", propose, cast, case)
    archiving.lift(hold_pk=second.pk, actor=head, **lift)
    refused("stale", archiving.lift, hold_pk=second.pk, actor=head, **lift)
    propose(cast, case)
    decide(case, head)


def test_the_database_refuses_that_one_person_sets_and_lifts(cast, case):
    made = hold(cast, case)
    with pytest.raises(IntegrityError, match="archive_hold_lifted_by_another"), transaction.atomic():
        ArchiveHold.objects.filter(pk=made.pk).update(
            lifted_by=made.set_by, lifted_at=OVER, lift_reason="自己解除"
        )


def test_a_hold_of_the_discipline_route_is_lifted_by_it_alone_and_says_nothing_of_it(cast, case, make_case):
    made = hold(cast, case)
    ArchiveHold.objects.filter(pk=made.pk).update(
        set_unit=cast.units.discipline, set_by=cast.discipline_officer
    )
    lift = {"hold_pk": made.pk, "petition": case, "reason": "不再需要"}
    refused("forbidden", archiving.lift, actor=cast.actor("petition_officer"), **lift)
    from petitions.selectors import archive

    (line,) = archive.holds_of(case, cast.actor("petition_officer"))
    assert (line.who, line.reason, line.may_lift) == ("", "", False)


def test_the_discipline_route_holds_a_sealed_case(cast, make_case):
    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    made = archiving.hold(
        petition=sealed,
        actor=cast.actor("discipline_officer"),
        kind=HoldKind.OTHER,
        reason="另案使用",
        at=OVER,
    )
    assert made.is_open
    assert not sealed.events.filter(act=ArchiveAct.HOLD).exists()


def test_an_open_case_can_be_held_and_is_never_offered(cast, make_case):
    case = make_case(until=Status.SERVED)
    hold(cast, case)
    assert "已办结" in refused("stale", propose, cast, case)


@pytest.mark.parametrize("who", ["clerk", "handler", "unit_head", "statistician", "leader"])
def test_others_hold_nothing(cast, case, who):
    refused("forbidden", hold, cast, case, who)


def test_a_case_that_is_sealed_after_it_was_proposed_is_not_anonymised(cast, make_case, head):
    case = old_case(cast, make_case)
    propose(cast, case)
    Petition.objects.filter(pk=case.pk).update(sealed=True, kind=Kind.ACCUSATION, path=None)
    refused("not_found", decide, case, head)
    assert case.persons.get().name == "张小河"


def test_a_case_a_leader_still_has_in_hand_waits(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    instruct(petition=case, actor=cast.actor("leader"), text="请抓紧办理")
    Petition.objects.filter(pk=case.pk).update(status=Status.CLOSED, closed_at=OVER.replace(year=2026))
    assert archiving.file_closed(OVER) == 1
    assert "未了的包案" in refused("stale", propose, cast, case)


@pytest.mark.parametrize("words", ["", "   "])
def test_everything_wants_a_reason(cast, case, words):
    officer = cast.actor("petition_officer")
    refused("invalid", archiving.hold, petition=case, actor=officer, kind=HoldKind.AUDIT, reason=words)
    refused(
        "invalid",
        archiving.change_class,
        petition=case,
        actor=officer,
        archive_class=ArchiveClass.TEN,
        reason=words,
    )
    assert not ArchiveHold.objects.exists()


def test_a_case_registered_in_a_town_is_decided_by_the_head_of_the_office(cast, make_case, head):
    case = old_case(cast, make_case, unit=None)
    Petition.objects.filter(pk=case.pk).update(registered_unit=cast.units.dongxi)
    propose(cast, case)
    decide(case, head)
    assert ArchiveFile.objects.get(petition=case).done_at == OVER
