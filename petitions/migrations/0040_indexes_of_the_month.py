from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0030_missed_by_an_earlier_unit"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(fields=["at"], name="evaluation_month"),
        ),
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(
                fields=["id"], include=["sealed", "has_recusals", "complained_unit"], name="petition_seen"
            ),
        ),
    ]
