"""The outlines of towns and villages, where the operator supplies them (``DIVISIONS_GEOJSON``: a file of GeoJSON).

A feature is a unit's where its ``code`` (or ``adcode``) is the unit's code, or else its ``name`` is the unit's full or
short name. None is shipped: which map of a place may be published is for the operator to know (地图管理条例).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from accounts.models import Unit

SHAPES = ("Polygon", "MultiPolygon")


def has_any(units: Collection[Unit]) -> bool:
    """Whether there is an outline of any of them; none, and no map is offered."""
    return bool(outlines(units)["features"])


def outlines(units: Collection[Unit]) -> dict[str, Any]:
    """A FeatureCollection of these units alone, each feature named as the unit is on the page."""
    by_code = {unit.code: unit for unit in units if unit.code}
    by_name = {name: unit for unit in units for name in (unit.name, unit.short_name) if name}
    found = []
    for feature in features():
        said = feature.get("properties") or {}
        code = str(said.get("code") or said.get("adcode") or "")
        unit = by_code.get(code) or by_name.get(str(said.get("name") or ""))
        if unit is not None:
            found.append(
                {
                    "type": "Feature",
                    "properties": {"name": unit.label},
                    "geometry": feature["geometry"],
                }
            )
    return {"type": "FeatureCollection", "features": found}


def features() -> list[dict[str, Any]]:
    """What the file holds; nothing where there is no file, or none that can be read."""
    path = Path(settings.DIVISIONS_GEOJSON)
    try:
        return _read(str(path), path.stat().st_mtime) if settings.DIVISIONS_GEOJSON else []
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=2)
def _read(path: str, _changed: float) -> list[dict[str, Any]]:
    """Raises ValueError: no GeoJSON of polygons."""
    try:
        rows = json.loads(Path(path).read_text("utf-8"))["features"]
        return [row for row in rows if row["geometry"]["type"] in SHAPES]
    except (KeyError, TypeError) as error:
        raise ValueError("no GeoJSON FeatureCollection of polygons") from error


def check_divisions(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The map is left out in silence on the pages; whoever runs the server is told why."""
    if not settings.DIVISIONS_GEOJSON or features():
        return []
    said = "DIVISIONS_GEOJSON names no readable GeoJSON FeatureCollection of polygons; no map is offered."
    return [checks.Warning(said, hint="See docs/operations.md.", id="reports.W001")]
