"""Registers the messages of a message board: ``manage.py import_messages FILE.csv``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.enums import UnitKind
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.services.importing import MessageImport, write_errors


class Command(BaseCommand):
    help = (
        "Registers every message of a CSV file (message_id, user, subject, posted_at, body) once. Broken rows go to "
        "FILE.errors.csv with line and reason. Messages older than 30 days start no clocks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--unit", default="", help="registering unit: code or name; else the petition office"
        )

    def handle(self, *args: Any, file: Path, unit: str, **options: Any) -> None:
        try:
            run = MessageImport(file.read_bytes(), unit=registering_unit(unit))
        except OSError as error:
            raise CommandError(f"无法读取 {file}:{error.strerror}。") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        hidden = options["verbosity"] == 0
        with tqdm(total=run.records.total, unit="行", desc="导入", disable=hidden) as bar:

            def progress(line: int) -> None:
                bar.update(line - bar.n)

            result = run.run(progress)
        errors = file.with_name(f"{file.name}.errors.csv")
        write_errors(errors, result.broken, run.records.head)
        self.stdout.write(
            f"新登记 {result.added} 件，已有 {result.known} 件，未登记 {len(result.broken)} 行。"
        )
        if result.broken:
            self.stdout.write(f"未登记的行和原因见 {errors}。")


def registering_unit(named: str) -> Unit:
    """The unit named by code or name, else the district's petition office.

    Raises:
        CommandError: there is no such unit.
    """
    active = Unit.objects.active(local_day(now())).order_by("path")
    if named:
        found = active.filter(code=named).first() or active.filter(name=named).first()
    else:
        found = active.filter(kind=UnitKind.PETITION_OFFICE).first()
    if found is None:
        raise CommandError(
            f"没有找到机构“{named}”。" if named else "还没有信访局，请先建立机构，或用 --unit 指定。"
        )
    return found
