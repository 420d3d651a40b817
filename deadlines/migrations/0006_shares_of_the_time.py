"""Reminders after a share of the time, beside those so many minutes before the end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0005_duty_hours"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rulestep",
            name="rule_step_on_its_side_of_due",
        ),
        migrations.AddField(
            model_name="rulestep",
            name="percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="已过时间的百分比"),
        ),
        migrations.AlterField(
            model_name="rulestep",
            name="offset_minutes",
            field=models.IntegerField(blank=True, null=True, verbose_name="距到期分钟数"),
        ),
        migrations.AddConstraint(
            model_name="rulestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("offset_minutes__isnull", False),
                        ("percent__isnull", True),
                        models.Q(
                            models.Q(("kind", "remind"), ("offset_minutes__lt", 0)),
                            models.Q(("kind__in", ["breach", "lapse"]), ("offset_minutes", 0)),
                            models.Q(("kind", "escalate"), ("offset_minutes__gt", 0)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("kind", "remind"),
                        ("offset_minutes__isnull", True),
                        ("percent__gte", 1),
                        ("percent__isnull", False),
                        ("percent__lte", 99),
                    ),
                    _connector="OR",
                ),
                name="rule_step_on_its_side_of_due",
            ),
        ),
    ]
