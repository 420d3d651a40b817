"""Forms about suggestions: what their study came to, and that what was adopted is done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import day_field
from petitions.enums import AdoptionDecision
from petitions.forms.acts import picked, radios
from petitions.forms.base import ActForm


class AdoptForm(ActForm):
    button = _("登记采纳情况并告知信访人")
    explain = _("信访人会看到采纳情况、理由和怎样落实；研究论证情况是内部记录。登记以后再“答复”。")
    study = picked(
        _("研究论证情况"),
        [_("征求了有关单位和群众代表的意见："), _("经论证，建议科学合理、具有现实可行性。")],
        rows=3,
    )
    decision = radios(AdoptionDecision.choices, _("采纳情况"))
    reasons = picked(
        _("理由（信访人会看到）"),
        [_("建议可行，已纳入工作安排。"), _("建议有参考价值，目前条件尚不具备。"), _("与现行规定不一致。")],
        rows=3,
    )
    practice = picked(_("怎样落实（采纳、部分采纳的填写）"), rows=2, required=False)
    practice_due_on = day_field(_("落实期限（采纳、部分采纳的填写）"), required=False)

    def prepare(self) -> None:
        former = getattr(self.petition, "adoption", None)
        if former is not None:
            for name in ("study", "decision", "reasons", "practice", "practice_due_on"):
                self.fields[name].initial = getattr(former, name)

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "decision": AdoptionDecision(self.cleaned_data["decision"])}


class PractiseForm(ActForm):
    button = _("登记落实情况并告知信访人")
    text = picked(_("落实情况（信访人会看到）"), [_("已按建议完成："), _("已写入制度并开始执行：")], rows=3)

    def prepare(self) -> None:
        adoption = getattr(self.petition, "adoption", None)
        if adoption is not None and adoption.practice_due_on is not None:
            words = {"practice": adoption.practice, "day": adoption.practice_due_on.isoformat()}
            self.explain = _now("采纳时写明：%(practice)s（%(day)s前）") % words
