"""Empty choices in words, and the selects that become boxes to type in."""

import pytest
from django import forms
from django.apps import apps

from core.forms import BaseForm
from core.widgets import PickerMany, PickerSelect


@pytest.mark.django_db
def test_an_empty_choice_says_what_it_means_instead_of_dashes():
    class Asked(BaseForm):
        unit = forms.ModelChoiceField(queryset=apps.get_model("accounts", "Unit").objects.all())
        other = forms.ModelChoiceField(
            queryset=apps.get_model("accounts", "Unit").objects.all(), required=False
        )
        named = forms.ModelChoiceField(
            queryset=apps.get_model("accounts", "Unit").objects.all(), empty_label="全县"
        )
        kind = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")], required=False)

    text = Asked().as_p()

    assert "---" not in text
    assert [text.count(words) for words in ("请选择", "不选", "全县")] == [1, 2, 1]


def test_a_picker_is_a_select_with_its_class_and_list_of_last_choices():
    html = PickerSelect(remember="units", choices=[("1", "甲")]).render("unit", "1", {"id": "id_unit"})

    assert 'data-picker data-remember="units"' in html
    assert '<option value="1" selected>' in html
    assert 'class="form-select"' in html


def test_several_choices_are_a_multiple_select_and_come_back_once_each():
    widget = PickerMany(choices=[("1", "甲"), ("2", "乙")])

    assert "multiple" in widget.render("units", ["2"], {"id": "id_units"})
    assert widget.value_from_datadict({"units": ["2", "", "1", "2"]}, {}, "units") == ["2", "1"]
