from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.actor import Actor
from accounts.models import AuditEntry, AuditPending, AuditSeal
from accounts.services import audit
from accounts.tasks import seal_audit

pytestmark = pytest.mark.django_db


def write(count=3):
    return [
        audit.record(actor=Actor.system(), act=f"act.{n}", detail={"n": n, "文": "字"}) for n in range(count)
    ]


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def as_owner(statement, *params, table="accounts_auditentry"):
    """What only the owner of the table can do: switch the triggers off, change, switch them on."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql(statement, *params)
    sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify():
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditseal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_log_only_grows(table, statement):
    write()
    audit.seal()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        sql(statement.format(table))
    assert (AuditEntry.objects.count(), AuditSeal.objects.count()) == (3, 3)


def test_entries_are_chained_once_each_in_order():
    entries = write()
    assert AuditPending.objects.count() == 3
    assert seal_audit() == 3
    assert seal_audit() == 0
    assert AuditPending.objects.count() == 0
    seals = list(AuditSeal.objects.order_by("pk"))
    assert [seal.audit_id for seal in seals] == [entry.pk for entry in entries]
    assert [seal.prev_hash for seal in seals] == [audit.GENESIS, seals[0].hash, seals[1].hash]


def test_a_batch_made_at_once_is_chained_like_single_entries():
    audit.record_many(audit.build(actor=Actor.system(), act="import", detail={"n": n}) for n in range(5))
    assert audit.seal(limit=2) == 2
    assert audit.seal() == 3
    assert audit.verify(batch=2).checked == 5


def test_a_sound_chain_is_said_to_be_sound():
    write()
    audit.seal()
    head = AuditSeal.objects.latest("pk").hash
    assert verify() == f"审计链完好：已核对 3 条，链首摘要 {head}\n"


def test_the_text_that_is_hashed_is_the_same_in_every_time_zone():
    entry = write(1)[0]
    there = AuditEntry.objects.get(pk=entry.pk)
    there.at = entry.at.astimezone(ZoneInfo("America/New_York"))
    assert audit.canonical(there) == audit.canonical(entry)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_auditentry SET act = 'harmless' WHERE id = %s",
        "UPDATE accounts_auditentry SET detail = '{\"n\": 9}' WHERE id = %s",
        "UPDATE accounts_auditentry SET at = at + interval '1 microsecond' WHERE id = %s",
        "UPDATE accounts_auditentry SET outcome = 'refused' WHERE id = %s",
    ],
)
def test_an_entry_changed_behind_the_triggers_is_named(change):
    entries = write()
    audit.seal()
    as_owner(change, entries[1].pk)
    with pytest.raises(CommandError, match=f"第 2 环，审计记录 #{entries[1].pk}：记录内容被改动"):
        verify()


def test_an_entry_taken_away_behind_the_triggers_is_named():
    entries = write()
    audit.seal()
    as_owner("DELETE FROM accounts_auditentry WHERE id = %s", entries[1].pk)
    with pytest.raises(CommandError, match=f"审计记录 #{entries[1].pk}：记录已被删除"):
        verify()


def test_a_link_taken_out_of_the_chain_is_named():
    entries = write()
    audit.seal()
    as_owner("DELETE FROM accounts_auditseal WHERE audit_id = %s", entries[1].pk, table="accounts_auditseal")
    with pytest.raises(CommandError, match=f"审计记录 #{entries[2].pk}：链条在此断开"):
        verify()


def test_an_entry_kept_out_of_the_chain_is_named():
    entries = write()
    sql("DELETE FROM accounts_auditpending WHERE audit_id = %s", entries[1].pk)
    audit.seal()
    with pytest.raises(CommandError, match=f"#{entries[1].pk}：记录既未入链"):
        verify()


def test_an_entry_says_who_acted_on_what(cast):
    entry = audit.record(actor=cast.actor("clerk"), act="look", obj=cast.units.dongxi)
    entry.refresh_from_db()
    assert (entry.user, entry.post, entry.actor_label) == (
        cast.clerk,
        cast.post("clerk"),
        "林秋（信访局 窗口登记员）",
    )
    assert (entry.object_type, entry.object_id) == ("accounts.unit", str(cast.units.dongxi.pk))


def test_one_entry_costs_its_writer_one_query(django_assert_num_queries, cast):
    actor = cast.actor("clerk")
    with django_assert_num_queries(1):
        audit.record(actor=actor, act="look")


@pytest.mark.django_db(transaction=True)
def test_a_second_sealer_leaves_at_once(second_connection):
    write()
    with second_connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [audit.SEAL_LOCK])
        assert audit.seal() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [audit.SEAL_LOCK])
    assert audit.seal() == 3


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_each_other_and_a_late_commit_is_chained_too(second_connection):
    early = """INSERT INTO accounts_auditentry (at, actor_label, act, object_type, object_id, detail, outcome)
               VALUES (now(), '', 'slow', '', '', '{}', 'done') RETURNING id"""
    with second_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(early)
        late_id = cursor.fetchone()[0]
        sql("SET statement_timeout = '2s'")
        entries = write(2)
        assert audit.seal() == 2
        cursor.execute("COMMIT")
    sql("SET statement_timeout = 0")
    assert late_id < entries[0].pk
    assert audit.seal() == 1
    verdict = audit.verify()
    assert (verdict.checked, verdict.fault) == (3, None)
