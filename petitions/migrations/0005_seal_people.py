"""Names, ID numbers, telephone numbers and addresses are sealed; look-ups go through blind indexes.

PostgreSQL keeps the clear texts in dead rows until they are vacuumed away: run ``VACUUM FULL petitions_petitionperson``
after this migration, and let old backups and WAL archives run out.
"""

from django.db import migrations, models
from django.db.models import Q

from core.sealing.migrating import seal_texts

INDEXES = {"id_index": ["id_number"], "phone_index": ["phone"], "home_index": ["name", "address"]}


class Migration(migrations.Migration):
    dependencies = [("petitions", "0004_service_papers")]

    operations = [
        migrations.RemoveIndex("petitionperson", "petition_person_by_id"),
        migrations.RemoveIndex("petitionperson", "petition_person_by_phone"),
        migrations.RemoveIndex("petitionperson", "petition_person_by_home"),
        *seal_texts(
            "petitions",
            "petitionperson",
            {"name": "姓名", "id_number": "证件号", "phone": "电话", "address": "住址"},
            row=["petition_id", "ordinal"],
            indexes=INDEXES,
        ),
        *(
            migrations.AddIndex(
                "petitionperson",
                models.Index(index, name=f"person_by_{index}", condition=Q(**{f"{index}__isnull": False})),
            )
            for index in INDEXES
        ),
        *seal_texts("petitions", "paperservice", {"recipient": "签收人"}, row=["petition_id"]),
    ]
