"""Attachments are judged by content."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.errors import Refusal
from core.uploads import check_file, check_files, safe_name

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "#1b4f9c").save(out, kind)
    return out.getvalue()


def office(part, *more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def upload(name, content):
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


GOOD = [
    ("照片.jpg", picture("JPEG"), "image/jpeg"),
    ("照片.png", picture("PNG"), "image/png"),
    ("照片.webp", picture("WEBP"), "image/webp"),
    ("动图.gif", picture("GIF"), "image/gif"),
    ("手机.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "image/heic"),
    ("合同.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "application/pdf"),
    (
        "材料.docx",
        office("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "名单.xlsx",
        office("xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("旧.doc", OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
    ("旧.xls", OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ("说明.txt", "夜里施工，睡不着。".encode(), "text/plain"),
    ("说明.txt", "夜里施工，睡不着。".encode("gb18030"), "text/plain"),
    ("说明.txt", "夜里施工".encode("utf-16"), "text/plain"),
    ("视频.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + b"\0" * 40, "video/mp4"),
    ("录音.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42" + b"\0" * 40, "audio/mp4"),
    ("录音.mp3", b"ID3\x04\0\0\0\0\0\0" + b"\0" * 40, "audio/mpeg"),
    ("录音.mp3", b"\xff\xfb\x90\x64" + b"\0" * 40, "audio/mpeg"),
    ("录音.amr", b"#!AMR\n" + b"\0" * 40, "audio/amr"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD)
def test_the_kinds_people_send_are_known_by_content(name, content, media_type):
    facts = check_file(upload(name, content))
    assert (facts.name, facts.content_type, facts.size) == (name, media_type, len(content))
    assert facts.sha256 == hashlib.sha256(content).hexdigest()


EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + b"\0" * 400
BAD = [
    ("照片.jpg", EXE),
    ("说明.txt", EXE),
    ("说明.txt", b"MZ then only text"),
    ("说明.pdf", b"\x7fELF\2\1\1" + b"\0" * 60),
    ("页面.jpg", b"<html><script>alert(1)</script></html>"),
    ("页面.html", b"<html></html>"),
    ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    ("包.zip", office("a.txt")),
    ("安装.doc", OLE + b"Installer"),
    ("坏.docx", b"PK\x03\x04" + b"\0" * 80),
    ("脚本.txt", b"\0\1\2\3text"),
    ("空声.mp3", b"\xff\xff\xff\xff" + b"\0" * 40),
]


@pytest.mark.parametrize(("name", "content"), BAD)
def test_what_only_looks_like_an_attachment_is_refused_by_its_name(name, content):
    with pytest.raises(Refusal, match=name) as refused:
        check_file(upload(name, content))
    assert refused.value.status == 422
    assert "不是可以接收的类型" in refused.value.sentence


def test_a_picture_with_a_wrong_extension_gets_the_true_one_added():
    assert check_file(upload("照片.bmp", picture("PNG"))).name == "照片.bmp.png"
    assert check_file(upload("照片.JPEG", picture("JPEG"))).name == "照片.JPEG"


def test_an_empty_file_is_named():
    with pytest.raises(Refusal, match=r"空\.txt”是空的"):
        check_file(upload("空.txt", b""))


def test_size_and_number_have_limits(settings):
    settings.UPLOAD_MAX_FILES, settings.UPLOAD_MAX_FILE_BYTES = 2, 2 * 1024 * 1024
    settings.UPLOAD_MAX_TOTAL_BYTES = 3 * 1024 * 1024
    small, big = b"a" * 10, b"a" * (2 * 1024 * 1024)
    assert len(check_files([upload("1.txt", small), upload("2.txt", big)])) == 2
    with pytest.raises(Refusal, match="最多传 2 个文件，您选了 3 个"):
        check_files([upload(f"{n}.txt", small) for n in range(3)])
    with pytest.raises(Refusal, match=r"全部文件共 4 MB，超过 3 MB") as refused:
        check_files([upload("1.txt", big), upload("2.txt", big)])
    assert refused.value.status == 413
    with pytest.raises(Refusal, match=r"超过每个 2 MB"):
        check_file(upload("1.txt", big + b"a"))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\桌面\\图.jpg", "图.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        (".htaccess", "htaccess"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", "附件"),
    ],
)
def test_a_file_name_is_only_its_visible_last_part(sent, shown):
    assert safe_name(sent) == shown
