"""Thresholds from which a case is proposed for a package: set by the office, from the next day on, with their history."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.enums import ProposalGround
from leaders.models import PackageProposal, PackageRule
from leaders.services.package_rules import GREATEST, set_rule
from leaders.services.proposing import propose

pytestmark = pytest.mark.django_db
G = ProposalGround
LIST, DOOR = "leaders:proposals", "leaders:package_rule"


def rows(ground=G.HEADS):
    found = PackageRule.objects.filter(ground=ground).order_by("valid_from")
    return list(found.values_list("threshold", "valid_from", "valid_until"))


def test_a_new_threshold_holds_from_tomorrow_and_the_old_one_keeps_its_days(cast, fresh_case):
    case, officer, tomorrow = (
        fresh_case(head_count=20),
        cast.actor("petition_officer"),
        local_day(now()) + timedelta(1),
    )
    ((_first, since, _end),) = rows()
    set_rule(actor=officer, ground=G.HEADS, threshold=15)
    assert rows() == [(30, since, tomorrow), (15, tomorrow, None)]
    assert propose(now()) == 0
    assert propose(now() + timedelta(days=1)) == 1
    assert PackageProposal.objects.get(petition=case).ground == G.HEADS
    assert AuditEntry.objects.get(act="package.rule").detail["threshold"] == 15


def test_what_was_set_for_tomorrow_is_set_again_and_a_rule_can_stop_and_come_back(cast):
    officer, tomorrow = cast.actor("petition_officer"), local_day(now()) + timedelta(1)
    ((_first, since, _end),) = rows()
    set_rule(actor=officer, ground=G.HEADS, threshold=15)
    set_rule(actor=officer, ground=G.HEADS, threshold=12)
    assert rows() == [(30, since, tomorrow), (12, tomorrow, None)]
    set_rule(actor=officer, ground=G.HEADS, threshold=None)
    assert rows() == [(30, since, tomorrow)]
    set_rule(actor=officer, ground=G.HEADS, threshold=30)
    assert rows() == [(30, since, tomorrow), (30, tomorrow, None)]


@pytest.mark.parametrize(
    ("who", "ground", "threshold", "words"),
    [
        ("handler", G.HEADS, 5, ""),
        ("unit_head", G.HEADS, 5, ""),
        ("petition_officer", G.OVERDUE, 5, "请从列表中选择情形"),
        ("petition_officer", G.HEADS, 0, "请填写 1 到"),
        ("petition_officer", G.HEADS, GREATEST + 1, "请填写 1 到"),
        ("petition_officer", G.HEADS, 30, "没有改动"),
    ],
)
def test_who_may_not_and_what_makes_no_rule_changes_nothing(cast, who, ground, threshold, words):
    before = rows()
    with pytest.raises(Refusal) as refusal:
        set_rule(actor=cast.actor(who), ground=ground, threshold=threshold)
    assert words in refusal.value.sentence and rows() == before


def test_the_page_shows_the_rules_keeps_what_was_typed_and_says_from_when(cast, client_as):
    officer = client_as(cast.petition_officer)
    assert "人数多 ≥ 30" in officer.get(reverse(LIST)).content.decode()
    for typed in ({"ground": "", "threshold": "8"}, {"ground": "heads", "threshold": "-8"}, {"ground": "x"}):
        answer = officer.post(reverse(DOOR), typed)
        assert answer.status_code == 422 and rows()[-1][0] == 30
    kept = officer.post(reverse(DOOR), {"ground": "", "threshold": "8"}).content.decode()
    assert 'value="8"' in kept
    page = officer.post(reverse(DOOR), {"ground": "heads", "threshold": "25"}, follow=True).content.decode()
    assert "从明天起施行" in page and "人数多 ≥ 25" in page and "止）" in page
    page = officer.post(reverse(DOOR), {"ground": "heads", "threshold": ""}, follow=True).content.decode()
    assert "人数多 ≥ 25" not in page
    assert (
        client_as(cast.handler).post(reverse(DOOR), {"ground": "heads", "threshold": "1"}).status_code == 403
    )
