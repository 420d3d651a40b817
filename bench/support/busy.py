"""Processor time, which says what work costs where others want the processors too. Import after ``django.setup()``."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import connection


def busy() -> float:
    """Milliseconds that this process and its connection's server process have spent so far, in steps of ten. Parallel
    workers are processes of their own and not in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    spent = int(fields[11]) + int(fields[12])
    return 1000 * (time.process_time() + spent / os.sysconf("SC_CLK_TCK"))
