"""The tree of units is kept with each frozen month, and the mediations that counted in it.

Of the months that were frozen before this, nobody knows any more where units stood and what they were called: they get
the tree of the day this migration runs, and stay with it from then on. Their mediations are not made up afterwards: their
page says that those are counted today.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO reports_frozenunit (freeze_id, unit_id, code, name, short_name, kind, path)
SELECT kept.id, unit.id, unit.code, unit.name, unit.short_name, unit.kind, unit.path
FROM reports_freeze AS kept CROSS JOIN accounts_unit AS unit
"""
FORWARD = """
CREATE TRIGGER reports_frozenunit_stays BEFORE UPDATE OR DELETE ON reports_frozenunit
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_frozen();
CREATE TRIGGER reports_frozenmediation_stays BEFORE UPDATE OR DELETE ON reports_frozenmediation
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_frozen();
"""
BACK = """
DROP TRIGGER reports_frozenmediation_stays ON reports_frozenmediation;
DROP TRIGGER reports_frozenunit_stays ON reports_frozenunit;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("reports", "0060_forms_of_the_upper_level"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=24)),
                ("name", models.CharField(max_length=120)),
                ("short_name", models.CharField(blank=True, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("district", "区县"),
                            ("petition_office", "信访部门"),
                            ("department", "政府部门"),
                            ("party_body", "党委部门"),
                            ("discipline", "纪检监察机关"),
                            ("court_procuratorate", "法院、检察院"),
                            ("town", "乡镇（街道）"),
                            ("village", "村（社区）"),
                            ("station", "站点"),
                            ("mediation", "调解组织"),
                            ("institution", "企事业单位"),
                        ],
                        max_length=24,
                    ),
                ),
                ("path", models.CharField(db_collation="C", max_length=400)),
                (
                    "freeze",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="reports.freeze",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "冻结时的机构",
                "verbose_name_plural": "冻结时的机构",
                "constraints": [
                    models.UniqueConstraint(fields=("freeze", "unit"), name="frozen_unit_once"),
                    models.UniqueConstraint(fields=("freeze", "path"), name="frozen_unit_path"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrozenMediation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mediation", models.BigIntegerField()),
                ("room", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=12)),
                ("first_held", models.DateTimeField(null=True)),
                ("place", models.PositiveSmallIntegerField(null=True)),
                ("last_place", models.PositiveSmallIntegerField(null=True)),
                ("again", models.BooleanField()),
                (
                    "freeze",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mediations",
                        to="reports.freeze",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "冻结的调解",
                "verbose_name_plural": "冻结的调解",
                "constraints": [
                    models.UniqueConstraint(fields=("freeze", "mediation"), name="frozen_mediation_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="freeze",
            name="mediation_kept",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Not of months that were frozen before mediations were kept.",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACK),
    ]
