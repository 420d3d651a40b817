"""Starts the servers that the tests need, before any settings are read, and hands out shared fixtures.

With DATABASE_URL and REDIS_URL set, those servers are used. Under xdist only the controller starts
servers; the workers inherit the addresses and have databases of their own.
"""

import gc
import os
import shutil

# Before anything imports config, whose Celery app would settle for the trial's settings.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import pytest

from tests.servers import TestServers

servers = TestServers()
# Tests make and drop a great many small objects that hold no cycles; looking for them takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)
servers.start()

import django  # noqa: E402

django.setup()

from hypothesis import HealthCheck, settings  # noqa: E402

# How long an example takes says how busy the machine is, and nothing of the code. The examples are the same in every
# run, so that a failure is of the change that shows it; HYPOTHESIS_PROFILE=wide draws others each time.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("wide", settings.get_profile("same"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

pytest_plugins = ["tests.kept_rows", "tests.cast", "tests.cases", "tests.browser_fixtures"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rows that migrations wrote (rules, calendar, categories) are put back after every test that empties the tables.

    All such tests alike: Django refills after a flush either from its copy or by post_migrate, and a test of one kind
    after one of the other would find the tables empty.
    """
    for item in items:
        mark = item.get_closest_marker("django_db")
        given = mark.kwargs if mark else {}
        if given.get("transaction") or "transactional_db" in getattr(item, "fixturenames", ()):
            kept = {**given, "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**kept), append=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    servers.stop()
    shutil.rmtree(django.conf.settings.MEDIA_ROOT, ignore_errors=True)
