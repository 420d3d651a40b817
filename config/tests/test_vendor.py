"""Third-party front-end files come from the installed packages and are exactly those listed."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.management import call_command

from config.vendor import ALL_ICONS, FILES, NAMES, VendorFinder
from core import icons


def packages(tmp_path):
    for source in FILES.values():
        file = tmp_path / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)


def test_each_listed_file_is_found_under_vendor(settings, tmp_path):
    packages(tmp_path)
    settings.NODE_MODULES, settings.VAR_DIR = tmp_path, tmp_path / "var"
    finder = VendorFinder()
    assert {name: finder.find(name) for name in FILES} == {
        name: str(tmp_path / source) for name, source in FILES.items()
    }
    assert sorted(name for name, _ in finder.list(None)) == sorted(FILES)
    assert all(storage.open(name).read().decode() == FILES[name] for name, storage in finder.list(None))


def test_our_modules_import_each_other_by_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "config.storage.StaticStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = next(tmp_path.glob("js/app.*.js")).read_text()
    names = re.findall(r'from "(.+?)"', collected)
    assert len(names) > 5
    assert all(re.fullmatch(r"\./[a-z-]+\.[0-9a-f]{12}\.js", name) for name in names)
    assert all((tmp_path / "js" / name).is_file() for name in names)


def test_nothing_else_of_a_package_is_served(settings, tmp_path):
    packages(tmp_path)
    (tmp_path / "bootstrap" / "package.json").write_text("{}")
    settings.NODE_MODULES = tmp_path
    finder = VendorFinder()
    for name in (
        "bootstrap/package.json",
        "vendor/bootstrap/package.json",
        "vendor/../bootstrap/package.json",
    ):
        assert finder.find(name) == []


def test_without_the_packages_nothing_is_listed_and_nothing_breaks(settings, tmp_path):
    settings.NODE_MODULES = tmp_path / "none"
    assert list(VendorFinder().list(None)) == []


def test_every_vendor_file_a_template_names_is_listed(settings):
    named = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        for piece in template.read_text().split("'vendor/")[1:]:
            named.add("vendor/" + piece.split("'")[0])
        for piece in template.read_text().split('"vendor/')[1:]:
            named.add("vendor/" + piece.split('"')[0])
    assert named <= set(NAMES)
    assert all(finders.find(name) for name in named) or not Path(settings.NODE_MODULES).exists()


def test_the_sprite_holds_exactly_the_icons_we_use(settings, tmp_path):
    settings.NODE_MODULES, settings.VAR_DIR = tmp_path, tmp_path / "var"
    (tmp_path / ALL_ICONS).parent.mkdir(parents=True)
    symbols = "".join(
        f'<symbol class="bi" id="{name}"><path d="M0 0"/></symbol>' for name in ("bell", "0-circle")
    )
    (tmp_path / ALL_ICONS).write_text(f"<svg>{symbols}</svg>")
    sprite = Path(VendorFinder().find(icons.SPRITE)).read_text()
    assert re.findall(r'id="([^"]+)"', sprite) == ["bell"]


def test_every_icon_a_template_or_a_room_names_is_in_the_sprite(settings):
    named = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        named |= set(re.findall(r'{%\s*icon "([a-z0-9-]+)"', template.read_text()))
    from core.nav import _entries

    named |= {entry.icon for entry in _entries.values() if entry.icon}
    assert named - icons.NAMES == set()
