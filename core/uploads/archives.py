"""What may be inside an Office file: no bomb, no macros, no odd paths, nothing packed deeper than one level.

Macros are refused and not kept aside: a petitioner's statement needs none, and the person who would have to open the
file is the one a hostile macro is written for. The sentence says how to send the same content without them.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.uploads.kinds import FileKind
from core.uploads.limits import max_file_bytes
from core.uploads.listing import MOST_PARTS, lists_too_much

MOST_UNPACKED = 200 * 1024 * 1024
#: Unpacked to packed, of files over ``RATIO_FROM`` bytes unpacked. Sheets of repeated rows reach about 50.
MOST_RATIO, RATIO_FROM = 100, 20 * 1024 * 1024
#: An embedded table or document of Office is itself a packed file; what is packed within that one, and any other
#: archive, is refused.
DEEPEST = 1
OFFICE_PART = "[Content_Types].xml"
#: What Word makes of any file that is dragged into a document: an OLE object whose stream of this name holds it.
OLE_HEAD, OLE_PACKAGE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Ole10Native".encode("utf-16-le")
PACKED_HEADS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
)
CHUNK = 1 << 16
#: Streams that hold macros in an old Word or Excel file; their names stand in it as UTF-16.
OLE_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "PROJECTwm"))
MACRO_MARKS = (b"macroenabled", b"vbaproject")


@dataclass
class Budget:
    """What may still be unpacked for one request: many small archives within one are a bomb, too."""

    parts: int = field(default_factory=lambda: MOST_PARTS)
    unpacked: int = field(default_factory=lambda: MOST_UNPACKED)

    def spend(self, parts: list[zipfile.ZipInfo]) -> bool:
        """Take these parts from it; False where it does not reach."""
        self.parts -= len(parts)
        self.unpacked -= sum(part.file_size for part in parts)
        return self.parts >= 0 and self.unpacked >= 0


def check(file: BinaryIO, name: str, kind: FileKind, budget: Budget | None = None) -> None:
    """Look into a Word or Excel file; other kinds pass. ``budget`` is shared by the files of one request.

    Raises Refusal ("invalid") with a sentence that names the file. The file is rewound.
    """
    if kind.extension in {"docx", "xlsx"}:
        _check_zip(file, name, budget or Budget(), depth=0)
    elif kind.extension in {"doc", "xls"}:
        file.seek(0)
        content = file.read(max_file_bytes())
        if any(mark in content for mark in OLE_MACROS):
            raise _macros(name)
    file.seek(0)


def _check_zip(file: BinaryIO, name: str, budget: Budget, *, depth: int) -> None:
    try:
        if lists_too_much(file):
            raise _too_big(name)
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_sizes(parts, name, budget)
            _check_names(parts, name, depth)
            for part in parts:
                _check_part(archive, part, name, budget, depth)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        # A size in the list that is not the true one ends here too: reading stops there and the sum is wrong.
        raise _broken(name) from error


def _check_sizes(parts: list[zipfile.ZipInfo], name: str, budget: Budget) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > RATIO_FROM and unpacked > MOST_RATIO * max(packed, 1)
    if bomb or not budget.spend(parts):
        raise _too_big(name)


def _too_big(name: str) -> Refusal:
    words = _("文件“%(name)s”解开后太大，没有接收。请另存一份、去掉多余的内容，或转成 PDF 再传。")
    return Refusal(words % {"name": name}, code="invalid")


def _check_names(parts: list[zipfile.ZipInfo], name: str, depth: int) -> None:
    names = [part.filename for part in parts]
    odd = any(
        path.startswith(("/", "\\")) or "\\" in path or ":" in path or ".." in path.split("/")
        for path in names
    )
    if depth and OFFICE_PART not in names:
        raise _packed_within(name)
    if odd or len(set(names)) != len(names) or any(part.flag_bits & 1 for part in parts):
        raise _broken(name)
    if any("vbaproject" in path.lower() for path in names):
        raise _macros(name)


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, budget: Budget, depth: int
) -> None:
    """Unpack one part piece by piece into nothing; its true size and checksum must be those of the list."""
    with archive.open(part) as opened:
        head = opened.read(CHUNK)
        if part.filename == OFFICE_PART:
            types = (head + opened.read(1 << 20)).lower()
            if any(mark in types for mark in MACRO_MARKS):
                raise _macros(name)
        packed, dragged = head.startswith(PACKED_HEADS), head.startswith(OLE_HEAD)
        inner = bytearray(head if packed or dragged else b"")
        while chunk := opened.read(CHUNK):
            if (packed or dragged) and len(inner) <= max_file_bytes():
                inner += chunk
    if dragged and OLE_PACKAGE in inner and any(mark in inner for mark in PACKED_HEADS[:4]):
        raise _packed_within(name)
    if not packed:
        return
    if depth >= DEEPEST or not head.startswith(b"PK\x03\x04") or len(inner) > max_file_bytes():
        raise _packed_within(name)
    _check_zip(io.BytesIO(bytes(inner)), name, budget, depth=depth + 1)


def _packed_within(name: str) -> Refusal:
    words = _("文件“%(name)s”里面又套了压缩包，没有接收。请把里面的文件取出来分别上传。")
    return Refusal(words % {"name": name}, code="invalid")


def _macros(name: str) -> Refusal:
    return Refusal(
        _("文件“%(name)s”里有宏（自动运行的程序），不能接收。请另存为不带宏的文档，或转成 PDF 再传。")
        % {"name": name},
        code="invalid",
    )


def _broken(name: str) -> Refusal:
    return Refusal(
        _("文件“%(name)s”已损坏或加了密码，打不开。请重新保存一份再传。") % {"name": name}, code="invalid"
    )
