"""Pictures are drawn anew: what the camera wrote beside the picture (place, time, device, owner) is not kept.

The format stays; only HEIC, which most office computers cannot open, becomes JPEG. Colour profiles are dropped, so
wide-gamut colours may look a shade paler.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

import pi_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, JpegImagePlugin

from core.errors import Refusal
from core.uploads.kinds import KINDS, FileKind

pi_heif.register_heif_opener()

#: Of one picture, and of all pictures of an animation together.
MAX_PIXELS, MAX_ANIMATED_PIXELS, MAX_FRAMES = 64_000_000, 48_000_000, 500
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "heic": "HEIF"}
ANIMATED = {"png", "webp", "gif"}
#: What of a picture's information belongs to the picture itself.
KEPT = ("transparency", "duration", "loop", "disposal", "blend", "background")
QUALITY = 90
#: Of the work put into packing: photos as PNG take five times as long at Pillow's own level and get 4 % smaller.
SAVING: dict[str, dict[str, Any]] = {
    "png": {"compress_level": 2},
    "webp": {"quality": QUALITY, "method": 1},
    "gif": {},
}
# One picture at a time in each process: 64 million pixels take 200 MB while they are turned.
_one_at_a_time = threading.Lock()


def redrawn(file: BinaryIO, name: str, kind: FileKind) -> tuple[io.BytesIO, FileKind]:
    """The picture drawn anew, upright, with nothing beside it, and the kind it is now.

    Raises Refusal ("invalid"): it cannot be read, or it has too many pixels. The sentence names the file.
    """
    out = io.BytesIO()
    try:
        with _one_at_a_time, Image.open(file, formats=(FORMATS[kind.extension],)) as picture:
            _check_pixels(picture, name)
            now_kind = KINDS["jpg"] if kind.extension == "heic" else kind
            _save(picture, out, name, now_kind)
    except Refusal:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many(name, _pixels_told(error)) from error
    except MemoryError as error:
        raise _unreadable(name) from error
    except Exception as error:  # decoders raise whatever they like on a broken picture
        raise _unreadable(name) from error
    finally:
        file.seek(0)
    out.seek(0)
    return out, now_kind


def _save(picture: Image.Image, out: io.BytesIO, name: str, kind: FileKind) -> None:
    if kind.extension in ANIMATED and getattr(picture, "is_animated", False):
        _save_animated(picture, out, name, kind)
        return
    options = _jpeg_options(picture) if kind.extension == "jpg" else SAVING[kind.extension]
    upright = _bare(ImageOps.exif_transpose(picture))
    if kind.extension == "jpg" and upright.mode not in {"L", "RGB"}:
        upright, options = upright.convert("RGB"), {"quality": QUALITY}
    upright.save(out, FORMATS[kind.extension], **options)


def _jpeg_options(picture: Image.Image) -> dict[str, Any]:
    """The tables the picture came with, so that it is neither coarsened nor blown up."""
    if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture.mode in {"L", "RGB"}:
        return {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
    return {"quality": QUALITY}


def _save_animated(picture: Image.Image, out: io.BytesIO, name: str, kind: FileKind) -> None:
    frames = list(_frames(picture, name))
    options: dict[str, Any] = {"duration": [frame.info.get("duration", 100) for frame in frames]}
    if "loop" in picture.info:
        options["loop"] = picture.info["loop"]
    options |= SAVING[kind.extension]
    frames[0].save(out, FORMATS[kind.extension], save_all=True, append_images=frames[1:], **options)


def _frames(picture: Image.Image, name: str) -> Iterator[Image.Image]:
    """Every picture of the animation; counted while reading, because a head may lie."""
    each = picture.width * picture.height
    for number in range(MAX_FRAMES + 1):
        try:
            picture.seek(number)
        except EOFError:
            return
        if number >= MAX_FRAMES or each * (number + 1) > MAX_ANIMATED_PIXELS:
            raise Refusal(
                _("动图“%(name)s”太长或太大，没有接收。请缩短，或截几张图片再传。") % {"name": name},
                code="invalid",
            )
        yield _bare(picture.copy(), duration=picture.info.get("duration", 100))


def _bare(picture: Image.Image, **more: Any) -> Image.Image:
    kept: dict[Any, Any] = {key: value for key, value in picture.info.items() if key in KEPT}
    picture.info = kept | more
    return picture


def _check_pixels(picture: Image.Image, name: str) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many(name, picture.width * picture.height)


def _pixels_told(error: Image.DecompressionBombError) -> int | None:
    """The picture's own pixels, which Pillow says nowhere but in words; None where the words have changed."""
    found = re.search(r"\((\d+) pixels\)", str(error))
    return int(found[1]) if found else None


def _too_many(name: str, pixels: int | None) -> Refusal:
    have = _("有 %d 万像素，") % (pixels // 10_000) if pixels else _("像素")
    return Refusal(
        _("图片“%(name)s”%(have)s超过 %(most)d 万的上限，请缩小后再传。")
        % {"name": name, "have": have, "most": MAX_PIXELS // 10_000},
        code="invalid",
    )


def _unreadable(name: str) -> Refusal:
    return Refusal(
        _("图片“%(name)s”打不开，可能没有传完整。请重新拍一张，或另存后再传。") % {"name": name},
        code="invalid",
    )
