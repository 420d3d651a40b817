"""The form of a brief: a box for each line, and some for lines of one's own. It cleans; the service decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import BaseForm
from core.text import clean_text
from reports.models import Brief, BriefItem, Section
from reports.models.briefs import LONGEST, sections_of
from reports.services.briefs import Edit

#: Lines of one's own that can be typed at once; saving gives as many again.
NEW_LINES = 3
LINE = re.compile(r"text_([0-9]{1,4})")


class CorrectForm(BaseForm):
    reason = forms.CharField(
        label=gettext_lazy("更正的原因"),
        max_length=200,
        help_text=gettext_lazy("领导会看到。改完由另一位同事签发，原来的一版仍可查看。"),
    )


class WithdrawForm(BaseForm):
    reason = forms.CharField(
        label=gettext_lazy("撤回的原因"), max_length=200, help_text=gettext_lazy("会公开。不写人名、电话。")
    )


class BriefForm(BaseForm):
    """Each line carries along how it read when it was opened: only those that were changed are saved."""

    def __init__(
        self, data: Any = None, *, brief: Brief, items: list[BriefItem], new_lines: int = NEW_LINES
    ) -> None:
        super().__init__(data)
        self.brief, self.items, self.new = brief, items, new_lines
        self.first = sections_of(brief.kind)[0][0]
        for item in items:
            label = _("%(section)s（第 %(n)d 条）") % {
                "section": item.get_section_display(),
                "n": item.ordinal,
            }
            self.fields[f"text_{item.ordinal}"] = _box(label, item.text, opened=True)
        for n in range(1, new_lines + 1):
            self.fields[f"section_{n}"] = forms.ChoiceField(
                label=_("补充第 %(n)d 条的栏目") % {"n": n}, choices=sections_of(brief.kind), required=False
            )
            self.fields[f"new_{n}"] = _box(_("补充第 %(n)d 条") % {"n": n}, "")

    def over(self, items: list[BriefItem]) -> BriefForm:
        """The same form over the lines as they are now: what was typed stays, with the line's words of now beside it;
        what was left alone reads as it does now; what was typed for a line that is gone becomes a new one."""
        typed = {ordinal: edit.text for ordinal, edit in self.edits().items()}
        current = {item.ordinal: item.text for item in items}
        data: dict[str, str] = self.data.dict()  # type: ignore[attr-defined]
        for ordinal, text in current.items():
            data |= {f"initial-text_{ordinal}": text, f"text_{ordinal}": typed.get(ordinal, text)}
        lost = [text for ordinal, text in typed.items() if ordinal not in current and text.strip()]
        for n, text in enumerate(lost, start=self.new + 1):
            data |= {f"section_{n}": str(self.first), f"new_{n}": text}
        made = BriefForm(data, brief=self.brief, items=items, new_lines=self.new + len(lost))
        for ordinal in typed.keys() & current.keys():
            if typed[ordinal] != current[ordinal]:
                words = {"text": current[ordinal] or _("（已划去）")}
                made.fields[f"text_{ordinal}"].help_text = _("现在是：%(text)s") % words
        made.is_valid()
        for sentence in self.non_field_errors():
            made.add_error(None, sentence)
        return made

    def lines(self) -> Iterator[tuple[BriefItem, Any, str]]:
        """Each line with its box and how it read when it was opened, by section."""
        order = [str(section) for section in Section]
        for item in sorted(self.items, key=lambda one: (order.index(one.section), one.ordinal)):
            box = self[f"text_{item.ordinal}"]
            yield item, box, box.as_hidden(only_initial=True)

    def new_lines(self) -> list[tuple[Any, Any]]:
        return [(self[f"section_{n}"], self[f"new_{n}"]) for n in range(1, self.new + 1)]

    def edits(self) -> dict[int, Edit]:
        """By ordinal, of lines that are not as they were when this form was opened; gone ones too."""
        found = {}
        for name, text in self.data.items():
            was = self.data.get(f"initial-{name}", "")
            if (match := LINE.fullmatch(name)) and clean_text(text) != clean_text(was):
                found[int(match[1])] = Edit(was=was, text=text)
        return found

    def added(self) -> list[tuple[Section, str]]:
        found = [
            (self.cleaned_data[f"section_{n}"], self.cleaned_data[f"new_{n}"]) for n in range(1, self.new + 1)
        ]
        return [(Section(section or self.first), text) for section, text in found if text]


def _box(label: str, text: str, *, opened: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        initial=text,
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        show_hidden_initial=opened,
    )
