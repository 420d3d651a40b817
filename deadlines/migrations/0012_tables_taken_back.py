"""Which mistaken table of a year a later one takes back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0011_versions_replaced_the_same_day")]

    operations = [
        migrations.AddField(
            model_name="calendartable",
            name="takes_back",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deadlines.calendartable",
                verbose_name="撤回的日历",
            ),
        ),
    ]
