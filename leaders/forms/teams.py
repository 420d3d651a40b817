"""The team of a package, its plan, notes and inquiries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm, RowChoice
from core.timekeeping import now
from leaders.enums import TeamRole
from leaders.forms.fields import PostChoice, text_field
from leaders.models import CasePackage, PackageMember, PackageMilestone
from leaders.services.teams import USUAL_STEPS, back_planned


class MemberForm(BaseForm):
    post = PostChoice(label=_("人员"), queryset=Post.objects.none())
    role = forms.ChoiceField(label=_("分工"), choices=TeamRole.choices)

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]


class PartForm(BaseForm):
    member = RowChoice(label=_("人员"), queryset=PackageMember.objects.none())
    why = text_field(_("退出原因"), 2, max_length=300)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = lambda one: one.user.get_full_name()  # type: ignore[attr-defined]


class PlanForm(BaseForm):
    """Begins with what is planned, or with the usual milestones planned back from the target."""

    text = text_field(
        _("节点"),
        6,
        max_length=4000,
        help_text=_(
            "每行一个节点，日期写在前面；不写日期的，按目标日期倒排到工作日。没有完成的旧节点会被替换。"
        ),
    )

    def __init__(self, *args: Any, package: CasePackage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = package.milestones.filter(done_at=None, dropped_at=None)
        steps = [(row.due_on, row.title) for row in rows]
        steps = steps or back_planned(package.target_on, USUAL_STEPS, now())
        self.fields["text"].initial = "\n".join(f"{day.isoformat()} {title}" for day, title in steps)


class ReachForm(BaseForm):
    milestone = RowChoice(label=_("节点"), queryset=PackageMilestone.objects.none())
    note = text_field(_("完成情况"), 2, max_length=500)

    def __init__(self, *args: Any, milestones: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = milestones  # type: ignore[attr-defined]
        self.fields["milestone"].label_from_instance = lambda one: one.title  # type: ignore[attr-defined]


class NoteForm(BaseForm):
    text = text_field(_("进展"), 3)


class InquiryForm(BaseForm):
    reason = text_field(_("重新调查的原因"), 3)


class FindingForm(BaseForm):
    findings = text_field(_("调查结论"), 4)
