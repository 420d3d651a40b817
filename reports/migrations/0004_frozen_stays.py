"""What was frozen never changes: a month that has to be corrected is frozen once more, beside the first."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what was frozen never changes', TG_TABLE_NAME;
END $$;
CREATE TRIGGER reports_freeze_stays BEFORE UPDATE OR DELETE ON reports_freeze
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_frozen();
CREATE TRIGGER reports_frozenrow_stays BEFORE UPDATE OR DELETE ON reports_frozenrow
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_frozen();
"""
BACK = """
DROP TRIGGER reports_frozenrow_stays ON reports_frozenrow;
DROP TRIGGER reports_freeze_stays ON reports_freeze;
DROP FUNCTION reports_refuse_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_freezes")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
