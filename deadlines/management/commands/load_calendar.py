"""Enter working calendars: the published years, or one year from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refusal
from deadlines.services import load_published, load_year, read_table, too_few_off


class Command(BaseCommand):
    help = (
        "Without options: enter the published years that are missing. With --year and --file: enter or "
        "replace that year from a CSV file with the columns day,is_workday,note."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int)
        parser.add_argument("--file", type=Path)
        parser.add_argument("--source", default="", help="the notice the table comes from")

    def handle(
        self, *args: Any, year: int | None, file: Path | str | None, source: str, **options: Any
    ) -> str | None:
        if (year is None) != (file is None):
            raise CommandError("--year和--file须一起给出。")
        if year is None or file is None:
            years = load_published()
            return f"已录入：{'、'.join(map(str, years))}年。" if years else "已公布的年份均已录入。"
        if not 1949 <= year <= 2200:
            raise CommandError(f"年份{year}不在1949至2200之间。")
        try:
            rows = read_table(Path(file), year)
            loaded = load_year(year, rows, source=source or Path(file).name)
        except Refusal as refused:
            raise CommandError(f"{refused.sentence}未作任何更改。") from refused
        if few := too_few_off(year, rows):
            self.stderr.write(few)
        return f"已录入{loaded.year}年{loaded.days}天，{loaded.moved}个运行中的期限随之变动。"
