"""A petitioner who asked to stay unknown to other units stays so while a body reviews the answer (条例 30)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditPending
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions import rules as petition_rules
from petitions.services.registering import NewPerson
from reviews import selectors
from reviews.models import Review

pytestmark = pytest.mark.django_db
NAME, PHONE = "诸葛问之", "13977770009"


@pytest.fixture
def asked(served, ask, cast, decide, town_head):
    """Heard and decided on by 东溪镇, with the name in every text."""
    case = served(
        now() - timedelta(days=4),
        village=True,
        confidential=True,
        subject=f"{NAME}反映夜市噪音",
        persons=[NewPerson(name=NAME, phone=PHONE)],
    )
    review = ask(case, at=now() - timedelta(days=3), reason=f"我是{NAME}，电话{PHONE}，没有写收摊时间。")
    day = local_day(now()) - timedelta(days=1)
    Review.objects.get(pk=review.pk).hearings.create(
        start_on=day, end_on=day, text=f"{NAME}到会", recorded_at=now(), recorded_by=town_head.user
    )
    return decide(review, actor=town_head, text=f"{NAME}所述属实", basis=f"{NAME}的照片")


def pages_of(client, case):
    for address in (
        reverse("reviews:list"),
        reverse("reviews:case", args=[case.number]),
        case.get_absolute_url(),
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        yield answer.content.decode()


@pytest.mark.article(30)
def test_article_30_the_reviewing_body_reads_the_matter_and_not_who_it_is(asked, client_as, town_head):
    assert not petition_rules.knows_petitioner(asked.petition, town_head)
    shown = list(pages_of(client_as(town_head.user), asked.petition))
    assert not [page for page in shown if NAME in page or PHONE in page]
    assert "没有写收摊时间" in shown[1] and "（信访人信息保密）到会" in shown[1]
    assert "申请人不服的处理意见" in shown[1] and "已经查清，按规定处理。" in shown[1]
    assert "（信访人信息保密）所述属实" in shown[1] and "（信访人信息保密）反映夜市噪音" in shown[0]


def test_the_petition_office_knows_and_reads_the_texts_as_they_are(asked, client_as, cast):
    assert petition_rules.knows_petitioner(asked.petition, cast.actor("petition_officer"))
    listed, page, _case = pages_of(client_as(cast.petition_officer), asked.petition)
    assert f"{NAME}反映夜市噪音" in listed
    assert all(text in page for text in (f"我是{NAME}", f"{NAME}到会", f"{NAME}所述属实", f"{NAME}的照片"))


def test_what_is_covered_on_a_page_stays_whole_in_the_database(asked, client_as, town_head):
    assert NAME not in str(selectors.page(asked.petition, town_head)["rows"][0].review.text)
    list(pages_of(client_as(town_head.user), asked.petition))
    again = Review.objects.select_related("petition").get(pk=asked.pk)
    assert NAME in again.reason and NAME in again.text and NAME in again.petition.subject


def test_a_refused_form_covers_what_the_page_shows(asked, client_as, town_head):
    page = client_as(town_head.user).post(reverse("reviews:serve", args=[asked.petition.number]), {})
    assert page.status_code == 422 and NAME not in page.content.decode()


def test_an_open_case_is_read_by_the_body_with_its_people(served, ask, client_as, town_head):
    case = served(
        now() - timedelta(days=2), village=True, subject=f"{NAME}反映夜市噪音", persons=[NewPerson(name=NAME)]
    )
    ask(case, reason=f"我是{NAME}")
    page = list(pages_of(client_as(town_head.user), case))[1]
    assert f"我是{NAME}" in page and f"{NAME}反映" in page


def test_neither_audit_log_nor_notices_name_the_petitioner(asked):
    assert not [row for row in Notice.objects.all() if NAME in row.text]
    details = [str(row.__dict__) for row in AuditPending.objects.all()]
    assert len(details) > 3 and not [row for row in details if NAME in row]


def test_listing_titles_under_the_veil_asks_no_more_for_three_than_for_one(served, ask, client_as, cast):
    client, counts = client_as(cast.handler), []
    for _round in range(3):
        ask(served(confidential=True))
        client.get(reverse("reviews:list"))
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(reverse("reviews:list")).status_code == 200
        counts.append(len(asked_for))
    assert len(set(counts)) == 1
