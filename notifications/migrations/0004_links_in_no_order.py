"""Links written before ids stood in no order (core.converters) lead where they led."""

import re

from django.db import migrations

from core.converters import RowConverter

HOLDS_IDS = r"^/(staff/)?leaders/(packages|instructions|days)/[0-9]|/clock/[0-9]+/$"
ID = re.compile(r"(/(?:packages|instructions|days|clock)/)([0-9]+)")
BATCH = 2000


def rewrite(apps, schema_editor):
    Notice = apps.get_model("notifications", "Notice")
    to_url = RowConverter().to_url
    last = 0
    while rows := list(Notice.objects.filter(pk__gt=last, link__regex=HOLDS_IDS).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        for row in rows:
            row.link = ID.sub(lambda found: found[1] + to_url(int(found[2])), row.link)
        Notice.objects.bulk_update(rows, ["link"])


class Migration(migrations.Migration):
    dependencies = [("core", "0001_address_order"), ("notifications", "0003_lean_indexes")]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
