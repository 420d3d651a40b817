"""``make run`` for real: up, up again with its data, down with its own children and nobody else's."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from config.processes import is_alive

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST")

pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Trial:
    """One folder for data and logs, and what is started on it."""

    def __init__(self, var):
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
        self.environment |= {"VAR_DIR": str(var), "PORT": str(self.port), "DEMO_CASES": "0"}
        self.var = var
        self.said = var.parent / "said.txt"

    def start(self, **more):
        with self.said.open("w") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=self.environment | more,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def up(self, process, seconds=300):
        """Wait for the greeting."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if "Ready in " in self.said.read_text():
                return
            assert process.poll() is None, self.said.read_text()
            time.sleep(0.1)
        raise AssertionError(self.said.read_text())

    def manage(self, code):
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)


@pytest.fixture
def trial(tmp_path):
    # A path too long for a UNIX socket, with a blank and Chinese in it.
    var = tmp_path / "一个 很深的文件夹" / ("d" * 60) / "var"
    var.mkdir(parents=True)
    trial = Trial(var)
    yield trial
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get("VAR_DIR") == str(var):
            process.kill()


@pytest.fixture
def bystander():
    """A process of the same account, with the project's words in its command line."""
    process = subprocess.Popen(["sleep", "600"], env={"VAR_DIR": "elsewhere"})
    yield process
    process.kill()
    process.wait()


def children(process):
    return psutil.Process(process.pid).children(recursive=True)


def living(processes):
    """Those that still do something: an orphan's remains wait for whoever adopted it."""
    return [process for process in processes if is_alive(process)]


def wait_for_the_end_of(processes, seconds=20):
    end = time.monotonic() + seconds
    while living(processes) and time.monotonic() < end:
        time.sleep(0.1)
    assert living(processes) == []


def test_a_trial_stops_only_its_own_and_lives_through_a_stop_a_kill_and_a_lost_child(trial, bystander):
    first = trial.start()
    trial.up(first)
    with urllib.request.urlopen(f"http://127.0.0.1:{trial.port}/healthz") as answer:
        assert json.load(answer)["database"] == "ok"
    assert stat.S_IMODE((trial.var / "run.env").stat().st_mode) == 0o600
    made = trial.manage(
        "from django.contrib.contenttypes.models import ContentType as C; C.objects.create(app_label='kept', model='kept')"
    )
    assert made.returncode == 0, made.stderr

    second = trial.start(PORT=str(free_port()))
    assert second.wait(20) == 1
    assert "runs already" in trial.said.read_text()

    ours = children(first)
    assert {process.name() for process in ours} >= {"postgres", "valkey-server"}
    first.send_signal(signal.SIGINT)
    assert first.wait(30) == 0
    assert living(ours) == []
    assert bystander.poll() is None
    assert not (trial.var / "run.env").exists()

    said = trial.manage("from django.conf import settings; settings.DEBUG")
    assert (said.returncode, said.stderr.strip()) == (
        1,
        "No database is known here: start `make run` first or set DATABASE_URL.",
    )

    again = trial.start()
    trial.up(again)
    found = trial.manage(
        "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.filter(app_label='kept').count())"
    )
    assert found.stdout.strip() == "1"

    if sys.platform == "linux":  # the kernel's signal to orphans is Linux's own
        ours = children(again)
        again.kill()
        again.wait()
        wait_for_the_end_of(ours)
        again = trial.start()
        trial.up(again)

    # One child dies: all stop, and the exit says so.
    ours = children(again)
    next(process for process in ours if "beat" in process.cmdline()).kill()
    assert again.wait(30) == 1
    assert living(ours) == []


def test_a_port_in_use_is_said_plainly_and_nothing_is_left_running(trial):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", trial.port))
        taken.listen()
        process = trial.start()
        assert process.wait(30) == 1
    assert f"Port {trial.port} on 127.0.0.1 cannot be used" in trial.said.read_text()
    assert not (trial.var / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(trial, port):
    process = trial.start(PORT=port)
    assert process.wait(30) == 1
    assert trial.said.read_text().strip() == f"PORT must be a number from 1 to 65535, not '{port}'."


def test_a_given_database_that_does_not_answer_is_refused_before_anything_starts(trial):
    process = trial.start(DATABASE_URL="postgresql://127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0")
    assert process.wait(30) == 1
    assert "DATABASE_URL leads to no PostgreSQL that answers" in trial.said.read_text()
