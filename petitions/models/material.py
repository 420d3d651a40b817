"""补正: what the unit asked the petitioner to bring. Append-only, by trigger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.models.petition import Petition


class MaterialRequest(models.Model):
    """One request. Whether it was answered is read from the supplements that came after it (``selectors.material``)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="material_requests")
    items = models.TextField(_("需要补充的材料"))
    how = models.TextField(_("怎么交"))
    due_on = models.DateField(_("最迟哪天"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
