"""How the ledger is written: by triggers on every clock table, so that no door can forget it.

They are put on after each ``migrate``, which also covers a room's new clock class. Where a table held clocks before,
these are taken over as they stand (``adopt``).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections

from deadlines.models import Clock

#: The columns of a clock that a line holds; a change of any of them writes one. The functions of migration 0003 name
#: them too.
TOLD = (
    *("rule_id", "started_at", "speed", "extended_days", "raw_due_at", "due_at"),
    *("held_until", "breached_at", "stopped_at"),
)
FUNCTION = "deadlines_note_clocks"
#: Tables that are there and have no trigger yet; a migration may stop before a room has its tables.
_LACKING = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'note_clocks_started')
"""
#: A breach that a line takes back because the due moment moved; what a fast machine clock said too early (a line of a
#: breach without its moment) is told under the same key, hence once.
_ROUNDS = """
SELECT clock_id, count(*) FROM (
    SELECT clock_id, kind, breached_at, lag(breached_at) OVER (PARTITION BY clock_id ORDER BY id) AS before
    FROM deadlines_clockentry WHERE clock_class = %s AND clock_id = ANY(%s)
) AS line
WHERE before IS NOT NULL AND breached_at IS NULL AND kind <> 'breach' GROUP BY clock_id
"""


def rounds(clock_class: type[Clock], ids: Sequence[int], *, using: str = "default") -> dict[int, int]:
    """How often a breach of these clocks was taken back, for those of which one was. One query."""
    if not ids:
        return {}
    with connections[using].cursor() as cursor:
        cursor.execute(_ROUNDS, [clock_class._meta.label_lower, list(ids)])
        return dict(cursor.fetchall())


def attach(classes: Sequence[type[Clock]], *, using: str = "default") -> None:
    """Put the triggers on the tables of ``classes`` that are there and lack them. One query when none does."""
    lacking = set(missing(classes, using=using))
    with connections[using].cursor() as cursor:
        for clock_class in classes:
            if clock_class._meta.db_table in lacking:
                cursor.execute(_attaching(clock_class))


def missing(classes: Sequence[type[Clock]], *, using: str = "default") -> list[str]:
    """Tables of clocks without a ledger. One query."""
    with connections[using].cursor() as cursor:
        cursor.execute(_LACKING, [[one._meta.db_table for one in classes]])
        return [row[0] for row in cursor.fetchall()]


def _attaching(clock_class: type[Clock]) -> str:
    table, label, columns = clock_class._meta.db_table, clock_class._meta.label_lower, ", ".join(TOLD)
    changes = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in TOLD)
    return f"""
INSERT INTO deadlines_clockentry (clock_class, clock_id, at, kind, length, due_on, calendar, {columns})
SELECT '{label}', id, now(), 'adopt', (explanation->>'length')::smallint, (explanation->>'due_on')::date, NULL,
    {columns} FROM "{table}" ORDER BY id;
CREATE TRIGGER note_clocks_started AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS started
    FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}_started('{label}');
CREATE TRIGGER note_clocks_changed AFTER UPDATE ON "{table}" FOR EACH ROW WHEN ({changes})
    EXECUTE FUNCTION {FUNCTION}_changed('{label}');"""  # noqa: S608 - names of our own tables and columns
