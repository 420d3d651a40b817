"""What the views of this room share in asking a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from core.errors import Refusal


@contextmanager
def telling(request: HttpRequest) -> Iterator[None]:
    """What is refused within is told on the next page; what is nobody's right here stays 403."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == "forbidden":
            raise
        messages.warning(request, refusal.sentence)
