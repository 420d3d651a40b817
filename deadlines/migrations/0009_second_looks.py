"""Changes that reach running clocks are looked at once more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0008_breaches_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("leaving", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("moved", models.PositiveIntegerField(default=0)),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deadlines.rule",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("id"), condition=models.Q(("done_at", None)), name="second_look_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rule__isnull", False), ("year", None)),
                            models.Q(("rule", None), ("year__isnull", False)),
                            _connector="OR",
                        ),
                        name="second_look_of_a_table_or_a_rule",
                    )
                ],
            },
        ),
    ]
