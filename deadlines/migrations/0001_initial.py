import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# One row whose stamp changes with every change to the rules or the calendar, whoever makes it. A plain table
# and not a model: emptying the models' tables must not empty it.
EDITION = """
CREATE TABLE deadlines_edition (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    stamp uuid NOT NULL
);
INSERT INTO deadlines_edition (stamp) VALUES (gen_random_uuid());
CREATE FUNCTION deadlines_new_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE deadlines_edition SET stamp = gen_random_uuid();
    RETURN NULL;
END $$;
"""
WATCHED = ("deadlines_rule", "deadlines_rulestep", "deadlines_calendaryear", "deadlines_calendarday")
TRIGGERS = "".join(
    f"CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION deadlines_new_edition();"
    for table in WATCHED
)
UNDO = "DROP TABLE deadlines_edition; DROP FUNCTION deadlines_new_edition() CASCADE;"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                (
                    "year",
                    models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份"),
                ),
                ("confirmed", models.BooleanField(default=False, verbose_name="已公布")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("entered_at", models.DateTimeField(auto_now=True, verbose_name="录入时间")),
            ],
            options={
                "verbose_name": "日历年度",
                "verbose_name_plural": "日历年度",
                "ordering": ("year",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1949), ("year__lte", 2200)),
                        name="calendar_year_plausible",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(db_index=False, max_length=40, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("length", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="期限")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("minute", "分钟"),
                            ("hour", "小时"),
                            ("calendar_day", "日"),
                            ("working_day", "个工作日"),
                        ],
                        max_length=12,
                        verbose_name="单位",
                    ),
                ),
                ("rolls", models.BooleanField(default=True, verbose_name="末日遇休息日顺延")),
                (
                    "extension_limit",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最长可延长（日）"),
                ),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停止适用日期")),
            ],
            options={
                "verbose_name": "期限规则",
                "verbose_name_plural": "期限规则",
                "ordering": ("code", "valid_from"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("length", None), ("length__gt", 0), _connector="OR"),
                        name="rule_length_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extension_limit", None), ("extension_limit__gt", 0), _connector="OR"
                        ),
                        name="rule_extension_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rule_validity_in_order",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    "valid_from",
                                    "valid_until",
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="rule_one_version_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("is_workday", models.BooleanField(verbose_name="上班")),
                ("note", models.CharField(blank=True, default="", max_length=60, verbose_name="说明")),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="deadlines.calendaryear",
                        verbose_name="年度",
                    ),
                ),
            ],
            options={
                "verbose_name": "日历日",
                "verbose_name_plural": "日历日",
                "ordering": ("day",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("year_id", django.db.models.functions.datetime.ExtractYear(models.F("day")))
                        ),
                        name="calendar_day_in_its_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("remind", "到期提醒"),
                            ("breach", "到期未办"),
                            ("escalate", "逐级上报"),
                            ("lapse", "期限届满"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("offset_minutes", models.IntegerField(verbose_name="距到期分钟数")),
                ("role", models.CharField(max_length=20, verbose_name="通知对象")),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="deadlines.rule"
                    ),
                ),
            ],
            options={
                "verbose_name": "提醒阶梯",
                "verbose_name_plural": "提醒阶梯",
                "ordering": ("rule_id", "ordinal"),
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "ordinal"), name="rule_step_ordinal"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "remind"), ("offset_minutes__lt", 0)),
                            models.Q(("kind__in", ["breach", "lapse"]), ("offset_minutes", 0)),
                            models.Q(("kind", "escalate"), ("offset_minutes__gt", 0)),
                            _connector="OR",
                        ),
                        name="rule_step_on_its_side_of_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(EDITION + TRIGGERS, UNDO),
    ]
