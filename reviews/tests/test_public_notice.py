"""Of a 公告 the window begins 30 days after it was put up: until then it has neither begun nor passed (条例 35, 36)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.timekeeping import han_date, now
from petitions.enums import ServiceMethod, Status
from petitions.models import Petition
from petitions.services import answering, codes
from reviews import windows
from tests.cases import OUTSIDE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = "现在已经过了"


def pages(case, token, client_as, cast):
    """The petitioner's page, the page of reviews and the case's own."""
    client, office = Client(), client_as(cast.petition_officer)
    client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
    yield client.get(reverse("petitions:mine")).content.decode()
    yield office.get(reverse("reviews:case", args=[case.number])).content.decode()
    yield office.get(case.get_absolute_url()).content.decode()


def says_from_when(page, case, word):
    window = windows.window_of(Petition.objects.get(pk=case.pk), now())
    words = f"申请{word}的期限从 {han_date(window.opened_at)}起算，到 {han_date(window.until)}为止"
    return words in page and OVER not in page and "登记申请" not in page


@pytest.mark.article(35)
def test_article_35_before_a_public_notice_has_run_both_pages_say_from_when(make_case, cast, client_as):
    token = codes.new_token()
    case = make_case(until=Status.CONCLUDED, at=now() - 5 * DAY, token=token)
    answering.serve(
        petition=case,
        actor=cast.actor("handler"),
        method=ServiceMethod.PUBLIC,
        served_at=now() - DAY,
        recipient="公告",
        paper_number=OUTSIDE,
        proof="县政府网站公告",
    )
    for page in pages(case, token, client_as, cast):
        assert says_from_when(page, case, "复查")


@pytest.mark.article(36)
def test_article_36_so_they_do_of_the_review(
    served, ask, decide, hand_decision_over, town_head, cast, client_as
):
    token = codes.new_token()
    case = served(now() - 6 * DAY, village=True, token=token)
    review = decide(ask(case, at=now() - 5 * DAY), actor=town_head, at=now() - 4 * DAY)
    served_by = {"method": ServiceMethod.PUBLIC, "proof": "镇公告栏"}
    hand_decision_over(review, actor=town_head, at=now() - DAY, **served_by)
    for page in pages(case, token, client_as, cast):
        assert says_from_when(page, case, "复核")


def test_a_window_that_has_passed_says_so(served, cast, client_as):
    token = codes.new_token()
    case = served(now() - 60 * DAY, token=token)
    for page in pages(case, token, client_as, cast):
        assert OVER in page and "起算" not in page
