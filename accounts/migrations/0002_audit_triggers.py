"""The audit log takes rows and gives none back: triggers refuse every other statement, and note what is unsealed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION accounts_audit_note_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_auditpending (audit_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_note_pending AFTER INSERT ON accounts_auditentry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_note_pending();

CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse();

CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON accounts_auditseal
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON accounts_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse();
"""

BACKWARD = """
DROP TRIGGER audit_not_emptied ON accounts_auditseal;
DROP TRIGGER audit_only_grows ON accounts_auditseal;
DROP TRIGGER audit_not_emptied ON accounts_auditentry;
DROP TRIGGER audit_only_grows ON accounts_auditentry;
DROP TRIGGER audit_note_pending ON accounts_auditentry;
DROP FUNCTION accounts_audit_note_pending();
DROP FUNCTION accounts_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
