"""Forms of the report on what was assigned, and of the sender's word on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import day_field
from core.wording import LONGEST
from petitions.forms.acts import picked
from petitions.forms.base import ActForm
from petitions.forms.public_fields import checked, file_field
from petitions.selectors.veiling import veil
from petitions.services.reporting import (
    LONGEST_CONTACT,
    LONGEST_PHONE,
    LONGEST_WORD,
    last_report,
    lead_share,
)

PARTS = ("demand", "handling", "result", "attitude", "contact", "phone")


def part(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class SendReportForm(ActForm):
    button = _("报送办结报告")
    demand = part(_("主要诉求"), 3)
    handling = part(_("调查和办理情况"), 6)
    result = part(_("办理结果"))
    attitude = picked(
        _("信访人意见"),
        [_("信访人对办理结果表示认可。"), _("信访人未表态。"), _("信访人不认可，已告知可以申请复查。")],
        rows=2,
    )
    contact = forms.CharField(label=_("联系人"), max_length=LONGEST_CONTACT)
    phone = forms.CharField(label=_("联系电话"), max_length=LONGEST_PHONE)
    attachments = file_field(_("附件"))

    def prepare(self) -> None:
        """Begin with the last version, else with what the answer says; it is the unit's to mend."""
        last = last_report(self.petition)
        values = {name: getattr(last, name) for name in PARTS} if last is not None else self._of_the_answer()
        for name, value in values.items():
            self.fields[name].initial = veil(self.petition, self.actor, value)
        self.explain = self._explain(returned=last is not None)

    def _of_the_answer(self) -> dict[str, str]:
        requests = list(self.petition.requests.all())
        reply = getattr(self.petition, "reply", None)
        given = [(one.get_outcome_display(), one.opinion) for one in requests if one.outcome]
        user = self.actor.user
        return {
            "demand": "\n".join(one.text for one in requests) or self.petition.subject,
            "handling": reply.text if reply is not None else "",
            "result": "\n".join("：".join(filter(None, dict.fromkeys(pair))) for pair in given),
            "contact": user.get_full_name() if user else "",
            "phone": user.phone if user else "",
        }

    def _explain(self, *, returned: bool) -> str:
        if not self.petition.shares.filter(ended_at=None).exists():
            return ""
        share = lead_share(self.petition)
        words = {
            "unit": share.sent_from.label if share.sent_from else self.petition.registered_unit.label,
            "day": share.feedback_due_on.isoformat() if share.feedback_due_on else "—",
        }
        if returned:
            return (
                _now("上一次的报告已退回，理由见“承办”。改好后重新报送给%(unit)s，原来的报告照留。") % words
            )
        return _now("报送给交办的%(unit)s审核（要求反馈的日期：%(day)s）。信访人看不到这份报告。") % words

    def clean_attachments(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["attachments"])

    def door_data(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"files": data.pop("attachments"), **data}


class DecideReportForm(ActForm):
    def prepare(self) -> None:
        last = last_report(self.petition)
        if last is not None:
            self.explain = _now("%(who)s报送。办理结果：%(result)s") % {
                "who": last.who,
                "result": veil(self.petition, self.actor, last.result),
            }


class AcceptReportForm(DecideReportForm):
    button = _("认可办结报告")
    decision = forms.CharField(
        label=_("审核意见"),
        required=False,
        max_length=LONGEST_WORD,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReturnReportForm(DecideReportForm):
    button = _("退回，重新报送")
    decision = picked(
        _("退回理由（责任单位可见）"),
        [
            _("没有逐项回应信访人的诉求。"),
            _("调查情况不清楚，请补充事实和依据。"),
            _("没有写明信访人的意见。"),
        ],
        rows=3,
    )
    due_on = day_field(_("重新报送期限"))
