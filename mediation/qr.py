"""The code on a room's door: it leads to where a dispute is filed in this room."""

from __future__ import annotations

import segno
from django.http import HttpRequest
from django.urls import reverse

from mediation.models import Room


def filing_path(room: Room) -> str:
    return reverse("mediation:room_file", args=[room.pk])


def filing_code(request: HttpRequest, room: Room) -> str:
    """A picture as a data address, large enough to be printed and read from a door."""
    address = request.build_absolute_uri(filing_path(room))
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)
