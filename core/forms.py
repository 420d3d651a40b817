"""The base of all forms: cleaned text, crispy without a form tag, errors tied to their fields."""

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from core.converters import row_sent, scattered
from core.text import clean_text
from core.widgets import say_empty_choices

# A password is compared byte for byte; it is never shown or searched, so it is left alone.
LEFT_ALONE = ("password",)
TOO_LONG = _("最多 %(limit_value)d 字，现在有 %(show_value)d 字，请精简。")


def cleaned_data_of(data: Any) -> Any:
    """A copy of submitted data with every text passed through ``clean_text``, passwords excepted."""
    if not isinstance(data, MultiValueDict):
        return {key: clean_text(v) if isinstance(v, str) else v for key, v in data.items()}
    copy = data.copy() if not isinstance(data, QueryDict) else QueryDict(mutable=True, encoding="utf-8")
    for key, values in data.lists():
        keep = any(word in key for word in LEFT_ALONE)
        copy.setlist(key, [v if keep or not isinstance(v, str) else clean_text(v) for v in values])
    return copy


NO_SUCH = _("没有您选的这一项，请从列表中选择。")
#: What is wrong, and what to do, by the kind of field and the code of the error.
HOUSE_WORDS: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (
        forms.Field,
        {
            "min_length": _("请至少写 %(limit_value)d 字，您写了 %(show_value)d 字。"),
            "max_length": TOO_LONG,
            "min_value": _("不能小于 %(limit_value)s，您填的是 %(show_value)s。"),
            "max_value": _("不能大于 %(limit_value)s，您填的是 %(show_value)s。"),
        },
    ),
    (forms.ChoiceField, {"invalid_choice": NO_SUCH, "invalid_list": NO_SUCH}),
    (
        forms.ModelChoiceField,
        {"invalid_choice": NO_SUCH, "invalid_list": NO_SUCH, "invalid_pk_value": NO_SUCH},
    ),
    (forms.IntegerField, {"invalid": _("请填写整数。")}),
    (forms.DecimalField, {"invalid": _("请填写数字，如 12.5。")}),
    (forms.DateField, {"invalid": _("请填写日期，如 2026-11-20。")}),
    (forms.TimeField, {"invalid": _("请填写时间，如 09:30。")}),
    (forms.DateTimeField, {"invalid": _("请填写日期和时间，如 2026-11-20 09:30。")}),
    (forms.EmailField, {"invalid": _("请填写完整的电子邮箱，如 name@example.cn。")}),
    (forms.UUIDField, {"invalid": _("没有您选的这一项，请从页面上重新打开。")}),
    (
        forms.FileField,
        {
            "invalid": _("没有收到文件，请您重新选择。"),
            "missing": _("没有收到文件，请您重新选择。"),
            "empty": _("您选的文件是空的，请换一个。"),
            "max_length": _("文件名最多 %(max)d 字，现在有 %(length)d 字，请改短后再选。"),
        },
    ),
)


def _is_djangos(field: forms.Field, code: str) -> bool:
    """Whether nobody gave this error words of its own: none at all, or the very ones of a class of Django's."""
    said = field.error_messages.get(code)
    defaults = [
        vars(kind).get("default_error_messages", {}).get(code)
        for kind in type(field).__mro__
        if kind.__module__.startswith("django.")
    ]
    return said is None or any(said is words for words in defaults)


def say_errors(fields: dict[str, forms.Field]) -> None:
    """The house's words in place of Django's, wherever a field was not given words of its own."""
    djangos = str(forms.Field.default_error_messages["required"])
    for field in fields.values():
        if str(field.error_messages.get("required", "")) == djangos:
            chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            field.error_messages["required"] = _("请选择。") if chosen else _("请填写这一项。")
        ours: dict[str, Any] = {}
        for kind, words in HOUSE_WORDS:
            ours |= words if isinstance(field, kind) else {}
        field.error_messages |= {code: said for code, said in ours.items() if _is_djangos(field, code)}


class HouseWordsMixin(forms.BaseForm):
    """Says errors in the house's words, those of fields that were added late too."""

    def full_clean(self) -> None:
        say_errors(self.fields)
        super().full_clean()


class CleanedFormMixin(HouseWordsMixin):
    """Cleans submitted text before any field sees it, and gives the form its crispy helper.

    Cleaning the data rather than each field means that a form shown again shows what will be kept,
    and that a NUL is dropped instead of refused. ``self.helper`` renders fields only: the template
    writes the form tag, the CSRF token and the buttons. Form-wide errors are shown by the
    ``form_errors`` component.
    """

    helper: FormHelper

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(cleaned_data_of(data) if data is not None else None, *args, **kwargs)
        say_empty_choices(self.fields)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        self.helper.render_unmentioned_fields = False


class BaseForm(CleanedFormMixin, forms.Form):
    """Every plain form of the house."""


class BaseModelForm(CleanedFormMixin, forms.ModelForm):
    """Every model form of the house."""


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files in one field; ``cleaned_data`` holds a list, empty when none was sent.

    The content is judged by ``core.uploads.prepare_files``, called in the form's ``clean_…``.
    """

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            super().clean(None, initial)
            return []
        return [super(MultipleFileField, self).clean(one, initial) for one in files]


#: The status with which a page comes back where somebody else was faster.
FASTER = 409


class AsShown(BaseForm):
    """A form about a row as it stood when the form was shown; the hidden field ``seen`` says how that was."""

    seen: ClassVar[str]

    def now_at(self, value: int | str) -> None:
        """Somebody else was faster: what was typed is kept, and the next press is about the row as it stands now."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.seen] = str(value)
        self.data = data


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, typed or picked; the browser wants it written as 2026-11-23."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


class RowChoice(forms.ModelChoiceField):
    """One row among few, under the number that stands for its id on every page (``core.converters``)."""

    def prepare_value(self, value: Any) -> Any:
        return scattered(value.pk) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        number = str(value)
        found = self.queryset.filter(pk=row_sent(number)).first()  # type: ignore[union-attr]
        if found is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": number}
            )
        return found
