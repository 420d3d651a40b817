"""A window entered late keeps the moment until which it is held back in a column; the month's index goes by it."""

from django.db import migrations, models
from django.db.models.functions import Greatest

# It stood among the sentences of the count. ISO 8601 with its offset, as Python wrote it.
MOVE = """
UPDATE petitions_petitionclock
SET held_until = (explanation ->> 'held_until')::timestamptz, explanation = explanation - 'held_until'
WHERE explanation ? 'held_until'
"""
MOVE_BACK = """
UPDATE petitions_petitionclock
SET explanation = explanation || jsonb_build_object(
    'held_until', to_char(held_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
WHERE held_until IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0005_seal_people")]

    operations = [
        migrations.RemoveIndex("petitionclock", "petition_clock_month"),
        migrations.AddField(
            "petitionclock",
            "held_until",
            models.DateTimeField(blank=True, null=True, verbose_name="保留至"),
        ),
        migrations.RunSQL(MOVE, MOVE_BACK),
        migrations.AddIndex(
            "petitionclock",
            models.Index(models.F("rule"), Greatest("due_at", "held_until"), name="petition_clock_month"),
        ),
    ]
