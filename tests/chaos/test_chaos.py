"""The short run; ``make chaos`` plays the long ones."""

import json
import os
import subprocess
import sys

import psutil
import pytest

from config.processes import is_alive
from tests.chaos.stage import OURS, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


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
