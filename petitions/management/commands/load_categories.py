"""Loads a table of content categories: ``manage.py load_categories FILE.csv``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refusal
from petitions.services import categories


class Command(BaseCommand):
    help = (
        "Loads categories (columns level1, level2, level3) as a new version and offers it for new cases; old cases "
        "keep theirs. The same table again changes nothing; a bad file changes nothing and its line is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", default="", help="name of the version; else the file's name")

    def handle(self, *args: Any, file: Path, name: str, **options: Any) -> None:
        try:
            done = categories.load(file.read_bytes(), name=name or file.stem)
        except OSError as error:
            raise CommandError(f"无法读取 {file}:{error.strerror}。") from error
        except Refusal as refusal:
            raise CommandError(f"{file}:{refusal}") from refusal
        if done.created:
            self.stdout.write(f"已载入 {done.leaves} 个分类，新登记的信访件使用这一版。")
        elif done.switched:
            self.stdout.write("这一版以前载入过，现在重新启用。")
        else:
            self.stdout.write("与现行分类相同，没有改动。")
