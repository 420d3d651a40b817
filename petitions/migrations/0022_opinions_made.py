"""When an opinion was made, and the number of one that was made elsewhere."""

from django.db import migrations, models

#: Until now the sixty days ended with the answer: it counts as made then. Clocks that stopped stay stopped.
AS_BEFORE = "UPDATE petitions_reply SET made_at = at WHERE made_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0020_facts_of_running_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="made_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When its paper was made (成文); of an answer that is no opinion, when it was given.",
                null=True,
                verbose_name="作出时间",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="paper_number",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of an opinion that was made outside the system.",
                max_length=60,
                verbose_name="文书文号",
            ),
        ),
        migrations.RunSQL(AS_BEFORE, migrations.RunSQL.noop, elidable=True),
    ]
