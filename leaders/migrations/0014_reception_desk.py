"""The desk on the day: who is in the room, what a talk holds, three stages, home visits."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.sealing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_duty_shifts"),
        ("leaders", "0013_extension_asks"),
        ("petitions", "0024_refusal_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="turn",
            field=models.CharField(
                choices=[("waiting", "等候"), ("in_room", "正在谈"), ("done", "已谈"), ("absent", "未到")],
                default="waiting",
                max_length=8,
                verbose_name="现场状态",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="turned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="turned_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="daycase",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="预读时间"),
        ),
        migrations.AddField(
            model_name="daycase",
            name="turn",
            field=models.CharField(
                choices=[("waiting", "等候"), ("in_room", "正在谈"), ("done", "已谈"), ("absent", "未到")],
                default="waiting",
                max_length=8,
                verbose_name="现场状态",
            ),
        ),
        migrations.AddField(
            model_name="daycase",
            name="turned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="daycase",
            name="turned_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="kept_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="兑现时间"),
        ),
        migrations.AddField(
            model_name="promise",
            name="kept_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="kept_text",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="怎样兑现的"),
        ),
        migrations.AddField(
            model_name="visitday",
            name="followed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="事后督办完成"),
        ),
        migrations.AddField(
            model_name="visitday",
            name="followed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visitday",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="事中处置完成"),
        ),
        migrations.AddField(
            model_name="visitday",
            name="held_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visitday",
            name="prepared_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="事前登记完成"),
        ),
        migrations.AddField(
            model_name="visitday",
            name="prepared_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="asked",
            field=models.TextField(blank=True, default="", verbose_name="诉求"),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="at_the_desk",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="accounts.unit", verbose_name="在场部门"
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="booking",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record",
                to="leaders.booking",
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="changed",
            field=models.TextField(blank=True, default="", verbose_name="有什么变化"),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="key",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="people",
            field=core.sealing.fields.SealedTextField(blank=True, verbose_name="来访人"),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="place_unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="走访地点",
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="slips",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="petitions.attachment", verbose_name="签字单"
            ),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="submit_key",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="visitrecord",
            name="way",
            field=models.CharField(
                choices=[("desk", "接访"), ("home", "上门走访")],
                default="desk",
                max_length=8,
                verbose_name="方式",
            ),
        ),
        migrations.AddIndex(
            model_name="visitday",
            index=models.Index(
                models.F("starts_at"),
                models.F("id"),
                condition=models.Q(("cancelled_at", None), ("followed_at", None)),
                name="visit_day_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("booked", "waiting", "walked_in")), ("turn", "in_room")),
                fields=("day",),
                name="booking_one_in_the_room",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kept_at", None),
                    models.Q(models.Q(("kept_text", ""), _negated=True), ("instruction", None)),
                    _connector="OR",
                ),
                name="promise_kept_in_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_at", None),
                    models.Q(("held_at__gte", models.F("prepared_at")), ("prepared_at__isnull", False)),
                    _connector="OR",
                ),
                name="visit_day_held_after_prepared",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("followed_at", None),
                    models.Q(("followed_at__gte", models.F("held_at")), ("held_at__isnull", False)),
                    _connector="OR",
                ),
                name="visit_day_followed_after_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "home"), _negated=True), ("place_unit__isnull", False), _connector="OR"
                ),
                name="visit_record_at_home_somewhere",
            ),
        ),
    ]
