"""Counted looks: an unusual number tells the security administrators, and holds up nobody."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.timekeeping import SHANGHAI, now
from notifications.models import Notice
from petitions.archive_enums import LookKind
from petitions.enums import Kind, Status
from petitions.models import Attachment, Look
from petitions.services.looking import count_look
from petitions.tests.test_doors_races import both_at_once
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 3, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def low_lines(settings):
    settings.LOOKS_PER_HOUR, settings.LOOKS_PER_DAY = 3, 5


def told():
    return list(Notice.objects.filter(dedupe_key__startswith="looks:").order_by("pk"))


def look(cast, case, at, kind=LookKind.FIELD, who="handler", reason="核对身份"):
    count_look(actor=cast.actor(who), petition=case, kind=kind, reason=reason, at=at)


def test_as_many_looks_as_the_line_allows_tell_nobody(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    for n in range(3):
        look(cast, case, NOON + timedelta(minutes=n))
    assert told() == []


def test_one_look_more_within_the_hour_tells_every_security_administrator_once(cast, make_case):
    case, other = make_case(until=Status.ACCEPTED), User.objects.create(username="sec2", name="另安")
    Post.objects.create(
        user=other, unit=cast.units.petition_office, role=Role.SECURITY_ADMIN, valid_from=SINCE
    )
    for n in range(5):
        look(cast, case, NOON + timedelta(minutes=n))
    assert sorted(notice.recipient.username for notice in told()) == ["sec2", "secadmin"]
    notice = told()[0]
    assert "陈立" in notice.text
    assert "一小时内查看受保护信息 4 次" in notice.text
    assert case.number not in notice.text
    assert notice.link == f"{reverse('petitions:looks')}?on=2026-09-03"


def test_the_day_has_a_step_of_its_own_and_the_next_day_begins_anew(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    start = datetime(2026, 9, 3, 8, 0, tzinfo=SHANGHAI)
    for n in range(7):
        look(cast, case, start + timedelta(hours=2 * n))
    assert [notice.dedupe_key.split(":")[3] for notice in told()] == ["day"]
    assert "今天查看受保护信息 6 次" in told()[0].text
    for n in range(7):
        look(cast, case, start + timedelta(days=1, hours=2 * n))
    assert len(told()) == 2


def test_the_hour_runs_over_midnight(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    for minute in (50, 55, 60, 65):
        look(cast, case, datetime(2026, 9, 3, 23, 0, tzinfo=SHANGHAI) + timedelta(minutes=minute))
    assert [notice.dedupe_key.split(":")[2:4] for notice in told()] == [["2026-09-04", "hour"]]


def test_a_sealed_case_opened_again_within_the_hour_is_the_same_look(cast, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    for n in (0, 10, 59, 61):
        look(cast, case, NOON + timedelta(minutes=n), LookKind.SEALED, "discipline_officer", "")
    assert Look.objects.count() == 2


def test_the_pages_count_and_every_look_still_opens(cast, make_case, client_as):
    case = make_case(until=Status.ACCEPTED)
    page = client_as(cast.handler)
    address = reverse("petitions:reveal", args=[case.number, case.persons.get().ordinal])
    for _n in range(6):
        answer = page.post(address, {"field": "phone", "reason": "电话联系信访人"})
        assert "13800001234" in answer.content.decode()
    assert Look.objects.filter(user=cast.handler, kind="field", reason="电话联系信访人").count() == 6
    assert len(told()) == 2  # the hour's and the day's
    assert AuditEntry.objects.filter(act="petition.reveal").count() == 6


def test_opening_a_sealed_case_counts_and_an_open_one_does_not(cast, make_case, client_as):
    sealed, plain = make_case.registered(kind=Kind.ACCUSATION).petition, make_case(until=Status.ACCEPTED)
    assert client_as(cast.discipline_officer).get(sealed.get_absolute_url()).status_code == 200
    assert client_as(cast.handler).get(plain.get_absolute_url()).status_code == 200
    assert [(row.user, row.kind) for row in Look.objects.all()] == [(cast.discipline_officer, "sealed")]


def test_a_file_of_a_sealed_case_fetched_without_its_page_counts_as_a_look(cast, make_case, client_as):
    sealed, plain = make_case.registered(kind=Kind.ACCUSATION).petition, make_case(until=Status.ACCEPTED)
    for case, who in ((sealed, cast.discipline_officer), (plain, cast.handler)):
        file = Attachment(
            petition=case, name="收据.txt", content_type="text/plain", size=6, sha256="0" * 64, added_at=now()
        )
        file.file.save("receipt.txt", ContentFile("收据".encode()))
        answer = client_as(who).get(reverse("petitions:attachment", args=[case.number, file.token]))
        assert answer.status_code == 200
    assert [(row.user, row.kind) for row in Look.objects.all()] == [(cast.discipline_officer, "sealed")]


def test_the_page_gives_numbers_and_reasons_and_nothing_of_the_case(cast, make_case, client_as):
    case = make_case(until=Status.ACCEPTED)
    at = now()
    for n in range(4):
        look(cast, case, at - timedelta(seconds=n), reason="核对身份" if n else "上门走访核实")
    look(
        cast,
        make_case.registered(kind=Kind.ACCUSATION).petition,
        at,
        LookKind.SEALED,
        "discipline_officer",
        "",
    )
    page = client_as(cast.secadmin).get(reverse("petitions:looks")).content.decode()
    for words in ("陈立", "冯肃", "核对身份（3）", "上门走访核实（1）", "超过提醒线"):
        assert words in page
    for words in (case.number, case.subject, "张小河", "密件页"):
        assert words not in page
    (entry,) = AuditEntry.objects.filter(act="looks.read")
    assert entry.user == cast.secadmin


@pytest.mark.parametrize("on", ["gestern", "1999-01-01", "2999-01-01", "2026-13-01"])
def test_a_day_that_is_none_is_said_so_and_shows_nothing(cast, client_as, on):
    answer = client_as(cast.secadmin).get(reverse("petitions:looks"), {"on": on})
    assert answer.status_code == 422
    assert "请填写" in answer.content.decode()


def test_another_day_is_shown_when_it_is_asked_for(cast, make_case, client_as):
    look(cast, make_case(until=Status.ACCEPTED), NOON)
    page = client_as(cast.secadmin)
    assert "陈立" in page.get(reverse("petitions:looks"), {"on": "2026-09-03"}).content.decode()
    day = date(2026, 9, 4)
    assert "没有人查看" in page.get(reverse("petitions:looks"), {"on": day}).content.decode()


@pytest.mark.parametrize("who", ["petition_officer", "sysadmin", "auditor", "unit_head", "inspector"])
def test_nobody_but_the_security_administrator_opens_it(cast, client_as, who):
    answer = client_as(getattr(cast, who)).get(reverse("petitions:looks"))
    assert answer.status_code == 403


def test_people_cost_no_further_queries(cast, make_case, client_as, django_assert_num_queries):
    case = make_case(until=Status.ACCEPTED)
    from petitions.selectors.looks import looks_on

    for people in (["handler"], ["handler", "handler2", "clerk"]):
        for who in people:
            look(cast, case, NOON, who=who)
        with django_assert_num_queries(3):
            assert len(looks_on(NOON.date())) == len(people)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_looks_at_the_same_moment_are_all_counted_and_told_of_once(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    doors = [lambda n=n: look(cast, case, NOON + timedelta(seconds=n)) for n in range(4)]
    assert both_at_once(*doors) == [None] * 4
    assert Look.objects.count() == 4
    (notice,) = told()
    assert "4 次" in notice.text
