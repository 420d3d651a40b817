"""What running clocks would have been told of their case, so that a rule for some cases can take them over."""

from django.db import migrations

FACTS = """
UPDATE petitions_petitionclock AS clock
SET explanation = clock.explanation || jsonb_build_object('facts', jsonb_strip_nulls(jsonb_build_object(
    'unit', clock.unit_id::text,
    'level', CASE WHEN unit.kind IN ('town', 'village') THEN unit.kind
        WHEN unit.kind IN ('district', 'petition_office', 'department', 'party_body') THEN 'district' END,
    'path', petition.path::text,
    'kind', nullif(petition.kind, ''),
    'channel', nullif(petition.channel, ''),
    'urgency', nullif(petition.urgency, '')
)))
FROM petitions_petition AS petition, accounts_unit AS unit
WHERE petition.id = clock.petition_id AND unit.id = clock.unit_id AND clock.stopped_at IS NULL
    AND NOT clock.explanation ? 'facts'
"""
UNDO = """
UPDATE petitions_petitionclock SET explanation = explanation - 'facts'
WHERE stopped_at IS NULL AND explanation ? 'facts'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0019_service_names_its_paper"),
        ("deadlines", "0004_rules_with_conditions"),
    ]

    operations = [migrations.RunSQL(FACTS, UNDO)]
