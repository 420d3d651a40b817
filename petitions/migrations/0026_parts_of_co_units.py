import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("deadlines", "0008_breaches_taken_back"),
        ("petitions", "0025_notices_in_writing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShareClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="起算")),
                ("raw_due_at", models.DateTimeField(verbose_name="期限届满")),
                ("due_at", models.DateTimeField(verbose_name="到期")),
                ("held_until", models.DateTimeField(blank=True, null=True, verbose_name="保留至")),
                ("soon_at", models.DateTimeField(blank=True, null=True, verbose_name="将到期")),
                ("provisional", models.BooleanField(default=False, verbose_name="暂定")),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("step_no", models.PositiveSmallIntegerField(default=0)),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="停止")),
                ("breached_at", models.DateTimeField(blank=True, null=True, verbose_name="超期")),
                ("extended_days", models.PositiveSmallIntegerField(default=0, verbose_name="延长日数")),
                ("speed", models.PositiveSmallIntegerField(default=1)),
                ("error_count", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
                ("explanation", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="share",
            name="end_reason",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="结束协办的理由"),
        ),
        migrations.AddField(
            model_name="share",
            name="objected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="share",
            name="objection",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="协办异议"),
        ),
        migrations.AddField(
            model_name="share",
            name="objection_agreed",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="share",
            name="objection_decided_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="share",
            name="objection_decision",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="核实意见"),
        ),
        migrations.AddField(
            model_name="share",
            name="return_reason",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="退回的理由"),
        ),
        migrations.AddField(
            model_name="share",
            name="returned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="share",
            name="ended_at",
            field=models.DateTimeField(
                blank=True, help_text="Handed back after an agreed objection, or ended.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objected_at__isnull", True), ("objection", "")),
                    models.Q(("role", "co"), models.Q(("objection", ""), _negated=True)),
                    _connector="OR",
                ),
                name="share_part_objection_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objection_agreed__isnull", True), ("objection_decided_at__isnull", True)),
                    models.Q(
                        ("objected_at__isnull", False),
                        ("objection_decided_at__isnull", False),
                        models.Q(("objection_decision", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="share_part_objection_weighed",
            ),
        ),
        migrations.AddField(
            model_name="shareclock",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deadlines.rule",
                verbose_name="规则",
            ),
        ),
        migrations.AddField(
            model_name="shareclock",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="petitions.share"
            ),
        ),
        migrations.AddIndex(
            model_name="shareclock",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="share_clock_next"
            ),
        ),
        migrations.AddConstraint(
            model_name="shareclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__gte", models.F("raw_due_at")), ("raw_due_at__gte", models.F("started_at"))
                ),
                name="shareclock_due_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("stopped_at", None), ("next_at", None), _connector="OR"),
                name="shareclock_stopped_has_no_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("speed__gte", 1)), name="shareclock_speed_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="shareclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at__isnull", True)),
                fields=("share", "rule"),
                name="share_clock_one_running",
            ),
        ),
    ]
