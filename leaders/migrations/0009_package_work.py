"""Team, plan, notes and inquiries of a package; its striking off as an approval of its own, watched afterwards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.sealing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("leaders", "0008_package_cases"),
        ("petitions", "0020_facts_of_running_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="casepackage",
            name="watch_until",
            field=models.DateField(
                blank=True,
                help_text="Last day on which the matter's coming back reopens it.",
                null=True,
                verbose_name="跟踪到",
            ),
        ),
        migrations.CreateModel(
            name="PackageInquiry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("reason", models.TextField(verbose_name="重新调查的原因")),
                ("opened_at", models.DateTimeField()),
                ("opened_who", models.CharField(max_length=120)),
                ("findings", models.TextField(blank=True, default="", verbose_name="调查结论")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_who", models.CharField(blank=True, default="", max_length=120)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="leaders.casepackage",
                    ),
                ),
            ],
            options={
                "ordering": ["-ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("package", "ordinal"), name="package_inquiry_ordinal"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("package",),
                        name="package_inquiry_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="package_inquiry_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("findings", "")),
                            models.Q(("closed_at__isnull", False), models.Q(("findings", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="package_inquiry_closed_with_findings",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("convenor", "牵头"),
                            ("handler", "承办"),
                            ("legal", "政策法律"),
                            ("care", "疏导帮扶"),
                            ("liaison", "联络"),
                        ],
                        max_length=12,
                        verbose_name="分工",
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "left_why",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="退出原因"),
                ),
                (
                    "joined_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="leaders.casepackage",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.post"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="package_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["joined_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("package", "user"),
                        name="package_member_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_at", None), ("left_why", "")),
                            models.Q(("left_at__isnull", False), models.Q(("left_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="package_member_left_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageMilestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="节点")),
                ("due_on", models.DateField(verbose_name="完成日期")),
                ("planned_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_note",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="完成情况"),
                ),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="leaders.casepackage",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(
                        models.F("package"), models.F("due_on"), models.F("id"), name="package_milestone_list"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="package_milestone_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("done_note", "")),
                            models.Q(
                                ("done_at__isnull", False),
                                ("dropped_at", None),
                                models.Q(("done_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_milestone_done_says_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=120)),
                ("text", models.TextField(verbose_name="进展")),
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
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="leaders.casepackage",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        models.F("package"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="package_note_list",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="package_note_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageReopening",
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
                        choices=[("repeat", "同一事项重复信访"), ("redo", "责令重新办理")],
                        max_length=10,
                        verbose_name="原因",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("struck_off_at", models.DateTimeField(verbose_name="原销案时间")),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopenings",
                        to="leaders.casepackage",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="petitions.petition"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("package", "struck_off_at"), name="package_reopened_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StrikeOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("carried_out", "处理意见已经落实"),
                            ("agreement", "调解、和解协议已经履行"),
                            ("own_word", "信访人本人认可"),
                            ("final_review", "已经复查复核，程序终结"),
                        ],
                        max_length=12,
                        verbose_name="销案依据",
                    ),
                ),
                ("evidence", models.TextField(verbose_name="依据说明")),
                ("matter", models.TextField(verbose_name="事：问题解决得怎样")),
                ("heart", core.sealing.fields.SealedTextField(blank=True, verbose_name="心：心结怎样解开")),
                ("applied_at", models.DateTimeField()),
                ("applied_who", models.CharField(max_length=120)),
                ("visited_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                (
                    "visit_way",
                    models.CharField(
                        blank=True,
                        choices=[("in_person", "上门"), ("office", "到窗口面谈"), ("phone", "电话")],
                        default="",
                        max_length=10,
                        verbose_name="回访方式",
                    ),
                ),
                ("visit_note", core.sealing.fields.SealedTextField(blank=True, verbose_name="回访情况")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待审核"),
                            ("asked_back", "退回补充"),
                            ("refused", "不同意销案"),
                            ("approved", "同意销案"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="审核",
                    ),
                ),
                ("word", models.TextField(blank=True, default="", verbose_name="审核意见")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_who", models.CharField(blank=True, default="", max_length=120)),
                (
                    "applied_by",
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
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strike_offs",
                        to="leaders.casepackage",
                    ),
                ),
                (
                    "visited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("package", "ordinal"), name="strike_off_ordinal"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("package",),
                        name="strike_off_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("evidence", ""), _negated=True), models.Q(("matter", ""), _negated=True)
                        ),
                        name="strike_off_has_evidence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                models.Q(("word", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="strike_off_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by", None),
                                models.Q(("decided_by", models.F("applied_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("visited_by", None),
                                models.Q(("visited_by", models.F("applied_by")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="strike_off_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("visit_way", ""), ("visited_on", None)),
                            models.Q(
                                ("visited_on__isnull", False), models.Q(("visit_way", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="strike_off_visited_whole",
                    ),
                ],
            },
        ),
    ]
