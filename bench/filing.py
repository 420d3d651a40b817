"""Filing online per second, through the web server, against pgbench doing the same inserts.

    python bench/filing.py [--seconds 10] [--rounds 3] [--clients 2]

Both run in turn on one durable PostgreSQL (fsync and synchronous_commit on). The statements for pgbench are taken from a
real registration, so that they are the same inserts into the same tables with the same indexes. Prints filings and
transactions per second and the ratio of each round.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import (
    FOLDER,
    ROOT,
    address,
    drop_database,
    make_database,
    servers,
)
from config.postgres import postgres_binary

PORT = 18431
DATABASE = "bench_filing"


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.support.filing_settings",
        "PYTHONPATH": str(ROOT),
    }


def prepare(url: str) -> Path:
    """A fresh database with some cases in it, and pgbench's script; its path."""
    drop_database(url, DATABASE)
    make_database(url, DATABASE)
    target = address(url, DATABASE)
    subprocess.run(
        [sys.executable, "-m", "bench.support.bulk", "20000"], cwd=ROOT, env=environment(target), check=True
    )
    script = FOLDER / "filing.sql"
    subprocess.run(
        [sys.executable, "-m", "bench.support.filing_statements", str(script)],
        cwd=ROOT,
        env=environment(target),
        check=True,
    )
    return script


def start_web(url: str, threads: int = 1) -> subprocess.Popen[bytes]:
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", "2",
        "--blocking-threads", str(threads), "--host", "127.0.0.1", "--port", str(PORT), "config.wsgi:application",
    ]  # fmt: skip
    web = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/file/", timeout=2).read()
            return web
        except OSError:
            time.sleep(0.2)
    stop_web(web)
    sys.exit("the web server did not start")


def stop_web(web: subprocess.Popen[bytes]) -> None:
    """The server and its workers."""
    os.killpg(web.pid, signal.SIGTERM)
    web.wait()


def file_for(seconds: float, clients: int) -> float:
    """Filings per second of ``clients`` processes that send one form after another."""
    command = [sys.executable, "-m", "bench.support.filing_client", str(PORT), str(seconds)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(clients)]
    done = [json.loads(process.communicate()[0]) for process in running]
    assert all(answer["refused"] == 0 for answer in done), done
    return sum(answer["filed"] / answer["seconds"] for answer in done)


def pgbench(url: str, script: Path, seconds: int, clients: int) -> float:
    """Transactions per second of pgbench with the same statements and as many clients."""
    done = subprocess.run(
        [str(postgres_binary("pgbench")), "-n", "-c", str(clients), "-T", str(seconds), "-f", str(script), url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found and "failed transactions: 0" in done.stdout, done.stdout + done.stderr
    return float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=2)
    options = parser.parse_args()
    with servers() as url:
        script = prepare(url)
        target = address(url, DATABASE)
        web = start_web(target)
        try:
            file_for(2, options.clients)  # warm-up
            print("| round | filed online /s | pgbench, same inserts /s | share |")
            print("|---|---|---|---|")
            shares = []
            for turn in range(options.rounds):
                filed = file_for(options.seconds, options.clients)
                floor = pgbench(target, script, options.seconds, options.clients)
                shares.append(filed / floor)
                print(f"| {turn + 1} | {filed:.0f} | {floor:.0f} | {filed / floor:.1%} |", flush=True)
            print(f"median share: {statistics.median(shares):.1%}")
        finally:
            stop_web(web)


if __name__ == "__main__":
    main()
