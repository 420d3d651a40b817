"""One process per database: reads ``WHO ADDRESS`` lines, answers with milliseconds, queries and status."""

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
    begin = time.perf_counter()
    response = client.get(address)
    spent = (time.perf_counter() - begin) * 1000
    print(f"{spent:.3f} {response.status_code}", flush=True)
