import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logins"),
        ("petitions", "0011_conflicts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArchiveFile",
            fields=[
                (
                    "petition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="archive",
                        serialize=False,
                        to="petitions.petition",
                    ),
                ),
                (
                    "archive_class",
                    models.CharField(
                        choices=[("permanent", "永久"), ("thirty", "30年"), ("ten", "10年")],
                        max_length=10,
                        verbose_name="保管期限",
                    ),
                ),
                ("over_on", models.DateField(blank=True, null=True, verbose_name="期满日")),
                (
                    "by_hand",
                    models.BooleanField(default=False, help_text="Set by a person, not by the rule."),
                ),
                ("class_reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("class_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="去标识时间")),
                (
                    "texts_replaced",
                    models.BooleanField(default=False, help_text="Subject and body went too."),
                ),
            ],
            options={
                "verbose_name": "归档信息",
            },
        ),
        migrations.CreateModel(
            name="ArchiveHold",
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
                        choices=[
                            ("litigation", "诉讼"),
                            ("review", "复查复核未完"),
                            ("audit", "审计"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="事由",
                    ),
                ),
                ("reason", models.TextField(verbose_name="理由")),
                ("set_who", models.CharField(help_text="Name and post as they were then.", max_length=120)),
                ("set_at", models.DateTimeField()),
                ("lifted_who", models.CharField(blank=True, max_length=120)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.TextField(blank=True, verbose_name="解除理由")),
            ],
            options={
                "verbose_name": "暂缓",
                "ordering": ["set_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ArchiveProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposed_who",
                    models.CharField(help_text="Name and post as they were then.", max_length=120),
                ),
                ("proposed_at", models.DateTimeField()),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("agreed", "同意去标识"), ("rejected", "不同意"), ("stopped", "因暂缓停止")],
                        max_length=8,
                    ),
                ),
                ("decided_who", models.CharField(blank=True, max_length=120)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision", models.TextField(blank=True, verbose_name="意见")),
                ("texts_too", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "去标识建议",
                "ordering": ["proposed_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("field", "个人信息"), ("sealed", "密件")], max_length=8)),
                ("who", models.CharField(help_text="Name and post as they were then.", max_length=120)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "查看",
            },
        ),
        migrations.AddField(
            model_name="archivefile",
            name="class_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="archivehold",
            name="lifted_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="archivehold",
            name="petition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="archive_holds",
                to="petitions.petition",
            ),
        ),
        migrations.AddField(
            model_name="archivehold",
            name="set_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="archivehold",
            name="set_unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
            ),
        ),
        migrations.AddField(
            model_name="archiveproposal",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="archiveproposal",
            name="petition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="archive_proposals",
                to="petitions.petition",
            ),
        ),
        migrations.AddField(
            model_name="archiveproposal",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="petition",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="petitions.petition",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="archivefile",
            index=models.Index(
                models.F("over_on"),
                models.F("petition"),
                condition=models.Q(("done_at__isnull", True), ("over_on__isnull", False)),
                name="archive_by_term",
            ),
        ),
        migrations.AddIndex(
            model_name="archivefile",
            index=models.Index(
                models.F("over_on"),
                models.F("petition"),
                condition=models.Q(("done_at__isnull", False)),
                name="archive_done_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("archive_class", "permanent"), ("over_on", None)),
                    models.Q(("archive_class__in", ["thirty", "ten"]), ("over_on__isnull", False)),
                    _connector="OR",
                ),
                name="archive_term_fits_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_hand", False),
                    models.Q(("class_by__isnull", False), models.Q(("class_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="archive_class_by_hand_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="archivefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at", None), ("over_on__isnull", False), _connector="OR"),
                name="archive_permanent_is_never_done",
            ),
        ),
        migrations.AddIndex(
            model_name="archivehold",
            index=models.Index(
                models.F("petition"),
                condition=models.Q(("lifted_at__isnull", True)),
                name="archive_hold_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="archivehold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at", None), ("lifted_by", None)),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        models.Q(("lifted_by", models.F("set_by")), _negated=True),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="archive_hold_lifted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="archivehold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="archive_held_with_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="archiveproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("petition",), name="archive_one_open_proposal"
            ),
        ),
        migrations.AddConstraint(
            model_name="archiveproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["agreed", "rejected"]), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="archive_decided_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="archiveproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="archive_proposed_with_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(models.F("user"), models.F("at"), name="look_of_person"),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(models.F("at"), name="look_by_time"),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["field", "sealed"])), name="look_kind_known"
            ),
        ),
    ]
