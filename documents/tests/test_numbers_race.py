"""文号 under concurrency: real connections; gapless, none twice, a rolled-back issue gives its number back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connections, transaction

from core.timekeeping import SHANGHAI
from documents.enums import PaperKind, PaperState, Series
from documents.models import Paper, PaperCounter, PaperSeries
from documents.services import approve, check, draft, issue, issuing, set_word
from documents.services.series import next_serial
from documents.tests.worlds import ACCEPTANCE, AT

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, EACH = 4, 6


def at_once(work):
    """Run ``work(n)`` in WORKERS threads that start together, each on a connection of its own."""
    gate = threading.Barrier(WORKERS)

    def run(n):
        try:
            gate.wait(10)
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def approved(cast, unit, handler, head, at=AT):
    paper = draft(actor=cast.actor(handler), unit=unit, kind=PaperKind.ACCEPTANCE, fields=ACCEPTANCE, at=at)
    check(actor=cast.actor(head), paper=paper, at=at)
    return approve(actor=cast.actor(head), paper=paper, at=at)


def test_papers_issued_at_once_have_numbers_without_a_gap(cast, urban, monkeypatch):
    """Every third issue breaks after its number was taken; the others close up."""
    papers = [approved(cast, urban, "handler", "unit_head") for _ in range(WORKERS * EACH)]
    actor, real = cast.actor("handler"), issuing.freeze

    def breaking(paper, printed):
        if paper.pk % 3 == 0:
            raise RuntimeError("the disk is full")
        return real(paper, printed)

    monkeypatch.setattr(issuing, "freeze", breaking)

    def work(n):
        broken = 0
        for paper in papers[n::WORKERS]:
            try:
                issue(actor=actor, paper=paper, at=AT)
            except RuntimeError:
                broken += 1
        return broken

    broken = sum(at_once(work))
    serials = sorted(Paper.objects.filter(state=PaperState.ISSUED).values_list("serial", flat=True))
    assert broken == WORKERS * EACH // 3
    assert serials == list(range(1, WORKERS * EACH - broken + 1))
    assert PaperCounter.objects.get().last == len(serials)


def test_one_paper_issued_four_times_at_once_gets_one_number(cast, urban):
    from core.errors import Refusal

    paper, actor = approved(cast, urban, "handler", "unit_head"), cast.actor("handler")

    def work(_n):
        try:
            return issue(actor=actor, paper=paper, at=AT).number
        except Refusal:
            return ""

    assert sorted(at_once(work)) == ["", "", "", "清城告〔2026〕1号"]
    assert PaperCounter.objects.get().last == 1


def test_a_rolled_back_issue_leaves_no_gap(cast, urban):
    first, second = (approved(cast, urban, "handler", "unit_head") for _ in range(2))
    with transaction.atomic():
        assert issue(actor=cast.actor("handler"), paper=first, at=AT).serial == 1
        transaction.set_rollback(True)
    assert issue(actor=cast.actor("handler"), paper=second, at=AT).serial == 1
    assert issue(actor=cast.actor("handler"), paper=first, at=AT).serial == 2


def test_units_years_and_series_count_apart(cast, urban):
    set_word(actor=cast.actor("sysadmin"), unit=cast.units.housing, word="清建")
    late = datetime(2026, 12, 31, 23, 59, 59, tzinfo=SHANGHAI)
    found = [
        issue(actor=cast.actor(who), paper=approved(cast, unit, who, head, at), at=at).number
        for unit, who, head, at in (
            (urban, "handler", "unit_head", AT),
            (cast.units.housing, "handler2", "unit_head2", AT),
            (urban, "handler", "unit_head", late),
            (urban, "handler", "unit_head", datetime(2027, 1, 1, tzinfo=SHANGHAI)),
        )
    ]
    assert found == ["清城告〔2026〕1号", "清建〔2026〕1号", "清城告〔2026〕2号", "清城告〔2027〕1号"]


def test_the_first_serials_of_a_year_are_taken_at_once(cast, urban):
    series = PaperSeries.objects.get(unit=urban, series=Series.OPINION)

    def work(_n):
        found = []
        for _ in range(20):
            with transaction.atomic():
                found.append(next_serial(series, 2031))
        return found

    assert sorted(serial for one in at_once(work) for serial in one) == list(range(1, WORKERS * 20 + 1))
