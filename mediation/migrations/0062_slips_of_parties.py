"""A party beside the petitioner gets a number and a code for an own page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mediation", "0061_agreements_in_force_stay")]

    operations = [
        migrations.AddField(
            "party", "slip", models.CharField("查询编号", max_length=12, null=True, unique=True)
        ),
        migrations.AddField("party", "slip_hash", models.CharField(max_length=64, blank=True, default="")),
        migrations.AddConstraint(
            "party",
            models.CheckConstraint(
                condition=models.Q(slip=None, slip_hash="")
                | models.Q(is_petitioner=False, slip__isnull=False) & ~models.Q(slip_hash=""),
                name="party_slip_of_others",
            ),
        ),
    ]
