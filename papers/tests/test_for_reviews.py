"""The conclusions of reviews with the paper that gives them, where the room of reviews shows them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from papers.models import CasePaper
from papers.tests.test_keeping import served_review  # noqa: F401  (a fixture)
from petitions.models import Petition
from reviews.models import Review
from reviews.papers import issued_for

pytestmark = pytest.mark.django_db


def test_the_list_and_the_page_give_the_conclusion_its_number_and_its_file(
    served_review,  # noqa: F811
    cast,
    client_as,
):
    row = served_review
    officer, number = client_as(cast.petition_officer), row.paper.number
    pdf = reverse("papers:pdf", args=[row.paper.key])
    for address in (
        reverse("reviews:list") + "?view=ended",
        row.review.get_absolute_url(),
        Petition.objects.get(pk=row.petition_id).get_absolute_url(),
    ):
        page = officer.get(address).content.decode()
        assert number in page and pdf in page and row.review.get_outcome_display() in page, address
    assert officer.get(pdf).status_code == 200


def test_a_paper_that_is_not_issued_or_not_theirs_is_shown_to_nobody(
    served_review,  # noqa: F811
    cast,
):
    row = served_review
    assert set(issued_for([row.review_id], cast.actor("petition_officer"))) == {row.review_id}
    assert issued_for([row.review_id], cast.actor("outsider")) == {}
    assert issued_for([row.review_id], cast.actor("auditor")) == {}
    CasePaper.objects.filter(pk=row.pk).update(discarded_at=row.paper.issued_at, discard_reason="有误")
    assert issued_for([row.review_id], cast.actor("petition_officer")) == {}


def test_a_list_of_conclusions_asks_for_all_their_papers_at_once(
    served_review,  # noqa: F811
    cast,
):
    officer, asked = cast.actor("petition_officer"), [served_review.review_id]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        issued_for(asked, officer)
    assert len(seen) == 1 and issued_for([], officer) == {} and Review.objects.count() == 1
