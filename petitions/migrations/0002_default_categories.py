"""Fills the category table of a new installation with the project's own small list."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.timekeeping import now
from petitions.services.categories import load_default


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    load_default(apps, now())


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
