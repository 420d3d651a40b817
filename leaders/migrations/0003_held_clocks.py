"""The column every clock class has; no clock of this room is ever held back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leaders", "0002_seal_promises")]

    operations = [
        migrations.AddField(
            clock,
            "held_until",
            models.DateTimeField(blank=True, null=True, verbose_name="保留至"),
        )
        for clock in ("instructionclock", "packageclock")
    ]
