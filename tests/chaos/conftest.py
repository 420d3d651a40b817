"""What the runs begin with and leave."""

import os
import subprocess

import pytest
from django.db import connection

from config.postgres import postgres_binary
from tests.chaos.stage import sweep_away


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
