"""A dump of this morning, restored at noon: what fell due since is told once and marked late, and a mail that had left
before goes out again under the Message-ID of the first."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core import mail
from django.db import connection

from accounts.services import audit_chain
from config.postgres import postgres_binary
from core.timekeeping import now
from deadlines.services import sweep_all
from notifications.models import Notice
from notifications.services import send_due
from tests.chaos.stage import ROOT, Mails, free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def program():
    at = connection.settings_dict
    where = ["-h", at["HOST"], "-U", at["USER"], *(["-p", str(at["PORT"])] if at["PORT"] else [])]

    def run(name, *words):
        known = os.environ | {"PGPASSWORD": at["PASSWORD"]}
        return subprocess.run([str(postgres_binary(name)), *where, *words], env=known, check=True)

    return run


@pytest.fixture
def restored(program):
    name = f"{connection.settings_dict['NAME']}_restored"
    program("dropdb", "--if-exists", name)
    yield name
    program("dropdb", "--if-exists", "--force", name)


@pytest.fixture
def mails():
    taken, port = Mails(), free_port()
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    taken.port = port
    yield taken
    server.stop()


def auditor(database, mails, folder):
    at = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{at['USER']}:{at['PASSWORD']}@:{at['PORT']}/{database}?host={at['HOST']}",
        "REDIS_URL": settings.REDIS_URL,
        "CACHE_URL": settings.CACHES["default"]["LOCATION"],
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "DATA_KEYS": settings.DATA_KEYS,
        "VAR_DIR": str(folder),
        "EMAIL_PORT": str(mails.port),
    }
    (folder / "secret_key").write_text(settings.SECRET_KEY)  # Message-IDs hang on it
    command = [sys.executable, "-m", "tests.chaos.auditor", "--settle"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    return json.loads(answer.stdout)


def test_a_dump_of_this_morning_goes_on_from_there(
    make_case, program, restored, mails, tmp_path, monkeypatch
):
    morning = now() - timedelta(hours=5)
    for n in range(3):
        make_case(at=morning + timedelta(minutes=n))
    sweep_all(
        now=morning + timedelta(minutes=8)
    )  # one reminder is told before the dump, its mail is still to leave
    audit_chain.seal()
    before = set(Notice.objects.values_list("dedupe_key", flat=True))
    dump = str(tmp_path / "morning.dump")
    program("pg_dump", "-Fc", "-f", dump, "-d", connection.settings_dict["NAME"])

    sweep_all(now=now())
    while send_due().sent:
        pass
    told = set(Notice.objects.values_list("dedupe_key", flat=True))
    left = {one.extra_headers["Message-ID"] for one in mail.outbox}
    assert before < told and len(left) == len(told)

    program("createdb", restored)
    program("pg_restore", "--no-owner", "-d", restored, dump)
    first = auditor(restored, mails, tmp_path)
    assert first["counted"]["alerts"] == sum("petitionclock" in key for key in told)
    assert set(mails.received) == left and set(mails.received.values()) == {1}
    assert auditor(restored, mails, tmp_path)["counted"]["alerts"] == first["counted"]["alerts"]
    assert set(mails.received.values()) == {1}
