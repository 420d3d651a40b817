from django.db import migrations

#: 2,000 signs of the body: ``petitions.models.words.SIGNS``.
TRIGGER = """
CREATE FUNCTION petition_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO petitions_petitionwords (petition_id, pieces)
    VALUES (NEW.id, zh_bigrams(NEW.subject || ' ' || left(NEW.body, 2000)))
    ON CONFLICT (petition_id) DO UPDATE SET pieces = EXCLUDED.pieces;
    RETURN NULL;
END $$;
CREATE TRIGGER petition_words_kept AFTER INSERT OR UPDATE OF subject, body ON petitions_petition
    FOR EACH ROW EXECUTE FUNCTION petition_keep_words();
"""
DROP_TRIGGER = """
DROP TRIGGER petition_words_kept ON petitions_petition;
DROP FUNCTION petition_keep_words();
"""
FILL = """
INSERT INTO petitions_petitionwords (petition_id, pieces)
SELECT id, zh_bigrams(subject || ' ' || left(body, 2000)) FROM petitions_petition;
UPDATE petitions_petition SET has_joined = true
WHERE id IN (SELECT joined_to_id FROM petitions_petition WHERE joined_to_id IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0009_lean_indexes")]

    operations = [
        migrations.RunSQL(TRIGGER, DROP_TRIGGER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
