"""每周两通报 and 红榜预警: by rules, of units alone; the head is told first, the bulletin says it later, mended is cleared."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Kind, RecusalGround, Status
from petitions.services import handling, recusing
from reports.models import Brief, BriefKind, Section, UnitWarning, WarningRule
from reports.selectors.units_late import Kept, kept_by_unit, measured
from reports.services import briefs, warning
from reports.tasks import draft_brief, look_at_units
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 7, 30, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
BULLETIN = BriefKind.BULLETIN


@pytest.fixture(autouse=True)
def tuesday_morning():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def second(cast):
    user = User.objects.create_user("second", name="郭安")
    post = Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    return Actor.of(post)


@pytest.fixture
def three_late(make_case):
    """Three cases of 城市管理局 that are past their sixty days."""
    return [make_case(at=TUESDAY - 80 * DAY, until=Status.ACCEPTED) for _n in range(3)]


def texts(row, section):
    return list(row.items.filter(section=section).values_list("text", flat=True))


def close_one(case, cast):
    case.clocks.filter(stopped_at=None).update(due_at=TUESDAY + 9 * DAY)


def test_it_is_drafted_on_its_days_beside_the_brief(cast):
    assert briefs.draft_due(at=TUESDAY - DAY, kind=BULLETIN) is None, "on a Monday there is none"
    draft_brief()
    assert sorted(Brief.objects.values_list("kind", flat=True)) == ["bulletin", "daily"]
    draft_brief()
    assert Brief.objects.count() == 2
    friday = briefs.draft_due(at=TUESDAY + 3 * DAY, kind=BULLETIN)
    assert friday.since == TUESDAY and friday.kind == BULLETIN


def test_it_says_what_units_kept_and_missed(cast, make_case, three_late):
    at = TUESDAY - 2 * DAY
    quick, slow = make_case(at=at), make_case(at=at)
    handling.respond(
        petition=quick, actor=cast.actor("petition_officer"), text="已收到", at=at + timedelta(minutes=5)
    )
    row = briefs.draft_due(kind=BULLETIN)
    orders = texts(row, Section.ORDERS)
    assert any("10 分钟首次回应 2 件中达成 1 件" in text for text in orders), orders
    (late,) = texts(row, Section.OVERDUE)
    assert late.startswith("城市管理局超期未办 3 件，期限最早的是")
    assert slow.number not in "".join(orders)
    assert not row.items.exclude(petition=None).exists(), "no line is about a single case"


def test_where_nothing_came_and_nothing_is_late_it_says_so(cast):
    row = briefs.draft_due(kind=BULLETIN)
    assert texts(row, Section.ORDERS) == ["这几天没有到时限的 10-30-24。"]
    assert texts(row, Section.OVERDUE) == ["没有超期未办的件。"]
    assert texts(row, Section.WARNED) == []


def test_a_unit_is_warned_first_and_stands_in_the_bulletin_two_days_later(cast, three_late):
    assert warning.look() == (1, 0)
    (one,) = UnitWarning.objects.all()
    assert (one.unit, one.rule, one.value, one.threshold) == (cast.units.urban, WarningRule.RED, 3, 3)
    told = Notice.objects.get(link="/reports/warnings/")
    assert told.recipient == cast.unit_head and "先办超期最久的" in told.text
    assert warning.look() == (0, 0), "once is enough"
    assert texts(briefs.draft_due(kind=BULLETIN), Section.WARNED) == []
    friday = briefs.draft_due(at=TUESDAY + 3 * DAY, kind=BULLETIN)
    (line,) = texts(friday, Section.WARNED)
    assert line.startswith("城市管理局：预警时超期未办 3 件，达到预警线 3 件。请单位负责人")


def test_it_is_cleared_when_mended_and_the_head_is_told(cast, three_late):
    warning.look()
    close_one(three_late[0], cast)
    assert warning.look(at=TUESDAY + DAY) == (0, 1)
    (one,) = UnitWarning.objects.all()
    assert one.cleared_at == TUESDAY + DAY
    assert Notice.objects.filter(recipient=cast.unit_head, text__contains="已解除").count() == 1
    assert texts(briefs.draft_due(at=TUESDAY + 3 * DAY, kind=BULLETIN), Section.WARNED) == []
    assert AuditEntry.objects.filter(act__in=["warning.warned", "warning.cleared"]).count() == 2


def test_the_share_of_dates_missed_warns_only_where_there_are_enough(cast, make_case, settings):
    for n in range(4):
        make_case(at=TUESDAY - 20 * DAY - n * timedelta(hours=1), until=Status.FORWARDED)
    assert [one.rule for one in measured(TUESDAY)] == [WarningRule.RED], "four dates are too few for a share"
    make_case(at=TUESDAY - 19 * DAY, until=Status.FORWARDED)
    settings.WARN_OVERDUE = 99
    (one,) = measured(TUESDAY)
    assert (one.rule, one.value, one.whole, one.threshold) == (WarningRule.SHARE, 100, 5, 20)


def test_how_many_a_unit_receives_warns_nobody(cast, make_case):
    for n in range(30):
        make_case(at=TUESDAY - timedelta(hours=n + 1))
    assert list(measured(TUESDAY)) == []


@pytest.mark.article(28, 30)
def test_accusations_and_cases_somebody_stays_out_of_count_nowhere(cast, make_case, three_late):
    for case in three_late[:2]:
        recusing.exclude(
            petition=case, actor=cast.actor("petition_officer"), user=cast.clerk,
            ground=RecusalGround.FAMILY, reason="亲属",
        )  # fmt: skip
    make_case.registered(at=TUESDAY - 80 * DAY, kind=Kind.ACCUSATION)
    assert list(measured(TUESDAY)) == []
    kept = kept_by_unit("conclusion", TUESDAY - 80 * DAY, TUESDAY)
    assert kept.get(cast.units.urban.pk) == Kept(0, 1)


def test_nobody_is_warned_on_a_day_off(cast, three_late):
    assert warning.look(at=TUESDAY - 2 * DAY) == (0, 0)
    look_at_units()
    assert UnitWarning.objects.count() == 1


def test_a_head_sees_the_own_warnings_and_the_office_all(cast, three_late, client_as):
    warning.look()
    url = reverse("reports:warnings")
    assert "城市管理局" in client_as(cast.unit_head).get(url).content.decode()
    assert "逐件核对" in client_as(cast.unit_head).get(url).content.decode()
    assert "没有红榜预警" in client_as(cast.unit_head2).get(url).content.decode()
    for who in (cast.petition_officer, cast.inspector, cast.leader):
        assert "城市管理局" in client_as(who).get(url).content.decode()
    assert client_as(cast.handler).get(url).status_code == 403


def test_a_bulletin_is_edited_by_one_signed_by_another_and_read(cast, second, three_late, client_as):
    row = briefs.draft_due(kind=BULLETIN)
    page = client_as(cast.petition_officer).get(reverse("reports:brief_edit", args=[row.pk])).content.decode()
    assert "红榜预警" in page and "接访承诺和批示" not in page, "it has its own sections"
    briefs.save(
        brief=row, actor=cast.actor("petition_officer"), edits={},
        added=[(Section.OVERDUE, "请各单位本周内清理。")],
    )  # fmt: skip
    row.refresh_from_db()
    briefs.sign(brief=row, actor=second)
    assert "工作通报已签发" in Notice.objects.get(recipient=cast.leader, link=row.get_absolute_url()).text
    body = client_as(cast.leader).get(row.get_absolute_url()).content.decode()
    assert "清江县工作通报" in body and "请各单位本周内清理。" in body
