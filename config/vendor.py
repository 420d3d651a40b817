"""Third-party front-end files: the few we use, taken from ``node_modules`` and served under ``vendor/``."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

from core import icons

# public name below static/ -> file below node_modules/; maps go along because the files name them
FILES = {
    f"vendor/{package}/{file}": f"{package}/{source}"
    for package, file, source in (
        ("bootstrap", "css/bootstrap.min.css", "dist/css/bootstrap.min.css"),
        ("bootstrap", "css/bootstrap.min.css.map", "dist/css/bootstrap.min.css.map"),
        ("js-sha256", "sha256.min.js", "build/sha256.min.js"),
        ("echarts", "echarts.min.js", "dist/echarts.min.js"),
    )
}


NAMES = [*FILES, icons.SPRITE]
ALL_ICONS = "bootstrap-icons/bootstrap-icons.svg"
SYMBOL = re.compile(r'<symbol [^>]*id="([a-z0-9-]+)".*?</symbol>', re.DOTALL)


def cut_sprite(folder: Path, target: Path) -> Path | None:
    """The sprite of the icons we use, cut from the package's own (a megabyte) and kept until either changes."""
    source = folder / ALL_ICONS
    if not source.exists():
        return None
    newest = max(source.stat().st_mtime, Path(icons.__file__).stat().st_mtime)
    if not target.exists() or target.stat().st_mtime < newest:
        kept = [found[0] for found in SYMBOL.finditer(source.read_text("utf-8")) if found[1] in icons.NAMES]
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.with_name(f"{target.name}.{os.getpid()}")
        made.write_text('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(kept) + "</svg>", "utf-8")
        made.replace(target)  # whole or not at all: several processes may start at once
    return target


class NodeModules(FileSystemStorage):
    """Answers for a public name with the package's own file."""

    def path(self, name: str) -> str:
        if name == icons.SPRITE:
            made = cut_sprite(Path(self.location), Path(settings.VAR_DIR) / icons.SPRITE)
            return str(made or Path(self.location) / ALL_ICONS)  # which then does not exist either
        return super().path(FILES.get(name, name))


class VendorFinder(BaseFinder):
    """Finds exactly the files above, for collectstatic and for the test server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = NodeModules(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [self.storage.path(path)] if path in NAMES and self.storage.exists(path) else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in NAMES:
            if self.storage.exists(name):
                yield name, self.storage
