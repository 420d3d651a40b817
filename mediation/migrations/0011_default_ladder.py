"""The ladder that holds where a district has made none: two attempts in the village, one in the area, then the town's
committee as often as needed (2+1+N). Mediations of before stand on no level, and their two sides become parties."""

import uuid

from django.db import migrations
from django.utils import timezone

from core.sealing.cipher import open_sealed, seal

LEVELS = (("村（社区）调解", 2, 15), ("片区调解", 1, 15), ("乡镇（街道）调委会", None, 30))


def load(apps, schema_editor):
    ladder, new = apps.get_model("mediation", "Ladder").objects.get_or_create(
        unit=None, ended_at=None, defaults={"name": "2+1+N", "made_at": timezone.now()}
    )
    if new:
        level = apps.get_model("mediation", "Level")
        level.objects.bulk_create(
            level(ladder=ladder, place=place, name=name, attempts=attempts, days=days)
            for place, (name, attempts, days) in enumerate(LEVELS, 1)
        )


def carry_over(apps, schema_editor):
    stay, party = apps.get_model("mediation", "Stay"), apps.get_model("mediation", "Party")
    for one in apps.get_model("mediation", "MediationCase").objects.order_by("pk").iterator():
        mine = party.objects.create(
            mediation=one,
            side="petitioner",
            is_petitioner=True,
            added_at=one.opened_at,
            added_by=one.opened_by,
            **dict.fromkeys(("name", "phone", "address", "represented_by"), b""),
        )
        one.consents.filter(side="petitioner").update(party=mine)
        # By hand: historical models have no ``sealed_to``.
        theirs = one.consents.filter(side="other").order_by("-pk")
        for pk, who in theirs.values_list("pk", "who")[:1]:
            key = uuid.uuid4()
            name = open_sealed(bytes(who), f"mediation.consent.who:{one.pk}/other")
            other = party(
                mediation=one, key=key, side="other", added_at=one.opened_at, added_by=one.opened_by
            )
            for field, text in (("name", name), ("phone", ""), ("address", ""), ("represented_by", "")):
                setattr(other, field, seal(text, f"mediation.party.{field}:{key}"))
            other.save()
            theirs.filter(pk=pk).update(party=other)
        stay.objects.create(
            mediation=one,
            room=one.room,
            mediator=one.mediator,
            began_at=one.opened_at,
            began_by=one.opened_by,
            ended_at=one.ended_at,
            leaving="ended" if one.ended_at else "",
        )


class Migration(migrations.Migration):
    dependencies = [("mediation", "0010_parties_and_levels")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
