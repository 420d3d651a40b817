"""Guidance and relief (条例 37): who reads what was planned, how the log names it, and when the case may be put away."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from core.timekeeping import local_day, now
from petitions.models import Petition
from petitions.selectors import audited
from petitions.services.registering import NewPerson
from reviews.enums import Care, Outcome
from reviews.models import CareTask, ReviewClock
from reviews.services import archives, caring, elsewhere

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAME, PHONE = "诸葛问之", "13977770009"
COVERED = "（信访人信息保密）"


@pytest.fixture
def ended(served, ask, decide, hand_decision_over, cast):
    """Reviewed here, and for good by a body outside."""

    def make(**new):
        case = served(now() - 14 * DAY, persons=[NewPerson(name=NAME, phone=PHONE)], **new)
        review = decide(ask(case, at=now() - 13 * DAY), at=now() - 12 * DAY)
        hand_decision_over(review, at=now() - 10 * DAY)
        office, day = cast.actor("petition_officer"), local_day(now())
        outside = {"body_name": "江州市人民政府", "asked_on": day - 5 * DAY}
        last = elsewhere.enter(petition=Petition.objects.get(pk=case.pk), actor=office, **outside)
        told = {"outcome": Outcome.UPHELD, "decided_on": day - DAY, "served_on": day, "text": "维持。"}
        elsewhere.enter_outcome(review=last, actor=office, **told)
        return Petition.objects.get(pk=case.pk)

    return make


@pytest.fixture
def planned(cast):
    def make(case, text="联系民政办理临时救助"):
        office, day = cast.actor("petition_officer"), local_day(now()) + 7 * DAY
        return caring.plan(
            petition=case, actor=office, kind=Care.RELIEF, text=text, unit=case.lead_unit, due_on=day
        )

    return make


@pytest.mark.article(30)
def test_article_30_a_task_names_a_confidential_petitioner_to_the_office_alone(
    ended, planned, cast, client_as
):
    case = ended(confidential=True)
    task = planned(case, f"给{NAME}办理临时救助")
    page, listed = reverse("reviews:case", args=[case.number]), reverse("reviews:list") + "?view=care"
    unit, office = client_as(cast.handler), client_as(cast.petition_officer)
    for address in (page, listed):
        shown = unit.get(address).content.decode()
        assert NAME not in shown and f"给{COVERED}办理临时救助" in shown, address
        assert f"给{NAME}办理临时救助" in office.get(address).content.decode()
    caring.finish(
        task=task, actor=cast.actor("petition_officer"), done_on=local_day(now()), note=f"{PHONE}已通知"
    )
    shown = unit.get(page).content.decode()
    assert PHONE not in shown and f"{COVERED}已通知" in shown
    assert f"{PHONE}已通知" in office.get(page).content.decode()
    assert CareTask.objects.get().text == f"给{NAME}办理临时救助"


def test_the_list_of_tasks_asks_no_more_for_more_cases(ended, planned, cast, client_as):
    unit, asked = client_as(cast.handler), []
    address = reverse("reviews:list") + "?view=care"
    for _more in range(2):
        planned(ended(confidential=True), f"给{NAME}办理临时救助")
        unit.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert NAME not in unit.get(address).content.decode()
        asked.append(len(queries))
    assert asked[1] <= asked[0], asked


def test_a_case_that_is_not_confidential_reads_as_written(ended, planned, cast, client_as):
    planned(ended(), f"给{NAME}办理临时救助")
    shown = client_as(cast.handler).get(reverse("reviews:list") + "?view=care").content.decode()
    assert f"给{NAME}办理临时救助" in shown


def test_the_log_names_the_case_of_a_task_by_its_word_alone(ended, planned, cast):
    case = ended()
    task = planned(case)
    caring.finish(task=task, actor=cast.actor("petition_officer"), done_on=local_day(now()), note="已办")
    entries = [one for one in AuditEntry.objects.order_by("id") if one.act.startswith("review.care")]
    assert [one.act for one in entries] == ["review.care", "review.care_done"]
    for one in entries:
        assert one.detail["case"] == case.audit_name and case.number not in str(one.detail)
        assert one.object_id in audited.find(case.number, cast.auditor).objects[one.object_type]


#: No door records an act upon these: they are named by their review.
BY_THEIR_REVIEW = {"reviews.hearingperiod", "reviews.reviewclock"}


def test_every_row_of_the_room_that_the_log_names_hangs_on_its_case():
    rows = {model._meta.label_lower for model in apps.get_app_config("reviews").get_models()}
    assert rows - BY_THEIR_REVIEW == {one for one in audited._hanging if one.startswith("reviews.")}


def test_no_door_of_the_room_audits_what_does_not_hang(ended, planned, cast):
    planned(ended())
    named = {one.object_type for one in AuditEntry.objects.filter(act__startswith="review.")}
    assert {"reviews.review", "reviews.caretask"} <= named <= audited._hanging.keys()


@pytest.mark.article(37)
def test_article_37_a_case_with_a_task_to_do_is_not_put_away(ended, planned, cast):
    case = ended()
    ReviewClock.objects.filter(review__petition=case).update(stopped_at=now(), next_at=None)
    assert archives.unfinished([case.pk]) == set()
    task = planned(case)
    assert archives.unfinished([case.pk]) == {case.pk}
    caring.finish(task=task, actor=cast.actor("petition_officer"), done_on=local_day(now()), note="已办")
    assert archives.unfinished([case.pk]) == set()
