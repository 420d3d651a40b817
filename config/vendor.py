"""Third-party front-end files: the few we use, taken from ``node_modules`` and served under ``vendor/``."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# public name below static/ -> file below node_modules/; maps go along because the files name them
FILES = {
    f"vendor/{package}/{file}": f"{package}/{source}"
    for package, file, source in (
        ("bootstrap", "css/bootstrap.min.css", "dist/css/bootstrap.min.css"),
        ("bootstrap", "css/bootstrap.min.css.map", "dist/css/bootstrap.min.css.map"),
        ("bootstrap", "js/bootstrap.bundle.min.js", "dist/js/bootstrap.bundle.min.js"),
        ("bootstrap", "js/bootstrap.bundle.min.js.map", "dist/js/bootstrap.bundle.min.js.map"),
        ("bootstrap-icons", "bootstrap-icons.svg", "bootstrap-icons.svg"),
    )
}


class NodeModules(FileSystemStorage):
    """Answers for a public name with the package's own file."""

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


class VendorFinder(BaseFinder):
    """Finds exactly the files above, for collectstatic and for the test server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = NodeModules(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [self.storage.path(path)] if path in FILES and self.storage.exists(path) else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in FILES:
            if self.storage.exists(name):
                yield name, self.storage
