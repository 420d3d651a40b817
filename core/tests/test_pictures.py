"""Pictures are drawn anew: upright, in their format, with nothing beside them."""

import base64
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from core.errors import Refusal
from core.uploads import prepare_files
from core.uploads.pictures import MAX_FRAMES

SECRET = b"SECRET-OWNER"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def exif():
    found = Image.Exif()
    found[ORIENTATION], found[MAKE] = 6, SECRET.decode()
    found[GPS] = {1: "N", 2: (27.0, 59.0, 30.0), 3: "E", 4: (120.0, 39.0, 12.0)}
    return found


def drawn(name, content):
    [made] = prepare_files([SimpleUploadedFile(name, content)])
    return made, made.read()


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


TWO = Image.new("RGB", (60, 30), "red")
TWO.paste("blue", (0, 0, 30, 30))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("现场.jpg", saved(TWO, "JPEG", exif=exif(), comment=SECRET, icc_profile=SECRET * 20)),
        ("现场.png", saved(TWO, "PNG", exif=exif(), icc_profile=SECRET * 20)),
        ("现场.webp", saved(TWO, "WEBP", exif=exif(), xmp=SECRET, icc_profile=SECRET * 20)),
    ],
)
def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright(name, content):
    assert SECRET in content or SECRET in zlib.decompress(content[content.index(b"iCCP") + 4 + 14 :][:200])
    made, kept = drawn(name, content)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (30, 60)  # orientation 6: a quarter turn
        assert not picture.getexif()
        assert not {"icc_profile", "comment", "xmp", "exif"} & set(picture.info)
        red, _green, blue = picture.convert("RGB").getpixel((15, 5))
        assert blue > 200 > red
    assert SECRET not in kept
    assert (made.facts.name, made.facts.size) == (name, len(kept))


def test_texts_within_a_png_and_what_hangs_behind_a_picture_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    content = saved(TWO, "PNG", pnginfo=texts) + b"<script>" + SECRET
    assert SECRET not in drawn("a.png", content)[1]


def test_a_see_through_picture_stays_see_through():
    kept = drawn("a.png", saved(Image.new("RGBA", (8, 8), (9, 9, 9, 0)), "PNG"))[1]
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.mode == "RGBA" and picture.getpixel((0, 0))[3] == 0


def test_a_print_shop_picture_becomes_one_that_every_screen_shows():
    kept = drawn("a.jpg", saved(Image.new("CMYK", (8, 8)), "JPEG"))[1]
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.mode == "RGB"


@pytest.mark.parametrize(("name", "kind"), [("动.gif", "GIF"), ("动.webp", "WEBP"), ("动.png", "PNG")])
def test_an_animation_keeps_its_pictures_and_times_and_loses_its_comment(name, kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    comment = {"comment": SECRET} if kind == "GIF" else {}
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=200, **comment)
    kept = drawn(name, content)[1]
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.n_frames == 3
        picture.seek(2)
        assert picture.convert("RGB").getpixel((5, 5))[2] > 200
        assert picture.info["duration"] == 200
    assert SECRET not in kept


def test_an_animation_without_end_is_refused():
    frames = [Image.new("P", (1, 1), n % 2 * 200) for n in range(MAX_FRAMES + 1)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20, optimize=False)
    with pytest.raises(Refusal, match=r"动图“动\.gif”太长或太大"):
        drawn("动.gif", content)


def png_of(width, height):
    """A small PNG whose head promises this many pixels."""

    def part(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


@pytest.mark.parametrize("side", [8001, 30_000, 2**31 - 1])
def test_a_pixel_bomb_is_refused_before_it_is_unpacked(side):
    with pytest.raises(Refusal, match=r"万像素，超过 6400 万的上限|打不开"):
        drawn("炸.png", png_of(side, side))


def test_the_sentence_says_how_large_the_picture_itself_is():
    with pytest.raises(Refusal, match=r"“炸.png”有 90000 万像素，超过 6400 万的上限"):
        drawn("炸.png", png_of(30_000, 30_000))
    with pytest.raises(Refusal, match=r"有 6401 万像素"):
        drawn("大.png", png_of(8001, 8001))


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + b"\0" * 64, saved(TWO, "PNG")[:-40], saved(TWO, "JPEG")[:200]]
)
def test_a_broken_picture_gets_a_sentence_that_says_what_to_do(content):
    with pytest.raises(Refusal) as refused:
        drawn("现场.png", content)
    assert "打不开，可能没有传完整。请重新拍一张" in refused.value.sentence
    assert refused.value.status == 422


#: A phone's picture, 64 × 32, its orientation "a quarter turn", its maker a secret. No encoder is installed here.
HEIC = (
    "c-mc2yGz4h5Wg?M8o~DiA4qLMr3iur2PY}EMI2PDf~)asLJt%Bk%n5g7PR2z<m{qr!AV`z&A-"
    "6eK@>#rF*&I5zBGz><Z^ev`+cw90l=W?Zi}3O9LQ`m<1)8VHv!nSZMZtrEt<<(PLP8@?!rHtL@V!al1hLAOlIt<9?3=sBU3t"
    "lk!kWN#7)z$WVeS3!>17^SLAW{12RcTm(ZuT3UqA<n5+?nBPhQ|!SfW0v^L393GMr&@C$r=zP|&sscW>NFTt9b=ShMp8LIrk"
    "=So7S=GY8l|2l_}O2fh9-"
    "SOF}mYawWq{<&e*NGlVv8%%69v#xf^Om#8trDRv5GoVYjRj!@&rJj#<CZRhTuKoMqA!BydAETW?E*_EK~>W<3Qg$bUAhnSqp"
    "*L5!hnS;irTPKrD6ab!wed&JX_%Y806j?c2<}3ipE&2zx+IRbm6_!qC>@{i|R@5?%V6^*YMWE&0W%#>V@he&(FgcRT?O)&A("
    "6!`6%m@n#gz8&sk0<GwGG_#npv$2H+dnr)o3"
)


def test_a_phones_heic_becomes_a_jpeg_that_every_office_computer_opens():
    content = zlib.decompress(base64.b85decode(HEIC))
    assert SECRET in content
    made, kept = drawn("IMG_0001.HEIC", content)
    assert (made.facts.name, made.facts.content_type) == ("IMG_0001.jpg", "image/jpeg")
    assert kept[:3] == b"\xff\xd8\xff" and SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (32, 64)


def test_what_is_prepared_once_is_not_drawn_twice():
    once = prepare_files([SimpleUploadedFile("a.png", saved(TWO, "PNG"))])
    assert prepare_files(once) == once
