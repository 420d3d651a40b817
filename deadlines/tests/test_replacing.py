"""A version that was wrong is replaced on the very day from which it holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import ledger, selectors
from deadlines.enums import StepKind
from deadlines.models import ClockEntry, Rule
from deadlines.rulebook import rulebook
from deadlines.services import change_rule, checking, foresee_rule, ruling, sweep
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from deadlines.tests.test_keeping_pages import typed
from deadlines.tests.test_ruling import CONCLUSION, NOW
from notifications.models import Notice

pytestmark = pytest.mark.django_db
#: Six days were typed for sixty.
WRONG = replace(CONCLUSION, length=6, ladder=((StepKind.BREACH, 0, Role.HANDLER),))
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch, request):
    if "client_as" in request.fixturenames:
        return  # the pages look at all clocks
    monkeypatch.setattr(ruling, "clock_classes", lambda: [Egg])


@pytest.fixture
def change(cast):
    def make(new=CONCLUSION, *, running=False, at=NOW):
        return change_rule(actor=cast.actor("sysadmin"), new=new, running=running, reason="更正", at=at)

    return make


def test_before_a_clock_started_under_it(change, lay):
    wrong = change(WRONG).rule
    right = change(at=NOW + HOUR).rule
    wrong.refresh_from_db()
    assert (wrong.replaced_at, wrong.valid_from) == (NOW + HOUR, right.valid_from)
    assert rulebook().in_force("conclusion", NOW + HOUR) == right
    before = Rule.objects.get(code="conclusion", length=60, valid_until=local_day(NOW))
    assert rulebook().in_force("conclusion", NOW - timedelta(days=1)) == before
    (egg,) = lay("conclusion", "2026-03-10T11:00")
    assert egg.rule == right


@pytest.mark.parametrize("running", [False, True])
def test_after_clocks_started_under_it_they_stay_or_go_over_as_was_chosen(change, lay, running):
    wrong = change(WRONG).rule
    (egg,) = lay("conclusion", "2026-03-10T09:30")
    assert egg.rule == wrong
    seen = foresee_rule(CONCLUSION, running=running, at=NOW + HOUR)
    assert (seen.looked_at, seen.moving) == (1, 1)
    made = change(running=running, at=NOW + HOUR)
    egg.refresh_from_db()
    assert egg.rule == (made.rule if running else wrong)
    assert (made.running, made.moved) == ((1, 1) if running else (0, 0))
    entry = AuditEntry.objects.filter(act="rule.change").latest("pk")
    assert (entry.detail["replaced"], entry.detail["running"]) == ("6日", running)
    assert not list(checking.faults(Egg, NOW + HOUR))


def test_what_was_late_by_the_mistake_is_taken_back_and_nothing_is_told_twice(change, lay):
    (egg,) = lay("conclusion", "2026-03-02T09:00")
    change(WRONG, running=True)
    egg.refresh_from_db()
    assert egg.breached_at is not None and Notice.objects.count() == 1
    sweep(Egg, now=NOW)
    change(running=True, at=NOW + HOUR)
    egg.refresh_from_db()
    assert (egg.breached_at, egg.due_at.date().isoformat()) == (None, "2026-04-16")
    assert ledger.rounds(Egg, [egg.pk]) == {egg.pk: 1}
    assert list(ClockEntry.objects.filter(clock_id=egg.pk).order_by("pk").values_list("kind", flat=True)) == [
        "start",
        "rule",
        "rule",
    ]
    sweep(Egg, now=NOW + HOUR)
    assert Notice.objects.count() == 1
    sweep(Egg, now=moment("2026-06-01T00:00"))
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) == 1 + len(CONCLUSION.ladder)
    assert not list(checking.faults(Egg))


def test_again_and_again_on_one_day(change):
    for length in (6, 7, 8, 9):
        change(replace(WRONG, length=length))
    assert rulebook().in_force("conclusion", NOW).length == 9
    assert Rule.objects.filter(code="conclusion", replaced_at__isnull=False).count() == 3


def test_on_the_next_day_a_version_follows_and_nothing_is_replaced(change):
    wrong = change(WRONG).rule
    later = NOW + timedelta(days=1)
    change(replace(CONCLUSION, valid_from=local_day(later)), at=later)
    wrong.refresh_from_db()
    assert (wrong.replaced_at, wrong.valid_until) == (None, local_day(later))


def test_one_that_was_replaced_neither_ends_nor_goes_nor_counts(change, cast):
    wrong = change(WRONG).rule
    change(at=NOW + HOUR)
    with pytest.raises(Refusal, match="已经被撤回或者更正"):
        ruling.end_rule(
            actor=cast.actor("sysadmin"), rule=wrong, on=local_day(NOW) + timedelta(days=3), running=False,
            reason="x", at=NOW,
        )  # fmt: skip
    (row,) = [row for row in selectors.rules_in_force(NOW) if row.rule.code == "conclusion"]
    assert row.rule.length == 45


def test_the_page_says_so_before_and_shows_it_afterwards(cast, client_as):
    admin = client_as(cast.sysadmin)
    address, today = "/staff/rules/conclusion/", local_day(now())
    admin.post(address + "new/", typed(length="6", running="keep", confirmed="1"))
    assert Rule.objects.filter(code="conclusion", length=6, valid_from=today).exists()
    page = admin.post(address + "new/", typed(length="50", running="keep"))
    assert "今天起施行的版本（6日）由它更正" in page.content.decode()
    assert admin.post(address + "new/", typed(length="50", running="keep", confirmed="1")).status_code == 302
    assert "已更正，不再适用" in admin.get(address).content.decode()
