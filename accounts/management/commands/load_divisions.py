from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import divisions


class Command(BaseCommand):
    help = "Load administrative divisions (code,name,level,parent_code), again and again without harm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                result = divisions.load(path.read_bytes())
            except OSError as error:
                raise CommandError(f"{path}：无法读取（{error.strerror}）。未作任何改动。") from None
            except divisions.DivisionFileError as error:
                raise CommandError(f"{path}：{error}此文件未作任何改动。") from None
            self.stdout.write(
                f"{path.name}：新增 {result.created}，更新 {result.changed}，未变 {result.unchanged}。"
            )
