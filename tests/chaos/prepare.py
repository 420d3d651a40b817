"""Tables and the cast on an empty database: ``python -m tests.chaos.prepare``. ``TABLES`` names an SQL dump to take the
tables from; all migrations take a minute."""

import os
import subprocess

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")

import django

django.setup()

from django.core.management import call_command

from config import health
from config.postgres import postgres_binary
from tests.cast import PASSWORD, make_cast
from tests.chaos import traffic

if __name__ == "__main__":
    assert PASSWORD == traffic.PASSWORD
    if dump := os.environ.get("TABLES"):
        psql = [str(postgres_binary("psql")), "-q", "-v", "ON_ERROR_STOP=1", "-d", os.environ["DATABASE_URL"]]
        subprocess.run([*psql, "-f", dump], stdout=subprocess.DEVNULL, check=True)
    call_command("migrate", interactive=False, verbosity=0)
    make_cast()
    health.forget()
