"""``manage.py export_statistics --month 2026-10 --unit CODE --output FILE``"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal
from core.marking import CONSOLE, Mark
from reports import workbook
from reports.periods import Month
from reports.selectors.figures import district_reading, shown
from reports.selectors.month import district_figures
from reports.selectors.volumes import volumes


class Command(BaseCommand):
    help = "Write the month's figures of a unit (and what is below it) to an XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="2026-10")
        parser.add_argument("--unit", required=True, help="statistical code, short name or name of the unit")
        parser.add_argument("--output", required=True, type=Path, help="the .xlsx file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        unit = unit_called(options["unit"])
        output = Path(options["output"])
        if not output.parent.is_dir():
            raise CommandError(f"没有 {output.parent} 这个文件夹。请核对 --output。")
        figures = district_figures(unit=unit, month=month, codes=shown())
        apart = volumes(district_reading(unit, month))
        mark = Mark(CONSOLE, 0, 0, figures.made_at)
        workbook.write(figures, output, provenance=str(_("服务器命令行")), mark=mark, apart=apart)
        self.stdout.write(f"{figures.unit.name} {month.label}: {figures.total.count} 件次 → {output}")


def unit_called(text: str) -> Unit:
    """The unit with that code; where no code is the same, the one with that short name or name.

    Raises:
        CommandError: there is none, or several are called so.
    """
    text = text.strip()
    if not text:
        raise CommandError("请用 --unit 写明机构的代码或名称。")
    units = Unit.objects.select_related("parent").order_by("path")
    found = list(units.filter(code=text)[:1]) or list(units.filter(Q(short_name=text) | Q(name=text))[:6])
    if not found:
        raise CommandError(f"没有代码或名称为 {text} 的机构。请核对 --unit。")
    if len(found) > 1:
        above = [one.parent.label if one.parent else "" for one in found]
        each = zip(above, found, strict=True)
        which = "、".join(f"{over}{one.name}（{one.code or '无代码'}）" for over, one in each)
        raise CommandError(f"名称为 {text} 的机构不止一个：{which}。请用代码或全称指明。")
    return found[0]
