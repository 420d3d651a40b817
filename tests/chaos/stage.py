"""Everything that one run starts: PostgreSQL, Valkey, web, workers, senders, beats, a mail server. Each may be killed, each is
started again, and none outlives the run."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from aiosmtpd.controller import Controller

from config.postgres import start_postgres
from config.processes import Server, ServerError, is_alive, spawn
from config.valkey import start_valkey

ROOT = Path(__file__).resolve().parent.parent.parent
#: Variables of a test run that must not reach what a stage starts.
OURS = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST", "VAR_DIR")
CELERY = [sys.executable, "-m", "celery", "-A", "config"]
QUIET = ["--loglevel", "WARNING"]
LONE = ["--without-gossip", "--without-mingle", "-c", "1"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Mails:
    """What a mail server took, by Message-ID; it outlives every death of the server, for what was taken has left.

    While ``hanging`` it takes connections and answers nothing; ``slow`` is how many seconds it thinks about a mail.
    """

    received: Counter = field(default_factory=Counter)
    hanging: bool = False
    slow: float = 0
    asked: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.asked += 1
        await self._think()
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        await self._think()
        await asyncio.sleep(self.slow)
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode(errors="replace")
        for line in head.splitlines():
            if line.lower().startswith("message-id:"):
                self.received[line.split(":", 1)[1].strip()] += 1
        return "250 taken"

    async def _think(self):
        while self.hanging:
            await asyncio.sleep(0.05)


class MailServer:
    """Killed: connections end and none is taken. Hanging: they are taken, and nothing is said."""

    def __init__(self, mails, port):
        self.mails, self.port, self.back_at = mails, port, 0.0
        self.controller = None

    def start(self):
        if self.controller is None:
            self.controller = Controller(self.mails, hostname="127.0.0.1", port=self.port)
            self.controller.start()

    def stop(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def fall(self, dice):
        """For longer than a round: senders run into its silence."""
        self.back_at = time.monotonic() + dice.uniform(0.5, 15)
        if dice.random() < 0.5:
            self.stop()
        else:
            self.mails.hanging = True

    def come_back(self, *, at_once=False):
        if at_once or time.monotonic() > self.back_at:
            self.mails.hanging = False
            self.start()


class Stage:
    """``with Stage(folder, workers=2, beats=2, speed=300) as stage``. ``tables``: see ``--tables``. Processes are started from this thread only."""

    def __init__(self, folder, *, workers, beats, speed, tables=None):
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.mail_port = free_port(), free_port()
        self.mails = Mails()
        self.mail_server = MailServer(self.mails, self.mail_port)
        self.servers: dict[str, Server] = {}
        self.programs = {
            "web": self._web(),
            **{f"worker{n}": self._worker(n) for n in range(1, workers + 1)},
            **{f"sender{n}": self._sender(n) for n in range(1, max(2, workers // 2 + 1))},
            **{f"beat{n}": self._beat(n) for n in range(1, beats + 1)},
        }
        self.environment = {
            **os.environ,
            "VAR_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "PYTHONUNBUFFERED": "1",
            "EMAIL_PORT": str(self.mail_port),
            "TRIAL_SPEED": str(speed),
        }
        if tables:
            self.environment["TABLES"] = str(tables)
        self.kills: Counter = Counter()
        self.ended: Counter = Counter()

    def __enter__(self):
        os.environ["VAR_DIR"] = str(self.folder)  # the mark by which everything of this run is found again
        self.mail_server.start()
        try:
            self.start_data()
            subprocess.run(
                [sys.executable, "-m", "tests.chaos.prepare"], cwd=ROOT, env=self.environment, check=True
            )
            for name in self.programs:
                self.start(name)
        except BaseException:
            self.clear_away()
            raise
        return self

    def __exit__(self, *_error):
        self.clear_away()

    # What is started

    def _web(self):
        words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--workers", "1", "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
        return [sys.executable, "-m", *words, "config.wsgi:application"]

    @staticmethod
    def _worker(number):
        return [*CELERY, "worker", *QUIET, *LONE, "-Q", "clock,work,report", "-n", f"worker{number}@%h"]

    @staticmethod
    def _sender(number):
        return [*CELERY, "worker", *QUIET, *LONE, "-Q", "send", "-n", f"sender{number}@%h"]

    def _beat(self, number):
        return [*CELERY, "beat", *QUIET, "--pidfile=", "--schedule", str(self.folder / f"beat{number}")]

    def start_data(self):
        """PostgreSQL as in production: fsync and synchronous_commit stay on. A survivor of its last life may still hold
        the folder for a moment; then it is tried again."""
        end = time.monotonic() + 60
        while True:
            try:
                postgres = start_postgres(self.folder / "postgres", log=self.log("postgres"))
                break
            except ServerError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)
        valkey = start_valkey(self.folder / "valkey", log=self.log("valkey"))
        self.servers |= {"postgres": postgres, "valkey": valkey}
        cache = valkey.url.removesuffix("/0") + "/1"
        self.environment |= {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "CACHE_URL": cache}

    def start(self, name):
        command = self.programs[name]
        process = spawn(command, log=self.log(name), sign=signal.SIGKILL, cwd=ROOT, env=self.environment)
        self.servers[name] = Server(name, process, "", signal.SIGTERM, deaf_at_start=name == "web")

    def restart_dead(self):
        """What a machine's service manager does. Whatever ended without being killed here is counted."""
        if not all(self.servers[name].alive() for name in ("postgres", "valkey")):
            self.start_data()
        for name in self.programs:
            if not self.servers[name].alive():
                self.start(name)
        self.mail_server.come_back()

    def note_ended(self):
        """Programs that ended although nobody killed them."""
        gone = [name for name, server in self.servers.items() if not server.alive()]
        self.ended.update(name.rstrip("0123456789") for name in gone)

    def log(self, name):
        return self.folder / "log" / f"{name}.log"

    # What is killed

    def victims(self):
        """Everything a round may choose from."""
        return [
            *self.programs,
            "all workers",
            "all beats",
            "worker child",
            "postgres",
            "postgres",
            "postgres backend",
            "valkey",
            "valkey",
            "mail server",
            "mail server",
        ]

    def kill(self, victim, dice):
        """SIGKILL. PostgreSQL as in a power cut (no process of it does anything any more), its head alone, or one of the
        processes that serve a connection, upon which it restarts itself."""
        self.kills[victim.rstrip("0123456789")] += 1
        if victim.startswith("all "):
            kind = victim.split()[1].rstrip("s")
            for name in self.programs:
                if name.startswith(kind):
                    self._kill_tree(self.servers[name].process)
        elif victim == "mail server":
            self.mail_server.fall(dice)
        elif victim == "worker child":
            worker = self.servers[dice.choice([name for name in self.programs if name.startswith("worker")])]
            self._kill_one_of(self._children(worker.process), dice)
        elif victim == "postgres backend":
            self._kill_one_of(self._children(self.servers["postgres"].process), dice)
        elif victim == "postgres" and dice.random() < 0.3:
            self._kill(self.servers["postgres"].process)
        else:
            self._kill_tree(self.servers[victim].process)

    @staticmethod
    def _children(process):
        with contextlib.suppress(psutil.NoSuchProcess):
            return process.children(recursive=True)
        return []

    def _kill_tree(self, process):
        """All of it at one moment: the head is stopped first, so that it starts no child meanwhile."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
        for one in [*self._children(process), process]:
            self._kill(one)

    def _kill_one_of(self, processes, dice):
        if processes:
            self._kill(dice.choice(processes))

    @staticmethod
    def _kill(process):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
        if isinstance(process, psutil.Popen):
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(5)

    # How it does

    @property
    def site(self):
        return f"http://127.0.0.1:{self.port}"

    def health(self):
        try:
            with urllib.request.urlopen(f"{self.site}/healthz", timeout=3) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with contextlib.suppress(ValueError):
                return json.load(error)
        except OSError:
            pass
        return {}

    def sweeps(self, since, seconds):
        """Wait until a sweep has ended after ``since`` (monotonic); whether one did within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            age = self.health().get("age_of_last_sweep_seconds")
            if age is not None and time.monotonic() - age > since:
                return True
            self.restart_dead()
            time.sleep(0.2)
        return False

    # The end

    def stop_programs(self):
        for name in self.programs:
            self.servers[name].ask_to_stop()
        for name in self.programs:
            self.servers[name].stop(15)

    def clear_away(self):
        """Whatever happened: ask, then force, then look for anything that bears this run's mark."""
        with contextlib.suppress(Exception):
            self.stop_programs()
        for name in ("valkey", "postgres"):
            if name in self.servers:
                with contextlib.suppress(Exception):
                    self.servers[name].stop(10)
        with contextlib.suppress(Exception):
            self.mail_server.stop()
        sweep_away(self.folder)


def sweep_away(folder):
    """Kill every process but this one that was started with this folder as its VAR_DIR."""
    for process in psutil.process_iter(["environ"]):
        mine = (process.info["environ"] or {}).get("VAR_DIR") == str(folder)
        if mine and process.pid != os.getpid() and is_alive(process):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
