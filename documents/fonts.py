"""Typefaces of papers. GB/T 9704 names 仿宋, 小标宋, 黑体, 楷体, which may not be handed on: an operator points
``PAPER_FONT_DIR`` at a folder of theirs. Noto from a package stands in and is always there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

SONG = ("SimSun", "宋体", "STSong", "Noto Serif CJK SC", "Noto Serif SC")
SANS = ("Noto Sans CJK SC", "Noto Sans SC")
#: By use: names under which the standard's faces, or their like, are known, in the order in which they are taken.
STANDARD: dict[str, tuple[str, ...]] = {
    "body": (
        "FangSong_GB2312",
        "仿宋_GB2312",
        "FangSong",
        "仿宋",
        "STFangsong",
        "FandolFang R",
        "FandolFang",
    ),
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "STZhongsong", "华文中宋"),
    "hei": ("SimHei", "黑体", "STHeiti", "FandolHei"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "LXGW WenKai", "FandolKai"),
    "song": ("SimSun", "宋体", "STSong"),
}
FALLBACK: dict[str, tuple[str, ...]] = {
    "body": SONG,
    "title": SONG,
    "hei": (*SANS, *SONG),
    "kai": SONG,
    "song": SONG,
}
WORDS = {"body": "仿宋", "title": "小标宋", "hei": "黑体", "kai": "楷体", "song": "宋体"}


def stacks() -> dict[str, list[str]]:
    """Families that are there, by use; a missing one would be passed over in silence.

    A rare name character that the first face lacks is taken from the next one, sign by sign.
    """
    there = set(families())
    return {use: [one for one in (*STANDARD[use], *FALLBACK[use]) if one in there] for use in STANDARD}


def missing() -> list[str]:
    """Chinese names of the standard's faces none of which was found."""
    there = set(families())
    return [WORDS[use] for use, names in STANDARD.items() if not there.intersection(names)]


def families() -> list[str]:
    return list(book().families())


def book() -> typst.Fonts:
    """All fonts at hand, looked through once in the life of a process."""
    return _book(settings.PAPER_FONT_DIR, settings.PAPER_SYSTEM_FONTS)


@lru_cache(maxsize=4)
def _book(folder: str, system: bool) -> typst.Fonts:
    shipped = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return typst.Fonts(system, False, [*([folder] if folder else []), shipped])
