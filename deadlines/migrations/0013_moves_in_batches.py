"""How far a change that is carried out in batches has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0012_tables_taken_back")]

    operations = [
        migrations.AddField(
            model_name="secondlook", name="total", field=models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="secondlook", name="looked_at", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="secondlook",
            name="at_class",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="secondlook", name="at_clock", field=models.BigIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="secondlook", name="carried_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="secondlook", name="failed", field=models.PositiveIntegerField(default=0)
        ),
    ]
