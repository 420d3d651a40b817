"""What may be attached to a case: judged by content, never by the name or the browser's word.

Limits come from settings (bytes and pieces), with the defaults below.
"""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text

MAX_FILES = 10
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 50 * 1024 * 1024
HEAD_BYTES = 4096
NAME_LENGTH = 120
OLE_HEAD = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(frozen=True)
class FileKind:
    """One allowed kind: the extension it is stored under, its media type, its Chinese name."""

    extension: str
    content_type: str
    label: str


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


@dataclass(frozen=True)
class FileFacts:
    """What is kept of an accepted file; ``sha256`` is the hex digest of its bytes."""

    name: str
    kind: FileKind
    size: int
    sha256: str

    @property
    def content_type(self) -> str:
        return self.kind.content_type

    @property
    def extension(self) -> str:
        return self.kind.extension


def max_files() -> int:
    return int(getattr(settings, "UPLOAD_MAX_FILES", MAX_FILES))


def max_file_bytes() -> int:
    return int(getattr(settings, "UPLOAD_MAX_FILE_BYTES", MAX_FILE_BYTES))


def max_total_bytes() -> int:
    return int(getattr(settings, "UPLOAD_MAX_TOTAL_BYTES", MAX_TOTAL_BYTES))


def size_text(count: int) -> str:
    """Bytes as people say them: 20 MB, 3.4 MB, 812 KB."""
    if count >= 1024 * 1024:
        return f"{count / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
    return f"{max(count // 1024, 1)} KB"


def safe_name(name: str) -> str:
    """The file's own name for display: no folders, no invisible signs, at most 120 characters."""
    last = PurePath(clean_text(name.replace("\\", "/"))).name.replace("\n", " ")
    stem, dot, extension = last.rpartition(".")
    if not dot:
        return last[:NAME_LENGTH] or "附件"
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"[:NAME_LENGTH]


def sniff(file: BinaryIO, name: str) -> FileKind | None:
    """The allowed kind that the content is, or None. The name decides only that text is text."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    extension = (
        _by_magic(head) or _by_container(head, file) or (_by_text(head, file) if _says_text(name) else None)
    )
    file.seek(0)
    return KINDS[extension] if extension else None


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
    """Word or Excel without macros. Only the list of names is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    if "[Content_Types].xml" not in names or any("vbaproject" in n.lower() for n in names):
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
    return ALIASES.get(_extension(name), _extension(name)) == "txt"


def _extension(name: str) -> str:
    return PurePath(name).suffix.lstrip(".").lower()


def _by_text(head: bytes, file: BinaryIO) -> str | None:
    """Plain text in UTF-8, UTF-16 with its mark, or GB 18030, without NUL."""
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
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "txt"
    return None


def check_file(file: UploadedFile) -> FileFacts:
    """Accept one file and say what it is.

    Raises Refusal (code "too_large" or "invalid") with a sentence that names the file.
    """
    name, size = safe_name(file.name or ""), file.size or 0
    if size == 0:
        raise Refusal(_("文件“%(name)s”是空的，请重新选择。") % {"name": name}, code="invalid")
    if size > max_file_bytes():
        sentence = _("文件“%(name)s”有 %(size)s，超过每个 %(limit)s 的上限，请压缩或分开后再传。")
        limits = {"name": name, "size": size_text(size), "limit": size_text(max_file_bytes())}
        raise Refusal(sentence % limits, code="too_large")
    kind = sniff(file, name)  # type: ignore[arg-type]
    if kind is None:
        sentence = _(
            "文件“%(name)s”的内容不是可以接收的类型（与文件名无关）。"
            "可以传图片、PDF、Word、Excel、文本、录音和视频，请换一个文件，其他内容都还在。"
        )
        raise Refusal(sentence % {"name": name}, code="invalid")
    return FileFacts(_with_true_extension(name, kind), kind, size, sha256_of(file))


def _with_true_extension(name: str, kind: FileKind) -> str:
    extension = _extension(name)
    if ALIASES.get(extension, extension) == kind.extension:
        return name
    return f"{name}.{kind.extension}"


def sha256_of(file: UploadedFile) -> str:
    """The hex digest of the file's bytes, read in chunks; the file is rewound afterwards."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def check_files(files: Iterable[UploadedFile]) -> list[FileFacts]:
    """Accept several files together, in their order; raises Refusal at the first that may not be."""
    files = list(files)
    if len(files) > max_files():
        sentence = _("一次最多传 %(limit)s 个文件，您选了 %(count)s 个，请去掉几个。")
        raise Refusal(sentence % {"limit": max_files(), "count": len(files)}, code="invalid")
    total = sum(file.size or 0 for file in files)
    if total > max_total_bytes():
        sentence = _("全部文件共 %(size)s，超过 %(limit)s 的上限，请分几次传。")
        limits = {"size": size_text(total), "limit": size_text(max_total_bytes())}
        raise Refusal(sentence % limits, code="too_large")
    return [check_file(file) for file in files]
