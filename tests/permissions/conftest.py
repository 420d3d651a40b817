"""One town for a whole module: made once in a transaction that is rolled back at the end."""

import pytest
from django.db import connection, transaction

from tests.permissions.town import Town


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Hundreds of short questions: the joins are good as they are written, and planned at once.
                cursor.execute("SET LOCAL join_collapse_limit = 1")
            yield Town()
            transaction.set_rollback(True)
        connection.close()
