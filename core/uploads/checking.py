"""From what was sent to what may be kept: limits, kind, contents, malware, and pictures drawn anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text
from core.uploads import archives, pictures, scanning
from core.uploads.kinds import FileKind, extension, sniff
from core.uploads.limits import max_file_bytes, max_files, max_total_bytes, size_text

NAME_LENGTH = 120


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


class PreparedFile(UploadedFile):
    """A file that has passed everything here, with the facts of what is to be stored."""

    def __init__(self, file: IO[bytes], facts: FileFacts) -> None:
        super().__init__(file=file, name=facts.name, content_type=facts.content_type, size=facts.size)
        self.facts = facts


def safe_name(name: str) -> str:
    """The file's own name for display: no folders, no invisible signs, no leading dots, at most 120 characters."""
    last = PurePath(clean_text(name.replace("\\", "/"))).name.replace("\n", " ").lstrip(". ")
    stem, dot, end = last.rpartition(".")
    if not dot:
        return last[:NAME_LENGTH] or "附件"
    return f"{stem[: NAME_LENGTH - len(end) - 1]}.{end}"[:NAME_LENGTH]


def check_file(file: UploadedFile, budget: archives.Budget | None = None) -> FileFacts:
    """Say what one file is, and refuse one that may not be taken. Nothing is decoded or changed.

    Raises Refusal (code "too_large" or "invalid") with a sentence that names the file.
    """
    name, size = safe_name(file.name or ""), file.size or 0
    if size == 0:
        raise Refusal(_("文件“%(name)s”是空的，请重新选择。") % {"name": name}, code="invalid")
    if size > max_file_bytes():
        sentence = _("文件“%(name)s”有 %(size)s，超过每个 %(limit)s 的上限，请压缩或分开后再传。")
        limits = {"name": name, "size": size_text(size), "limit": size_text(max_file_bytes())}
        raise Refusal(sentence % limits, code="too_large")
    kind = sniff(cast(Any, file), name)
    if kind is None:
        sentence = _(
            "文件“%(name)s”的内容不是可以接收的类型（与文件名无关）。"
            "可以传图片、PDF、Word、Excel、文本、录音和视频，请换一个文件，其他内容都还在。"
        )
        raise Refusal(sentence % {"name": name}, code="invalid")
    archives.check(cast(Any, file), name, kind, budget)
    return FileFacts(_with_true_extension(name, kind), kind, size, sha256_of(file))


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
    budget = archives.Budget()
    return [check_file(file, budget) for file in files]


def prepare_files(files: Iterable[UploadedFile]) -> list[PreparedFile]:
    """What is to be stored of these files; those already prepared are passed through.

    A 12-megapixel photo takes about 0.3 s, so forms do this before a transaction is open.

    Raises:
        Refusal: as ``check_files``; a picture that cannot be read, malware, a scanner that does not answer.
    """
    files = list(files)
    waiting = [file for file in files if not isinstance(file, PreparedFile)]
    ready = iter([_prepared(file, facts) for file, facts in zip(waiting, check_files(waiting), strict=True)])
    return [file if isinstance(file, PreparedFile) else next(ready) for file in files]


def _prepared(file: UploadedFile, facts: FileFacts) -> PreparedFile:
    raw = cast(Any, file)
    scanning.scan(raw, facts.name, facts.sha256)
    if not facts.kind.is_picture:
        return PreparedFile(raw, facts)
    drawn, kind = pictures.redrawn(raw, facts.name, facts.kind)
    content = drawn.getbuffer()
    stem = facts.name.rpartition(".")[0]
    name = facts.name if kind == facts.kind else f"{stem}.{kind.extension}"
    made = replace(facts, name=name, kind=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    content.release()
    return PreparedFile(drawn, made)


def _with_true_extension(name: str, kind: FileKind) -> str:
    return name if extension(name) == kind.extension else f"{name}.{kind.extension}"


def sha256_of(file: UploadedFile) -> str:
    """The hex digest of the file's bytes, read in chunks; the file is rewound afterwards."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
