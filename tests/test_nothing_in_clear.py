"""After a day's stories, all that the system keeps or says to others than readers is searched for every name, telephone
number, ID number and address used in them: every column of every table, sessions, cache, tasks' messages, log records,
files. Nothing is found, but where docs/security.md says so ("not sealed"): in texts into which people write names.
"""

import io
import json
import logging
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from celery.app.task import Task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.timekeeping import local_day, now
from leaders.services.receptions import NewPromise, Talk, receive
from mediation.enums import ConsentHow, Side
from mediation.models import Room
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from notifications.services import outbox
from petitions.enums import CallOutcome, Kind, Outcome, Rating, ServiceMethod, Signature, TalkWay
from petitions.enums import Path as Route
from petitions.models import Petition
from petitions.services import answering, codes, following, forwarding, handling, recording
from petitions.views import public_filing
from reports.periods import Month
from reports.services import exports
from tests.cases import OUTSIDE
from tests.mediating import agrees

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Person:
    """Somebody of the stories; no value of theirs occurs anywhere else."""

    name: str
    phone: str
    id_number: str
    address: str

    @property
    def values(self) -> list[str]:
        return [self.name, self.phone, self.id_number, self.address]


ONLINE = Person("令狐青松", "13911110001", "", "清江县隐水巷 17 号")
NAMED = Person("钟离白鹭", "13911110002", "", "")
COUNTER = Person("端木晚晴", "13911110003", "11010519491231002X", "清江县藏山路 29 号")
MISTYPED = Person("濮阳听雨", "13911110004", "110105194912310021", "清江县退回街 31 号")
FAILED = Person("澹台望月", "13911110005", "", "清江县断线桥 5 号")
OTHER_SIDE = Person("公冶长风", "", "", "")
PROMISED = Person("宗政怀远", "", "", "")
AT_THE_TALK = Person("上官问雪", "", "", "清江县听雨巷 41 号")
RECONCILED = Person("欧阳知秋", "", "", "")
BROUGHT = Person("轩辕听松", "13911110008", "", "")
UPSTAIRS = Person("尉迟见山", "13911110009", "", "")
PEOPLE = [ONLINE, NAMED, COUNTER, MISTYPED, FAILED, OTHER_SIDE, PROMISED, AT_THE_TALK, RECONCILED]
PEOPLE += [BROUGHT, UPSTAIRS]
#: Written by people into free texts, which are searched and counted and therefore not sealed (docs/security.md).
WRITTEN = "司空照水的电话 13911119999"
WRITTEN_ONLY_IN = {
    "petitions_petition": "subject and body of a petition",
    "petitions_petitionrequest": "what is asked for",
    "petitions_petitionevent": "the history",
    "petitions_handlingrecord": "records of handling",
    "petitions_reply": "the answer",
    "petitions_evaluation": "a rating's comment",
    "leaders_visitrecord": "what was said on a reception day",
    "leaders_instruction": "an instruction",
    "leaders_promise": "a promise",
}


def file_online(cast) -> tuple[Client, Petition]:
    """A family files; the first try is mistyped, the form comes back with all of it."""
    client, address = Client(), reverse("petitions:file")
    form = {
        "body": f"河边夜市太吵。{WRITTEN}",
        "requests": ["十点收摊"],
        "name": ONLINE.name,
        "phone": ONLINE.phone,
        "address": ONLINE.address,
        "rep_name": [NAMED.name],
        "rep_phone": [NAMED.phone],
        "head_count": "6",
    }
    wrong = {
        **form,
        "token": codes.new_token(),
        "name": MISTYPED.name,
        "phone": MISTYPED.phone,
        "head_count": "许多",
    }
    assert client.post(address, {**wrong, "address": MISTYPED.address}).status_code == 422
    token = codes.new_token()
    assert client.post(address, {**form, "token": token}).status_code == 302
    assert client.get(reverse("petitions:receipt")).status_code == 200
    case = Petition.objects.get(submit_key=codes.submit_key(token))
    wanted = {"number": case.number, "code": codes.query_code(token)}
    assert client.post(reverse("petitions:query"), wanted).status_code == 302
    assert case.number in client.get(reverse("petitions:mine")).content.decode()
    more = {"text": "补充一句", "token": codes.new_token()}
    assert client.post(reverse("petitions:mine_supplement"), more).status_code == 302
    return client, case


def filing_that_breaks(monkeypatch) -> None:
    """A fault in the middle of a filing: its report tells of the fault and not of the person."""

    def broken(**_what):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(public_filing, "register", broken)
        client = Client(raise_request_exception=False)
        form = {"token": codes.new_token(), "body": "路灯不亮", "name": FAILED.name, "phone": FAILED.phone}
        answer = client.post(reverse("petitions:file"), {**form, "address": FAILED.address})
        assert answer.status_code == 500 and FAILED.phone not in answer.content.decode()


def register_at_the_counter(clerk: Client) -> Petition:
    person = {
        "persons-TOTAL_FORMS": "1",
        "persons-INITIAL_FORMS": "0",
        "persons-0-name": COUNTER.name,
        "persons-0-phone": COUNTER.phone,
        "persons-0-id_number": COUNTER.id_number,
        "persons-0-address": COUNTER.address,
    }
    assert clerk.post(reverse("petitions:register_similar"), {**person, "body": "路灯"}).status_code == 200
    mistyped = {**person, "persons-0-id_number": MISTYPED.id_number, "persons-0-name": MISTYPED.name}
    assert clerk.post(reverse("petitions:register"), {**mistyped, "token": "short"}).status_code == 422
    form = {
        **person,
        "token": codes.new_token(),
        "channel": "visit",
        "body": "路灯不亮，请修。",
        "then": "print",
    }
    assert clerk.post(reverse("petitions:register"), form).status_code == 302
    assert clerk.get(reverse("petitions:register_receipt")).status_code == 200
    return Petition.objects.order_by("pk").last()


def answer(cast, case: Petition) -> None:
    """Forwarded, accepted, called, talked over, answered, served."""
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, note="请依法办理")
    forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=Route.PETITION)
    handling.call(petition=case, actor=handler, outcome=CallOutcome.NOT_REACHED, text="无人接听。")
    handling.note(petition=case, actor=handler, text=f"已走访。{WRITTEN}")
    recording.talk(
        petition=case,
        actor=handler,
        way=TalkWay.HOME,
        held_at=now(),
        place=AT_THE_TALK.address,
        present=AT_THE_TALK.name,
        text="说明了夜市的情况。",
        signature=Signature.SIGNED,
    )
    recording.reconcile(
        petition=case,
        actor=handler,
        agreed_on=local_day(now()),
        petitioner_side=RECONCILED.name,
        other_side=RECONCILED.name,
        petitioner_consents=True,
        other_consents=True,
        text="十点收摊。",
        afterwards="依法答复。",
    )
    room = RoomCard(unit=cast.units.dongxi, name="调解室", address="河沿路8号", mediators=[cast.mediator])
    mediation = open_mediation(
        petition=case, actor=officer, room=keep_room(actor=officer, card=room), mediator=cast.mediator
    )
    for side, who in ((Side.PETITIONER, ONLINE), (Side.OTHER, OTHER_SIDE)):
        agrees(mediation, side, cast.actor("mediator"), who=who.name, how=ConsentHow.IN_PERSON)
    bring_a_dispute(mediation.room)
    due_on = local_day(now()) + timedelta(days=9)
    talk = Talk(
        post=cast.post("leader"),
        said="当面听取意见",
        promises=[NewPromise(text="十日内答复", to_whom=PROMISED.name, due_on=due_on)],
    )
    receive(petition=case, actor=cast.actor("leader"), talk=talk, token=codes.new_token())
    outcomes = {one.pk: (Outcome.SUPPORTED, "支持") for one in case.requests.all()}
    answering.conclude(
        petition=case, actor=handler, text="夜市十点收摊。", basis="《噪声法》", outcomes=outcomes
    )
    answering.serve(
        petition=case,
        actor=handler,
        method=ServiceMethod.DIRECT,
        served_at=now(),
        recipient=ONLINE.name,
        paper_number=OUTSIDE,
    )
    following.evaluate(
        petition=case,
        actor=cast.actor("handler").petitioner(),
        office_rating=Rating.SATISFIED,
        unit_rating=Rating.FAIRLY,
    )


def bring_a_dispute(room: Room) -> None:
    """From the code on the door of the room, and looked up again; its words are sealed too."""
    client, token = Client(), codes.new_token()
    form = {
        "words": f"楼上太吵。{WRITTEN}",
        "name": BROUGHT.name,
        "phone": BROUGHT.phone,
        "other_name": UPSTAIRS.name,
        "other_phone": UPSTAIRS.phone,
        "token": token,
    }
    assert client.post(reverse("mediation:room_file", args=[room.pk]), form).status_code == 302
    assert client.get(reverse("mediation:dispute_receipt")).status_code == 200
    wanted = {"number": room.brought.get().number, "code": codes.query_code(token)}
    assert client.post(reverse("mediation:dispute_query"), wanted).status_code == 302
    assert client.get(reverse("mediation:own")).status_code == 200


def look(cast, client_as, case: Petition, counter: Petition) -> None:
    """Pages, a search by number, each masked field opened, a wrong login, an export."""
    officer = client_as(cast.petition_officer)
    for field, person in (("name", 0), ("phone", 0), ("address", 0)):
        who = case.persons.order_by("pk")[person]
        asked = {"field": field, "reason": "联系信访人核实情况"}
        shown = officer.post(reverse("petitions:reveal", args=[case.number, who.ordinal]), asked)
        assert shown.status_code == 200
    for words in (counter.number, COUNTER.name, COUNTER.phone, COUNTER.id_number):
        assert officer.post(reverse("petitions:list"), {"q": words}).status_code == 405
    for door in ("petitions:detail", "petitions:preview", "leaders:receive_case", "mediation:case"):
        client_as(cast.petition_officer).get(reverse(door, args=[case.number]))
    for reader in (cast.handler, cast.leader, cast.mediator, cast.statistician, cast.auditor):
        for door in ("notifications:inbox", "petitions:list", "reports:month", "accounts:audit_log"):
            client_as(reader).get(reverse(door))
    Client().post(reverse("accounts:login"), {"username": "clerk", "password": "falsch-und-geheim"})
    month = Month.of(local_day(now()))
    exports.request_export(actor=cast.actor("statistician"), unit=cast.units.district, month=month)
    exports.run_waiting()
    outbox.send_due()


@pytest.fixture
def sent_tasks(monkeypatch):
    """What would stand in the queue: every task that is asked for, with its arguments."""
    sent = []
    real = Task.apply_async

    def noted(self, args=None, kwargs=None, **options):
        sent.append(json.dumps([self.name, args, kwargs, options], default=repr, ensure_ascii=False))
        return real(self, args, kwargs, **options)

    monkeypatch.setattr(Task, "apply_async", noted)
    return sent


@pytest.fixture
def logged(caplog, monkeypatch):
    """Every record that any logger takes, whatever handlers the tests before have left or taken away."""
    records = []
    real = logging.Logger.handle

    def noted(self, record):
        records.append(record)
        real(self, record)

    monkeypatch.setattr(logging.Logger, "handle", noted)
    monkeypatch.setattr(logging.root.manager, "disable", logging.NOTSET)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            monkeypatch.setattr(logger, "disabled", False)
    caplog.set_level(logging.DEBUG)
    return records


@pytest.fixture
def told(cast, client_as, logged, monkeypatch, sent_tasks):
    """All that is left of the stories, by where it lies."""
    _client, case = file_online(cast)
    filing_that_breaks(monkeypatch)
    counter = register_at_the_counter(client_as(cast.clerk))
    answer(cast, case)
    look(cast, client_as, case, counter)
    assert {person.name for person in case.persons.all()} == {ONLINE.name, NAMED.name}
    return {
        **{f"table {name}": text for name, text in tables().items()},
        "sessions": "\n".join(str(one.get_decoded()) for one in Session.objects.all()),
        "cache": cached(),
        "tasks": "\n".join(sent_tasks),
        "log": "\n".join(map(written, logged)),
        "files": stored_files(),
    }


def tables() -> dict[str, str]:
    """Every row of every table as PostgreSQL writes it: texts, JSON, arrays; bytes as hexadecimal figures."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = {}
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            found[name] = "\n".join(row[0] for row in cursor.fetchall())
    return found


def cached() -> str:
    """Keys and values of this run's cache, as they are in Valkey."""
    client = caches["default"]._cache.get_client()
    keys = list(client.scan_iter(match=f"*{settings.CACHES['default']['KEY_PREFIX']}*"))
    return "\n".join(repr(key) + (client.get(key) or b"").decode("utf-8", "replace") for key in keys)


def written(record: logging.LogRecord) -> str:
    """A log record with its exception and whatever was attached to it."""
    return " ".join((logging.Formatter().format(record), repr(vars(record))))


def stored_files() -> str:
    """Exports and uploads; workbooks are unpacked."""
    texts = []
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            texts.append(f"{path} {data.decode('utf-8', 'replace')}")
            if zipfile.is_zipfile(io.BytesIO(data)):
                with zipfile.ZipFile(io.BytesIO(data)) as book:
                    texts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    return "\n".join(texts)


def forms_of(value: str) -> list[str]:
    """As it stands, as JSON and Python escape it, and as bytes are written in a dump."""
    escaped = json.dumps(value)[1:-1]
    return [value, escaped, escaped.replace("\\", "\\\\"), value.encode().hex()]


def test_no_name_number_or_address_is_kept_in_clear(told):
    found = [
        (place, value)
        for place, text in told.items()
        for person in PEOPLE
        for value in filter(None, person.values)
        if any(form in text for form in forms_of(value))
    ]
    assert not found, found


def test_what_people_write_into_texts_lies_only_where_the_docs_say(told):
    """Not sealed, so that it can be found by its words; nowhere else does it get to."""
    places = {place for place, text in told.items() if any(form in text for form in forms_of(WRITTEN))}
    assert (
        places
        == {"table petitions_petition", "table petitions_handlingrecord", "table petitions_petitionevent"}
        & places
    )
    assert {place.removeprefix("table ") for place in places} <= set(WRITTEN_ONLY_IN)
    assert "table petitions_petition" in places  # or the search itself would be blind


def test_the_search_sees_what_is_there(told):
    """The dump is a real one: what is not secret is found in every kind of place."""
    assert len(told["table petitions_petitionperson"].splitlines()) == 3
    assert told["table accounts_auditentry"] and "petition.reveal" in told["table accounts_auditentry"]
    assert "own_case" in told["sessions"] and "district" not in told["cache"]
    assert len(told["cache"]) > 100 and len(told["log"]) > 100
    assert "the disk is full" in told["log"]
