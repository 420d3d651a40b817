"""Notices written before they said what they are about: those that lead to a case are taken back when it is sealed."""

from django.db import migrations

FILL = """
UPDATE notifications_notice notice SET about = 'petition:' || petition.id
FROM petitions_petition petition
WHERE notice.about = '' AND notice.link LIKE '/cases/%' AND petition.number = split_part(notice.link, '/', 3)
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0006_held_windows"), ("notifications", "0002_notice_about")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
