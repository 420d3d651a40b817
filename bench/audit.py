"""How fast ``verify_audit`` walks the chain, and how much memory it takes.

    python bench/audit.py [--rows 200000]

Writes the rows into a database of its own by the same doors (record_many, seal), then verifies.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import in_a_database_of_its_own

NAME = "bench_audit"


def measure(rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.actor import Actor
    from accounts.services import audit, audit_chain

    call_command("migrate", verbosity=0)
    detail = {"channel": "online", "unit": 12, "filters": "status=accepted&unit=7"}
    audit.record_many(
        audit.build(actor=Actor.system(), act="petition.look", detail=detail | {"n": n}) for n in range(rows)
    )
    began = time.perf_counter()
    while audit_chain.seal():
        pass
    sealing = time.perf_counter() - began
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    verdict = audit_chain.verify()
    took = time.perf_counter() - began
    assert verdict.fault is None and verdict.checked == rows, verdict
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print("| rows | seal rows/s | verify rows/s | memory grown, MB |\n|---|---|---|---|")
    print(f"| {rows:,} | {rows / sealing:,.0f} | {rows / took:,.0f} | {grown:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rows)
        return
    in_a_database_of_its_own(__file__, NAME, "--rows", str(options.rows))


if __name__ == "__main__":
    main()
