"""``make demo-reset``: throws the trial's data away and loads the demo county again.

Works beside a running ``make run`` (same servers, emptied under it) and without one. A database
named by DATABASE_URL is touched only with CONFIRM=yes.
"""

import os
import shutil
import subprocess
import sys

import psycopg2
import redis

from config import env
from config.postgres import start_postgres
from config.processes import Server, ServerError
from config.supervisor import ROOT, VAR, lock, log_of, say
from config.valkey import start_valkey


def main() -> int:
    if os.environ.get("DATABASE_URL") and os.environ.get("CONFIRM") != "yes":
        say("DATABASE_URL is set: with CONFIRM=yes everything in that database is deleted. Nothing was done.")
        return 2
    started: list[Server] = []
    addresses = env.running_servers(VAR)
    try:
        if not addresses:
            held = lock()  # noqa: F841 - kept until the end: nobody may start in between
            addresses = start_servers(started)
        empty(addresses)
        environment = os.environ | addresses
        environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
        return subprocess.call([sys.executable, "-m", "config.prepare"], cwd=ROOT, env=environment)
    except ServerError as error:
        say(str(error))
        return 1
    finally:
        while started:
            started.pop().stop()


def start_servers(started: list[Server]) -> dict[str, str]:
    """Addresses of the given servers, else of our own, started for the moment."""
    addresses = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if "DATABASE_URL" not in addresses:
        started.append(start_postgres(VAR / "postgres", log=log_of("postgres")))
        addresses["DATABASE_URL"] = started[-1].url
    if "REDIS_URL" not in addresses:
        started.append(start_valkey(VAR / "valkey", log=log_of("valkey")))
        addresses |= {"REDIS_URL": started[-1].url, "CACHE_URL": started[-1].url.removesuffix("/0") + "/1"}
    return addresses


def empty(addresses: dict[str, str]) -> None:
    """All tables, all cached sessions, all uploaded files. Tasks on the queue fail once and are gone."""
    connection = psycopg2.connect(addresses["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade; create schema public")
    connection.close()
    if cache := addresses.get("CACHE_URL"):  # a given REDIS_URL is shared with others, perhaps
        with redis.Redis.from_url(cache) as client:
            client.flushdb()
    shutil.rmtree(VAR / "media", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
