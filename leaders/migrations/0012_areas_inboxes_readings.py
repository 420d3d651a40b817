"""Areas of leaders, inboxes with their letters and replies, and what is to be read within a limit."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.people


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("deadlines", "0006_shares_of_the_time"),
        ("leaders", "0011_package_rounds"),
        ("petitions", "0020_facts_of_running_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeaderInbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="信箱名称")),
                ("slug", models.CharField(max_length=40, unique=True, verbose_name="网址短名")),
                ("purpose", models.TextField(blank=True, default="", verbose_name="说明")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inboxes",
                        to="accounts.post",
                        verbose_name="职务",
                    ),
                ),
            ],
            options={
                "verbose_name": "领导信箱",
            },
        ),
        migrations.CreateModel(
            name="InboxLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="来信时间")),
                (
                    "petition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbox_letter",
                        to="petitions.petition",
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="leaders.leaderinbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "信箱来信",
            },
        ),
        migrations.CreateModel(
            name="InboxDelegate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="从哪天起")),
                ("valid_until", models.DateField(verbose_name="到哪天止")),
                ("named_at", models.DateTimeField()),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代阅人",
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegates",
                        to="leaders.leaderinbox",
                    ),
                ),
            ],
            options={
                "ordering": ["-valid_until", "id"],
            },
        ),
        migrations.CreateModel(
            name="LetterReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(verbose_name="回复内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待签发"),
                            ("returned", "退回补充"),
                            ("released", "已发出"),
                            ("dropped", "不发"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                ("drafted_who", models.CharField(max_length=120)),
                ("asked_back", models.TextField(blank=True, default="", verbose_name="退回意见")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="leaders.inboxletter",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        help_text="In whose name it went out.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.post",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="收到时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅批时间")),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[("read", "已阅"), ("words", "已阅批"), ("instructed", "已批示")],
                        default="",
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("words", models.TextField(blank=True, default="", verbose_name="阅批意见")),
                (
                    "let_go_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="The case went to another unit or was sealed before anybody read it.",
                        null=True,
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="leaders.leaderinbox",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="petitions.petition",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "read_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.post",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "阅批",
            },
        ),
        migrations.CreateModel(
            name="ReadingClock",
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
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="leaders.reading",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deadlines.rule",
                        verbose_name="规则",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReadingDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField(verbose_name="开始")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停止")),
                (
                    "began_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "限期阅批单位",
            },
        ),
        migrations.CreateModel(
            name="LeaderArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="从哪天起")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="到哪天止")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="accounts.post",
                        verbose_name="包联领导",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leader_areas",
                        to="accounts.unit",
                        verbose_name="镇街、村社",
                    ),
                ),
            ],
            options={
                "verbose_name": "分片包联",
                "indexes": [models.Index(models.F("unit"), models.F("valid_from"), name="area_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="area_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("post", "="),
                            ("unit", "="),
                            (accounts.models.people.DateRange("valid_from", "valid_until"), "&&"),
                        ],
                        name="area_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="leaderinbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$")),
                name="inbox_slug_is_plain",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxletter",
            index=models.Index(
                models.F("inbox"),
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="letter_of_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxdelegate",
            index=models.Index(models.F("user"), models.F("valid_until"), name="delegate_of_user"),
        ),
        migrations.AddConstraint(
            model_name="inboxdelegate",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gte", models.F("valid_from"))),
                name="delegate_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboxdelegate",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("inbox", "="),
                    ("user", "="),
                    (accounts.models.people.DateRange("valid_from", "valid_until"), "&&"),
                ],
                name="delegate_once_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="letterreply",
            index=models.Index(
                models.F("letter"), condition=models.Q(("state", "draft")), name="reply_to_release"
            ),
        ),
        migrations.AddConstraint(
            model_name="letterreply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "returned"])),
                fields=("letter",),
                name="reply_one_open_per_letter",
            ),
        ),
        migrations.AddConstraint(
            model_name="letterreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "released"), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False), ("decided_by__isnull", False), ("post__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reply_released_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="letterreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("asked_back", ""), _negated=True),
                    _connector="OR",
                ),
                name="reply_returned_with_words",
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(
                models.F("unit"),
                models.F("started_at"),
                condition=models.Q(("let_go_at__isnull", True), ("read_at__isnull", True)),
                name="reading_to_do_of_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(
                models.F("inbox"),
                models.F("started_at"),
                condition=models.Q(("let_go_at__isnull", True), ("read_at__isnull", True)),
                name="reading_to_do_of_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(
                models.OrderBy(models.F("started_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="reading_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("inbox__isnull", True), ("unit__isnull", False)),
                    models.Q(("inbox__isnull", False), ("unit__isnull", True)),
                    _connector="OR",
                ),
                name="reading_of_unit_or_inbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", ""), ("read_at__isnull", True)),
                    models.Q(
                        ("read_at__isnull", False),
                        ("read_by__isnull", False),
                        models.Q(("how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reading_read_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("let_go_at__isnull", True), ("unit__isnull", False)),
                fields=("petition", "unit"),
                name="reading_once_per_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("inbox__isnull", False)),
                fields=("petition",),
                name="reading_once_per_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="readingclock",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="reading_clock_next"
            ),
        ),
        migrations.AddConstraint(
            model_name="readingclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__gte", models.F("raw_due_at")), ("raw_due_at__gte", models.F("started_at"))
                ),
                name="readingclock_due_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="readingclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("stopped_at", None), ("next_at", None), _connector="OR"),
                name="readingclock_stopped_has_no_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="readingclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("speed__gte", 1)), name="readingclock_speed_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="readingclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at__isnull", True)),
                fields=("reading",),
                name="reading_clock_one_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="readingduty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("unit",),
                name="reading_duty_one_running",
            ),
        ),
    ]
