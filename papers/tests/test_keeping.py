"""A unit keeps a paper that it issued until it is archived, though it read the case no more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from core.timekeeping import now
from documents.enums import PaperKind as K
from documents.models import Delivery, Paper, PaperSeries
from documents.services import set_word
from papers import rules
from papers.models import CasePaper
from papers.selectors import in_view
from papers.services import drafting
from papers.tests.conftest import post_in
from petitions.enums import Kind, Path, RecusalGround, Status
from petitions.models import Petition, Recusal
from petitions.services import forwarding, sealing
from petitions.services.registering import NewPerson
from reviews.enums import Channel, Outcome, State
from reviews.models import Review
from reviews.services import applying, deciding
from reviews.tests.conftest import answer
from reviews.tests.conftest import hand_over as serve_answer

pytestmark = pytest.mark.django_db


def reads_case(row, actor):
    return Petition.objects.visible_to(actor).filter(pk=row.petition_id).exists()


@pytest.fixture
def served_review(offices, make_case, draft, bring, hand_over):
    """东溪镇's 复查意见书 about an opinion of 石桥村, served on the first of two representatives."""
    units, at = offices.units, now() - timedelta(days=2)
    for key, name, role in (("town", "吴泽", Role.HANDLER), ("town_head", "秦川", Role.UNIT_HEAD)):
        post_in(offices, key, name, role, "dongxi")
    village = post_in(offices, "village", "田野", Role.HANDLER, "shiqiao")
    set_word(actor=offices.actor("sysadmin"), unit=units.dongxi, word="东政")
    case = make_case(
        at=at - timedelta(hours=4), persons=[NewPerson(name="张小河"), NewPerson(name="李大桥")], head_count=7
    )
    officer = offices.actor("petition_officer")
    forwarding.forward(petition=case, actor=officer, unit=units.shiqiao, at=at - timedelta(hours=3))
    forwarding.accept(
        petition=case, actor=village, kind=Kind.APPEAL, path=Path.PETITION, at=at - timedelta(hours=2)
    )
    answer(case, village, at=at - timedelta(hours=1))
    serve_answer(case, village, at=at)
    # The town above reads what its village handles; here the case has gone on without it.
    review = applying.apply(
        petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason="没有写清。"
    )
    deciding.decide(
        review=review,
        actor=offices.actor("town_head"),
        outcome=Outcome.UPHELD,
        text="原处理意见事实清楚。",
        basis="条例第三十五条",
    )
    fresh = Petition.objects.get(pk=case.pk)
    fresh.scopes.filter(unit=units.dongxi).update(reason="granted")
    row = bring(
        draft(fresh, K.REVIEW, "town"), writer="town", checker="town_head", signer="town_head",
        lacking={"final_body": "清江县人民政府"},
    )  # fmt: skip
    hand_over(row, "town")
    assert Review.objects.get(pk=review.pk).state == State.SERVED
    return CasePaper.objects.get(pk=row.pk)


def test_the_body_reads_its_paper_and_not_the_case_after_the_first_service(served_review, offices, client_as):
    row, town = served_review, offices.actor("town")
    assert not reads_case(row, town) and rules.reads(row, town)
    page = client_as(offices.people["town"])
    said = page.get(row.get_absolute_url())
    assert said.status_code == 200 and row.petition.get_absolute_url() not in said.content.decode()
    assert page.get(row.petition.get_absolute_url()).status_code == 404
    assert not rules.reads(row, offices.actor("handler"))


def test_it_serves_the_others_proves_corrects_and_archives_and_then_reads_it_no_more(
    served_review, offices, client_as, hand_over
):
    row, town = served_review, offices.actor("town")
    hand_over(row, "town", recipient="李大桥")
    assert Delivery.objects.filter(paper=row.paper).count() == 2
    page = client_as(offices.people["town"])
    proof = page.post(reverse("papers:record", args=[row.paper.key]), {"token": "a"})
    assert page.get(proof["Location"]).status_code == 200
    correction = drafting.correct(actor=town, row=row)
    assert rules.reads(correction, town) and in_view("work", town).filter(pk=correction.pk).exists()
    done = page.post(reverse("papers:step", args=[row.paper.key, "archive"]))
    assert done.status_code == 302 and done["Location"] == reverse("papers:list")
    assert Paper.objects.get(pk=row.paper_id).state == "archived" and not rules.reads(row, town)


def test_a_draft_is_not_kept_by_a_unit_that_reads_the_case_no_more(offices, make_case, draft):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=8))
    row = draft(case, K.ACCEPTANCE)
    assert rules.reads(row, offices.actor("handler"))
    case.scopes.all().delete()
    assert not rules.reads(row, offices.actor("handler"))


def test_nothing_is_kept_of_a_sealed_case_nor_by_whoever_is_recused(served_review, offices):
    row, town = served_review, offices.actor("town")
    Recusal.objects.create(
        petition=row.petition, user=town.user, ground=RecusalGround.INTEREST, recorded_at=now()
    )
    assert not rules.reads(row, town) and rules.reads(row, offices.actor("town_head"))
    case = Petition.objects.get(pk=row.petition_id)
    sealing.seal(petition=case, actor=offices.actor("petition_officer"), reason="反映干部违纪")
    assert not rules.reads(row, offices.actor("town_head"))


def test_a_draft_says_from_the_beginning_that_its_unit_has_no_word(lately, draft, client_as, offices):
    PaperSeries.objects.filter(unit=offices.units.urban).delete()
    row = draft(lately(), K.ACCEPTANCE)
    words = "还没有机关代字"
    page = client_as(offices.handler).get(row.get_absolute_url()).content.decode()
    assert words in page and "请本单位负责人或者系统管理员" in page
    assert reverse("papers:words") not in page, "a handler sets none"
    page = client_as(offices.unit_head).get(row.get_absolute_url()).content.decode()
    assert words in page and reverse("papers:words") in page
    set_word(actor=offices.actor("unit_head"), unit=offices.units.urban, word="清城")
    assert words not in client_as(offices.handler).get(row.get_absolute_url()).content.decode()


def test_a_slip_that_bears_no_number_needs_no_word(opinion, hand_over, client_as, offices):
    row = opinion()
    hand_over(row)
    PaperSeries.objects.filter(unit=offices.units.urban).update(unit=offices.units.shiqiao)
    client = client_as(offices.handler)
    made = client.post(reverse("papers:record", args=[row.paper.key]), {"token": "t" * 32}, follow=True)
    assert made.status_code == 200 and "还没有机关代字" not in made.content.decode()
