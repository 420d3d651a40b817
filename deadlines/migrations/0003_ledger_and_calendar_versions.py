"""The ledger of clocks, and years of the calendar that are entered anew instead of being overwritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("deadlines_calendartable", "deadlines_clockentry")
LEDGER = """
CREATE FUNCTION deadlines_note_clocks_started() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deadlines_clockentry
        (clock_class, clock_id, at, kind, length, due_on, calendar, rule_id, started_at, speed, extended_days,
        raw_due_at, due_at, held_until, breached_at, stopped_at)
    SELECT TG_ARGV[0], id, now(), 'start', (explanation->>'length')::smallint, (explanation->>'due_on')::date,
        (explanation->>'calendar')::bigint, rule_id, started_at, speed, extended_days,
        raw_due_at, due_at, held_until, breached_at, stopped_at
    FROM started ORDER BY id;
    RETURN NULL;
END $$;
CREATE FUNCTION deadlines_note_clocks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE what text;
BEGIN
    what := CASE
        WHEN NEW.rule_id <> OLD.rule_id THEN 'rule'
        WHEN OLD.stopped_at IS NULL AND NEW.stopped_at IS NOT NULL THEN 'stop'
        WHEN OLD.stopped_at IS NOT NULL AND NEW.stopped_at IS NULL THEN 'resume'
        WHEN NEW.extended_days <> OLD.extended_days AND NEW.explanation->'extension' ? 'left_out' THEN 'leave_out'
        WHEN NEW.extended_days <> OLD.extended_days THEN 'extend'
        WHEN NEW.held_until IS DISTINCT FROM OLD.held_until THEN 'hold'
        WHEN NEW.breached_at IS DISTINCT FROM OLD.breached_at THEN 'breach'
        ELSE 'move' END;
    INSERT INTO deadlines_clockentry
        (clock_class, clock_id, at, kind, length, due_on, calendar, rule_id, started_at, speed, extended_days,
        raw_due_at, due_at, held_until, breached_at, stopped_at)
    VALUES (TG_ARGV[0], NEW.id, now(), what, (NEW.explanation->>'length')::smallint,
        (NEW.explanation->>'due_on')::date, (NEW.explanation->>'calendar')::bigint,
        NEW.rule_id, NEW.started_at, NEW.speed, NEW.extended_days,
        NEW.raw_due_at, NEW.due_at, NEW.held_until, NEW.breached_at, NEW.stopped_at);
    RETURN NULL;
END $$;
"""
GUARDS = """
CREATE FUNCTION deadlines_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION deadlines_rule_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE used bigint := CASE TG_TABLE_NAME WHEN 'deadlines_rule' THEN OLD.id ELSE (to_jsonb(OLD)->>'rule_id')::bigint END;
BEGIN
    IF EXISTS (SELECT FROM deadlines_clockentry WHERE rule_id = used) THEN
        RAISE EXCEPTION 'Clocks were counted by rule %: a new version is due, no change.', used
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rule_in_use BEFORE UPDATE OF code, length, unit, rolls, extension_limit, valid_from ON deadlines_rule
    FOR EACH ROW EXECUTE FUNCTION deadlines_rule_in_use();
CREATE TRIGGER rule_in_use BEFORE UPDATE OR DELETE ON deadlines_rulestep
    FOR EACH ROW EXECUTE FUNCTION deadlines_rule_in_use();
CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON deadlines_calendartable
    FOR EACH STATEMENT EXECUTE FUNCTION deadlines_new_edition();
""" + "".join(
    f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION deadlines_only_grows();"
    for table in KEPT
)
UNDO = """
DROP TRIGGER rule_in_use ON deadlines_rule;
DROP TRIGGER rule_in_use ON deadlines_rulestep;
DROP FUNCTION deadlines_rule_in_use();
DROP FUNCTION deadlines_only_grows() CASCADE;
DROP FUNCTION deadlines_note_clocks_started() CASCADE;
DROP FUNCTION deadlines_note_clocks_changed() CASCADE;
"""


def take_over(apps, schema_editor):
    """Each year that was entered becomes its first table."""
    days = {}
    for row in apps.get_model("deadlines", "CalendarDay").objects.order_by("day"):
        days.setdefault(row.year_id, {})[row.day.isoformat()] = [row.is_workday, row.note]
    tables = apps.get_model("deadlines", "CalendarTable").objects
    for year in apps.get_model("deadlines", "CalendarYear").objects.order_by("year"):
        tables.create(
            year=year.year, days=days.get(year.year, {}), confirmed=year.confirmed, source=year.source
        )


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0002_names_of_10_30_24"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("days", models.JSONField(default=dict, verbose_name="日期")),
                ("confirmed", models.BooleanField(default=False, verbose_name="已公布")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="录入时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "年度日历",
                "verbose_name_plural": "年度日历",
                "ordering": ("year", "pk"),
                "indexes": [models.Index(fields=["year", "-id"], name="calendar_table_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1949), ("year__lte", 2200)),
                        name="calendar_table_year_plausible",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("clock_class", models.CharField(max_length=60, verbose_name="时钟")),
                ("clock_id", models.BigIntegerField()),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adopt", "记账前已有"),
                            ("start", "起算"),
                            ("extend", "延长"),
                            ("leave_out", "扣除"),
                            ("move", "重新计算"),
                            ("rule", "改按新规则"),
                            ("hold", "保留"),
                            ("breach", "超期"),
                            ("stop", "停止"),
                            ("resume", "恢复"),
                        ],
                        max_length=10,
                        verbose_name="变动",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="起算")),
                ("length", models.PositiveSmallIntegerField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("speed", models.PositiveSmallIntegerField()),
                ("calendar", models.BigIntegerField(null=True)),
                ("extended_days", models.PositiveSmallIntegerField()),
                ("raw_due_at", models.DateTimeField(verbose_name="期限届满")),
                ("due_at", models.DateTimeField(verbose_name="到期")),
                ("held_until", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deadlines.rule",
                        verbose_name="规则",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限台账",
                "verbose_name_plural": "期限台账",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["clock_id", "clock_class"], name="clock_entry_of_clock")],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="CalendarDay"),
        migrations.DeleteModel(name="CalendarYear"),
        migrations.RunSQL(LEDGER + GUARDS, UNDO),
    ]
