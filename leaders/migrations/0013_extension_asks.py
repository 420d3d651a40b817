"""Requests for an extension, until the head of the unit says yes or no."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("leaders", "0012_areas_inboxes_readings"),
        ("petitions", "0020_facts_of_running_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExtensionAsk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="延长天数")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待批"),
                            ("returned", "退回补充"),
                            ("granted", "已批准"),
                            ("refused", "不同意"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_who", models.CharField(max_length=120)),
                ("words", models.TextField(blank=True, default="", verbose_name="意见")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extension_asks",
                        to="petitions.petition",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "延期申请",
                "indexes": [
                    models.Index(
                        models.F("unit"),
                        models.F("asked_at"),
                        condition=models.Q(("state", "asked")),
                        name="ask_to_decide",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 30)), name="ask_one_to_thirty_days"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "returned"])),
                        fields=("petition",),
                        name="ask_one_open_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "asked"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="ask_decided_by_somebody",
                    ),
                ],
            },
        ),
    ]
