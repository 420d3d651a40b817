"""To whom a leader promised is sealed, as all names of petitioners are."""

from django.db import migrations

from core.sealing.migrating import seal_texts


class Migration(migrations.Migration):
    dependencies = [("leaders", "0001_initial")]

    operations = seal_texts("leaders", "promise", {"to_whom": "向谁承诺"}, row=["record_id", "ordinal"])
