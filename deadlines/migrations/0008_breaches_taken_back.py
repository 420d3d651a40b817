"""A line that moves the due date is a move, also where it takes a breach back with it."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("deadlines.migrations.0005_duty_hours").AFTER
WAS = "WHEN NEW.breached_at IS DISTINCT FROM OLD.breached_at THEN 'breach'"
SAME = "(NEW.raw_due_at, NEW.due_at) = (OLD.raw_due_at, OLD.due_at)"
IS = f"WHEN NEW.breached_at IS DISTINCT FROM OLD.breached_at AND {SAME} THEN 'breach'"
AFTER = BEFORE.replace(WAS, IS)


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0006_shares_of_the_time")]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
