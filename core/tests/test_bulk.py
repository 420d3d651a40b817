"""A big load: asked once, written together, all or nothing."""

import pytest
from django.db import transaction

from accounts.models import AuditEntry
from accounts.services import audit
from core.bulk import bulk_load, current_load, made_here, note_made, once
from notifications.models import Notice, OutboxMessage
from notifications.services import notify


def test_outside_a_load_every_question_is_asked():
    asked = []
    for _time in range(2):
        once("k", lambda: asked.append(1))
    assert len(asked) == 2
    assert current_load() is None


def test_within_a_load_a_question_is_asked_once_and_forgotten_after_it():
    asked = []
    with bulk_load():
        assert once("k", lambda: asked.append(1) or "answer") == "answer"
        assert once("k", lambda: asked.append(1) or "other") == "answer"
    with bulk_load():
        once("k", lambda: asked.append(1))
    assert len(asked) == 2


def test_audit_entries_and_notices_of_a_load_are_all_written_in_their_order(cast):
    with transaction.atomic(), bulk_load():
        for number in range(3):
            audit.record(actor=cast.actor("clerk"), act=f"act{number}")
            notify(recipients=[cast.handler], text=f"第 {number} 件", link="/x/", dedupe_key=f"k{number}")
        assert not AuditEntry.objects.filter(act="act0").exists()
    written = AuditEntry.objects.filter(act__startswith="act").order_by("pk")
    assert list(written.values_list("act", flat=True)) == ["act0", "act1", "act2"]
    assert Notice.objects.filter(recipient=cast.handler).count() == 3
    assert OutboxMessage.objects.count() == 3


def test_a_load_that_fails_writes_nothing(cast):
    def fail():
        with transaction.atomic(), bulk_load():
            audit.record(actor=cast.actor("clerk"), act="lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not AuditEntry.objects.filter(act="lost").exists()


def test_only_rows_the_load_made_are_held_in_memory(cast):
    with bulk_load():
        note_made(cast.handler)
        assert made_here(type(cast.handler), cast.handler.pk) is cast.handler
        assert made_here(type(cast.clerk), cast.clerk.pk) is None
    assert made_here(type(cast.handler), cast.handler.pk) is None


def test_a_case_goes_the_same_way_inside_a_load_as_outside(make_case):
    from petitions.enums import Status
    from petitions.models import Petition, PetitionClock, PetitionEvent

    outside = make_case(until=Status.CLOSED)
    with transaction.atomic(), bulk_load():
        inside = make_case(until=Status.CLOSED)
    row = Petition.objects.get(pk=inside.pk)
    same = [
        "status",
        "due_at",
        "accepted_at",
        "served_at",
        "closed_at",
        "lead_unit_id",
        "responsible_id",
        "path",
    ]
    assert {name: getattr(row, name) for name in same} == {
        name: getattr(Petition.objects.get(pk=outside.pk), name) for name in same
    }

    def clocks(case):
        return sorted(
            PetitionClock.objects.filter(petition=case).values_list(
                "rule__code", "due_at", "stopped_at", "breached_at", "stopped_by", "unit"
            )
        )

    def events(case):
        rows = PetitionEvent.objects.filter(petition=case).order_by("id")
        return list(rows.values_list("act", "at", "who", "from_status", "to_status", "public"))

    assert clocks(inside) == clocks(outside)
    assert events(inside) == events(outside)
