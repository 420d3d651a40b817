"""The sweep by hand: what Celery beat triggers every second."""

import json
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.timekeeping import now
from deadlines.moments import read_moment
from deadlines.services import SweepResult, sweep_all


class Command(BaseCommand):
    help = "Handle every clock that is due. Goes on every second until interrupted, or --once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument(
            "--at", help="sweep as of this moment (ISO; Asia/Shanghai unless an offset is given)"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, once: bool, at: str | None, json: bool, **options: Any) -> None:
        if at is not None and not once:
            raise CommandError("--at只能和--once一起使用。")
        try:
            moment = read_moment(at) if at is not None else None
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong
        if once:
            self._round(moment or now(), as_json=json, remember=False)
            return
        try:
            while True:
                self._round(now(), as_json=json, remember=True)
                time.sleep(1)
        except KeyboardInterrupt:
            self.stdout.write("已停止。")

    def _round(self, moment: datetime, *, as_json: bool, remember: bool) -> None:
        for label, result in sweep_all(now=moment, remember=remember).items():
            if result.claimed or not remember:
                self.stdout.write(_line(label, result, as_json))
                for failure in result.failed:
                    self.stderr.write(f"暂缓处理：{failure}")


def _line(label: str, result: SweepResult, as_json: bool) -> str:
    if as_json:
        return json.dumps({"clocks": label, **vars(result)}, ensure_ascii=False)
    return (
        f"{label}：处理{result.claimed}个期限，发出{result.alerts}条提醒，"
        f"暂缓{len(result.failed)}个，最久迟{result.lag_seconds:.1f}秒。"
    )
