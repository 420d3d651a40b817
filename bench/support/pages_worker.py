"""One process per database: reads ``WHO ADDRESS`` lines, answers with milliseconds, queries and status.

An address after ``=`` is answered with the milliseconds of processor time that this process and its connection's
server process spent, without parallel workers: about what the page takes where nobody else wants the processors.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.support.busy import busy

BACKEND = "django.contrib.auth.backends.ModelBackend"
clients: dict[str, Client] = {}


def client_of(who: str) -> Client:
    if who not in clients:
        clients[who] = Client()
        clients[who].force_login(User.objects.get(username=who), backend=BACKEND)
    return clients[who]


for line in sys.stdin:
    who, address = line.split()
    client = client_of(who)
    if address == "!":  # forget what is kept between two pages
        cache.clear()
        print("cleared", flush=True)
        continue
    if address.startswith("?"):  # count the queries instead
        with CaptureQueriesContext(connection) as queries:
            client.get(address[1:])
        print(len(queries), flush=True)
        continue
    if address.startswith("="):
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        before = busy()
        status = client.get(address[1:]).status_code
        print(f"{busy() - before:.0f} {status}", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("RESET max_parallel_workers_per_gather")
        continue
    begin = time.perf_counter()
    response = client.get(address)
    spent = (time.perf_counter() - begin) * 1000
    print(f"{spent:.3f} {response.status_code}", flush=True)
