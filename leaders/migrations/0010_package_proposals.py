"""Rules by which cases are proposed for a package, the proposals, and the hands a package went through."""

from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Days since registration, repeats, heads, times returned, times rated low.
RULES = (("age", 90), ("repeats", 3), ("heads", 30), ("returned", 1), ("rating", 1))


def begin(apps, schema_editor):
    rules = apps.get_model("leaders", "PackageRule")
    rules.objects.bulk_create(
        rules(ground=ground, threshold=least, valid_from=date(2026, 1, 1)) for ground, least in RULES
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("conference", "0003_called_once"),
        ("leaders", "0009_package_work"),
        ("petitions", "0020_facts_of_running_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PackageRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("age", "办理时间长"),
                            ("repeats", "重复信访"),
                            ("heads", "人数多"),
                            ("returned", "复查复核退回"),
                            ("rating", "评价低"),
                            ("overdue", "本级到期没有化解"),
                            ("no_leader", "包案领导离任"),
                        ],
                        max_length=12,
                        verbose_name="情形",
                    ),
                ),
                ("threshold", models.PositiveIntegerField(verbose_name="达到")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="失效日期")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until", None)),
                        fields=("ground",),
                        name="package_rule_one_without_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="package_rule_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ground__in", ("age", "repeats", "heads", "returned", "rating"))),
                        name="package_rule_of_a_ground",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageHandover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[("raised", "提级"), ("inherited", "接任"), ("replaced", "更换包案领导")],
                        max_length=10,
                    ),
                ),
                (
                    "from_level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "责任部门领导"), (2, "区县分管领导"), (3, "区县主要领导")]
                    ),
                ),
                (
                    "to_level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "责任部门领导"), (2, "区县分管领导"), (3, "区县主要领导")]
                    ),
                ),
                ("old_target_on", models.DateField()),
                ("target_on", models.DateField()),
                ("reason", models.TextField(verbose_name="原因")),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=120)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.post"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="leaders.casepackage",
                    ),
                ),
                (
                    "to_post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.post"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="package_handover_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("why", "raised"), _negated=True),
                            ("to_level__gt", models.F("from_level")),
                            _connector="OR",
                        ),
                        name="package_raised_goes_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("take", "列入包案"), ("raise", "提级包案"), ("succeed", "交接包案")],
                        max_length=10,
                        verbose_name="建议",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("age", "办理时间长"),
                            ("repeats", "重复信访"),
                            ("heads", "人数多"),
                            ("returned", "复查复核退回"),
                            ("rating", "评价低"),
                            ("overdue", "本级到期没有化解"),
                            ("no_leader", "包案领导离任"),
                        ],
                        max_length=12,
                        verbose_name="理由",
                    ),
                ),
                ("why", models.CharField(max_length=300, verbose_name="情况")),
                ("proposed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待确定"),
                            ("confirmed", "已确定"),
                            ("declined", "不采纳"),
                            ("lapsed", "情况已变"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[("office_head", "信访部门负责人确定"), ("conference", "联席会议决定")],
                        default="",
                        max_length=12,
                        verbose_name="决定方式",
                    ),
                ),
                ("word", models.TextField(blank=True, default="", verbose_name="说明")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_who", models.CharField(blank=True, default="", max_length=120)),
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
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="conference.meeting",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="leaders.casepackage",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="package_proposals",
                        to="petitions.petition",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.post",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("state"),
                        models.OrderBy(models.F("proposed_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="package_proposal_list",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("petition", "ground"),
                        name="package_proposal_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "take"), ("package__isnull", False), _connector="OR"),
                        name="package_proposal_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                models.Q(("word", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_proposal_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            ("basis", "office_head"),
                            models.Q(("basis", "conference"), ("meeting__isnull", False)),
                            _connector="OR",
                        ),
                        name="package_proposal_confirmed_by",
                    ),
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
