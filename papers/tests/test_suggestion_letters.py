"""The letters of the three suggestions (条例 40): of the office that made them, and for whoever may read them."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from core.timekeeping import now
from documents.enums import PaperKind as K
from papers import due, rules
from papers.models import CasePaper
from papers.selectors import wanted
from papers.tests.conftest import post_in
from papers.wording import on_paper
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import sealing
from supervision.enums import Adoption, SuggestionKind
from supervision.services import suggesting

pytestmark = pytest.mark.django_db
OF = {K.SUGGEST_WORK, K.SUGGEST_POLICY, K.SUGGEST_LIABILITY}


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def letters(case):
    return [one for one in due.papers_of(fresh(case)) if one.kind in OF]


@pytest.fixture
def suggest(offices):
    def make(case, kind=SuggestionKind.IMPROVE, *, unit="urban", **more):
        words = {
            "title": "夜市管理",
            "facts": "三个月内反映十二件。",
            "basis": "《信访工作条例》第四十条",
            "text": "请明确收摊时间。",
            **more,
        }
        to = getattr(offices.units, unit)
        return suggesting.issue(actor=offices.actor("inspector"), kind=kind, unit=to, petition=case, **words)

    return make


@pytest.mark.article(40)
@pytest.mark.parametrize(
    ("kind", "paper"),
    [(SuggestionKind.IMPROVE, K.SUGGEST_WORK), (SuggestionKind.POLICY, K.SUGGEST_POLICY)],
)
def test_a_suggestion_that_grew_out_of_a_case_asks_for_its_letter(
    lately, suggest, offices, draft, bring, kind, paper
):
    case = lately()
    row = suggest(case, kind)
    (asked,) = letters(case)
    assert (asked.kind, asked.subject, asked.unit) == (
        paper,
        row,
        offices.units.petition_office,
    ) and asked.asked
    made = draft(fresh(case), paper, "inspector", subject=row)
    fields = made.paper.fields
    assert (fields["to"], fields["subject"], fields["facts"]) == (row.unit.name, "夜市管理", row.facts)
    assert fields["legal_basis"] == row.basis and fields["suggestion"] == "请明确收摊时间。"
    assert fields["due_on"] == on_paper(row.clocks.get().due_at)
    assert case.number not in "".join(map(str, fields.values())), "the addressee need not read the case"
    issued = bring(made, writer="inspector", checker="petition_officer", signer="office_head")
    assert issued.paper.number.startswith("清信〔")
    assert paper not in {one.kind for one in wanted(fresh(case), offices.actor("inspector"))}


def test_the_office_drafts_it_and_nobody_else(lately, suggest, offices):
    case = lately()
    suggest(case)
    able = {
        who
        for who in ("clerk", "petition_officer", "inspector", "handler", "unit_head", "handler2")
        if rules.may_draft_of(letters(case), fresh(case), offices.actor(who))
    }
    assert able == {"petition_officer", "inspector"}


@pytest.mark.article(40)
def test_a_letter_on_responsibility_is_for_those_who_may_know_and_a_leader_signs_it(
    lately, suggest, offices, draft, bring, client_as
):
    case = lately()
    row = suggest(
        case, SuggestionKind.ACCOUNTABILITY, unit="discipline", about_unit=offices.units.urban,
        about_people=[offices.people["handler"]],
    )  # fmt: skip
    assert not rules.may_draft_of(letters(case), fresh(case), offices.actor("petition_officer"))
    made = draft(fresh(case), K.SUGGEST_LIABILITY, "inspector", subject=row)
    said = made.paper.fields["suggestion"]
    assert (
        f"责任单位：{offices.units.urban.name}。" in said
        and offices.people["handler"].get_full_name() in said
    )
    assert made.paper.major
    for who, sees in (
        ("inspector", True),
        ("leader", True),
        ("petition_officer", False),
        ("handler", False),
    ):
        assert CasePaper.objects.visible_to(offices.actor(who)).filter(pk=made.pk).exists() is sees, who
        assert client_as(offices.people[who]).get(made.get_absolute_url()).status_code == (
            200 if sees else 404
        )
    assert not CasePaper.objects.visible_to(offices.actor("unit_head")).filter(pk=made.pk).exists()
    post_in(offices, "inspector2", "何平", Role.INSPECTOR, "petition_office")
    issued = bring(made, writer="inspector", checker="inspector2", signer="leader")
    assert issued.paper.number.startswith("清信〔")


def test_what_was_answered_or_sealed_asks_for_none(lately, suggest, offices):
    case = lately()
    row = suggest(case)
    suggesting.answer(
        suggestion=row, actor=offices.actor("unit_head"), adoption=Adoption.ADOPTED, text="已改。"
    )
    assert [one.asked for one in letters(case)] == [False]
    suggest(case)
    sealing.seal(petition=fresh(case), actor=offices.actor("petition_officer"), reason="涉嫌违纪")
    assert letters(case) == []


def test_of_a_closed_case_it_is_asked_for_while_the_suggestion_waits(make_case, suggest, offices):
    case = make_case(until=Status.REFUSED, at=now() - timedelta(days=1))
    from petitions.services import following

    row = suggest(case)
    following.close(petition=fresh(case), actor=offices.actor("handler"))
    assert [(one.subject, one.asked) for one in letters(case)] == [(row, True)]
