"""Errors are said in the house's words: what is wrong, and what to do."""

import copy
import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps

from accounts.forms import OwnPasswordForm
from core.forms import BaseForm, HouseWordsMixin, say_errors

ROOMS = ("accounts", "petitions", "documents", "leaders", "mediation", "reviews", "reports")


def every_form():
    for config in apps.get_app_configs():
        if config.name in ROOMS:
            for module in pkgutil.walk_packages([config.path], f"{config.name}."):
                if ".tests" not in module.name and ".migrations" not in module.name:
                    importlib.import_module(module.name)
    waiting, found = [HouseWordsMixin], set()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found.add(kind)
    return sorted(
        (kind for kind in found if getattr(kind, "base_fields", None)), key=lambda kind: kind.__qualname__
    )


def djangos(field):
    """The words of Django's own classes that the field would still say."""
    for kind in type(field).__mro__:
        if kind.__module__.startswith("django."):
            yield from vars(kind).get("default_error_messages", {}).items()


# Never reached: a browser that sends a form of ours cannot make these.
LEFT = {"contradiction", "overflow", "invalid_image", "incomplete"}


def test_no_form_of_the_house_says_a_sentence_of_djangos():
    forms_of_house = every_form()
    assert len(forms_of_house) > 30
    for form in forms_of_house:
        fields = copy.deepcopy(form.base_fields)
        say_errors(fields)
        for name, field in fields.items():
            for code, words in djangos(field):
                said = field.error_messages[code]
                assert code in LEFT or said is not words, (form, name, code, str(said))


class Example(BaseForm):
    reason = forms.CharField(min_length=4, max_length=6)
    kind = forms.ChoiceField(choices=[("a", "甲")])
    many = forms.MultipleChoiceField(choices=[("a", "甲")])
    count = forms.IntegerField(min_value=1, max_value=9)
    other = forms.IntegerField(error_messages={"invalid": "请填人数。"})
    on = forms.DateField()
    file = forms.FileField()


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("reason", "一", "请至少写 4 字，您写了 1 字。"),
        ("reason", "一二三四五六七", "最多 6 字，现在有 7 字，请精简。"),
        ("kind", "bogus", "没有您选的这一项，请从列表中选择。"),
        ("many", ["bogus"], "没有您选的这一项，请从列表中选择。"),
        ("count", "x", "请填写整数。"),
        ("count", "0", "不能小于 1，您填的是 0。"),
        ("count", "10", "不能大于 9，您填的是 10。"),
        ("other", "x", "请填人数。"),
        ("on", "明天", "请填写日期，如 2026-11-20。"),
        ("file", "", "请填写这一项。"),
    ],
)
def test_each_error_says_what_to_do(name, value, sentence):
    assert Example({name: value}).errors[name] == [sentence]


@pytest.mark.django_db
def test_ones_own_password_is_asked_for_in_clear_words(cast):
    form = OwnPasswordForm(cast.handler, {"old_password": "x", "new_password1": "a", "new_password2": "b"})
    assert form.errors["old_password"] == ["您现在的密码不对，请重新输入。"]
    assert "您两次输入的新密码不一致，请重新输入。" in form.errors["new_password2"]
    assert form.fields["new_password2"].help_text == "请您把新密码再输入一遍。"
