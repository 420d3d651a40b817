"""What the lists of this room cost does not grow with their rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from core.timekeeping import now
from documents.enums import PaperKind as K
from papers.models import CasePaper
from papers.selectors import in_view, rows_of, wanted
from petitions.enums import Status
from petitions.models import Petition
from reviews.enums import Channel, Outcome
from reviews.services import applying, deciding
from supervision.enums import Ground
from supervision.services.opening import open_supervision

pytestmark = pytest.mark.django_db


def cost(work):
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_asking_what_a_unit_has_to_write_costs_the_same_for_one_letter_and_for_many(lately, offices):
    units, officer = offices.units, offices.actor("petition_officer")
    few, many = lately(), lately(co_units=[units.housing, units.dongxi])
    open_supervision(petition=few, actor=officer, ground=Ground.PERFUNCTORY, demand="请抓紧办理。")
    for ground in (Ground.PERFUNCTORY, Ground.NOT_EXECUTED, Ground.LATE_ANSWER):
        open_supervision(petition=many, actor=officer, ground=ground, demand="请抓紧办理。")
    related = Petition.objects.select_related("registered_unit", "lead_unit", "complained_unit")
    one, three = (related.get(pk=case.pk) for case in (few, many))
    counts = [cost(lambda case=case: wanted(case, officer)) for case in (one, three)]
    assert len(wanted(three, officer)) >= len(wanted(one, officer)) + 4
    assert counts[0] == counts[1]


def test_a_list_loads_the_review_of_each_paper_with_its_row(make_case, draft, offices):
    officer = offices.actor("petition_officer")
    for _time in range(2):
        case = make_case(until=Status.SERVED, at=now() - timedelta(days=2))
        review = applying.apply(
            petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason="没有写收摊时间。"
        )
        deciding.decide(
            review=review,
            actor=offices.actor("leader2"),
            outcome=Outcome.UPHELD,
            text="原处理意见事实清楚。",
            basis="条例第三十五条",
        )
        draft(Petition.objects.get(pk=case.pk), K.REVIEW, "petition_officer")
    rows = list(in_view("work", officer))
    assert len(rows) == 2 == CasePaper.objects.filter(review__isnull=False).count()
    assert cost(lambda: [(row.review.body.name, row.review.handled_by.name) for row in rows]) == 0
    # Left is the question of reviews, whether this person stands on the other side.
    assert cost(lambda: rows_of(rows, officer)) <= len(rows)
