"""Logins, passwords used before, the second factor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.sealing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_audit_heads"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_set_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="空：设定于记录这一项之前",
                null=True,
                verbose_name="密码设定时间",
            ),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "secret",
                    core.sealing.fields.SealedTextField(
                        blank=True, help_text="Base32，160 位", verbose_name="密钥"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="启用时间")),
                ("last_step", models.BigIntegerField(default=-1, verbose_name="用过的最后一个时间步")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续输错次数")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="最近输错时间")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "动态口令",
                "verbose_name_plural": "动态口令",
            },
        ),
        migrations.CreateModel(
            name="LoginSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=45, verbose_name="来自地址")),
                ("agent", models.CharField(blank=True, default="", max_length=300, verbose_name="浏览器")),
                ("started_at", models.DateTimeField(verbose_name="登录时间")),
                ("last_seen_at", models.DateTimeField(help_text="精确到一分钟", verbose_name="最近操作")),
                ("second_factor", models.BooleanField(default=False, verbose_name="用了动态口令")),
                ("failures_before", models.PositiveIntegerField(default=0, verbose_name="此前失败次数")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("logout", "退出登录"),
                            ("idle", "长时间没有操作"),
                            ("too_long", "登录时间已满"),
                            ("owner", "本人从别处结束"),
                            ("password", "密码已更改"),
                            ("deactivated", "账号已停用"),
                            ("second_factor", "动态口令已变更"),
                            ("gone", "登录已失效"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="结束原因",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logins",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "登录",
                "verbose_name_plural": "登录",
                "indexes": [
                    models.Index(fields=["user", "-started_at"], name="logins_of_user"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["last_seen_at"], name="logins_open"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("why", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="login_end_has_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordUsed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-id"], name="passwords_of_user")],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="accounts.secondfactor",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("factor", "code_hash"), name="recovery_code_once")
                ],
            },
        ),
    ]
