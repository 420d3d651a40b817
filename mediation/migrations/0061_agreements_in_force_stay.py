"""What was signed does not change (人民调解法 31): texts, duties, hands and scans of an agreement in force stay as they are.

Let through are what is done of a duty, a text sealed anew under a later key (``manage.py rotate_keys``; the second byte of
a sealed text is its key's version, core/sealing/cipher.py), and a text that is emptied when its people are forgotten.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mediation_resealed(old bytea, new bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN old = new OR new = '' THEN true
                WHEN length(old) < 2 OR length(new) < 2 THEN false
                ELSE get_byte(new, 1) > get_byte(old, 1) END
$$;
CREATE FUNCTION mediation_in_force(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mediation_agreement WHERE id = wanted AND effective_on IS NOT NULL)
$$;

CREATE FUNCTION mediation_agreement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_on IS NULL THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) <> to_jsonb(NEW) THEN
        RAISE EXCEPTION 'mediation_agreement: an agreement in force never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_in_force_stays BEFORE UPDATE OR DELETE ON mediation_agreement
    FOR EACH ROW EXECUTE FUNCTION mediation_agreement_refuse();

CREATE FUNCTION mediation_agreement_text_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed text[] := ARRAY['facts', 'dispute', 'liability', 'content'];
BEGIN
    IF NOT mediation_in_force(coalesce(OLD.agreement_id, NEW.agreement_id)) THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP <> 'UPDATE' OR (to_jsonb(OLD) - sealed) <> (to_jsonb(NEW) - sealed)
        OR NOT mediation_resealed(OLD.facts, NEW.facts) OR NOT mediation_resealed(OLD.dispute, NEW.dispute)
        OR NOT mediation_resealed(OLD.liability, NEW.liability)
        OR NOT mediation_resealed(OLD.content, NEW.content)
    THEN
        RAISE EXCEPTION 'mediation_agreementtext: an agreement in force never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_text_stays BEFORE INSERT OR UPDATE OR DELETE ON mediation_agreementtext
    FOR EACH ROW EXECUTE FUNCTION mediation_agreement_text_refuse();

CREATE FUNCTION mediation_duty_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happens text[] := ARRAY['state', 'paid', 'done_on', 'what', 'way'];
BEGIN
    IF NOT mediation_in_force(coalesce(OLD.agreement_id, NEW.agreement_id)) THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP <> 'UPDATE' OR (to_jsonb(OLD) - happens) <> (to_jsonb(NEW) - happens)
        OR NOT mediation_resealed(OLD.what, NEW.what) OR NOT mediation_resealed(OLD.way, NEW.way)
    THEN
        RAISE EXCEPTION 'mediation_duty: an agreement in force never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_duty_stays BEFORE INSERT OR UPDATE OR DELETE ON mediation_duty
    FOR EACH ROW EXECUTE FUNCTION mediation_duty_refuse();

CREATE FUNCTION mediation_signature_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of bigint;
BEGIN
    SELECT agreement_id INTO of FROM mediation_agreementtext WHERE id = coalesce(OLD.text_id, NEW.text_id);
    IF NOT mediation_in_force(of) THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) = to_jsonb(NEW) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'mediation_signature: an agreement in force never changes';
END $$;
CREATE TRIGGER agreement_signature_stays BEFORE INSERT OR UPDATE OR DELETE ON mediation_signature
    FOR EACH ROW EXECUTE FUNCTION mediation_signature_refuse();

CREATE FUNCTION mediation_agreement_file_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    emptied text[] := ARRAY['content', 'size', 'sha256'];
BEGIN
    IF NOT mediation_in_force(coalesce(OLD.agreement_id, NEW.agreement_id)) THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - emptied) = (to_jsonb(NEW) - emptied) THEN
        IF NEW.content = '' AND NEW.size = 0 AND NEW.sha256 = '' THEN RETURN NEW; END IF;
        IF NEW.content <> '' AND mediation_resealed(OLD.content, NEW.content)
            AND NEW.size = OLD.size AND NEW.sha256 = OLD.sha256
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'mediation_agreementfile: an agreement in force never changes';
END $$;
CREATE TRIGGER agreement_file_stays BEFORE INSERT OR UPDATE OR DELETE ON mediation_agreementfile
    FOR EACH ROW EXECUTE FUNCTION mediation_agreement_file_refuse();
"""
BACK = """
DROP TRIGGER agreement_file_stays ON mediation_agreementfile;
DROP TRIGGER agreement_signature_stays ON mediation_signature;
DROP TRIGGER agreement_duty_stays ON mediation_duty;
DROP TRIGGER agreement_text_stays ON mediation_agreementtext;
DROP TRIGGER agreement_in_force_stays ON mediation_agreement;
DROP FUNCTION mediation_agreement_file_refuse, mediation_signature_refuse, mediation_duty_refuse,
    mediation_agreement_text_refuse, mediation_agreement_refuse, mediation_in_force, mediation_resealed;
"""


class Migration(migrations.Migration):
    dependencies = [("mediation", "0060_seal_what_sessions_came_to")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
