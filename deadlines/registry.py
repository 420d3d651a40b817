"""The concrete clock classes of the installed rooms."""

from django.apps import apps

from deadlines.models import Clock


def clock_classes() -> list[type[Clock]]:
    """Every installed model that is a Clock, in the order of the rooms."""
    return [model for model in apps.get_models() if issubclass(model, Clock)]
