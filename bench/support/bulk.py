"""Fill a database with consistent cases, fast: the rows a case leaves behind, written by SQL instead of the doors.

Called in a process of its own: ``python -m bench.support.bulk CASES`` with DATABASE_URL set. What is consistent: every
case has its registration event, its scope rows (registering office, lead unit, the town above), its clocks (stopped for
closed cases, running for open ones), a person and a request; ``due_at`` is the earliest running clock's. Cases are
spread evenly over ten years; the newest 3,200 are open whatever the number, because work in hand grows with the county
and not with its history; 20 departments and 12 towns share them evenly.
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
from core.sealing import blind, seal
from deadlines.models import Rule

DEPARTMENTS, TOWNS = 20, 12
OPEN_CASES = 3200

CASES = """
INSERT INTO petitions_petition (number, national_number, status, channel, kind, path, sealed, subject, body, place_text,
    urgency, complained_text, anonymous, confidential, head_count, batch_count, first_here, received_at, registered_at,
    accepted_at, concluded_at, served_at, closed_at, due_at, query_code_hash, submit_key, registered_unit_id,
    lead_unit_id, place_unit_id, has_joined, has_recusals, complained_as_headed)
SELECT 'B-' || lpad(n::text, 9, '0'), '',
    CASE WHEN NOT is_open THEN 'closed' ELSE (ARRAY['registered','forwarded','accepted','accepted','concluded','served'])[n %% 6 + 1] END,
    (ARRAY['online','online','visit','letter','phone'])[n %% 5 + 1], 'appeal', 6, false,
    (ARRAY['小区噪音扰民','道路破损积水','物业收费争议','农村饮水问题','工资拖欠','违章搭建'])[n %% 6 + 1] || n,
    '反映的问题第' || n || '号,请予核实处理。', '', 'normal', '', false, false, 1 + n %% 3, 1, n %% 7 <> 0, at, at,
    at + interval '3 days', CASE WHEN is_open THEN NULL ELSE at + interval '40 days' END,
    CASE WHEN is_open THEN NULL ELSE at + interval '45 days' END,
    CASE WHEN is_open THEN NULL ELSE at + interval '75 days' END,
    CASE WHEN is_open THEN greatest(now() + (n %% 90 - 20) * interval '1 day', at + interval '1 day') END,
    md5(n::text) || md5(n::text), md5('k' || n) || md5('k' || n), %(office)s,
    CASE WHEN is_open AND n %% 6 = 0 THEN NULL ELSE (%(leads)s)[n %% %(lead_count)s + 1] END,
    (%(towns)s)[n %% %(town_count)s + 1], false, false, false
FROM (SELECT n, now() - interval '10 years' + n * (interval '10 years' / %(cases)s) AS at,
             n > %(cases)s - %(open)s AS is_open
      FROM generate_series(1, %(cases)s) AS n) AS numbered
"""
REST = (
    """INSERT INTO petitions_petitionscope (petition_id, unit_id, reason, live)
       SELECT id, registered_unit_id, 'registered', closed_at IS NULL FROM petitions_petition
       UNION ALL SELECT id, lead_unit_id, 'lead', closed_at IS NULL FROM petitions_petition
                        WHERE lead_unit_id IS NOT NULL""",
    """INSERT INTO petitions_petitionevent (petition_id, act, at, unit_id, who, from_status, to_status, public, text, public_text)
       SELECT id, 'register', registered_at, NULL, '信访人', '', 'registered', true, '', '已登记' FROM petitions_petition
       UNION ALL SELECT id, 'forward', registered_at + interval '1 day', registered_unit_id, '信访局', 'registered',
                        'forwarded', true, '', '已转送' FROM petitions_petition WHERE lead_unit_id IS NOT NULL
       UNION ALL SELECT id, 'close', closed_at, lead_unit_id, '系统', 'served', 'closed', true, '', '已办结'
                        FROM petitions_petition WHERE closed_at IS NOT NULL""",
    """INSERT INTO petitions_petitionrequest (petition_id, ordinal, text, outcome, opinion)
       SELECT id, 1, '请尽快处理', '', '' FROM petitions_petition""",
    """INSERT INTO petitions_petitionclock (petition_id, rule_id, unit_id, started_at, raw_due_at, due_at, provisional,
           next_at, step_no, stopped_at, extended_days, speed, error_count, last_error, explanation, stopped_by)
       SELECT id, %(conclusion)s, coalesce(lead_unit_id, registered_unit_id), registered_at,
              coalesce(due_at, registered_at + interval '60 days'), coalesce(due_at, registered_at + interval '60 days'),
              false, CASE WHEN closed_at IS NULL THEN greatest(due_at, now() + interval '30 days') END, 0,
              concluded_at, 0, 1, 0, '', '{}'::jsonb, CASE WHEN closed_at IS NULL THEN '' ELSE 'conclude' END
       FROM petitions_petition
       UNION ALL
       SELECT id, %(notice)s, coalesce(lead_unit_id, registered_unit_id), registered_at, registered_at + interval '15 days',
              registered_at + interval '15 days', false, NULL, 0, accepted_at, 0, 1, 0, '', '{}'::jsonb, 'accept'
       FROM petitions_petition""",
)


def main(cases: int) -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        office, leads, towns = _people()
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
                "conclusion": _rule("conclusion"),
                "notice": _rule("notice"),
            }
            cursor.execute(CASES, asked)
            for statement in REST:
                cursor.execute(statement, asked)
            _petitioners(cursor)
    with connection.cursor() as cursor:
        # What the trigger would have written one by one, and the index at one go.
        cursor.execute("DROP INDEX petition_words_pieces")
        cursor.execute(
            "INSERT INTO petitions_petitionwords (petition_id, pieces)"
            " SELECT id, zh_bigrams(subject || ' ' || left(body, 2000)) FROM petitions_petition"
        )
        cursor.execute("CREATE INDEX petition_words_pieces ON petitions_petitionwords USING gin (pieces)")
        cursor.execute("VACUUM ANALYZE")


PEOPLE = "petition_id, ordinal, role, name, id_number, id_check_failed, sex, phone, address, phone_index"


def _petitioners(cursor: CursorWrapper) -> None:
    """One sealed petitioner for each case. Only Python has the keys, so they come by COPY, a slice at a time."""
    cursor.execute("SELECT id FROM petitions_petition ORDER BY id")
    ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), 50_000):
        lines = "".join(map(_petitioner, ids[start : start + 50_000]))
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
