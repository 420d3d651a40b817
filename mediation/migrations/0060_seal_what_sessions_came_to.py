"""What was said and agreed in a session is sealed, as minutes and agreements are."""

from django.db import migrations, models
from django.db.models import Q

from core.sealing.migrating import seal_texts

HELD, AGREED = "session_held_with_record_and_result", "session_agreed_with_agreement"


class Migration(migrations.Migration):
    dependencies = [("mediation", "0050_minutes_recordings_wishes_and_write_ups")]

    operations = [
        migrations.RemoveConstraint("session", HELD),
        migrations.RemoveConstraint("session", AGREED),
        *seal_texts(
            "mediation", "session", {"record": "调解记录", "agreement": "调解协议"}, row=["mediation_id"]
        ),
        migrations.AddConstraint(
            "session",
            models.CheckConstraint(
                condition=Q(held_at=None, result="")
                | Q(held_at__isnull=False, cancelled_at=None) & ~Q(result="") & ~Q(record=""),
                name=HELD,
            ),
        ),
        migrations.AddConstraint(
            "session",
            models.CheckConstraint(condition=~Q(result="agreed") | ~Q(agreement=""), name=AGREED),
        ),
    ]
