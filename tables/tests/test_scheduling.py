"""Sharing, and telling people of tables: once a turn, only those who may open it, and cleanly when it is deleted."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from tables import rules
from tables.enums import Every, Key, Period, Told
from tables.models import SavedTable, Schedule, TableShare
from tables.periods import Span, last_turn, next_turn, span_of
from tables.services import saving, scheduling, sharing
from tables.shape import Shape
from tables.tasks import tell_of_tables
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
#: A Monday morning, before eight.
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=SHANGHAI)
EIGHT = MONDAY.replace(hour=8, minute=0)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def table(cast):
    return make(cast)


def make(cast, who="statistician", title="各单位件次", **more):
    shape = Shape(
        **({"rows": Key.UNIT, "columns": "", "measures": ("count",), "period": Period.LAST_MONTH} | more)
    )
    return saving.save(actor=cast.actor(who), title=title, shape=shape)


def share(cast, table, unit, role="", below=False):
    return sharing.share(actor=cast.actor("statistician"), table=table, unit=unit, below=below, role=role)


def plan(cast, table, **more):
    wish = {"every": Every.WEEK, "weekday": 0, "day": 1, "hour": 8, "told": Told.READERS} | more
    return scheduling.plan(actor=cast.actor("statistician"), table=table, **wish)


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


def told(table):
    return sorted(Notice.objects.filter(about=table.about).values_list("recipient__username", flat=True))


def opens(cast, table):
    return {who for who in ("statistician", "petition_officer", "inspector", "unit_head", "unit_head2", "leader",
                            "handler", "sysadmin") if rules.visible_to(cast.actor(who)).filter(pk=table.pk).exists()}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        (date(2026, 11, 23), Period.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 1, 5), Period.LAST_MONTH, date(2025, 12, 1), date(2025, 12, 31)),
        (date(2028, 2, 29), Period.THIS_MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 11, 23), Period.LAST_WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (date(2026, 11, 22), Period.LAST_WEEK, date(2026, 11, 9), date(2026, 11, 15)),
        (date(2026, 11, 23), Period.THIS_YEAR, date(2026, 1, 1), date(2026, 11, 23)),
        (date(2026, 11, 23), Period.LAST_YEAR, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_what_a_period_means_on_a_day(day, period, first, last):
    assert span_of(period, day) == Span(first, last)


@pytest.mark.parametrize(
    ("every", "weekday", "day", "after", "turn"),
    [
        (Every.WEEK, 0, 1, MONDAY, EIGHT),
        (Every.WEEK, 0, 1, EIGHT, EIGHT + WEEK),
        (Every.WEEK, 6, 1, EIGHT, EIGHT + timedelta(days=6)),
        (Every.MONTH, 0, 1, MONDAY, datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)),
        (Every.MONTH, 0, 31, MONDAY, datetime(2026, 11, 30, 8, tzinfo=SHANGHAI)),
        (
            Every.MONTH,
            0,
            31,
            datetime(2027, 2, 1, 8, tzinfo=SHANGHAI),
            datetime(2027, 2, 28, 8, tzinfo=SHANGHAI),
        ),
        (
            Every.MONTH,
            0,
            5,
            datetime(2026, 12, 5, 8, tzinfo=SHANGHAI),
            datetime(2027, 1, 5, 8, tzinfo=SHANGHAI),
        ),
    ],
)
def test_the_next_turn_is_later_and_the_last_one_is_not(every, weekday, day, after, turn):
    assert next_turn(every, weekday, day, 8, after) == turn
    assert last_turn(every, weekday, day, 8, turn) == turn
    assert last_turn(every, weekday, day, 8, turn - timedelta(seconds=1)) <= after


def test_a_table_is_its_owner_s_until_it_is_shared(cast, table):
    assert opens(cast, table) == {"statistician"}
    share(cast, table, cast.units.urban)
    assert opens(cast, table) == {"statistician", "unit_head"}
    one = share(cast, table, cast.units.district, below=True, role=Role.UNIT_HEAD)
    assert opens(cast, table) == {"statistician", "unit_head", "unit_head2"}
    share(cast, table, cast.units.district, below=True, role=Role.UNIT_HEAD)
    assert TableShare.objects.count() == 2
    sharing.end(actor=cast.actor("statistician"), table=table, share=one.pk)
    assert opens(cast, table) == {"statistician", "unit_head"}
    assert {post.user for post in rules.readers_of(table)} == {cast.statistician, cast.unit_head}
    assert set(AuditEntry.objects.filter(act__startswith="table.").values_list("act", flat=True)) == {
        "table.save", "table.share", "table.unshare",
    }  # fmt: skip


def test_it_is_shared_with_no_more_than_so_many_and_the_last_one_can_still_be_changed(
    cast, table, monkeypatch
):
    monkeypatch.setattr(sharing, "MOST_SHARES", 2)
    share(cast, table, cast.units.urban)
    share(cast, table, cast.units.district)
    assert share(cast, table, cast.units.district, below=True).below
    assert "最多共享给 2 处" in refused(lambda: share(cast, table, cast.units.housing), "invalid")
    assert TableShare.objects.count() == 2


def test_only_its_owner_changes_shares_schedules_or_deletes_it(cast, table):
    share(cast, table, cast.units.petition_office)
    other = cast.actor("petition_officer")
    for door in (
        lambda: saving.save(actor=other, title="改名", shape=table.shape, table=table),
        lambda: saving.delete(actor=other, table=table),
        lambda: sharing.share(actor=other, table=table, unit=cast.units.urban, below=False, role=""),
        lambda: sharing.end(actor=other, table=table, share=table.shares.get().pk),
        lambda: scheduling.plan(
            actor=other, table=table, every="week", weekday=0, day=1, hour=8, told="owner"
        ),
        lambda: scheduling.stop(actor=other, table=table),
    ):
        refused(door, "forbidden")
    table.refresh_from_db()
    assert (table.title, table.shares.count(), Schedule.objects.count()) == ("各单位件次", 1, 0)


@pytest.mark.parametrize(
    ("title", "words"), [("", "请填写标题"), ("查" * 61, "最多 60 字"), ("找13800138000", "像是某个人的号码")]
)
def test_a_title_is_short_and_tells_of_nobody(cast, title, words):
    assert words in refused(lambda: make(cast, title=title), "invalid")
    assert not SavedTable.objects.exists()


def test_whoever_reads_no_statistics_makes_no_table(cast):
    refused(lambda: make(cast, "handler"), "forbidden")
    refused(lambda: make(cast, "sysadmin"), "forbidden")


def test_a_field_that_its_maker_may_not_see_is_refused_at_once(cast):
    sentence = refused(lambda: make(cast, columns=Key.CHANNEL, measures=("unit_satisfaction",)), "forbidden")
    assert "责任单位满意率" in sentence and "请改条件" in sentence
    refused(lambda: make(cast, "unit_head", unit=cast.units.housing), "not_found")
    assert not SavedTable.objects.exists()


def test_each_reader_is_told_once_a_turn_with_a_link_and_no_number(cast, table):
    share(cast, table, cast.units.petition_office, role=Role.PETITION_OFFICER)
    plan(cast, table)
    assert scheduling.run_due(at=EIGHT - timedelta(seconds=1)) == 0
    assert scheduling.run_due(at=EIGHT) == 1
    assert scheduling.run_due(at=EIGHT) == 0
    assert told(table) == ["petition_officer", "statistician"]
    notice = Notice.objects.filter(about=table.about).first()
    assert notice.text == "统计表“各单位件次”有新一期，请查看。"
    assert notice.link == f"{table.get_absolute_url()}?day=2026-11-23"
    row = Schedule.objects.get()
    assert (row.last_at, row.next_at) == (EIGHT, EIGHT + WEEK)


def test_after_a_standstill_the_latest_turn_is_told_of_once(cast, table):
    plan(cast, table, told=Told.OWNER)
    assert scheduling.run_due(at=EIGHT + 3 * WEEK + timedelta(hours=5)) == 1
    assert told(table) == ["statistician"]
    assert Notice.objects.get(about=table.about).link.endswith("?day=2026-12-14")
    assert Schedule.objects.get().next_at == EIGHT + 4 * WEEK
    assert scheduling.run_due(at=EIGHT + 4 * WEEK) == 1
    assert Notice.objects.filter(about=table.about).count() == 2


def test_the_task_tells_of_what_is_due_now(cast, table):
    plan(cast, table)
    with time_machine.travel(EIGHT, tick=False):
        tell_of_tables()
    assert told(table) == ["statistician"]


def test_whoever_may_not_open_it_any_more_is_not_told_and_loses_what_was_told(cast, table):
    one = share(cast, table, cast.units.urban)
    plan(cast, table)
    scheduling.run_due(at=EIGHT)
    assert told(table) == ["statistician", "unit_head"]
    sharing.end(actor=cast.actor("statistician"), table=table, share=one.pk)
    assert told(table) == ["statistician"]
    scheduling.run_due(at=EIGHT + WEEK)
    assert told(table) == ["statistician", "statistician"]


def test_a_schedule_ends_with_the_post_of_its_owner(cast, table):
    plan(cast, table)
    post = cast.post("statistician")
    post.valid_until = date(2026, 11, 23)
    post.save()
    assert scheduling.run_due(at=EIGHT) == 0
    assert not Schedule.objects.exists() and told(table) == []


def ended(cast, who="statistician"):
    post = cast.post(who)
    post.valid_until = date(2026, 11, 23)
    post.save()


def test_a_table_that_an_ended_post_left_behind_is_deleted_by_a_statistician_of_the_office(cast):
    head = cast.actor("unit_head")
    shape = Shape(rows=Key.UNIT, columns="", measures=("count",), period=Period.LAST_MONTH)
    table = saving.save(actor=head, title="城管件次", shape=shape)
    private = saving.save(actor=head, title="自用", shape=shape)
    sharing.share(
        actor=head, table=table, unit=cast.units.petition_office, below=False, role="petition_officer"
    )
    statistician = cast.actor("statistician")
    assert opens(cast, table) == {"unit_head", "petition_officer"}
    refused(lambda: saving.delete(actor=statistician, table=table), "forbidden")
    ended(cast, "unit_head")
    assert opens(cast, table) == {"unit_head", "petition_officer", "statistician"}
    assert opens(cast, private) == {"unit_head"}, "what nobody else was shown is on nobody else's list"
    refused(lambda: saving.delete(actor=cast.actor("petition_officer"), table=table), "forbidden")
    refused(lambda: saving.delete(actor=cast.actor("sysadmin"), table=table), "forbidden")
    refused(lambda: saving.save(actor=statistician, title="改名", shape=shape, table=table), "forbidden")
    saving.delete(actor=statistician, table=table)
    assert list(SavedTable.objects.all()) == [private]
    assert AuditEntry.objects.get(act="table.delete").detail["owner"] == head.post.pk


def test_a_table_of_somebody_who_left_is_deleted_on_its_page(cast, client_as):
    successor = User.objects.create_user("statistician2", name="沈月")
    Post.objects.create(
        user=successor, unit=cast.units.petition_office, role=Role.STATISTICIAN, valid_from=SINCE
    )
    table = make(cast)
    share(cast, table, cast.units.urban)
    client, url = client_as(successor), reverse("tables:delete", args=[table.pk])
    assert client.get(table.get_absolute_url()).status_code == 404
    assert client.post(url).status_code == 404
    ended(cast)
    page = client.get(table.get_absolute_url()).content.decode()
    assert "由您代为删除" in page and "设定定时通知" not in page and "修改</a>" not in page
    assert client.post(url).status_code == 302
    assert not SavedTable.objects.exists()


def test_a_turn_that_fails_holds_up_no_other_and_its_owner_is_told(cast, table, caplog):
    broken, other = make(cast, title="旧指标"), make(cast, title="后面的表")
    share(cast, broken, cast.units.urban)
    for one, hour in ((broken, 7), (table, 8), (other, 9)):
        plan(cast, one, hour=hour)
    Schedule.objects.filter(table=broken).update(next_at=EIGHT - timedelta(hours=1))
    SavedTable.objects.filter(pk=broken.pk).update(measures=["given_up"])
    at = EIGHT + timedelta(hours=1)
    assert scheduling.run_due(at=at) == 2
    assert [told(one) for one in (broken, table, other)] == [["statistician"]] * 3
    text = Notice.objects.get(about=broken.about).text
    assert text == "统计表“旧指标”这一期没有通知出去：请至少选择一个指标。请打开核对，修改后重新保存。"
    assert "table turn failed" in caplog.text
    # Once a turn, not every minute; the next one is tried again.
    assert scheduling.run_due(at=at + timedelta(minutes=1)) == 0
    assert Notice.objects.filter(about=broken.about).count() == 1
    row = Schedule.objects.get(table=broken)
    assert row.last_at is None and row.next_at > at
    SavedTable.objects.filter(pk=broken.pk).update(measures=["count"])
    assert scheduling.run_due(at=row.next_at) == 1
    assert told(broken) == ["statistician", "statistician", "unit_head"]


@pytest.mark.parametrize(
    ("error", "notices", "waits"), [(RuntimeError("x"), 1, False), (OperationalError("deadlock"), 0, True)]
)
def test_what_only_had_to_wait_comes_again_and_what_broke_does_not(
    cast, table, monkeypatch, error, notices, waits
):
    other = make(cast, title="后面的表")
    plan(cast, table)
    plan(cast, other)
    tell = scheduling._tell

    def breaks(row, at):
        if row.table_id == table.pk:
            raise error
        return tell(row, at)

    monkeypatch.setattr(scheduling, "_tell", breaks)
    assert scheduling.run_due(at=EIGHT) == 1
    assert told(other) == ["statistician"]
    assert Notice.objects.filter(about=table.about).count() == notices
    assert (Schedule.objects.get(table=table).next_at <= EIGHT) == waits
    monkeypatch.undo()
    assert scheduling.run_due(at=EIGHT + timedelta(minutes=1)) == waits


def test_deleting_takes_everything_of_it_along(cast, table):
    share(cast, table, cast.units.urban)
    plan(cast, table)
    scheduling.run_due(at=EIGHT)
    saving.delete(actor=cast.actor("statistician"), table=table)
    assert told(table) == []
    assert not (SavedTable.objects.exists() or TableShare.objects.exists() or Schedule.objects.exists())
    assert scheduling.run_due(at=EIGHT + WEEK) == 0
    for door in (
        lambda: saving.delete(actor=cast.actor("statistician"), table=table),
        lambda: saving.save(actor=cast.actor("statistician"), title="又来", shape=table.shape, table=table),
        lambda: plan(cast, table),
        lambda: share(cast, table, cast.units.urban),
    ):
        assert refused(door, "not_found") == "这张统计表已经删除。"


@pytest.mark.parametrize(
    "wish", [{"weekday": 7}, {"day": 0}, {"day": 32}, {"hour": 24}, {"every": "day"}, {"told": "all"}]
)
def test_a_time_that_never_comes_is_refused(cast, table, wish):
    assert "请选择" in refused(lambda: plan(cast, table, **wish), "invalid")
    assert not Schedule.objects.exists()


def test_stopping_what_was_not_set_says_so(cast, table):
    assert refused(lambda: scheduling.stop(actor=cast.actor("statistician"), table=table), "stale")
    plan(cast, table)
    scheduling.stop(actor=cast.actor("statistician"), table=table)
    assert not Schedule.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_turn_is_not_taken_while_another_hand_holds_the_table(cast, table, second_connection):
    """Whoever deletes it holds it: the turn waits for the next look, and then there is nothing to tell of."""
    plan(cast, table)
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tables_savedtable WHERE id = %s FOR UPDATE", [table.pk])
        assert scheduling.run_due(at=EIGHT) == 0
    second_connection.rollback()
    with transaction.atomic():
        assert scheduling.run_due(at=EIGHT) == 1
    assert connection.in_atomic_block is False and told(table) == ["statistician"]
