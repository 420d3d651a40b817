import json
from io import StringIO

import pytest
from cryptography.hazmat.primitives import hashes
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.actor import Actor
from accounts.models import AuditEntry, AuditHead, AuditPending, AuditSeal
from accounts.services import audit, audit_chain
from accounts.tasks import seal_audit, sign_audit_head

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


def verify(*options):
    out = StringIO()
    call_command("verify_audit", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditseal", "accounts_audithead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_log_only_grows(table, statement):
    write()
    audit_chain.seal()
    sign_audit_head()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        sql(statement.format(table))
    assert (AuditEntry.objects.count(), AuditSeal.objects.count(), AuditHead.objects.count()) == (3, 3, 1)


def test_entries_are_chained_once_each_in_order():
    entries = write()
    assert AuditPending.objects.count() == 3
    assert seal_audit() == 3
    assert seal_audit() == 0
    assert AuditPending.objects.count() == 0
    seals = list(AuditSeal.objects.order_by("pk"))
    assert [seal.audit_id for seal in seals] == [entry.pk for entry in entries]
    assert [seal.prev_hash for seal in seals] == [audit_chain.GENESIS, seals[0].hash, seals[1].hash]


def test_a_batch_made_at_once_is_chained_like_single_entries():
    audit.record_many(audit.build(actor=Actor.system(), act="import", detail={"n": n}) for n in range(5))
    assert audit_chain.seal(limit=2) == 2
    assert audit_chain.seal() == 3
    assert audit_chain.verify(batch=2).checked == 5


def test_a_sound_chain_is_said_to_be_sound():
    write()
    audit_chain.seal()
    head = AuditSeal.objects.latest("pk").hash
    assert verify() == f"审计链完好：已核对 3 条，链首摘要 {head}\n"


def text_of(entry):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {audit_chain.CANONICAL} FROM accounts_auditentry entry WHERE id = %s", [entry.pk]
        )
        return cursor.fetchone()[0]


def test_the_text_that_is_hashed_is_the_same_in_every_time_zone():
    entry = write(1)[0]
    here = text_of(entry)
    sql("SET LOCAL TIME ZONE 'America/New_York'")
    assert text_of(entry) == here
    assert json.loads(here)[5:9] == ["act.0", "", "", {"n": 0, "文": "字"}]


def test_a_link_is_sm3_of_the_one_before_and_the_text():
    (entry,) = write(1)
    audit_chain.seal()
    wanted = hashes.Hash(hashes.SM3())
    wanted.update(f"{'0' * 64}\n{text_of(entry)}".encode())
    assert AuditSeal.objects.get().hash == wanted.finalize().hex()


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
    audit_chain.seal()
    as_owner(change, entries[1].pk)
    with pytest.raises(CommandError, match=f"第 2 环，审计记录 #{entries[1].pk}：记录内容被改动"):
        verify()


def test_an_entry_taken_away_behind_the_triggers_is_named():
    entries = write()
    audit_chain.seal()
    as_owner("DELETE FROM accounts_auditentry WHERE id = %s", entries[1].pk)
    with pytest.raises(CommandError, match=f"审计记录 #{entries[1].pk}：记录已被删除"):
        verify()


def test_a_link_taken_out_of_the_chain_is_named():
    entries = write()
    audit_chain.seal()
    as_owner("DELETE FROM accounts_auditseal WHERE audit_id = %s", entries[1].pk, table="accounts_auditseal")
    with pytest.raises(CommandError, match=f"审计记录 #{entries[2].pk}：链条在此断开"):
        verify()


def test_an_entry_kept_out_of_the_chain_is_named():
    entries = write()
    sql("DELETE FROM accounts_auditpending WHERE audit_id = %s", entries[1].pk)
    audit_chain.seal()
    with pytest.raises(CommandError, match=f"#{entries[1].pk}：记录既未入链"):
        verify()


def test_an_entry_put_in_behind_the_triggers_is_named():
    write()
    audit_chain.seal()
    as_owner(
        "INSERT INTO accounts_auditentry (id, at, actor_label, act, object_type, object_id, detail, outcome)"
        " VALUES (%s, now(), '', 'forged', '', '', '{}', 'done')",
        10**9,
    )
    with pytest.raises(CommandError, match="#1000000000：记录既未入链"):
        verify()


def test_two_links_that_changed_places_are_named():
    entries = write()
    audit_chain.seal()
    one, two = AuditSeal.objects.order_by("pk")[:2]
    as_owner("UPDATE accounts_auditseal SET id = -id WHERE id = %s", one.pk, table="accounts_auditseal")
    as_owner(
        "UPDATE accounts_auditseal SET id = %s WHERE id = %s", one.pk, two.pk, table="accounts_auditseal"
    )
    as_owner(
        "UPDATE accounts_auditseal SET id = %s WHERE id = %s", two.pk, -one.pk, table="accounts_auditseal"
    )
    with pytest.raises(CommandError, match=f"第 1 环，审计记录 #{entries[1].pk}：链条在此断开"):
        verify()


def rewrite_the_chain(entry):
    """What somebody with the whole database can do: change an entry and make every link after it anew."""
    as_owner("UPDATE accounts_auditentry SET act = 'harmless' WHERE id = %s", entry.pk)
    prev = audit_chain.GENESIS
    for link in AuditSeal.objects.order_by("pk"):
        digest = audit_chain.link_hash(prev, text_of(AuditEntry.objects.get(pk=link.audit_id)))
        as_owner("UPDATE accounts_auditseal SET prev_hash = %s, hash = %s WHERE id = %s", prev, digest, link.pk,
                 table="accounts_auditseal")  # fmt: skip
        prev = digest


def test_a_chain_rewritten_after_its_head_was_signed_is_found():
    entries = write()
    audit_chain.seal()
    assert sign_audit_head()
    assert sign_audit_head() == ""  # signed already
    verify()
    rewrite_the_chain(entries[1])
    with pytest.raises(CommandError, match=r"第 3 环.*与签名的链头不符"):
        verify()


def test_a_head_changed_with_the_chain_bears_no_right_signature():
    entries = write()
    audit_chain.seal()
    sign_audit_head()
    rewrite_the_chain(entries[1])
    new = AuditSeal.objects.latest("pk").hash
    as_owner("UPDATE accounts_audithead SET hash = %s", new, table="accounts_audithead")
    with pytest.raises(CommandError, match="签名的链头被改动"):
        verify()


def test_heads_of_a_key_that_is_gone_are_counted_and_the_chain_is_walked(settings):
    write()
    audit_chain.seal()
    sign_audit_head()
    _version, _colon, secret = settings.DATA_KEYS.split()[-1].partition(":")
    settings.DATA_KEYS = f"200:{secret}"
    err = StringIO()
    assert "已核对 3 条" in verify_with(err)
    assert "1 个链头由已移除的密钥签名" in err.getvalue()


def verify_with(err):
    out = StringIO()
    call_command("verify_audit", stdout=out, stderr=err)
    return out.getvalue()


def test_a_head_that_was_kept_elsewhere_finds_what_was_cut_off(tmp_path):
    write()
    audit_chain.seal()
    log = tmp_path / "worker.log"
    log.write_text(f"2026-09-01 09:05:00,1 WARNING accounts.tasks: audit head: {sign_audit_head()}\n")
    assert "已核对 3 条" in verify(f"--heads={log}")
    as_owner("DELETE FROM accounts_auditseal WHERE id = (SELECT max(id) FROM accounts_auditseal)",
             table="accounts_auditseal")  # fmt: skip
    as_owner("DELETE FROM accounts_auditentry WHERE id = (SELECT max(id) FROM accounts_auditentry)")
    as_owner("DELETE FROM accounts_audithead", table="accounts_audithead")
    assert "已核对 2 条" in verify()  # from the database alone nobody can tell
    with pytest.raises(CommandError, match="链头已签名，这一环却不在链上"):
        verify(f"--heads={log}")
    log.write_text("nothing\n")
    with pytest.raises(CommandError, match="没有链头"):
        verify(f"--heads={log}")


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
        cursor.execute("SELECT pg_advisory_lock(%s)", [audit_chain.SEAL_LOCK])
        assert audit_chain.seal() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [audit_chain.SEAL_LOCK])
    assert audit_chain.seal() == 3


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
        assert audit_chain.seal() == 2
        cursor.execute("COMMIT")
    sql("SET statement_timeout = 0")
    assert late_id < entries[0].pk
    assert audit_chain.seal() == 1
    verdict = audit_chain.verify()
    assert (verdict.checked, verdict.fault) == (3, None)
