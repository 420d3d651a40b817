"""A version that was wrong is replaced on the day it began to hold; what started under it keeps its row."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0010_codes_of_the_district")]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="replaced_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="更正时间"),
        ),
        migrations.RemoveConstraint(model_name="rule", name="rule_one_version_at_a_time"),
        migrations.AddConstraint(
            model_name="rule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(replaced_at=None),
                expressions=[
                    ("code", "="),
                    (django.db.models.functions.comparison.Cast("conditions", models.TextField()), "="),
                    (
                        models.Func(
                            "valid_from",
                            "valid_until",
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="rule_one_version_at_a_time",
            ),
        ),
    ]
