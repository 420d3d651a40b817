"""Who consented to a mediation is sealed, as all names of petitioners are."""

from django.db import migrations, models
from django.db.models import Q

from core.sealing.migrating import seal_texts


class Migration(migrations.Migration):
    dependencies = [("mediation", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("consent", "consent_says_who"),
        *seal_texts("mediation", "consent", {"who": "谁同意"}, row=["mediation_id", "side"]),
        migrations.AddConstraint(
            "consent", models.CheckConstraint(condition=~Q(who=""), name="consent_says_who")
        ),
    ]
