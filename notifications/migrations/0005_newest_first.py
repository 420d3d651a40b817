"""A person's notices stand by the time they tell of: those of a caught-up sweep are written in another order."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("notifications", "0004_links_in_no_order"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="notice", name="notice_inbox"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
        ),
    ]
