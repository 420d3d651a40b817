"""Chinese words for what stands in the audit log. Each room names its own acts when the project starts."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps

_acts: dict[str, str] = {}


def name_acts(words: Mapping[str, str]) -> None:
    """Give acts their words: ``name_acts({"case.print": "打印回执"})``, called in ``AppConfig.ready``."""
    _acts.update(words)


def act_label(act: str) -> str:
    """The word of an act, or the act itself where nobody named it."""
    return _acts.get(act, act)


def acts_called(word: str) -> list[str]:
    """Acts whose word contains ``word``."""
    return [act for act, label in _acts.items() if word in label]


def object_label(object_type: str) -> str:
    """The word of a model by its label ("accounts.post": 岗位), or the label itself."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type
