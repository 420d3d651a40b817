"""``manage.py export_statistics --month 2026-10 --unit CODE --output FILE``"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Unit
from core.errors import Refusal
from reports import workbook
from reports.periods import Month
from reports.selectors.month import district_figures


class Command(BaseCommand):
    help = "Write the month's figures of a unit (and what is below it) to an XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="2026-10")
        parser.add_argument("--unit", required=True, help="statistical code of the unit")
        parser.add_argument("--output", required=True, type=Path, help="the .xlsx file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        unit = Unit.objects.filter(code=options["unit"]).exclude(code="").first()
        if unit is None:
            raise CommandError(f"没有代码为 {options['unit']} 的机构。请核对 --unit。")
        output = Path(options["output"])
        if not output.parent.is_dir():
            raise CommandError(f"没有 {output.parent} 这个文件夹。请核对 --output。")
        figures = district_figures(unit=unit, month=month)
        workbook.write(figures, output, provenance="export_statistics")
        self.stdout.write(f"{figures.unit.name} {month.label}: {figures.total.count} 件次 → {output}")
