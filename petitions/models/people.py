"""People behind a case and what they handed in."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import BlindIndexField, SealedTextField
from petitions.enums import PersonRole, Sex
from petitions.models.petition import Petition

MOST_REPRESENTATIVES = 5  # 条例 20: at most five; the head-count itself has no cap.


class PetitionPerson(models.Model):
    """A petitioner, representative or companion. Nothing here is required: registration never waits for it.

    Who it is, is sealed (PIPL 51): a copy of the database names nobody. Somebody is known again by the blind indexes.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="persons", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    role = models.CharField(_("身份"), max_length=16, choices=PersonRole, default=PersonRole.PETITIONER)
    name = SealedTextField(_("姓名"))
    id_number = SealedTextField(_("证件号"))
    id_check_failed = models.BooleanField(
        default=False, help_text="The check digit did not match; a warning only."
    )
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex, blank=True)
    phone = SealedTextField(_("电话"))
    address = SealedTextField(_("住址"))
    id_index = BlindIndexField(of=["id_number"])
    phone_index = BlindIndexField(of=["phone"])
    #: The counter's third way to know somebody again.
    home_index = BlindIndexField(of=["name", "address"])

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "ordinal"], name="petition_person_ordinal"),
            # Representatives are numbered 1 to 5 among themselves by the service; the database holds the cap.
            models.CheckConstraint(
                condition=~Q(role=PersonRole.REPRESENTATIVE) | Q(ordinal__lte=MOST_REPRESENTATIVES),
                name="petition_at_most_five_representatives",
            ),
        ]
        indexes = [
            models.Index("id_index", name="person_by_id_index", condition=Q(id_index__isnull=False)),
            models.Index("phone_index", name="person_by_phone_index", condition=Q(phone_index__isnull=False)),
            models.Index("home_index", name="person_by_home_index", condition=Q(home_index__isnull=False)),
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to; known before the row is written."""
        return f"{self.petition_id}/{self.ordinal}"


def attachment_path(instance: "Attachment", filename: str) -> str:
    """A path that owes nothing to the name the file came with."""
    return f"attachments/{instance.token.hex[:2]}/{instance.token.hex}"


class Attachment(models.Model):
    """A file handed in with a case. Its address is an unguessable token and still starts from ``visible_to``."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="attachments")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    name = models.CharField(_("文件名"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
