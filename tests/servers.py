"""PostgreSQL and Valkey of a test run, under ``var/test/``; one run at a time and folder."""

import fcntl
import os
from pathlib import Path

import pytest

from config.postgres import start_postgres
from config.processes import Server, ServerError
from config.valkey import start_valkey

FOLDER = Path(__file__).resolve().parent.parent / "var" / "test"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # test data may be lost


class TestServers:
    __test__ = False

    def __init__(self) -> None:
        self.running: list[Server] = []

    def start(self) -> None:
        """Start what no variable names, and name it."""
        wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
        if not wanted:
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.lock = (FOLDER / "lock").open("a")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit(f"Another test run uses {FOLDER}; wait for it, or set DATABASE_URL and REDIS_URL.", 3)
        try:
            if "DATABASE_URL" in wanted:
                self.keep(
                    "DATABASE_URL",
                    start_postgres(FOLDER / "postgres", log=FOLDER / "postgres.log", options=QUICK),
                )
            if "REDIS_URL" in wanted:
                self.keep("REDIS_URL", start_valkey(FOLDER / "valkey", log=FOLDER / "valkey.log", keep=False))
        except ServerError as error:
            self.stop()
            pytest.exit(str(error), 3)

    def keep(self, variable: str, server: Server) -> None:
        self.running.append(server)
        os.environ[variable] = server.url

    def stop(self) -> None:
        while self.running:
            self.running.pop().stop()
