"""约谈, 挂牌督办, 限期整改 and 通报 each have their letter: of what the joint conference ordered on a case, and of nothing else (条例 39)."""

from datetime import timedelta

import pytest

from conference.enums import ItemKind, OrderKind
from conference.services import meetings, minutes, ordering
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from papers import due
from papers.selectors import wanted
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import sealing

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def letters(case):
    return [
        one for one in due.papers_of(fresh(case)) if one.kind in {K.SUMMONS, K.LISTED, K.RECTIFY, K.CIRCULAR}
    ]


@pytest.fixture
def ordered(offices, cast):
    def make(case, kind, **more):
        officer = offices.actor("petition_officer")
        meeting = meetings.call(
            actor=officer,
            title="联席会议",
            starts_at=now() - timedelta(hours=1),
            place="县政府",
            chair=cast.post("leader"),
            units=[offices.units.urban],
        )
        item = meetings.add_item(
            meeting=meeting,
            actor=officer,
            kind=ItemKind.SHORTCOMING,
            title="夜市久拖不决",
            text="三次答复没有落实。",
            unit=offices.units.urban,
            petition=case,
        )
        minutes.write(
            meeting=meeting,
            actor=officer,
            text="到会。",
            decisions={1: minutes.Decided("责成。")},
            revision=0,
        )
        leader = offices.actor("leader")
        minutes.issue(meeting=meeting, actor=leader, number="清联纪〔2026〕3号", revision=1)
        new = ordering.NewOrder(
            kind=kind,
            unit=offices.units.urban,
            facts="三次答复没有落实。",
            basis="条例第三十九条",
            demand="月底前落实。",
            due_on=local_day(now()) + timedelta(days=20),
            **more,
        )
        return ordering.issue(item=item, actor=offices.actor("inspector"), new=new)

    return make


@pytest.mark.article(39)
def test_talks_ordered_on_a_case_ask_for_their_letter_until_they_were_held(lately, ordered, offices, draft):
    case = lately()
    row = ordered(case, OrderKind.TALK, talk_by="县委常委、政法委书记")
    assert [(one.subject, one.asked) for one in letters(case)] == [(row, True)]
    fields = draft(fresh(case), K.SUMMONS, "inspector", subject=row).paper.fields
    assert (fields["to"], fields["demand"]) == (offices.units.urban.name, "月底前落实。")
    assert "清联纪〔2026〕3号" in fields["decision"] and "政法委书记" in fields["people"]
    assert not fields["when"] and not fields["where"], "for whoever drafts to say"
    assert K.SUMMONS not in {one.kind for one in wanted(fresh(case), offices.actor("inspector"))}


@pytest.mark.article(39)
def test_the_red_list_by_a_conference_has_its_letter_with_the_nodes(lately, ordered, offices, draft):
    case = lately()
    assert case.status == Status.ACCEPTED
    row = ordered(case, OrderKind.LISTED)
    fields = draft(fresh(case), K.LISTED, "inspector", subject=row).paper.fields
    assert len(fields["milestones"]) == row.supervision.listing.milestones.count() == 4
    able = {
        who
        for who in ("clerk", "petition_officer", "inspector", "handler", "unit_head")
        if K.LISTED in {one.kind for one in due.papers_of(fresh(case))}
        and any(one.subject == row for one in letters(case))
        and _may(case, offices.actor(who))
    }
    assert able == {"petition_officer", "inspector"}


def _may(case, actor):
    from papers import rules

    return bool(rules.may_draft_of(letters(case), fresh(case), actor))


@pytest.mark.article(39)
def test_what_is_put_right_by_a_day_has_its_letter(lately, ordered, draft, bring):
    case = lately()
    row = ordered(case, OrderKind.RECTIFY)
    assert [(one.kind, one.subject, one.asked) for one in letters(case)] == [(K.RECTIFY, row, True)]
    made = draft(fresh(case), K.RECTIFY, "inspector", subject=row)
    fields = made.paper.fields
    assert (fields["subject"], fields["demand"]) == ("夜市久拖不决", "月底前落实。")
    issued = bring(made, writer="inspector", checker="petition_officer", signer="office_head")
    assert issued.paper.number.startswith("清信〔")


@pytest.mark.article(39)
def test_a_circular_goes_to_its_unit_and_to_whoever_it_is_made_known_to(
    lately, ordered, offices, draft, bring
):
    case = lately()
    row = ordered(case, OrderKind.CRITICISM, circulated=[offices.units.housing])
    made = draft(fresh(case), K.CIRCULAR, "inspector", subject=row)
    names = (offices.units.urban.name, offices.units.housing.name)
    assert made.paper.fields["to"] == "、".join(names) and made.paper.fields["criticised"] == names[0]
    assert bring(made, writer="inspector", checker="petition_officer", signer="office_head").paper.number


@pytest.mark.article(30)
def test_a_sealed_case_has_none(lately, ordered, offices):
    case = lately()
    ordered(case, OrderKind.TALK, talk_by="县长")
    sealing.seal(petition=case, actor=offices.actor("petition_officer"), reason="涉嫌违纪")
    assert letters(case) == []
