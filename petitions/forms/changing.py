"""The form of 改变目的或路径 after acceptance (条例 29–31)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from petitions.enums import Kind
from petitions.forms.acts import KINDS, PATHS, KindPathMixin, picked, radios
from petitions.forms.base import ActForm
from petitions.services import noticing
from petitions.ways import Way


class ChangeWayForm(KindPathMixin, ActForm):
    button = _("改变目的或路径")
    kind = radios(KINDS, _("信访目的"))
    path = radios(PATHS, _("办理路径（申诉求决须选）"), required=False)
    reason = picked(
        _("理由（信访人会看到）"),
        [
            _("经核实，属于应当通过诉讼、仲裁、行政复议等途径解决的事项。"),
            _("经核实，属于申请行政机关履行法定职责的事项。"),
            _("经核实，不属于其他法定途径，应当走信访程序。"),
        ],
        rows=3,
    )

    def prepare(self) -> None:
        case = self.petition
        self.fields["kind"].initial, self.fields["path"].initial = case.kind, case.path
        told = (
            _now("信访人在网上查询页看到新的途径。")
            if noticing.by_the_system(case) is not None
            else _now("改变后 15 日内须重新书面告知信访人；文书里还没有印发的旧告知书，请作废后重新拟写。")
        )
        self.explain = _now("本件现为“%(was)s”。%(told)s") % {"was": Way.of(case), "told": told}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Kind.APPEAL and not data.get("path"):
            self.add_error("path", _now("申诉求决须选定办理路径（条例第三十一条）。"))
        return data

    def door_data(self) -> dict[str, Any]:
        return {
            **self.kind_and_path(),
            "reason": self.cleaned_data["reason"],
            "token": self.cleaned_data["token"],
        }
