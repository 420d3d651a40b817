"""Which kinds of file are taken, and how each is known by its content: never by the name or the browser's word."""

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import puremagic

from core.uploads.limits import max_file_bytes
from core.uploads.listing import lists_too_much

HEAD_BYTES = 4096
OLE_HEAD = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(frozen=True)
class FileKind:
    """One allowed kind: the extension it is stored under, its media type, its Chinese name."""

    extension: str
    content_type: str
    label: str

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


KINDS = {
    kind.extension: kind
    for kind in (
        FileKind("jpg", "image/jpeg", "图片"),
        FileKind("png", "image/png", "图片"),
        FileKind("webp", "image/webp", "图片"),
        FileKind("gif", "image/gif", "图片"),
        FileKind("heic", "image/heic", "图片"),
        FileKind("pdf", "application/pdf", "PDF 文件"),
        FileKind(
            "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"
        ),
        FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格"),
        FileKind("doc", "application/msword", "Word 文档"),
        FileKind("xls", "application/vnd.ms-excel", "Excel 表格"),
        FileKind("txt", "text/plain", "文本"),
        FileKind("mp4", "video/mp4", "视频"),
        FileKind("mp3", "audio/mpeg", "录音"),
        FileKind("m4a", "audio/mp4", "录音"),
        FileKind("amr", "audio/amr", "录音"),
    )
}
ALIASES = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic", "text": "txt"}
# The value of <input accept>, so that the phone's own chooser offers the right things.
ACCEPT = ",".join(f".{extension}" for extension in [*KINDS, "jpeg"])
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"heif"}
AUDIO_BRANDS = {b"M4A ", b"M4B "}
VIDEO_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"3gp4",
    b"3gp5",
}
PUREMAGIC_KINDS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
#: What a "text" begins with that a browser would draw or run.
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<iframe")


def sniff(file: BinaryIO, name: str) -> FileKind | None:
    """The allowed kind that the content is, or None. The name decides only that text is text."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    found = (
        _by_magic(head) or _by_container(head, file) or (_by_text(head, file) if _says_text(name) else None)
    )
    file.seek(0)
    return KINDS[found] if found else None


def extension(name: str) -> str:
    """What stands after the last dot, in small letters and under its usual name."""
    found = PurePath(name).suffix.lstrip(".").lower()
    return ALIASES.get(found, found)


def _by_magic(head: bytes) -> str | None:
    if head[:5] == b"%PDF-":
        return "pdf"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head.startswith(b"ID3") or _is_mpeg_frame(head):
        return "mp3"
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    for guess in guesses:
        # A weak guess (one or two signs of the head) would let almost anything through.
        if guess.mime_type in PUREMAGIC_KINDS and len(guess.byte_match) >= 3:
            return PUREMAGIC_KINDS[guess.mime_type]
    return None


def _is_mpeg_frame(head: bytes) -> bool:
    """An MPEG audio layer III frame: sync, then a bit rate and sample rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer == 1 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def _by_container(head: bytes, file: BinaryIO) -> str | None:
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head.startswith(b"PK\x03\x04"):
        return _by_zip(file)
    if head.startswith(OLE_HEAD):
        return _by_ole(file)
    return None


def _by_brand(head: bytes) -> str | None:
    brand = head[8:12]
    if brand in HEIC_BRANDS:
        return "heic"
    if brand in AUDIO_BRANDS:
        return "m4a"
    return "mp4" if brand in VIDEO_BRANDS or brand.startswith(b"3gp") else None


def _by_zip(file: BinaryIO) -> str | None:
    """Word or Excel, by its list of names; ``archives`` judges what is in it."""
    try:
        if lists_too_much(file):
            return None
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else None


def _by_ole(file: BinaryIO) -> str | None:
    """Old Word or Excel by the stream it holds; an MSI has the same head but neither stream."""
    file.seek(0)
    content = file.read(max_file_bytes())
    if "WordDocument".encode("utf-16-le") in content:
        return "doc"
    if "Workbook".encode("utf-16-le") in content or "Book\0".encode("utf-16-le") in content:
        return "xls"
    return None


def _says_text(name: str) -> bool:
    return extension(name) == "txt"


def _by_text(head: bytes, file: BinaryIO) -> str | None:
    """Plain text in UTF-8, UTF-16 with its mark, or GB 18030, without NUL; no page or drawing called a text."""
    file.seek(0)
    content = file.read(max_file_bytes())
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content or content.startswith((b"MZ", b"\x7fELF")):
        return None
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        begins = text[:200].lstrip("\ufeff \t\r\n").lower().encode()
        return None if begins.startswith(MARKUP) else "txt"
    return None
