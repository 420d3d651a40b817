"""``make run``: starts the servers, the web, four workers and beat, watches them, and stops them together.

Data and logs lie under ``var/``. With DATABASE_URL or REDIS_URL set, those servers are used and none
of our own is started. Any child that dies stops the rest; Ctrl-C stops what was started here, and
nothing else.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from config.postgres import postgres_complaint, start_postgres
from config.processes import Server, ServerError, spawn, tail
from config.valkey import start_valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
WEB_THREADS = 8
"""Of each of the two web processes: more than its heavy reads may take (``core.heavy.PLACES``)."""
REPORT_NICE = 10
"""Of the worker that makes files: nobody waits before it, and the counter shares its cores."""
HEALTHY_WITHIN = 90
"""Seconds until the web, the workers and beat must have answered."""


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """Everything that one ``make run`` started, in the order in which it was started."""

    def __init__(self) -> None:
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = _port(os.environ.get("PORT") or "8000")
        self.servers: list[Server] = []
        self.environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        self.environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
        self.began = time.monotonic()

    def run(self) -> int:
        """Start all, watch until a signal or a death; the exit code says which."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, _raise_stopped)
        try:
            self.start_data_servers()
            self.prepare()
            self.start_programs()
            self.wait_until_healthy()
            self.greet()
            return self.watch()
        except Stopped:
            say("Stopping …")
            return 0
        except ServerError as error:
            say(f"\n{error}")
            return 1
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)  # impatience must not leave a server behind
            self.stop()

    def start_data_servers(self) -> None:
        self.wait_for_port()
        if not self.environment.get("DATABASE_URL"):
            self.keep(start_postgres(VAR / "postgres", log=log_of("postgres")), "DATABASE_URL")
        elif complaint := postgres_complaint(self.environment["DATABASE_URL"]):
            raise ServerError(complaint)
        if not self.environment.get("REDIS_URL"):
            server = start_valkey(VAR / "valkey", log=log_of("valkey"))
            self.keep(server, "REDIS_URL")
            # A database of its own for the cache: emptying it must not empty the broker.
            self.environment.setdefault("CACHE_URL", server.url.removesuffix("/0") + "/1")
        names = ("DATABASE_URL", "REDIS_URL", "CACHE_URL")
        write_run_file({name: self.environment[name] for name in names if self.environment.get(name)})

    def keep(self, server: Server, variable: str) -> None:
        self.servers.append(server)
        self.environment[variable] = server.url
        say(f"{server.name} is up.")

    def wait_for_port(self) -> None:
        """The web's port must be free; a web server just stopped may hold it for a moment."""
        for _attempt in range(20):
            with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, self.port))
                    return
                except OSError as error:
                    reason = error.strerror
            time.sleep(0.25)
        raise ServerError(
            f"Port {self.port} on {self.host} cannot be used ({reason}): try `make run PORT=8001`."
        )

    def prepare(self) -> None:
        """Migrations, static files, demo county; its output is the user's to see."""
        say("Preparing the database …")
        command = [sys.executable, "-m", "config.prepare"]
        child = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        try:
            failed = child.wait()
        except Stopped:
            child.terminate()  # what it had begun is rolled back
            child.wait()
            raise
        if failed:
            raise ServerError("The database could not be prepared; the reason stands above.")

    def start_programs(self) -> None:
        web = ["granian", "--interface", "wsgi", "--host", self.host, "--port", str(self.port)]
        web += ["--workers", "2", "--blocking-threads", str(WEB_THREADS), "--no-ws", "--log-level", "warning"]
        worker = [
            "celery",
            "-A",
            "config",
            "worker",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ]
        beat = [
            "celery",
            "-A",
            "config",
            "beat",
            "--loglevel",
            "WARNING",
            "--pidfile=",
            "--schedule",
            str(VAR / "beat"),
        ]
        self.program("web", [*web, "config.wsgi:application"], signal.SIGTERM)
        # SIGQUIT lets a task finish for a few seconds, then puts it back on the queue.
        self.program("clock", [*worker, "-n", "clock@%h", "-Q", "clock", "-c", "1"], signal.SIGQUIT)
        self.program("send", [*worker, "-n", "send@%h", "-Q", "send", "-c", "1"], signal.SIGQUIT)
        self.program("work", [*worker, "-n", "work@%h", "-Q", "work", "-c", "1"], signal.SIGQUIT)
        self.program("report", [*worker, "-n", "report@%h", "-Q", "report", "-c", "1"], signal.SIGQUIT)
        self.servers[-1].process.nice(REPORT_NICE)
        self.program("beat", beat, signal.SIGTERM)

    def program(self, name: str, words: list[str], sign: signal.Signals) -> None:
        command = [sys.executable, "-m", *words]
        # When we are killed outright the broker goes too, and a worker that took its leave of it would
        # wait for ever; the web server must be asked, for its own children do not notice its end.
        orphaned = signal.SIGTERM if name == "web" else signal.SIGKILL
        process = spawn(command, log=log_of(name), sign=orphaned, cwd=ROOT, env=self.environment)
        self.servers.append(Server(name, process, "", sign, deaf_at_start=name == "web"))

    def wait_until_healthy(self) -> None:
        end, last = time.monotonic() + HEALTHY_WITHIN, "no answer"
        while time.monotonic() < end:
            self.raise_for_the_dead()
            try:
                with urllib.request.urlopen(f"http://{self.address}/healthz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                last = error.read().decode(errors="replace")[:500]
            except OSError as error:
                last = str(error)
            time.sleep(0.2)
        raise ServerError(f"Not healthy after {HEALTHY_WITHIN} seconds: {last}\nLogs: {VAR / 'log'}")

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - a comparison, nothing is bound
        return f"{host}:{self.port}"

    def greet(self) -> None:
        say(f"\nReady in {time.monotonic() - self.began:.1f} s:  http://{self.address}/\n")
        accounts = VAR / "demo_accounts.txt"
        if accounts.exists():
            say(accounts.read_text().rstrip() + "\n")
        say("Ctrl-C stops everything.")

    def watch(self) -> NoReturn:
        while True:
            self.raise_for_the_dead()
            time.sleep(0.5)

    def raise_for_the_dead(self) -> None:
        for server in self.servers:
            if not server.alive():
                raise ServerError(
                    f"{server.name} has stopped by itself; all stops. Its last lines:\n"
                    f"{tail(log_of(server.name))}"
                )

    def stop(self) -> None:
        """In reverse: those who use the servers first; each group together, to be quick."""
        (VAR / "run.env").unlink(missing_ok=True)
        users = [server for server in self.servers if not server.url]
        for server in users:
            server.ask_to_stop()
        for server in [*reversed(users), *(s for s in reversed(self.servers) if s.url)]:
            server.stop()
        say("Everything is stopped.")


def say(words: str) -> None:
    print(words, flush=True)


def log_of(name: str) -> Path:
    return VAR / "log" / f"{name.lower().replace('postgresql', 'postgres')}.log"


def _port(words: str) -> int:
    if not words.isdigit() or not 1 <= int(words) <= 65535:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {words!r}.")
    return int(words)


def _raise_stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped


def write_run_file(values: dict[str, str]) -> None:
    """``var/run.env``: where the servers are, for ``manage.py`` run by the same account."""
    made = VAR / "run.env.new"
    made.unlink(missing_ok=True)
    made.touch(mode=0o600)
    made.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    made.replace(VAR / "run.env")


def lock() -> IO[str]:
    """One supervisor per folder; the lock goes with its holder, however it ends."""
    VAR.mkdir(parents=True, exist_ok=True)
    file = (VAR / "run.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"The trial in {ROOT} runs already (see {VAR / 'run.env'}).") from None
    return file


def main() -> int:
    with lock():
        return Supervisor().run()


if __name__ == "__main__":
    sys.exit(main())
