"""PostgreSQL and Valkey of a test run, under ``var/test/``."""

import fcntl
import os
from pathlib import Path

import pytest

from config.postgres import start_postgres
from config.processes import Server, ServerError
from config.valkey import start_valkey

VAR = Path(__file__).resolve().parent.parent / "var"
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
        folder = self.free_folder()
        try:
            if "DATABASE_URL" in wanted:
                self.keep(
                    "DATABASE_URL",
                    start_postgres(folder / "postgres", log=folder / "postgres.log", options=QUICK),
                )
            if "REDIS_URL" in wanted:
                self.keep("REDIS_URL", start_valkey(folder / "valkey", log=folder / "valkey.log", keep=False))
        except ServerError as error:
            self.stop()
            pytest.exit(str(error), 3)

    def free_folder(self) -> Path:
        """``var/test``, or the next one when another run is using it; the lock ends with this process."""
        for number in range(1, 10):
            folder = VAR / ("test" if number == 1 else f"test-{number}")
            folder.mkdir(parents=True, exist_ok=True)
            self.lock = (folder / "lock").open("a")
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return folder
            except BlockingIOError:
                self.lock.close()
        pytest.exit("Nine test runs are under way in this folder.", 3)

    def keep(self, variable: str, server: Server) -> None:
        self.running.append(server)
        os.environ[variable] = server.url

    def stop(self) -> None:
        while self.running:
            self.running.pop().stop()
