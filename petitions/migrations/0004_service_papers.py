from django.db import migrations, models
from django.db.models import F


def note_what_the_method_said(apps, schema_editor):
    """Until now the method itself said 经本人同意; of a 公告 the moment kept was that of publication."""
    services = apps.get_model("petitions", "PaperService").objects
    services.filter(method="electronic").update(consented=True)
    services.filter(method="public").update(published_at=F("served_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0003_person_by_home"),
    ]

    operations = [
        migrations.AddField(
            model_name="paperservice",
            name="consented",
            field=models.BooleanField(default=False, verbose_name="收件人已同意电子送达"),
        ),
        migrations.AddField(
            model_name="paperservice",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="公告时间"),
        ),
        migrations.RunPython(note_what_the_method_said, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="paperservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("method", "electronic"), _negated=True) | models.Q(("consented", True)),
                name="service_electronic_by_consent",
            ),
        ),
    ]
