"""Names, ID numbers, telephone numbers and addresses are sealed; look-ups go through blind indexes.

PostgreSQL keeps the clear texts in dead rows until they are vacuumed away: run ``VACUUM FULL petitions_petitionperson``
after this migration, and let old backups and WAL archives run out.
"""

from django.db import migrations, models
from django.db.models import Q

from core.sealing import BlindIndexField, SealedTextField, blind, seal

TEXTS = ("name", "id_number", "phone", "address")
INDEXES = {"id_index": ("id_number",), "phone_index": ("phone",), "home_index": ("name", "address")}
BATCH = 2000


def seal_all(apps, schema_editor):
    people = apps.get_model("petitions", "PetitionPerson")
    clear = [f"clear_{name}" for name in TEXTS]
    batch = []
    for person in people.objects.only("petition_id", "ordinal", *clear).iterator(BATCH):
        texts = {name: getattr(person, f"clear_{name}") for name in TEXTS}
        values = {
            name: seal(text, f"petitions.petitionperson.{name}:{person.petition_id}/{person.ordinal}")
            for name, text in texts.items()
        }
        for index, of in INDEXES.items():
            words = [texts[name] for name in of]
            values[index] = (
                blind("\0".join(words), f"petitions.petitionperson.{index}") if all(words) else None
            )
        batch.append([*values.values(), person.pk])
        if len(batch) >= BATCH:
            write(schema_editor, batch)
    write(schema_editor, batch)


def write(schema_editor, batch):
    # By hand: historical models have no ``sealed_to``.
    columns = ", ".join(f'"{name}" = %s' for name in (*TEXTS, *INDEXES))
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(f"UPDATE petitions_petitionperson SET {columns} WHERE id = %s", batch)  # noqa: S608
    batch.clear()


class Migration(migrations.Migration):
    dependencies = [("petitions", "0004_service_papers")]

    operations = [
        migrations.RemoveIndex("petitionperson", "petition_person_by_id"),
        migrations.RemoveIndex("petitionperson", "petition_person_by_phone"),
        migrations.RemoveIndex("petitionperson", "petition_person_by_home"),
        *(migrations.RenameField("petitionperson", name, f"clear_{name}") for name in TEXTS),
        *(
            migrations.AddField(
                "petitionperson", name, SealedTextField(words, default=b""), preserve_default=False
            )
            for name, words in zip(TEXTS, ("姓名", "证件号", "电话", "住址"), strict=True)
        ),
        *(
            migrations.AddField("petitionperson", index, BlindIndexField(of=of))
            for index, of in INDEXES.items()
        ),
        # No way back: who wants the clear texts in the database again writes them there on purpose.
        migrations.RunPython(seal_all),
        *(migrations.RemoveField("petitionperson", f"clear_{name}") for name in TEXTS),
        *(
            migrations.AddIndex(
                "petitionperson",
                models.Index(index, name=f"person_by_{index}", condition=Q(**{f"{index}__isnull": False})),
            )
            for index in INDEXES
        ),
    ]
