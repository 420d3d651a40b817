"""The people of a case are anonymised: its papers' texts may be emptied, once, together with ``forgotten_at``.

What the triggers of 0002 refuse they refuse still; a text may now also become empty where the paper says since when.
"""

import importlib

from django.db import migrations, models

BEFORE = importlib.import_module("documents.migrations.0002_frozen_and_shipped").FORWARD


def functions_before():
    """The three functions as 0002 made them."""
    made = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    names = ("documents_paper_refuse", "documents_frozen_refuse", "documents_delivery_refuse")
    parts = made.split("CREATE OR REPLACE FUNCTION ")
    kept = [part.split("CREATE TRIGGER")[0] for part in parts if part.startswith(names)]
    return "".join(f"CREATE OR REPLACE FUNCTION {part}" for part in kept)


FORWARD = """
CREATE FUNCTION documents_emptied(old bytea, new bytea, since timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT since IS NOT NULL AND length(new) = 0 OR documents_resealed(old, new)
$$;

CREATE OR REPLACE FUNCTION documents_paper_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happens text[] := ARRAY['state', 'served_at', 'archived_at', 'archived_by_id', 'fields_text', 'sent_back',
                            'forgotten_at'];
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
        OR NOT documents_emptied(OLD.fields_text, NEW.fields_text, NEW.forgotten_at)
        OR NOT documents_emptied(OLD.sent_back, NEW.sent_back, NEW.forgotten_at)
        OR (OLD.forgotten_at IS NOT NULL AND NEW.forgotten_at IS DISTINCT FROM OLD.forgotten_at)
        OR (OLD.served_at IS NOT NULL AND NEW.served_at IS DISTINCT FROM OLD.served_at)
        OR (OLD.archived_at IS NOT NULL AND NEW.archived_at IS DISTINCT FROM OLD.archived_at)
        OR (OLD.archived_by_id IS NOT NULL AND NEW.archived_by_id IS DISTINCT FROM OLD.archived_by_id)
        OR coalesce(array_position(ladder, NEW.state::text), 0) < array_position(ladder, OLD.state::text)
    THEN
        RAISE EXCEPTION 'documents_paper: an issued paper never changes';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION documents_frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := (SELECT forgotten_at FROM documents_paper WHERE id = OLD.paper_id);
BEGIN
    IF TG_OP = 'DELETE' OR OLD.id <> NEW.id OR OLD.paper_id <> NEW.paper_id
        OR NOT documents_emptied(OLD.text, NEW.text, since) OR NOT documents_emptied(OLD.pdf, NEW.pdf, since)
    THEN
        RAISE EXCEPTION 'documents_paperfrozen: an issued paper never changes';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION documents_delivery_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed text[] := ARRAY['recipient', 'place', 'witnesses', 'proof'];
    since timestamptz := (SELECT forgotten_at FROM documents_paper WHERE id = OLD.paper_id);
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - sealed) <> (to_jsonb(NEW) - sealed)
        OR NOT documents_emptied(OLD.recipient, NEW.recipient, since)
        OR NOT documents_emptied(OLD.place, NEW.place, since)
        OR NOT documents_emptied(OLD.witnesses, NEW.witnesses, since)
        OR NOT documents_emptied(OLD.proof, NEW.proof, since)
    THEN
        RAISE EXCEPTION 'documents_delivery: a record of service never changes';
    END IF;
    RETURN NEW;
END $$;
"""
BACKWARD = functions_before() + "DROP FUNCTION documents_emptied(bytea, bytea, timestamptz);"


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_frozen_and_shipped")]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="forgotten_at",
            field=models.DateTimeField(
                blank=True,
                help_text="From then on its texts and its file are empty.",
                null=True,
                verbose_name="去标识时间",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="method",
            field=models.CharField(
                choices=[
                    ("direct", "当面送达"),
                    ("family", "同住成年家属签收"),
                    ("left", "留置送达"),
                    ("entrusted", "委托送达"),
                    ("post", "邮寄送达"),
                    ("electronic", "电子送达（经本人同意）"),
                    ("phone", "电话告知（简易办理）"),
                    ("public", "公告送达"),
                ],
                max_length=12,
                verbose_name="送达方式",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
