"""Somebody may read a case for several reasons by name: each counts under its own hat and ends by itself."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("petitions", "0007_notices_about_cases")]

    operations = [
        migrations.RemoveConstraint("petitionscope", "petition_scope_one_per_user"),
        migrations.AddConstraint(
            "petitionscope",
            models.UniqueConstraint(
                fields=["petition", "user", "reason"],
                condition=Q(user__isnull=False),
                name="petition_scope_one_per_user_reason",
            ),
        ),
    ]
