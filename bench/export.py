"""The writer of lists of cases against XlsxWriter's constant-memory mode, both given the same rows from a list.

    python bench/export.py [--cases 100000] [--columns 30] [--rounds 3]

No database: what is compared is what ``reports.case_file`` and ``core.sheets`` make of rows that are there. Each turn
runs in a process of its own, whose peak memory beside the rows themselves is printed. Ends with 1 where ours takes more
than 150 MB or longer than XlsxWriter.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MOST_MB, MOST_RATIO = 150.0, 1.0
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def rows_of(columns: list[Any], cases: int) -> list[list[Any]]:
    """Texts of the lengths that the columns are wide, instants and numbers, no two rows alike."""
    words = "反映小区楼下夜市噪音扰民多次投诉没有结果请求按期办理并书面答复"
    found = []
    for n in range(cases):
        row: list[Any] = []
        for place, column in enumerate(columns):
            if column.moment:
                row.append(FIRST + timedelta(minutes=7 * n + place) if n % 9 else None)
            elif column.width < 9:
                row.append(n % 50)
            else:
                row.append(f"{words[n % 20 : n % 20 + column.width // 3]}{n}")
        found.append(row)
    return found


def plain(columns: list[Any], rows: list[list[Any]], path: Path) -> None:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [str(column.name) for column in columns])
        for place, cells in enumerate(rows, start=1):
            sheet.write_row(place, 0, cells)


def ours(columns: list[Any], rows: list[list[Any]], path: Path) -> None:
    from core.marking import EXPORT, Mark
    from core.timekeeping import now
    from petitions.models import Petition
    from reports.case_file import write_xlsx
    from reports.selectors.case_rows import Listed

    found = Listed(Petition.objects.none(), columns, "全部", [])
    write_xlsx(path, found, iter(rows), len(rows), provenance="清江县信访局", mark=Mark(EXPORT, 1, 1, now()))


def turn(which: str, cases: int, columns: int) -> None:
    """One file, in this process: seconds, MB beside the rows, MB of the file."""
    # The settings want to know of servers; neither of these is asked.
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": "postgresql:///none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    import django

    django.setup()
    from reports.case_columns import COLUMNS

    wanted = list(COLUMNS.values())[:columns]
    rows = rows_of(wanted, cases)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        began = time.perf_counter()
        (ours if which == "ours" else plain)(wanted, rows, path)
        took = time.perf_counter() - began
        size = path.stat().st_size / 1e6
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps([took, grown, size]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turn", choices=["ours", "plain"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turn:
        turn(options.turn, options.cases, options.columns)
        return
    found: dict[str, list[list[float]]] = {"ours": [], "plain": []}
    for _round in range(options.rounds):
        for which, kept in found.items():
            command = [sys.executable, __file__, "--turn", which, "--cases", str(options.cases)]
            command += ["--columns", str(options.columns)]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            kept.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{options.cases:,} cases × {options.columns} columns, {options.rounds} rounds")
    print("| | median s | most MB beside the rows | file MB |\n|---|---|---|---|")
    for which, kept in found.items():
        seconds, most = statistics.median(k[0] for k in kept), max(k[1] for k in kept)
        print(f"| {which} | {seconds:.1f} | {most:.0f} | {kept[0][2]:.1f} |")
    pairs = zip(found["ours"], found["plain"], strict=True)
    ratio = statistics.median(one[0] / other[0] for one, other in pairs)
    print(f"ratio {ratio:.2f}")
    if ratio > MOST_RATIO or max(k[1] for k in found["ours"]) > MOST_MB:
        sys.exit("missed")


if __name__ == "__main__":
    main()
