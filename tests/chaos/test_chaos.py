"""The short run; ``make chaos`` plays the long ones."""

import json
import os
import subprocess
import sys

import psutil
import pytest
from django.db import connection

from config.postgres import postgres_binary
from config.processes import is_alive
from tests.chaos.stage import ROOT, sweep_away

OURS = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST", "VAR_DIR")
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def tables(tmp_path):
    """The tables of this test run, so that the run need not migrate."""
    at = connection.settings_dict
    command = [
        str(postgres_binary("pg_dump")),
        "--no-owner",
        "-h",
        at["HOST"],
        "-U",
        at["USER"],
        "-d",
        at["NAME"],
    ]
    command += ["-p", str(at["PORT"])] if at["PORT"] else []
    dump = tmp_path / "tables.sql"
    with dump.open("w") as file:
        subprocess.run(command, stdout=file, env=os.environ | {"PGPASSWORD": at["PASSWORD"]}, check=True)
    return dump


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "chaos"
    sweep_away(tmp_path / "chaos")


def test_whatever_is_killed_nothing_is_lost_doubled_or_orphaned(folder, tables):
    command = [sys.executable, "-m", "tests.chaos", "--folder", str(folder), "--tables", str(tables)]
    command += ["--rounds", "6", "--minutes", "0.5", "--workers", "2", "--beats", "2"]
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    finally:
        left = [
            process.name()
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("VAR_DIR") == str(folder) and is_alive(process)
        ]
    assert done.returncode == 0, done.stderr + done.stdout
    figures = json.loads((folder / "figures.json").read_text())
    assert {word: figures[word] for word in ("lost", "doubled", "orphaned", "broken")} == {
        "lost": 0, "doubled": 0, "orphaned": 0, "broken": 0,
    }  # fmt: skip
    counted = figures["counted"]
    print(figures["seconds"], figures["rounds"], counted)
    assert figures["rounds"] >= 2 and figures["kills"], done.stderr
    assert counted["receipts"] and counted["acts said done"] and counted["alerts"] and counted["mails"], (
        counted
    )
    assert left == []
