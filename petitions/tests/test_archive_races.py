"""Real races over one archived case: two connections, one row."""

import pytest

from petitions.archive_enums import HoldKind, ProposalOutcome
from petitions.models import ArchiveFile, ArchiveHold, ArchiveProposal, Petition
from petitions.services import archiving
from petitions.tests.archive_world import OVER, decide, office_head, old_case, propose
from petitions.tests.test_doors_races import both_at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def codes_of(answers):
    return sorted(answer.code if answer else "" for answer in answers)


def test_proposed_twice_at_once_is_proposed_once(cast, make_case):
    case = old_case(cast, make_case)
    answers = both_at_once(lambda: propose(cast, case), lambda: propose(cast, case))
    assert codes_of(answers) == ["", "stale"]
    assert ArchiveProposal.objects.count() == 1


def test_agreed_twice_at_once_is_done_once(cast, make_case):
    case, head = old_case(cast, make_case), office_head(cast)
    propose(cast, case)
    answers = both_at_once(lambda: decide(case, head), lambda: decide(case, head, agree=False))
    assert codes_of(answers) == ["", "stale"]
    agreed = ArchiveProposal.objects.get().outcome == ProposalOutcome.AGREED
    assert (Petition.objects.get(pk=case.pk).persons.get().name == "") is agreed
    assert (ArchiveFile.objects.get(petition=case).done_at is not None) is agreed


def test_a_hold_at_the_moment_of_agreeing_either_stops_it_or_comes_too_late(cast, make_case):
    head = office_head(cast)
    inspector = cast.actor("inspector")
    for _round in range(3):
        case = old_case(cast, make_case)
        propose(cast, case)

        def stop(case=case):
            archiving.hold(petition=case, actor=inspector, kind=HoldKind.AUDIT, reason="审计调卷", at=OVER)

        agreed, held = both_at_once(lambda case=case: decide(case, head), stop)
        assert sorted([agreed is None, held is None]) == [False, True]
        person = Petition.objects.get(pk=case.pk).persons.get()
        assert (person.name == "") is (agreed is None)
        assert ArchiveHold.objects.filter(petition=case).exists() is (held is None)


def test_a_hold_at_the_moment_of_proposing_leaves_no_open_proposal(cast, make_case):
    inspector = cast.actor("inspector")
    for _round in range(3):
        case = old_case(cast, make_case)

        def stop(case=case):
            archiving.hold(petition=case, actor=inspector, kind=HoldKind.AUDIT, reason="审计调卷", at=OVER)

        _proposed, held = both_at_once(lambda case=case: propose(cast, case), stop)
        assert held is None
        assert not ArchiveProposal.objects.filter(petition=case, outcome="").exists()


def test_two_nightly_runs_at_once_file_each_case_once(cast, make_case):
    case = old_case(cast, make_case)
    ArchiveFile.objects.all().delete()
    assert both_at_once(*[lambda: archiving.file_closed(OVER)] * 2) == [None, None]
    assert ArchiveFile.objects.filter(petition=case).count() == 1
