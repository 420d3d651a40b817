"""What was issued does not change, and the texts that ship.

The triggers let through one thing besides service and archive: a text sealed anew under a later key
(``manage.py rotate_keys``). The second byte of a sealed text is its key's version (core/sealing/cipher.py); that the
text itself is the same, no database can tell: the hash does.
"""

from datetime import date

from django.db import migrations

FORWARD = """
CREATE FUNCTION documents_resealed(old bytea, new bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN old = new THEN true
                WHEN length(old) < 2 OR length(new) < 2 THEN false
                ELSE get_byte(new, 1) > get_byte(old, 1) END
$$;

CREATE FUNCTION documents_paper_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happens text[] := ARRAY['state', 'served_at', 'archived_at', 'archived_by_id', 'fields_text', 'sent_back'];
    ladder text[] := ARRAY['issued', 'served', 'archived'];
BEGIN
    IF OLD.state <> ALL (ladder) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'documents_paper: an issued paper is never deleted';
    END IF;
    IF (to_jsonb(OLD) - happens) <> (to_jsonb(NEW) - happens)
        OR NOT documents_resealed(OLD.fields_text, NEW.fields_text)
        OR NOT documents_resealed(OLD.sent_back, NEW.sent_back)
        OR (OLD.served_at IS NOT NULL AND NEW.served_at IS DISTINCT FROM OLD.served_at)
        OR (OLD.archived_at IS NOT NULL AND NEW.archived_at IS DISTINCT FROM OLD.archived_at)
        OR (OLD.archived_by_id IS NOT NULL AND NEW.archived_by_id IS DISTINCT FROM OLD.archived_by_id)
        OR coalesce(array_position(ladder, NEW.state::text), 0) < array_position(ladder, OLD.state::text)
    THEN
        RAISE EXCEPTION 'documents_paper: an issued paper never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_never_changes BEFORE UPDATE OR DELETE ON documents_paper
    FOR EACH ROW EXECUTE FUNCTION documents_paper_refuse();

CREATE FUNCTION documents_frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.id <> NEW.id OR OLD.paper_id <> NEW.paper_id
        OR NOT documents_resealed(OLD.text, NEW.text) OR NOT documents_resealed(OLD.pdf, NEW.pdf)
    THEN
        RAISE EXCEPTION 'documents_paperfrozen: an issued paper never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_never_changes BEFORE UPDATE OR DELETE ON documents_paperfrozen
    FOR EACH ROW EXECUTE FUNCTION documents_frozen_refuse();

CREATE FUNCTION documents_template_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - 'valid_until') = (to_jsonb(NEW) - 'valid_until') THEN RETURN NEW; END IF;
    IF EXISTS (SELECT FROM documents_paper WHERE template_id = OLD.id) THEN
        RAISE EXCEPTION 'documents_papertemplate: papers stand under this version';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER template_in_use_never_changes BEFORE UPDATE OR DELETE ON documents_papertemplate
    FOR EACH ROW EXECUTE FUNCTION documents_template_refuse();

CREATE FUNCTION documents_delivery_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed text[] := ARRAY['recipient', 'place', 'witnesses', 'proof'];
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - sealed) <> (to_jsonb(NEW) - sealed)
        OR NOT documents_resealed(OLD.recipient, NEW.recipient) OR NOT documents_resealed(OLD.place, NEW.place)
        OR NOT documents_resealed(OLD.witnesses, NEW.witnesses) OR NOT documents_resealed(OLD.proof, NEW.proof)
    THEN
        RAISE EXCEPTION 'documents_delivery: a record of service never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delivery_never_changes BEFORE UPDATE OR DELETE ON documents_delivery
    FOR EACH ROW EXECUTE FUNCTION documents_delivery_refuse();

CREATE FUNCTION documents_refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: issued papers are never emptied away', TG_TABLE_NAME;
END $$;
CREATE TRIGGER paper_not_emptied BEFORE TRUNCATE ON documents_paper
    FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse_emptying();
CREATE TRIGGER frozen_not_emptied BEFORE TRUNCATE ON documents_paperfrozen
    FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse_emptying();
CREATE TRIGGER delivery_not_emptied BEFORE TRUNCATE ON documents_delivery
    FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse_emptying();
"""

BACKWARD = """
DROP TRIGGER delivery_not_emptied ON documents_delivery;
DROP TRIGGER frozen_not_emptied ON documents_paperfrozen;
DROP TRIGGER paper_not_emptied ON documents_paper;
DROP TRIGGER delivery_never_changes ON documents_delivery;
DROP TRIGGER template_in_use_never_changes ON documents_papertemplate;
DROP TRIGGER frozen_never_changes ON documents_paperfrozen;
DROP TRIGGER paper_never_changes ON documents_paper;
DROP FUNCTION documents_refuse_emptying();
DROP FUNCTION documents_delivery_refuse();
DROP FUNCTION documents_template_refuse();
DROP FUNCTION documents_frozen_refuse();
DROP FUNCTION documents_paper_refuse();
DROP FUNCTION documents_resealed(bytea, bytea);
"""

#: The 条例 that the texts cite is in force from this day on.
IN_FORCE = date(2022, 5, 1)


def enter_shipped(apps, schema_editor):
    from documents.shipped import SHEETS

    template = apps.get_model("documents", "PaperTemplate")
    template.objects.bulk_create(template(**sheet.row, version=1, valid_from=IN_FORCE) for sheet in SHEETS)


def take_out(apps, schema_editor):
    apps.get_model("documents", "PaperTemplate").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.RunPython(enter_shipped, take_out),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
