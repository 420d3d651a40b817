"""Start and stop steps of codes that a district adds; those of the codes that ship stay in the rooms above."""

from django.db import migrations, models

TRIGGER = """
DROP TRIGGER rule_in_use ON deadlines_rule;
CREATE TRIGGER rule_in_use
    BEFORE UPDATE OF code, length, unit, rolls, extension_limit, valid_from, conditions, hours{more} ON deadlines_rule
    FOR EACH ROW EXECUTE FUNCTION deadlines_rule_in_use();
"""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0009_second_looks")]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="start_acts",
            field=models.JSONField(blank=True, default=list, verbose_name="起算环节"),
        ),
        migrations.AddField(
            model_name="rule",
            name="stop_acts",
            field=models.JSONField(blank=True, default=list, verbose_name="停止环节"),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(start_acts=[], stop_acts=[])
                | (~models.Q(start_acts=[]) & ~models.Q(stop_acts=[])),
                name="rule_both_steps_or_none",
            ),
        ),
        migrations.RunSQL(TRIGGER.format(more=", start_acts, stop_acts"), TRIGGER.format(more="")),
    ]
