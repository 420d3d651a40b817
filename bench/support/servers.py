"""Servers and databases of their own for the benchmarks, under ``var/bench``; thrown away by ``rm -r var/bench``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from config.postgres import start_postgres
from config.valkey import start_valkey

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("BENCH_FOLDER", ROOT / "var" / "bench"))
#: Durable as in production: fsync and synchronous_commit stay on.
OPTIONS = (
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "maintenance_work_mem=512MB",
    "random_page_cost=1.1",
    "track_commit_timestamp=on",
)


@contextmanager
def servers() -> Iterator[str]:
    """PostgreSQL and Valkey for one run; sets REDIS_URL and gives PostgreSQL's address."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    postgres = start_postgres(FOLDER / "postgres", log=FOLDER / "postgres.log", options=OPTIONS)
    valkey = start_valkey(FOLDER / "valkey", log=FOLDER / "valkey.log", keep=False)
    os.environ["REDIS_URL"] = valkey.url
    try:
        yield postgres.url
    finally:
        valkey.stop()
        postgres.stop()


def address(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def make_database(url: str, name: str) -> bool:
    """Make a database unless it is there; True when it was made."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        fresh = cursor.fetchone() is None
        if fresh:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    return fresh


def in_a_database_of_its_own(script: str, name: str, *options: str) -> None:
    """Run the script again with ``--inside``, against a fresh database that is dropped afterwards: settings are read
    when Django starts, so whoever measures must start with the address known."""
    with servers() as url:
        drop_database(url, name)
        make_database(url, name)
        command = [sys.executable, script, "--inside", *options]
        try:
            subprocess.run(
                command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address(url, name)}, check=True
            )
        finally:
            drop_database(url, name)


def drop_database(url: str, name: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    connection.close()
