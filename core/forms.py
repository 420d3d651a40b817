"""The base of all forms: cleaned text, crispy without a form tag, errors tied to their fields."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

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


def say_errors(fields: dict[str, forms.Field]) -> None:
    """The house's words in place of Django's, wherever a field was not given words of its own."""
    djangos = str(forms.Field.default_error_messages["required"])
    for field in fields.values():
        if str(field.error_messages.get("required", "")) == djangos:
            chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            field.error_messages["required"] = _("请选择。") if chosen else _("请填写这一项。")
        if isinstance(field, forms.CharField):
            field.error_messages.setdefault("max_length", TOO_LONG)


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
