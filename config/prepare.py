"""Brings a database and the static files to the state the code wants: the step between servers and web.

One process for all of it, because starting Django takes longer than most of the work. Run by the
supervisor as ``python -m config.prepare``; running it again changes nothing. What the greeting says
about demo accounts is left in ``var/demo_accounts.txt``.
"""

import hashlib
import io
import os
from pathlib import Path

from config import env

DEMO_SEED = 7


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command, get_commands

    from config import health

    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    cases = env.integer("DEMO_CASES", 2000, least=0)
    if cases and "seed_demo" in get_commands():
        # Once: the command itself knows a database that holds a county already.
        call_command("seed_demo", "--if-empty", cases=cases, seed=DEMO_SEED)
    accounts = io.StringIO()
    if "demo_accounts" in get_commands():
        call_command("demo_accounts", stdout=accounts)
    (Path(settings.VAR_DIR) / "demo_accounts.txt").write_text(accounts.getvalue())
    health.forget()


def collect_static() -> None:
    """collectstatic, unless no source file has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    from config import storage

    mark = hashlib.sha256(Path(storage.__file__).read_bytes())
    for finder in get_finders():
        for name, holder in finder.list(None):
            found = Path(holder.path(name)).stat()
            mark.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(mark.hexdigest())


if __name__ == "__main__":
    main()
