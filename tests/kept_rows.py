"""How the rows of a test that commits are taken away again, and those that migrations wrote are put back.

Django truncates every table, which makes files for all of them and their indexes, and saves each row anew, by itself:
four seconds a test with this project's 1,300 rows of rules, days and categories. Here the rows are deleted where
there are any, and put back from copies in a schema of their own: a twentieth of a second.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

from core.converters import order_of_addresses

MADE = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'kept')"
TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'django_migrations' ORDER BY 1"
)
#: Tables whose rows may not be deleted (the audit log, the history of cases): only here their triggers rest.
GUARDED = """
SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND tgtype & 9 = 9 AND relnamespace = 'public'::regnamespace
"""


def keep(creation: BaseDatabaseCreation) -> str:
    """Copy what the migrations wrote, once in the life of a test database; one that is used again begins from there."""
    with transaction.atomic(), creation.connection.cursor() as cursor:
        cursor.execute(MADE)
        if cursor.fetchone()[0]:
            empty(creation.connection.ops, deletions(None, None, names(cursor, TABLES, "public")))
        else:
            cursor.execute("CREATE SCHEMA kept")
            for table in names(cursor, TABLES, "public"):
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
                if cursor.fetchone()[0]:
                    cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
        # Asked for once a process: else whichever test makes the first address counts one query more.
        order_of_addresses.cache_clear()
        order_of_addresses()
    return "kept"


def put_back(creation: BaseDatabaseCreation, data: str) -> None:
    """Those that are there already stay as they are."""
    with transaction.atomic(using=creation.connection.alias), creation.connection.cursor() as cursor:
        for table in names(cursor, TABLES, "kept"):
            cursor.execute(
                f'INSERT INTO public."{table}" SELECT * FROM kept."{table}" ON CONFLICT DO NOTHING'
            )


def empty(operations: DatabaseOperations, sql_list: list[str]) -> None:
    with transaction.atomic(using=operations.connection.alias), operations.connection.cursor() as cursor:
        guarded = names(cursor, GUARDED)
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for statement in sql_list:
            cursor.execute(statement)
        # Here, not before the next test that commits: the next one may be of those that roll back, since runs that
        # share their tests out as they go keep no order between the two kinds.
        cursor.execute(MADE)
        if cursor.fetchone()[0]:
            put_back(operations.connection.creation, "")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the checks that wait forbid the next lines
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def deletions(operations, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    return [f'DELETE FROM "{table}"' for table in tables]


def names(cursor, query: str, *values: str) -> list[str]:
    cursor.execute(query, values)
    return [row[0] for row in cursor.fetchall()]


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    BaseDatabaseCreation.serialize_db_to_string = keep
    BaseDatabaseCreation.deserialize_db_from_string = put_back
    DatabaseOperations.sql_flush = deletions
    DatabaseOperations.execute_sql_flush = empty
