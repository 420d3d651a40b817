"""What was issued never changes: minutes, their items, and what was noted beside them (条例 13)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION conference_is_issued(meeting bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM conference_meeting WHERE id = meeting AND state = 'issued')
$$;

CREATE FUNCTION conference_refuse_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'issued' THEN
        RAISE EXCEPTION 'conference_meeting: issued minutes never change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conference_meeting_issued BEFORE UPDATE OR DELETE ON conference_meeting
    FOR EACH ROW EXECUTE FUNCTION conference_refuse_meeting();

CREATE FUNCTION conference_refuse_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND conference_is_issued(OLD.meeting_id))
        OR (TG_OP <> 'DELETE' AND conference_is_issued(NEW.meeting_id))
    THEN
        RAISE EXCEPTION 'conference_item: issued minutes never change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conference_item_issued BEFORE INSERT OR UPDATE OR DELETE ON conference_item
    FOR EACH ROW EXECUTE FUNCTION conference_refuse_item();

CREATE FUNCTION conference_refuse_helper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.item_id ELSE NEW.item_id END;
BEGIN
    IF conference_is_issued((SELECT meeting_id FROM conference_item WHERE id = item)) THEN
        RAISE EXCEPTION 'conference_item_co_units: issued minutes never change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conference_helper_issued BEFORE INSERT OR UPDATE OR DELETE ON conference_item_co_units
    FOR EACH ROW EXECUTE FUNCTION conference_refuse_helper();

CREATE FUNCTION conference_refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER conference_correction_stays BEFORE UPDATE OR DELETE ON conference_correction
    FOR EACH ROW EXECUTE FUNCTION conference_refuse_all();
CREATE TRIGGER conference_disputestep_stays BEFORE UPDATE OR DELETE ON conference_disputestep
    FOR EACH ROW EXECUTE FUNCTION conference_refuse_all();
"""
BACKWARD = """
DROP TRIGGER conference_disputestep_stays ON conference_disputestep;
DROP TRIGGER conference_correction_stays ON conference_correction;
DROP TRIGGER conference_helper_issued ON conference_item_co_units;
DROP TRIGGER conference_item_issued ON conference_item;
DROP TRIGGER conference_meeting_issued ON conference_meeting;
DROP FUNCTION conference_refuse_all();
DROP FUNCTION conference_refuse_helper();
DROP FUNCTION conference_refuse_item();
DROP FUNCTION conference_refuse_meeting();
DROP FUNCTION conference_is_issued(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("conference", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
