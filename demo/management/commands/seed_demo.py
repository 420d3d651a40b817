"""Load the fictional county 清江县 with its people and cases."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refusal
from core.timekeeping import now
from deadlines.moments import read_moment
from demo import seeding


class Command(BaseCommand):
    help = "Load the demo county with its cases of the last 13 months, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument(
            "--until", help="ISO moment up to which things happened; Asia/Shanghai, now by default"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where a county is loaded already"
        )

    def handle(
        self, *args: Any, cases: int, seed: int, until: str | None, if_empty: bool, **options: Any
    ) -> None:
        if if_empty and seeding.is_loaded():
            return
        if cases < 0:
            raise CommandError("--cases 不能是负数。")
        started = time.monotonic()
        try:
            moment = read_moment(until) if until else now()
            loaded = seeding.load(cases=cases, seed=seed, until=moment)
        except (ValueError, Refusal) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"演示县：{loaded.users} 人，{loaded.cases} 件，{loaded.acts} 步，{seconds:.1f} 秒。"
        )
        for status, number, code in loaded.samples:
            self.stdout.write(f"群众查询可试：{number}  查询码 {code}（{status}）")
