"""The seat of whoever leads a session, and the times of all seats, follow the session: whichever statement moves it, no
seat is left behind at a time when nobody sits there."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION mediation_keep_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.mediator_id <> OLD.mediator_id THEN
            DELETE FROM mediation_seat WHERE session_id = NEW.id AND user_id = OLD.mediator_id;
        END IF;
        UPDATE mediation_seat
        SET starts_at = NEW.starts_at, ends_at = NEW.ends_at, cancelled_at = NEW.cancelled_at
        WHERE session_id = NEW.id
          AND (starts_at, ends_at, cancelled_at)
              IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.cancelled_at);
    END IF;
    INSERT INTO mediation_seat (session_id, user_id, starts_at, ends_at, cancelled_at)
    VALUES (NEW.id, NEW.mediator_id, NEW.starts_at, NEW.ends_at, NEW.cancelled_at)
    ON CONFLICT (session_id, user_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER mediation_seats_kept
    AFTER INSERT OR UPDATE OF mediator_id, starts_at, ends_at, cancelled_at ON mediation_session
    FOR EACH ROW EXECUTE FUNCTION mediation_keep_seats();
"""
DROP_TRIGGER = """
DROP TRIGGER mediation_seats_kept ON mediation_session;
DROP FUNCTION mediation_keep_seats();
"""
FILL = """
INSERT INTO mediation_seat (session_id, user_id, starts_at, ends_at, cancelled_at)
SELECT id, mediator_id, starts_at, ends_at, cancelled_at FROM mediation_session;
"""


class Migration(migrations.Migration):
    dependencies = [("mediation", "0003_rooms_mediators_and_seats")]

    operations = [
        migrations.RunSQL(TRIGGER, DROP_TRIGGER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
