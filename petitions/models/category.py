"""Content categories (内容分类): three levels, versioned, because the national table is replaced over time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CategoryVersion(models.Model):
    """One loaded table. The newest is offered for new cases; old cases keep their own."""

    name = models.CharField(_("名称"), max_length=100)
    digest = models.CharField(
        max_length=64,
        unique=True,
        help_text="SHA-256 of the rows: the same file loads once.",
    )
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=models.Q(is_current=True),
                name="category_one_current_version",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A leaf; its three levels are kept on the row so that lists need no joins."""

    version = models.ForeignKey(CategoryVersion, on_delete=models.PROTECT, related_name="categories")
    level1 = models.CharField(max_length=60)
    level2 = models.CharField(max_length=60)
    level3 = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "level1", "level2", "level3"],
                name="category_unique_leaf",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level1} / {self.level2} / {self.level3}"
