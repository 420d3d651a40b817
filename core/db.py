"""What a transaction is asked for."""

from __future__ import annotations

from django.db import connection


def one_moment() -> None:
    """Let every statement of the transaction that has just begun read one state of the database, however long it takes.

    To be called first in ``transaction.atomic()``. A row that somebody else changes meanwhile cannot be written over.
    """
    # Inside somebody else's transaction (a test's) it is too late to ask for it.
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
