"""专班专人专案: who works on a package, by which dates, what was done, and what was looked into anew."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from leaders.enums import TeamRole
from leaders.models.packages import CasePackage


class PackageMember(models.Model):
    """One of the team; reads the cases by name while in it."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="package_memberships")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("分工"), max_length=12, choices=TeamRole)
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_why = models.CharField(_("退出原因"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "user"], condition=Q(left_at=None), name="package_member_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, left_why="") | Q(left_at__isnull=False) & ~Q(left_why=""),
                name="package_member_left_says_why",
            ),
        ]


class PackageMilestone(models.Model):
    """倒排节点: what is to be done by which day (Asia/Shanghai). A plan made anew drops what was not done yet."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(_("节点"), max_length=120)
    due_on = models.DateField(_("完成日期"))
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_note = models.CharField(_("完成情况"), max_length=500, blank=True, default="")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="package_milestone_says_what"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_note="")
                | Q(done_at__isnull=False, dropped_at=None) & ~Q(done_note=""),
                name="package_milestone_done_says_how",
            ),
        ]
        indexes = [models.Index("package", "due_on", "id", name="package_milestone_list")]

    def lamp_on(self, day: date) -> str:
        """The tone of its lamp: done, late after its day, soon in the last three days."""
        if self.done_at is not None:
            return "done"
        apart = (self.due_on - day).days
        return "late" if apart < 0 else "soon" if apart <= 3 else "info"


class PackageNote(models.Model):
    """What was done, in the words of whoever did it; append-only."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    text = models.TextField(_("进展"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="package_note_says_something")]
        indexes = [models.Index("package", F("at").desc(), F("id").desc(), name="package_note_list")]


class PackageInquiry(models.Model):
    """翻篇归零: the facts are looked into anew, as if nobody had before; what was found earlier stays beside it."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="inquiries")
    ordinal = models.PositiveSmallIntegerField()
    reason = models.TextField(_("重新调查的原因"))
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_who = models.CharField(max_length=120)
    findings = models.TextField(_("调查结论"), blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_who = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["package", "ordinal"], name="package_inquiry_ordinal"),
            models.UniqueConstraint(
                fields=["package"], condition=Q(closed_at=None), name="package_inquiry_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="package_inquiry_says_why"),
            models.CheckConstraint(
                condition=Q(closed_at=None, findings="") | Q(closed_at__isnull=False) & ~Q(findings=""),
                name="package_inquiry_closed_with_findings",
            ),
        ]
