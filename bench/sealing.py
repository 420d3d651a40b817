"""What sealing personal data and writing the audit log cost a registration: on against off, in turn, in one run.

    python bench/sealing.py [--rounds 400]

A registration at the counter with two people; off: texts are kept as bytes, no index, no audit entry. Prints medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import in_a_database_of_its_own

NAME = "bench_sealing"


def measure(rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.actor import Actor
    from accounts.enums import UnitKind
    from accounts.services import audit
    from accounts.services.units import create_unit
    from core.sealing import fields
    from petitions.enums import Channel
    from petitions.services.registering import NewPerson, NewPetition, register

    call_command("migrate", verbosity=0)
    district = create_unit(name="清江县", kind=UnitKind.DISTRICT, code="339999")
    office = create_unit(name="清江县信访局", kind=UnitKind.PETITION_OFFICE, parent=district)

    def once() -> float:
        people = [
            NewPerson(
                name="张小河", id_number="339999197001010015", phone="13900001234", address="柳湾村七组"
            ),
            NewPerson(name="李大江", phone="13900005678", address="石桥村二组"),
        ]
        new = NewPetition(channel=Channel.ONLINE, body="夜市太吵。", requests=["请管一管"], persons=people)
        began = time.perf_counter()
        register(actor=Actor.petitioner(), new=new, unit=office)
        return time.perf_counter() - began

    def off() -> float:
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(fields, "seal", lambda text, place: text.encode()))
            stack.enter_context(mock.patch.object(fields, "blind", return_value=None))
            stack.enter_context(mock.patch.object(audit, "record"))
            return once()

    with_it, without = [], []
    for turn in range(rounds + 20):
        pair = once(), off()
        if turn >= 20:  # warm-up
            with_it.append(pair[0])
            without.append(pair[1])
    on, plain = statistics.median(with_it) * 1000, statistics.median(without) * 1000
    print("| on, ms | off, ms | ratio |\n|---|---|---|")
    print(f"| {on:.2f} | {plain:.2f} | {on / plain:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds)
        return
    in_a_database_of_its_own(__file__, NAME, "--rounds", str(options.rounds))


if __name__ == "__main__":
    main()
