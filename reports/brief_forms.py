"""The form of a brief: a box for each line, and some for lines of one's own. It cleans; the service decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.forms import BaseForm
from reports.models import Brief, BriefItem, Section
from reports.models.briefs import LONGEST

#: Lines of one's own that can be typed at once; saving gives as many again.
NEW_LINES = 3


class BriefForm(BaseForm):
    """``revision``: of the brief as it was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, brief: Brief, items: list[BriefItem], **kwargs: Any) -> None:
        super().__init__(data, initial={"revision": brief.revision}, **kwargs)
        self.items = items
        for item in items:
            label = _("%(section)s（第 %(n)d 条）") % {
                "section": item.get_section_display(),
                "n": item.ordinal,
            }
            self.fields[f"text_{item.ordinal}"] = _box(label, item.text)
        for n in range(1, NEW_LINES + 1):
            self.fields[f"section_{n}"] = forms.ChoiceField(
                label=_("补充第 %(n)d 条的栏目") % {"n": n}, choices=Section.choices, required=False
            )
            self.fields[f"new_{n}"] = _box(_("补充第 %(n)d 条") % {"n": n}, "")

    def look_again(self, brief: Brief) -> None:
        """The next press is meant for the brief as it is now; what was typed stays."""
        self.data = {**self.data.dict(), "revision": str(brief.revision)}  # type: ignore[attr-defined]

    def lines(self) -> Iterator[tuple[BriefItem, Any]]:
        """Each line with its box, by section."""
        order = [str(section) for section in Section]
        for item in sorted(self.items, key=lambda one: (order.index(one.section), one.ordinal)):
            yield item, self[f"text_{item.ordinal}"]

    def new_lines(self) -> list[tuple[Any, Any]]:
        return [(self[f"section_{n}"], self[f"new_{n}"]) for n in range(1, NEW_LINES + 1)]

    def texts(self) -> dict[int, str]:
        return {item.ordinal: self.cleaned_data[f"text_{item.ordinal}"] for item in self.items}

    def added(self) -> list[tuple[Section, str]]:
        found = [
            (self.cleaned_data[f"section_{n}"], self.cleaned_data[f"new_{n}"])
            for n in range(1, NEW_LINES + 1)
        ]
        return [(Section(section or Section.CAME), text) for section, text in found if text]


def _box(label: str, text: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, initial=text, max_length=LONGEST, required=False, widget=widget)
