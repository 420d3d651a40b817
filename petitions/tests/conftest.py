import pytest
from django.apps import apps

from core.timekeeping import now
from petitions.selectors.categories import current_categories
from petitions.services.categories import load_default


@pytest.fixture
def categories(db):
    """The leaves offered for new cases; the shipped table, also after a test that emptied every table."""
    load_default(apps, now())
    return list(current_categories().order_by("pk"))
