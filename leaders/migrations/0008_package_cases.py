"""A package holds several cases: each package that is there gets a row for its one case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COPY = """
INSERT INTO leaders_packagecase
    (package_id, petition_id, entered_at, entered_by_id, left_at, left_by_id, left_why, left_note)
SELECT id, petition_id, assigned_at, assigned_by_id, struck_off_at, struck_off_by_id,
       CASE WHEN struck_off_at IS NULL THEN '' ELSE 'struck_off' END, ''
FROM leaders_casepackage
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leaders", "0006_calendars_and_cases"),
        ("petitions", "0020_facts_of_running_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PackageCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="进入时间")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="退出时间")),
                (
                    "left_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("solved", "问题已解决"),
                            ("moved", "另行处理"),
                            ("struck_off", "随包案销案"),
                            ("sealed", "不再属于包案范围"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="退出原因",
                    ),
                ),
                ("left_note", models.CharField(blank=True, default="", max_length=500, verbose_name="说明")),
            ],
            options={
                "ordering": ["entered_at", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="casepackage",
            name="package_one_open_per_case",
        ),
        migrations.AddField(
            model_name="packagecase",
            name="entered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="packagecase",
            name="left_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="packagecase",
            name="package",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="leaders.casepackage"
            ),
        ),
        migrations.AddField(
            model_name="packagecase",
            name="petition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="package_rows",
                to="petitions.petition",
            ),
        ),
        migrations.AddConstraint(
            model_name="packagecase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)), fields=("petition",), name="package_one_open_per_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="packagecase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at", None), ("left_why", "")),
                    models.Q(("left_at__isnull", False), models.Q(("left_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="package_case_left_says_why",
            ),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
