"""Signed heads of the audit chain; the chain is made anew with SM3, from the first entry on."""

from django.db import migrations, models

FORWARD = """
ALTER TABLE accounts_auditseal DISABLE TRIGGER USER;
TRUNCATE accounts_auditseal;
ALTER TABLE accounts_auditseal ENABLE TRIGGER USER;
INSERT INTO accounts_auditpending (audit_id) SELECT id FROM accounts_auditentry ON CONFLICT DO NOTHING;

CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON accounts_audithead
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON accounts_audithead
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse();
"""
BACKWARD = """
DROP TRIGGER audit_not_emptied ON accounts_audithead;
DROP TRIGGER audit_only_grows ON accounts_audithead;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_must_change_password")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="签名时间")),
                ("seal_id", models.BigIntegerField(unique=True)),
                ("audit_id", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=80)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
