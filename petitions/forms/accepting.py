"""The form of 受理: as what the unit takes the case, with reasons where that is not what it was classified as."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.timekeeping import han_date
from petitions.enums import Act, Kind, Path
from petitions.forms.acts import KINDS, KINDS_ALL, PATHS, KindPathMixin, picked, radios
from petitions.forms.base import ActForm
from petitions.services import joining, simplified
from petitions.ways import Way


class AcceptForm(KindPathMixin, ActForm):
    button = _("受理")
    kind = radios(KINDS, _("信访目的"))
    path = radios(PATHS, _("办理路径（申诉求决须选）"), required=False)
    simplify = forms.BooleanField(label=_("按简易办理"), required=False)
    supportable = forms.BooleanField(
        label=_("经初步核实，事实清楚、责任明确，没有可能不予支持的诉求"), required=False
    )
    note = picked(_("内部说明"), rows=2, required=False)

    def prepare(self) -> None:
        case = self.petition
        # Only what the office classified stands chosen; what nobody has said, whoever accepts says.
        self.fields["kind"].initial = case.kind if self._office_said() else None
        self.fields["path"].initial = case.path
        if case.sealed:
            self.fields["kind"].choices = KINDS_ALL[2:]  # type: ignore[attr-defined]
            del self.fields["path"]
        elif case.kind:
            self.fields["note"].label = _now("内部说明（改变原定目的、路径的必填理由）")
            self.fields["note"].help_text = _now(
                "本件原定为“%(was)s”。改为其他目的或路径受理的，须写明理由，改动会记入办理过程，并通知转送单位。"
            ) % {"was": Way.of(case)}
        self.explain = self._simplified() + self._beside()

    def _simplified(self) -> str:
        """Offers 简易办理 with both dates; where the case itself keeps out of it, says why in one sentence."""
        case = self.petition
        ordinary = case.sealed or not Way.of(case).leads_to(Way(Kind.APPEAL, Path.PETITION))
        why = "" if ordinary else simplified.why_not(case, self.at)
        if ordinary or why:
            del self.fields["simplify"], self.fields["supportable"]
            return why if simplified.in_use(self.at) else ""
        self.fields["simplify"].help_text = _now(
            "限路径六。最迟%(last)s决定，受理后 10 个工作日内（%(due)s前）答复，可以不出具处理意见书；"
            "不合适的随时转为普通程序。"
        ) % {
            "last": han_date(simplified.choose_by(case)),
            "due": han_date(simplified.answer_by(case, self.at)),
        }
        return ""

    def _office_said(self) -> bool:
        """Whether an office set the kind: what was filed online has one too, its author's or for want of any."""
        case = self.petition
        return bool(
            case.sealed or case.path or case.registered_by_id or case.events.filter(act=Act.CLASSIFY).exists()
        )

    def _beside(self) -> str:
        """Which joined cases are accepted along, and which only if they go the same way."""
        beside = joining.companions(self.petition, Act.ACCEPT, self.actor)
        free = "、".join(one.number for one in beside if not one.kind)
        words = [_now("并入的 %(numbers)s 一并受理。") % {"numbers": free}] if free else []
        words += [
            _now("并入的 %(number)s 已定为“%(way)s”，与此一致的一并受理，不一致的须另行受理。")
            % {"number": one.number, "way": Way.of(one)}
            for one in beside
            if one.kind
        ]
        return "".join(words)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Kind.APPEAL and not data.get("path") and not self.petition.path:
            self.add_error("path", _now("申诉求决须选定办理路径（条例第三十一条）。"))
        return data

    def door_data(self) -> dict[str, Any]:
        return {
            **self.kind_and_path(),
            "note": self.cleaned_data["note"],
            "simplify": self.cleaned_data.get("simplify", False),
            "supportable": self.cleaned_data.get("supportable", False),
            "token": self.cleaned_data["token"],
        }
