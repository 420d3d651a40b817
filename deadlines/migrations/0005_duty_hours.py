"""Duty hours, for rules of minutes and hours that do not run around the clock."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BEFORE = import_module("deadlines.migrations.0003_ledger_and_calendar_versions").LEDGER.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
#: The ledger names the hours as well; the columns of before stay as they are.
AFTER = (
    BEFORE.replace("due_on, calendar, rule_id", "due_on, calendar, hours, rule_id")
    .replace(
        "(explanation->>'calendar')::bigint",
        "(explanation->>'calendar')::bigint, (explanation->>'hours')::bigint",
    )
    .replace(
        "(NEW.explanation->>'calendar')::bigint",
        "(NEW.explanation->>'calendar')::bigint, (NEW.explanation->>'hours')::bigint",
    )
)
TRIGGERS = """
DROP TRIGGER rule_in_use ON deadlines_rule;
CREATE TRIGGER rule_in_use
    BEFORE UPDATE OF code, length, unit, rolls, extension_limit, valid_from, conditions{more} ON deadlines_rule
    FOR EACH ROW EXECUTE FUNCTION deadlines_rule_in_use();
"""
GUARDS = """
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON deadlines_dutyhours
    FOR EACH ROW EXECUTE FUNCTION deadlines_only_grows();
CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON deadlines_dutyhours
    FOR EACH STATEMENT EXECUTE FUNCTION deadlines_new_edition();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_unit_succession"),
        ("deadlines", "0004_rules_with_conditions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("spans", models.JSONField(default=list, verbose_name="办公时间")),
                ("every_day", models.BooleanField(default=False, verbose_name="节假日也值守")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="理由")),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="录入时间")),
            ],
            options={
                "verbose_name": "办公时间",
                "verbose_name_plural": "办公时间",
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="clockentry",
            name="hours",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="rule",
            name="hours",
            field=models.CharField(
                choices=[("always", "连续计时，夜间和节假日不停"), ("duty", "只计办公时间")],
                default="always",
                max_length=6,
                verbose_name="夜间和节假日",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hours", "always"),
                    models.Q(("hours", "duty"), ("unit__in", ["hour", "minute"])),
                    _connector="OR",
                ),
                name="rule_duty_hours_of_minutes",
            ),
        ),
        migrations.AddField(
            model_name="dutyhours",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="录入人",
            ),
        ),
        migrations.AddField(
            model_name="dutyhours",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="单位",
            ),
        ),
        migrations.RunSQL(AFTER, BEFORE),
        migrations.RunSQL(TRIGGERS.format(more=", hours"), TRIGGERS.format(more="")),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
