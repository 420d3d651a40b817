"""Write pgbench's script: the statements of one real registration, made repeatable.

``python -m bench.support.filing_statements FILE`` with DATABASE_URL set. Reads and savepoints are left out; what must be
unique becomes an expression, the new case's id a variable.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from bench.support.texts import BODY
from petitions.enums import Channel, Kind
from petitions.services.registering import NewPerson, NewPetition, register


def main(target: Path) -> None:
    office = Unit.objects.get(kind=UnitKind.PETITION_OFFICE)
    new = NewPetition(
        channel=Channel.ONLINE, kind=Kind.APPEAL, body=BODY, requests=["请规定夜市收摊时间"],
        persons=[NewPerson(name="张小河", phone="13800001234")],
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        done = register(actor=Actor.petitioner(), new=new, unit=office)
    petition = done.petition
    statements = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    first = next(n for n, sql in enumerate(statements) if sql.startswith('INSERT INTO "petitions_petition" '))
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_serial")
    lines = ["BEGIN;"]
    for n, sql in enumerate(statements):
        sql = sql.replace(f"'{petition.number}'", "'P' || nextval('bench_serial')")
        sql = sql.replace(f"'{petition.submit_key}'", "md5(random()::text) || md5(random()::text)")
        if n == first:
            lines.append(re.sub(r"RETURNING .*$", 'RETURNING "id" AS case_id \\\\gset', sql))
            continue
        sql = re.sub(rf"(?<![\w'.-])'?{petition.pk}'?(?![\w.-])", _in_place_of_id(sql), sql)
        lines.append(re.sub(r" RETURNING .*$", "", sql) + ";")
    lines.append("COMMIT;")
    target.write_text("\n".join(lines) + "\n")
    print(f"{len(statements)} statements", file=sys.stderr)


def _in_place_of_id(sql: str) -> str:
    return "':case_id'" if "audit" in sql else ":case_id"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
