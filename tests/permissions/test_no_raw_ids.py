"""Nothing that anybody is shown or sent holds the id of a row by which cases, clocks, notices, packages, instructions,
reception days or requests could be counted (domain G): not a page, not a cursor, not the header of a mail."""

import base64
import re

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from core.paging import paginate
from notifications.models import OutboxMessage
from notifications.services.outbox import mail_for
from petitions.enums import Act
from petitions.selectors import desk
from reports.selectors import behind
from tests.permissions.asking import args_of, ask
from tests.permissions.table import ROW_OF
from tests.permissions.town import Town

pytestmark = pytest.mark.django_db
COUNTED = (
    "petitions.Petition",
    "petitions.PetitionClock",
    "petitions.PetitionRequest",
    "petitions.PetitionEvent",
    "notifications.Notice",
    "leaders.CasePackage",
    "leaders.PackageClock",
    "leaders.Instruction",
    "leaders.InstructionClock",
    "leaders.VisitDay",
    "leaders.DayRule",
    "leaders.Booking",
    "leaders.DayCase",
    "leaders.LeaderArea",
    "leaders.LeaderInbox",
    "leaders.InboxDelegate",
    "leaders.InboxLetter",
    "leaders.Reading",
    "leaders.ExtensionAsk",
    "leaders.ReadingClock",
    "mediation.MediationCase",
    "mediation.Session",
    "mediation.Recording",
    "mediation.WriteUp",
    "mediation.RecordingConsent",
    "mediation.Attendee",
    "mediation.Proposal",
    "mediation.RoomDuty",
    "mediation.Pool",
    "mediation.PublicTalk",
    "mediation.TalkMatter",
    "mediation.Dispute",
    "mediation.DisputeClock",
    "mediation.Sitting",
    "mediation.Undertaking",
    "mediation.UndertakingClock",
    "mediation.Agreement",
    "mediation.Duty",
    "mediation.AgreementFile",
    "mediation.AgreementVisit",
    "mediation.AgreementClock",
    "reviews.Review",
    "reviews.ReviewClock",
    "reviews.CareTask",
    "supervision.Supervision",
    "supervision.SupervisionClock",
    "supervision.SupervisionEffort",
    "supervision.UrgentResponse",
    "supervision.Milestone",
    "supervision.Suggestion",
    "supervision.SuggestionClock",
    "conference.Meeting",
    "conference.Item",
    "conference.Dispute",
    "conference.Order",
    "conference.OrderClock",
    "outcomes.Execution",
    "outcomes.ExecutionClock",
    "outcomes.ReturnVisit",
    "outcomes.Mark",
    "hearings.Hearing",
    "hearings.PanelMember",
    "hearings.RecusalAsked",
    "hearings.ExpertQuestion",
)
FIRST = 7_300_000_001
ASKING = ["访客", "信访人", "专员", "承办", "包案领导", "调解员", "统计"]
FIGURES = re.compile(rb"[0-9]{10}")


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """The town of the matrix, with ids that nothing else on a page looks like."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        before = {}
        for place, label in enumerate(COUNTED):
            table = apps.get_model(label)._meta.db_table
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]
            cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
            before[sequence] = cursor.fetchone()
            cursor.execute("SELECT setval(%s, %s, false)", [sequence, FIRST + place * 10_000_000])
        try:
            with transaction.atomic():
                yield Town()
                transaction.set_rollback(True)
        finally:
            for sequence, (last, called) in before.items():
                cursor.execute("SELECT setval(%s, %s, %s)", [sequence, last, called])
        connection.close()


@pytest.fixture(scope="module")
def ids(town):
    found = {
        str(pk).encode()
        for label in COUNTED
        for pk in apps.get_model(label).objects.values_list("pk", flat=True)
    }
    assert len(found) > 100 and min(found) >= str(FIRST).encode()
    return found


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    """Two rows a page, so that there are cursors."""
    monkeypatch.setitem(paginate.__kwdefaults__, "size", 2)
    monkeypatch.setitem(desk.page_of.__kwdefaults__, "size", 2)
    monkeypatch.setattr(behind, "PAGE_SIZE", 2)


def raw(text, ids):
    """The ids in a text, and in whatever in it is written in base64."""
    packed = re.findall(rb"[\w-]{20,}", text)
    said = [text, *(base64.urlsafe_b64decode(one[: len(one) // 4 * 4]) for one in packed)]
    return sorted({pk for part in said for pk in FIGURES.findall(part)} & ids)


def addresses(town, door):
    """Where the door is, for some cases; each act's form."""
    for case in ROW_OF[door].cases():
        if case not in {"", "包案", "本局" if door == "petitions:act" else ""}:
            continue
        args = args_of(town, door, case)
        if door == "petitions:act":
            yield from (reverse(door, args=[args[0], act]) for act in Act)
        else:
            yield reverse(door, args=args)


@pytest.mark.parametrize("person", ASKING)
def test_no_page_shows_anybody_the_id_of_a_row(town, ids, person):
    shown, wrong, cursors = 0, [], 0
    for door, row in ROW_OF.items():
        if "GET" not in row.methods or door == "petitions:attachment":
            continue
        for address in addresses(town, door):
            answer = ask(town.clients[person], address)
            shown += answer.said == "200"
            cursors += answer.body.count(b"cursor=")
            wrong += [(address, pk) for pk in raw(answer.body, ids)]
    assert wrong == []
    assert shown > 5
    assert cursors > 0 or person not in {"承办", "包案领导"}


def test_no_mail_names_the_id_of_a_row(town, ids):
    messages = OutboxMessage.objects.select_related("notice__recipient")
    keys = " ".join(message.notice.dedupe_key for message in messages)
    assert raw(keys.encode(), ids)  # in the key, which nobody is sent
    sent = [mail_for(message).message() for message in messages]
    assert len(sent) > 5
    assert [pk for mail in sent for pk in raw(mail.as_bytes(), ids)] == []
    named = [mail["Message-ID"] for mail in sent]
    assert len(set(named)) == len(named)
