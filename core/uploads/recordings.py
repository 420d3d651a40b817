"""Recordings: far larger than attachments, of sound and film alone, and as hostile until shown otherwise."""

from __future__ import annotations

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.uploads import scanning
from core.uploads.checking import FileFacts, PreparedFile, safe_name, sha256_of
from core.uploads.kinds import sniff
from core.uploads.limits import size_text

KINDS = ("mp4", "mp3", "m4a", "amr")
ACCEPT = ",".join(f".{extension}" for extension in KINDS)


def too_large(size: int, most: int) -> Refusal:
    """What is said of a recording of ``size`` bytes where ``most`` are taken, before any of it is read."""
    return Refusal(
        _(
            "录音录像有 %(size)s，超过 %(most)s 的上限，没有接收。请压缩或者分段后再传，"
            "也可以存放在本区自己的系统里，在这里只登记存放的地方和校验值。"
        )
        % {"size": size_text(size), "most": size_text(most)},
        code="too_large",
    )


def prepare_recording(file: UploadedFile, most: int) -> PreparedFile:
    """What is to be stored of a recording, read in pieces and never whole.

    Raises Refusal: empty, larger than ``most`` bytes, no sound or film by its content, malware, a scanner that does
    not answer.
    """
    name, size = safe_name(file.name or ""), file.size or 0
    if size == 0:
        raise Refusal(_("文件“%(name)s”是空的，请重新选择。") % {"name": name}, code="invalid")
    if size > most:
        raise too_large(size, most)
    raw = cast(Any, file)
    # Without its name: what calls itself a text would be read to its end.
    kind = sniff(raw, "")
    if kind is None or kind.extension not in KINDS:
        raise Refusal(
            _("文件“%(name)s”的内容不是录音或视频（与文件名无关）。可以传 MP4、MP3、M4A、AMR，请换一个文件。")
            % {"name": name},
            code="invalid",
        )
    facts = FileFacts(f"recording.{kind.extension}", kind, size, sha256_of(file))
    scanning.scan(raw, name, facts.sha256)
    return PreparedFile(raw, facts)
