"""The 60 days run until the opinion is made (条例 34), not until its text is settled; then the days of service run."""

from datetime import timedelta

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services.sweeping import sweep
from documents.enums import PaperKind as K
from papers import due
from papers.services import drafting
from petitions.enums import Act, Kind, Outcome, Path, Status
from petitions.models import Petition, PetitionClock, PetitionRequest, Reply
from petitions.services import answering, following, forwarding, making
from petitions.services.registering import NewPerson
from tests.cases import OUTSIDE

pytestmark = pytest.mark.django_db


def running(case):
    rows = PetitionClock.objects.filter(petition=case, stopped_at=None).select_related("rule")
    return {clock.rule.code: clock for clock in rows}


@pytest.mark.article(34)
def test_the_sixty_days_run_on_after_the_answer_until_its_paper_is_issued(lately, draft, bring):
    case = lately(Status.CONCLUDED)
    sixty = running(case)["conclusion"]
    assert set(running(case)) == {"conclusion"}
    assert Petition.objects.get(pk=case.pk).due_at == sixty.due_at
    bring(draft(case, K.OPINION), "approved")
    assert set(running(case)) == {"conclusion"}, "signed is not yet issued"


@pytest.mark.article(34)
def test_the_issue_of_the_opinion_ends_the_sixty_days_and_begins_the_days_of_service(opinion, hand_over):
    row = opinion()
    case = Petition.objects.get(pk=row.petition_id)
    sixty = case.clocks.get(rule__code="conclusion")
    assert (sixty.stopped_at, sixty.stopped_by) == (row.paper.issued_at, Act.MAKE_OPINION)
    assert case.reply.made_at == row.paper.issued_at
    service = running(case)
    assert set(service) == {"service"}
    assert service["service"].started_at == row.paper.issued_at
    assert case.due_at == service["service"].due_at
    line = case.events.get(act=Act.MAKE_OPINION)
    assert row.paper.number in line.public_text and line.from_status == line.to_status == Status.CONCLUDED
    hand_over(row)
    assert set(running(case)) == {"petitioner_window"}
    assert case.clocks.get(rule__code="service").stopped_by == Act.SERVE
    assert Petition.objects.get(pk=case.pk).due_at is None


@pytest.mark.article(34)
def test_an_answer_on_day_59_without_a_paper_is_found_late_by_the_sweep(make_case):
    case = make_case(until=Status.CONCLUDED, at=now() - timedelta(days=59))
    sweep(PetitionClock, now=now() + timedelta(days=400))
    late = case.clocks.get(rule__code="conclusion")
    assert late.stopped_at is None and late.breached_at == late.due_at


def test_a_paper_issued_after_the_sixtieth_day_is_late_however_early_the_answer_was(make_case, draft, bring):
    case = make_case(until=Status.CONCLUDED, at=now() - timedelta(days=70))
    bring(draft(case, K.OPINION))
    late = case.clocks.get(rule__code="conclusion")
    assert late.stopped_at > late.due_at == late.breached_at
    assert "service" in running(case)


def test_a_correction_of_the_paper_starts_no_clock_again(opinion, bring, offices):
    row = opinion()
    case = Petition.objects.get(pk=row.petition_id)
    made, service = case.reply.made_at, running(case)["service"]
    new = drafting.correct(actor=offices.actor("handler"), row=row)
    bring(new)
    assert Reply.objects.get(petition=case).made_at == made
    assert {code: clock.pk for code, clock in running(case).items()} == {"service": service.pk}
    assert case.events.filter(act=Act.MAKE_OPINION).count() == 1


def test_an_answer_outside_path_six_is_to_be_served_from_the_day_it_was_given(lately):
    case = lately(Status.CONCLUDED, path=Path.DUTY)
    service = running(case)
    assert set(service) == {"service"}
    assert service["service"].started_at == case.reply.made_at == case.concluded_at


def test_issuing_the_notice_of_another_route_makes_no_opinion(lately, draft, bring):
    case = lately(Status.CONCLUDED, path=Path.LITIGATION)
    service = running(case)["service"].pk
    bring(draft(case, K.ROUTING), lacking={"competent_body": "清江县人民法院", "time_limit": "六个月"})
    assert running(case)["service"].pk == service
    assert not case.events.filter(act=Act.MAKE_OPINION).exists()


def test_what_was_made_outside_asks_for_no_paper_here_and_no_second_making(lately, offices):
    case = lately(Status.CONCLUDED)
    making.record_outside(
        petition=case, actor=offices.actor("handler"), paper_number=OUTSIDE, made_on=local_day(now())
    )
    case = Petition.objects.get(pk=case.pk)
    assert K.OPINION not in {one.kind for one in due.papers_of(case)}
    with pytest.raises(Refusal, match="已经成文"):
        making.record_outside(
            petition=case, actor=offices.actor("handler"), paper_number=OUTSIDE, made_on=local_day(now())
        )


@pytest.mark.parametrize("same", [True, False])
def test_a_joined_case_is_made_with_the_paper_that_will_be_served_for_it_too(
    offices, make_case, draft, bring, same
):
    """One and the same person in both: one paper; of others each has one of their own, and its 60 days until then."""
    at = now() - timedelta(hours=8)
    first = NewPerson(name="张小河", phone="13700000001")
    other = first if same else NewPerson(name="李小溪", phone="13700000002")
    original, joined = (make_case(persons=[who], at=at) for who in (first, other))
    following.link(
        petition=joined, actor=offices.actor("petition_officer"), original=original, join=True, at=at
    )
    forwarding.forward(
        petition=original, actor=offices.actor("petition_officer"), unit=offices.units.urban, at=at
    )
    handler = offices.actor("handler")
    forwarding.accept(petition=original, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=at)
    asked = PetitionRequest.objects.filter(petition__in=[original, joined])
    answering.conclude(
        petition=original,
        actor=handler,
        text="夜市十点收摊。",
        basis="《噪声污染防治法》",
        outcomes={one.pk: (Outcome.EXPLAINED, "已说明") for one in asked},
        at=at,
    )
    bring(draft(Petition.objects.get(pk=original.pk), K.OPINION))
    assert set(running(original)) == {"service"}
    assert set(running(joined)) == ({"service"} if same else {"conclusion"})
