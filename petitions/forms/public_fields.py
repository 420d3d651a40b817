"""Fields of residents' forms: choices of places and categories, representatives, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import uploads
from core.errors import Refusal
from core.forms import MultipleFileField, MultipleFileInput
from petitions.models.people import MOST_REPRESENTATIVES


class GroupedIterator(forms.models.ModelChoiceIterator):
    """Options under the heading their field gives them."""

    field: GroupedField

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label or "")
        groups: dict[str, list[Any]] = {}
        for row in self.queryset:
            groups.setdefault(self.field.heading(row), []).append(self.choice(row))
        yield from groups.items()


class PathSelect(forms.Select):
    """Options that carry the way to them (``data-path``) and their parent, for picker.js.

    Written as one string: a county has a thousand options, and a template for each would cost most of the page's time.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        parts = [f"<select{flatatt({**self.build_attrs(self.attrs, attrs), 'name': name})}>"]
        for key, label in self.choices:
            if isinstance(label, list):
                parts.append(f'<optgroup label="{escape(key)}">')
                parts.extend(option(each, words, chosen) for each, words in label)
                parts.append("</optgroup>")
            else:
                parts.append(option(key, label, chosen))
        return SafeString("".join([*parts, "</select>"]))


def option(value: Any, label: Any, chosen: str) -> str:
    """One option, escaped; the way to it where its row has a parent."""
    row, more = getattr(value, "instance", None), ""
    if row is not None and getattr(row, "parent_id", None):
        more = f' data-parent-value="{row.parent_id}" data-path="{escape(row.parent.label)}"'
    if str(value) == chosen:
        more += " selected"
    return f'<option value="{escape(value)}"{more}>{escape(label)}</option>'


class Choices(forms.RadioSelect):
    """Radios whose group has an id, so that the summary of errors can link to it."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ if index is None else super().id_for_label(id_, index)


class GroupedField(forms.ModelChoiceField):
    iterator = GroupedIterator
    widget = PathSelect

    def heading(self, row: Any) -> str:
        raise NotImplementedError


class CommunityField(GroupedField):
    def heading(self, row: Any) -> str:
        return row.parent.label

    def label_from_instance(self, obj: Any) -> str:
        return obj.label


class CategoryField(GroupedField):
    def heading(self, row: Any) -> str:
        return row.level1

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.level2} › {obj.level3}" if obj.level2 != obj.level3 else obj.level3


class TownField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.label


class RepresentativesWidget(forms.Widget):
    """Rows of ``rep_name`` and ``rep_phone``; the template writes them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[tuple[str, str]]:
        lists: Callable[[str], list[str]] = getattr(data, "getlist", lambda key: [])
        rows = zip_longest(lists("rep_name"), lists("rep_phone"), fillvalue="")
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class RepresentativesField(forms.Field):
    widget = RepresentativesWidget

    def clean(self, value: Any) -> list[tuple[str, str]]:
        rows = list(value or [])
        if len(rows) > MOST_REPRESENTATIVES:
            raise forms.ValidationError(
                _now(
                    "代表最多写 %(most)d 位，您写了 %(have)d 位。请留下 %(most)d 位；"
                    "其他人都算在“一共多少人”里，人数不受限制。"
                )
                % {"most": MOST_REPRESENTATIVES, "have": len(rows)}
            )
        if any(len(name) > 100 or len(phone) > 30 for name, phone in rows):
            raise forms.ValidationError(_now("代表的姓名最多 100 字，电话最多 30 个字，请缩短。"))
        return rows


def checked(files: list[UploadedFile]) -> list[UploadedFile]:
    """The files as they are to be stored, if all of them may be taken; the first that may not is named."""
    try:
        return list(uploads.prepare_files(files))
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from refusal


def file_field(label: Any) -> MultipleFileField:
    most = uploads.size_text(uploads.max_file_bytes()), uploads.size_text(uploads.max_total_bytes())
    return MultipleFileField(
        label=label,
        required=False,
        widget=MultipleFileInput(attrs={"accept": uploads.ACCEPT}),
        help_text=_(
            "照片、PDF、Word、Excel、文本、录音或视频，最多 %(n)d 个，每个不超过 %(each)s，合计不超过 %(all)s。"
        )
        % {"n": uploads.max_files(), "each": most[0], "all": most[1]},
        error_messages={"empty": _("有一个文件是空的，请重新选择。")},
    )
