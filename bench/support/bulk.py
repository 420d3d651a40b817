"""Fill a database with consistent cases, fast: the rows a case leaves behind, written by SQL instead of the doors.

Called in a process of its own: ``python -m bench.support.bulk CASES`` with DATABASE_URL set. What is consistent: every
case has its registration event, its scope rows (registering office, lead unit, the town above), its clocks (stopped for
closed cases, running for open ones), a person and a request; ``due_at`` is the earliest running clock's. Cases are
spread evenly over ten years; the newest 3,200 are open whatever the number, because work in hand grows with the county
and not with its history; 20 departments and 12 towns share them evenly. What is closed already has lived faster in the
newest eighty days, so that nothing lies in the future. The newest three years have what else the figures of a month
count (``further_rows``). Only Python can seal a name, which takes longer than all else: those of the newest 20,000 are there,
older petitioners have rows without one. Of more than a million cases the newest million has words to be searched, and
those older than fifteen months are there with their scope alone: a month's page and an own table over a year read no
other row of theirs, and the volumes of three years count the cases themselves.
"""

from __future__ import annotations

import io
import os
import sys
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import create_unit
from bench.support.further_rows import DECIDED, FORWARDED, write
from core.sealing import blind, seal
from deadlines.models import Rule
from petitions.models import Category

DEPARTMENTS, TOWNS = 20, 12
OPEN_CASES = 3200

MOST_NAMED, MOST_SEARCHED = 20_000, 1_000_000
#: Of more cases than this, those older than ``RECENT`` have no rows of their own but their scope.
MOST_WHOLE = 1_000_000
RECENT = "interval '15 months'"
#: Loaded without their indexes, which are made at one go afterwards.
LARGE = (
    "petitions_petition",
    "petitions_petitionscope",
    "petitions_petitionevent",
    "petitions_petitionrequest",
    "petitions_petitionclock",
    "petitions_petitionperson",
    "petitions_petitionwords",
    "petitions_share",
    "petitions_reply",
    "petitions_evaluation",
    "outcomes_closingcheck",
    "outcomes_mark",
)

CASES = """
INSERT INTO petitions_petition (id, number, national_number, status, channel, kind, path, sealed, subject, body,
    place_text, urgency, complained_text, anonymous, confidential, head_count, batch_count, first_here, repeat_of_id,
    received_at, registered_at, accepted_at, concluded_at, served_at, closed_at, due_at, query_code_hash, submit_key,
    registered_unit_id, lead_unit_id, place_unit_id, category_id, has_joined, has_recusals, complained_as_headed)
SELECT n, 'B-' || lpad(n::text, 9, '0'), '',
    CASE WHEN NOT is_open THEN 'closed' ELSE (ARRAY['registered','forwarded','accepted','accepted','concluded','served'])[n %% 6 + 1] END,
    CASE WHEN n %% 50 = 2 THEN 'reception' ELSE (ARRAY['online','online','visit','letter','phone'])[n %% 5 + 1] END,
    CASE WHEN n %% 43 = 0 THEN 'suggestion' ELSE 'appeal' END, CASE WHEN n %% 43 > 0 THEN 6 END, false,
    (ARRAY['小区噪音扰民','道路破损积水','物业收费争议','农村饮水问题','工资拖欠','违章搭建'])[n %% 6 + 1] || n,
    '反映的问题第' || n || '号,请予核实处理。', '', 'normal', '', false, false,
    CASE WHEN n %% 53 = 0 THEN 6 + n %% 20 ELSE 1 + n %% 3 END, 1, n %% 7 <> 0 OR n <= before,
    CASE WHEN n %% 7 = 0 AND n > before THEN n - before END, at, at,
    CASE WHEN is_open THEN least(at + interval '3 days', now())
         WHEN n %% 37 > 0 THEN
             at + pace * interval '1 day' * CASE WHEN n %% 41 = 0 THEN 20 WHEN n %% 31 = 0 THEN 18 ELSE 3 END END,
    CASE WHEN NOT is_open AND n %% 37 > 0 THEN
        at + pace * interval '1 day' * CASE WHEN n %% 29 = 0 THEN 65 ELSE 40 END END,
    CASE WHEN NOT is_open AND n %% 37 > 0 THEN
        at + pace * interval '1 day' * CASE WHEN n %% 29 = 0 THEN 68 ELSE 45 END END,
    CASE WHEN NOT is_open THEN at + pace * interval '1 day' * CASE WHEN n %% 37 = 0 THEN 15 ELSE 78 END END,
    CASE WHEN is_open THEN greatest(now() + (n %% 90 - 20) * interval '1 day', at + interval '1 day') END,
    md5(n::text) || md5(n::text), md5('k' || n) || md5('k' || n),
    CASE WHEN n %% 11 = 0 THEN (%(towns)s)[n %% %(town_count)s + 1] ELSE %(office)s END,
    CASE WHEN is_open AND n %% 6 = 0 THEN NULL WHEN n %% 22 = 0 THEN (%(towns)s)[n %% %(town_count)s + 1]
         ELSE (%(leads)s)[n %% %(lead_count)s + 1] END,
    (%(towns)s)[n %% %(town_count)s + 1],
    CASE WHEN n %% 97 > 0 THEN (%(categories)s)[n %% %(category_count)s + 1] END, false, false, false
FROM (SELECT n, at, is_open, least(1.0, extract(epoch FROM now() - at) / (80 * 86400.0)) AS pace,
             greatest(1, (%(cases)s / 3650.0 * (80 + n / 7 %% 400))::bigint) AS before
      FROM (SELECT n, now() - interval '10 years' + n * (interval '10 years' / %(cases)s) AS at,
                   n > %(cases)s - %(open)s AS is_open
            FROM generate_series(1, %(cases)s) AS n) AS numbered) AS paced
"""
REST = (
    """INSERT INTO petitions_petitionscope (petition_id, unit_id, reason, live)
       SELECT id, registered_unit_id, 'registered', closed_at IS NULL FROM petitions_petition
       UNION ALL SELECT id, lead_unit_id, 'lead', closed_at IS NULL FROM petitions_petition
                        WHERE lead_unit_id <> registered_unit_id""",
    """INSERT INTO petitions_petitionevent (petition_id, act, at, unit_id, who, from_status, to_status, public, text, public_text)
       SELECT id, 'register', registered_at, NULL, '信访人', '', 'registered', true, '', '已登记' FROM {recent} AS p
       UNION ALL SELECT p.id, 'forward', {forwarded}, registered_unit_id, '信访局', 'registered',
                        'forwarded', true, '', '已转送' FROM {recent} AS p WHERE lead_unit_id IS NOT NULL
       UNION ALL SELECT id, 'close', closed_at, lead_unit_id, '系统', 'served', 'closed', true, '', '已办结'
                        FROM {recent} AS p WHERE closed_at IS NOT NULL""",
    """INSERT INTO petitions_petitionrequest (petition_id, ordinal, text, outcome, opinion)
       SELECT id, 1, '请尽快处理', '', '' FROM {recent} AS p""",
    """INSERT INTO petitions_petitionclock (petition_id, rule_id, unit_id, started_at, raw_due_at, due_at, provisional,
           next_at, step_no, stopped_at, extended_days, speed, error_count, last_error, explanation, stopped_by)
       SELECT id, %(conclusion)s, coalesce(lead_unit_id, registered_unit_id), registered_at,
              coalesce(due_at, registered_at + interval '60 days'), coalesce(due_at, registered_at + interval '60 days'),
              false, CASE WHEN closed_at IS NULL THEN greatest(due_at, now() + interval '30 days') END, 0,
              concluded_at, 0, 1, 0, '', '{{}}'::jsonb, CASE WHEN closed_at IS NULL THEN '' ELSE 'make_opinion' END
       FROM {recent} AS p WHERE path = 6 AND (closed_at IS NULL OR concluded_at IS NOT NULL)
       UNION ALL
       SELECT p.id, %(notice)s, coalesce(lead_unit_id, registered_unit_id), {forwarded}, {forwarded} + interval '15 days',
              {forwarded} + interval '15 days', false, NULL, 0, {decided}, 0, 1, 0, '', '{{}}'::jsonb,
              CASE WHEN closed_at IS NULL OR accepted_at IS NOT NULL THEN 'accept' ELSE 'refuse' END
       FROM {recent} AS p""",
)


def main(cases: int) -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        office, leads, towns = _people()
        categories = list(Category.objects.order_by("id").values_list("pk", flat=True))
        with connection.cursor() as cursor:
            # The rows are consistent by construction; checking each foreign key again would take longer than writing.
            cursor.execute("SET LOCAL session_replication_role = replica")
            asked = {
                "cases": cases,
                "open": OPEN_CASES,
                "office": office.pk,
                "leads": leads,
                "lead_count": len(leads),
                "towns": towns,
                "town_count": len(towns),
                "categories": categories,
                "category_count": len(categories),
                "conclusion": _rule("conclusion"),
                "notice": _rule("notice"),
            }
            later = _drop_indexes(cursor)
            cursor.execute(CASES, asked)
            cursor.execute("SELECT setval(pg_get_serial_sequence('petitions_petition', 'id'), %s)", [cases])
            moments = {"forwarded": FORWARDED.replace("%", "%%"), "decided": DECIDED.replace("%", "%%")}
            whole = "" if cases <= MOST_WHOLE else f" WHERE registered_at > now() - {RECENT}"
            moments["recent"] = f"(SELECT * FROM petitions_petition{whole})"
            for statement in REST:
                cursor.execute(statement.format(**moments), asked)
            cursor.execute("ANALYZE petitions_petition")
            write(
                cursor,
                office=office.pk,
                departments=leads[:DEPARTMENTS],
                since="interval '3 years'" if not whole else RECENT,
            )
            _petitioners(cursor, cases)
            # What the trigger would have written one by one.
            cursor.execute(
                "INSERT INTO petitions_petitionwords (petition_id, pieces)"
                " SELECT id, zh_bigrams(subject || ' ' || left(body, 2000)) FROM petitions_petition WHERE id > %s",
                [cases - MOST_SEARCHED],
            )
            for statement in later:
                cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _drop_indexes(cursor: CursorWrapper) -> list[str]:
    """Of the large tables, but for the keys; gives the statements that make them again."""
    cursor.execute(
        """SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid),
                  c.conname, pg_get_constraintdef(c.oid)
           FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
           WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisprimary AND NOT i.indisexclusion""",
        [list(LARGE)],
    )
    again = []
    for index, table, made, constraint, said in cursor.fetchall():
        if constraint:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {said}')
        else:
            cursor.execute(f"DROP INDEX {index}")
            again.append(made)
    return again


PEOPLE = "petition_id, ordinal, role, name, id_number, id_check_failed, sex, phone, address, phone_index"


def _petitioners(cursor: CursorWrapper, cases: int) -> None:
    """A petitioner for each case, by COPY, a slice at a time."""
    unnamed = max(cases - MOST_NAMED, 0)
    cursor.execute(
        f"INSERT INTO petitions_petitionperson ({PEOPLE}) SELECT id, 1, 'petitioner', '', '', false, 'f', '', '',"
        " sha256(id::text::bytea) FROM petitions_petition WHERE id <= %s AND id > %s",
        [unnamed, cases - MOST_SEARCHED],
    )
    for start in range(unnamed + 1, cases + 1, 50_000):
        lines = "".join(map(_petitioner, range(start, min(start + 50_000, cases + 1))))
        cursor.copy_expert(f"COPY petitions_petitionperson ({PEOPLE}) FROM STDIN", io.StringIO(lines))


def _petitioner(case: int) -> str:
    column, phone = "petitions.petitionperson.", f"138{case:08d}"
    name = seal(f"张某{case}", f"{column}name:{case}/1").hex()
    number = seal(phone, f"{column}phone:{case}/1").hex()
    index = (blind(phone, f"{column}phone_index") or b"").hex()
    return f"{case}\t1\tpetitioner\t\\\\x{name}\t\tf\t\t\\\\x{number}\t\t\\\\x{index}\n"


def _rule(code: str) -> int:
    """The rule's newest version."""
    return Rule.objects.filter(code=code).latest("valid_from").pk


def _people() -> tuple[Unit, list[int], list[int]]:
    since = date(2010, 1, 1)
    district = create_unit(name="清江县", kind=UnitKind.DISTRICT, code="339999")
    office = create_unit(name="清江县信访局", kind=UnitKind.PETITION_OFFICE, parent=district)
    create_unit(name="清江县纪委监委", kind=UnitKind.DISCIPLINE, parent=district)
    departments = [
        create_unit(name=f"第{n}局", kind=UnitKind.DEPARTMENT, parent=district) for n in range(DEPARTMENTS)
    ]
    towns = [create_unit(name=f"第{n}镇", kind=UnitKind.TOWN, parent=district) for n in range(TOWNS)]
    posts = [
        ("officer", Role.PETITION_OFFICER, office),
        ("handler", Role.HANDLER, departments[0]),
        ("town", Role.HANDLER, towns[0]),
        ("leader", Role.LEADER, district),
        ("statistician", Role.STATISTICIAN, office),
    ]
    for username, role, unit in posts:
        user = User.objects.create(username=username, name=username, password=make_password("x"))
        post = Post.objects.create(user=user, unit=unit, role=role, valid_from=since)
        if role == Role.LEADER:
            post.charge_units.set([departments[0], towns[0]])
    return office, [unit.pk for unit in [*departments, *towns]], [town.pk for town in towns]


if __name__ == "__main__":
    main(int(sys.argv[1]))
