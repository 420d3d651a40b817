"""Rules that hold for some matters only, beside the one for all."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
from django.db import migrations, models

TRIGGER = """
DROP TRIGGER rule_in_use ON deadlines_rule;
CREATE TRIGGER rule_in_use BEFORE UPDATE OF code, length, unit, rolls, extension_limit, valid_from{more}
    ON deadlines_rule FOR EACH ROW EXECUTE FUNCTION deadlines_rule_in_use();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0003_ledger_and_calendar_versions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rule",
            name="rule_one_version_at_a_time",
        ),
        migrations.AddField(
            model_name="rule",
            name="conditions",
            field=models.JSONField(blank=True, default=dict, verbose_name="适用条件"),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
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
        migrations.RunSQL(TRIGGER.format(more=", conditions"), TRIGGER.format(more="")),
    ]
