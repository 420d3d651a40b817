"""Rooms with hours, mediators with cards, pools and rosters; sessions with a seat for everybody who sits."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("mediation", "0002_seal_consents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DayOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField(verbose_name="从")),
                ("last", models.DateField(verbose_name="到")),
            ],
            options={
                "ordering": ["first", "id"],
            },
        ),
        migrations.CreateModel(
            name="Mediator",
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
                            ("peoples", "人民调解员"),
                            ("administrative", "行政调解员"),
                            ("judicial", "司法调解员"),
                            ("expert", "专家"),
                            ("volunteer", "志愿者"),
                            ("villager", "乡贤"),
                            ("lawyer", "律师"),
                            ("psychologist", "心理咨询师"),
                            ("judge", "法官"),
                            ("prosecutor", "检察官"),
                            ("police", "民警"),
                            ("women", "妇联干部"),
                            ("other", "其他"),
                        ],
                        default="peoples",
                        max_length=16,
                        verbose_name="类别",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("neighbours", "邻里"),
                                ("family", "婚姻家庭"),
                                ("property", "物业"),
                                ("labour", "劳动"),
                                ("land", "土地承包"),
                                ("debt", "债务"),
                                ("consumer", "消费"),
                                ("damages", "损害赔偿"),
                                ("traffic", "交通"),
                                ("medical", "医疗"),
                                ("other", "其他"),
                            ],
                            max_length=12,
                        ),
                        default=list,
                        size=None,
                        verbose_name="擅长的纠纷",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("mandarin", "普通话"),
                                ("local", "本地话"),
                                ("wu", "吴语"),
                                ("yue", "粤语"),
                                ("min", "闽语"),
                                ("hakka", "客家话"),
                                ("gan", "赣语"),
                                ("xiang", "湘语"),
                                ("jin", "晋语"),
                                ("tibetan", "藏语"),
                                ("uyghur", "维吾尔语"),
                                ("mongolian", "蒙古语"),
                                ("zhuang", "壮语"),
                                ("yi", "彝语"),
                                ("korean", "朝鲜语"),
                                ("english", "英语"),
                                ("sign", "手语"),
                            ],
                            max_length=12,
                        ),
                        default=list,
                        size=None,
                        verbose_name="方言和语言",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("third", "三级调解员"),
                            ("second", "二级调解员"),
                            ("first", "一级调解员"),
                            ("special", "特级调解员"),
                            ("gold", "金牌调解员"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="等级",
                    ),
                ),
                (
                    "presence",
                    models.CharField(
                        choices=[("resident", "常驻"), ("rotating", "轮驻"), ("on_call", "随驻")],
                        default="on_call",
                        max_length=12,
                        verbose_name="驻守方式",
                    ),
                ),
                ("shown", models.BooleanField(default=False, verbose_name="本人同意公布姓名")),
                ("on_women_panels", models.BooleanField(default=False, verbose_name="参加女性调解组")),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "调解员",
                "ordering": ["user__name", "id"],
            },
        ),
        migrations.CreateModel(
            name="MediatorHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "ordering": ["weekday", "opens"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="名称")),
            ],
            options={
                "verbose_name": "专家库",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoomDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("note", core.sealing.SealedTextField(blank=True, verbose_name="交班情况")),
                ("noted_at", models.DateTimeField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "轮值",
                "ordering": ["day", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoomHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "ordering": ["weekday", "opens"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "调解席位",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SessionFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="room",
            name="brand",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="品牌"),
        ),
        migrations.AddField(
            model_name="room",
            name="directions",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="怎样到达"),
        ),
        migrations.AddField(
            model_name="room",
            name="disputes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("neighbours", "邻里"),
                        ("family", "婚姻家庭"),
                        ("property", "物业"),
                        ("labour", "劳动"),
                        ("land", "土地承包"),
                        ("debt", "债务"),
                        ("consumer", "消费"),
                        ("damages", "损害赔偿"),
                        ("traffic", "交通"),
                        ("medical", "医疗"),
                        ("other", "其他"),
                    ],
                    max_length=12,
                ),
                default=list,
                size=None,
                verbose_name="受理哪些纠纷",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="kind",
            field=models.CharField(
                choices=[
                    ("room", "调解室"),
                    ("studio", "工作室"),
                    ("station", "驿站"),
                    ("courtyard", "小院"),
                    ("stairwell", "楼道角"),
                    ("online", "网上"),
                ],
                default="room",
                max_length=12,
                verbose_name="类型",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="seats",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="座位"),
        ),
        migrations.AddField(
            model_name="room",
            name="video",
            field=models.BooleanField(default=False, verbose_name="有视频设备"),
        ),
        migrations.AddField(
            model_name="session",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="women_only",
            field=models.BooleanField(default=False, verbose_name="女性调解组"),
        ),
        migrations.AlterField(
            model_name="room",
            name="hours",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="开放时间说明"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                models.F("starts_at"), condition=models.Q(("cancelled_at", None)), name="session_to_come"
            ),
        ),
        migrations.AddField(
            model_name="mediator",
            name="changed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mediator",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mediator_card",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mediator",
            name="villages",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="accounts.unit", verbose_name="服务的村社区"
            ),
        ),
        migrations.AddField(
            model_name="dayoff",
            name="mediator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="days_off", to="mediation.mediator"
            ),
        ),
        migrations.AddField(
            model_name="mediatorhours",
            name="mediator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="available", to="mediation.mediator"
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="members",
            field=models.ManyToManyField(
                blank=True, related_name="pools", to="mediation.mediator", verbose_name="成员"
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="units",
            field=models.ManyToManyField(related_name="+", to="accounts.unit", verbose_name="片区"),
        ),
        migrations.AddField(
            model_name="roomduty",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="mediation.room"
            ),
        ),
        migrations.AddField(
            model_name="roomduty",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="roomduty",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="room_duties",
                to=settings.AUTH_USER_MODEL,
                verbose_name="轮值院长",
            ),
        ),
        migrations.AddField(
            model_name="roomhours",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="opening", to="mediation.room"
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="mediation.session"
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="session_seats",
                to=settings.AUTH_USER_MODEL,
                verbose_name="调解员",
            ),
        ),
        migrations.AddField(
            model_name="sessionfeed",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="session_feed",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="dayoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="day_off_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="mediatorhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__gt", models.F("opens")), ("weekday__lte", 6)),
                name="mediator_hours_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediatorhours",
            constraint=models.UniqueConstraint(
                fields=("mediator", "weekday", "opens"), name="mediator_hours_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="roomduty",
            constraint=models.UniqueConstraint(fields=("room", "day"), name="room_duty_one_a_day"),
        ),
        migrations.AddConstraint(
            model_name="roomduty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("noted_at__isnull", False),
                    ("note", ""),
                    _connector="OR",
                ),
                name="room_duty_note_with_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomduty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_at", None),
                    models.Q(("noted_at__isnull", False), ("taken_by__isnull", False)),
                    _connector="OR",
                ),
                name="room_duty_taken_after_the_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__gt", models.F("opens")), ("weekday__lte", 6)),
                name="room_hours_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomhours",
            constraint=models.UniqueConstraint(fields=("room", "weekday", "opens"), name="room_hours_once"),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                models.F("starts_at"), condition=models.Q(("cancelled_at", None)), name="seat_to_come"
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("session", "user"), name="seat_once_in_a_session"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("cancelled_at", None)),
                expressions=[
                    ("user", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="seat_once_at_a_time",
            ),
        ),
    ]
