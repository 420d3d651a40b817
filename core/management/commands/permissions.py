"""Prints docs/permissions.md from the table that the tests hold every door to (tests/permissions/table.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"
HEAD = """# Who may open what

Printed by `manage.py permissions` from `tests/permissions/table.py`; do not edit by hand. The test beside that table
asks every address of the site, as everybody below, for every case below, and changes nothing.

**200** opens; **422** a form sent empty comes back with its sentences; **403** not with this post; **404** as if there
were no such case; **409** not in this state; **登录** to the login page; **查询** to number and code; **转到** on.
A page asked for by another method than named answers 405. Every act in every state is in
`petitions/tests/who_may.py`.
"""


class Command(BaseCommand):
    help = "Write docs/permissions.md from the table of the tests."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(printed(), encoding="utf-8")
        self.stdout.write(str(PAGE))


def printed() -> str:
    """The whole page. The table is part of the tests, so it is read only here, where they are at hand."""
    from tests.permissions import table
    from tests.permissions.town import CASES, PEOPLE, RECUSED

    lines = [
        HEAD,
        "## 人\n",
        *(f"- **{label}** {words}" for label, (words, _key) in PEOPLE.items()),
        "\n## 件\n",
        *(f"- **{label}** {words}" for label, words in CASES.items()),
        "\n## 谁读得到哪一件\n",
        *_grid(table.READS, RECUSED, list(PEOPLE), list(CASES)),
        "\n## 一件案件的门\n",
        "访客、信访人：登录。限于所列岗位（其余 403）；不在名单中的：404。\n",
        *_case_doors(table),
        "\n### 名单\n",
        *_lists(table),
        "\n## 其他的门\n",
        "没有写明的：访客、信访人 登录，其余 403；没有在任岗位的 403。\n",
        *_other_doors(table),
    ]
    return "\n".join(lines) + "\n"


def _grid(
    reads: dict[str, str], recused: dict[str, str], people: list[str], cases: list[str]
) -> Iterator[str]:
    yield f"| | {' | '.join(cases)} |"
    yield f"|---|{'---|' * len(cases)}"
    for person in people:
        out = {case for case, who in recused.items() if person in who.split()}
        marks = (
            "看得到" if person in reads[case].split() else "已回避" if case in out else "" for case in cases
        )
        yield f"| {person} | {' | '.join(marks)} |"


def _case_doors(table: Any) -> Iterator[str]:
    yield "| 门 | 方法 | 谁 | 另外 | 限于 |"
    yield "|---|---|---|---|---|"
    for row in (row for row in table.ROWS if row.of_a_case):
        first, *others = row.who
        more = "；".join(f"{answer}：{table.CALLED[name]}" for answer, name in others)
        limit = _people(table, " ".join(sorted(row.let_in, key=table.EVERYBODY.split().index)))
        yield f"| {_doors(row)} | {_methods(row)} | {table.CALLED[first[1]]} | {more} | {limit} |"


def _lists(table: Any) -> Iterator[str]:
    for name, words in table.CALLED.items():
        yield f"- **{words}**"
        yield from (f"  - {case}：{people or '没有人'}" for case, people in table.TABLES[name].items())


def _other_doors(table: Any) -> Iterator[str]:
    yield "| 门 | 方法 | 谁 | 另外 | 其余 |"
    yield "|---|---|---|---|---|"
    for row in (row for row in table.ROWS if not row.of_a_case):
        first, *others = row.who
        more = "；".join(f"{answer}：{people}" for answer, people in others)
        rest = "" if first[1] == table.EVERYBODY else row.rest
        yield f"| {_doors(row)} | {_methods(row)} | {_people(table, first[1])} | {more} | {rest} |"


def _people(table: Any, text: str) -> str:
    known = {
        table.EVERYBODY: "人人",
        table.STAFF: "有岗位的人",
        f"{table.STAFF} 无岗": "登录的人",
        table.READING_ROLES: "三员以外有岗位的人",
    }
    return known.get(text, text)


def _doors(row: Any) -> str:
    return "<br>".join(f"`{door}`" for door in row.doors)


def _methods(row: Any) -> str:
    return "，".join(f"{method} {answer}" for method, answer in row.methods.items())
