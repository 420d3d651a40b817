"""The order of the ids in addresses (core.converters): a sequence that is never drawn from, for its start is the key."""

import secrets

from django.db import migrations


def draw(apps, schema_editor):
    start = 1 + secrets.randbelow(2**62)
    schema_editor.execute(f"CREATE SEQUENCE IF NOT EXISTS address_order MINVALUE {start:d} START {start:d}")


class Migration(migrations.Migration):
    dependencies = []

    operations = [migrations.RunPython(draw, migrations.RunPython.noop)]
