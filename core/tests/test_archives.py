"""Office files are looked into: bombs, macros, odd paths, packing within packing."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import Refusal
from core.uploads import archives, check_file, check_files

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600


def office(*parts, types="<Types/>", main="word/document.xml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(main, "<w:document/>")
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def refused(content, name="材料.docx"):
    with pytest.raises(Refusal, match=name) as found:
        check_file(SimpleUploadedFile(name, content))
    assert found.value.status == 422
    return found.value.sentence


def test_a_long_document_with_pictures_and_a_table_inside_is_taken():
    table = office(main="xl/workbook.xml")
    parts = [
        ("word/media/a.png", b"\x89PNG" * 5000),
        ("word/embeddings/t.xlsx", table),
        ("x.xml", "字" * 10**6),
    ]
    assert check_file(SimpleUploadedFile("材料.docx", office(*parts))).extension == "docx"


def test_a_zip_bomb_is_refused_by_what_it_would_unpack_to():
    assert "解开后太大" in refused(office(("word/big.xml", b"\0" * 30 * 1024 * 1024)))


def test_too_many_parts_and_too_much_in_all_are_refused(monkeypatch):
    monkeypatch.setattr(archives, "MOST_PARTS", 20)
    assert "解开后太大" in refused(office(*((f"p{n}.xml", "x") for n in range(20))))
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)
    assert "解开后太大" in refused(office(("a.xml", "x" * 1000)))


def test_many_small_archives_within_one_or_beside_one_another_are_a_bomb_together(monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNPACKED", 10_000_000)
    inner = office(("x.xml", b"\0" * 3_000_000))
    many = office(*((f"word/embeddings/{n}.docx", inner) for n in range(4)))
    assert "解开后太大" in refused(many)
    one = [SimpleUploadedFile(f"{n}.docx", inner) for n in range(4)]
    assert check_file(one[0]).extension == "docx"
    with pytest.raises(Refusal, match="解开后太大"):
        check_files(one)


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = office(("word/big.xml", b"A" * 9_000_000))
    lying = content.replace((9_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    assert "已损坏" in refused(lying)


def test_packing_within_packing_is_refused():
    inner = office(("word/embeddings/deeper.docx", office()))
    assert "又套了压缩包" in refused(office(("word/embeddings/t.docx", inner)))
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("说明.txt", "一份普通的压缩包")
    assert "又套了压缩包" in refused(office(("word/embeddings/a.zip", plain.getvalue())))
    assert "又套了压缩包" in refused(office(("word/embeddings/a.xlsx", plain.getvalue()))), (
        "whatever it is called"
    )
    dragged = (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500 + "\1Ole10Native".encode("utf-16-le") + b"\0" * 99
    )
    assert "又套了压缩包" in refused(office(("word/embeddings/oleObject1.bin", dragged + plain.getvalue())))
    assert check_file(
        SimpleUploadedFile("材料.docx", office(("word/embeddings/oleObject1.bin", dragged)))
    ).extension
    assert "又套了压缩包" in refused(office(("word/embeddings/a.rar", b"Rar!\x1a\x07\0" + b"\0" * 90)))


@pytest.mark.parametrize(
    "content",
    [
        office(("word/vbaProject.bin", b"x")),
        office(
            ("word/other.bin", b"x"),
            types='<Types ct="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
        ),
        office(("word/embeddings/t.xlsx", office(("xl/vbaProject.bin", b"x"), main="xl/workbook.xml"))),
    ],
)
def test_macros_are_refused_with_a_way_out(content):
    assert "有宏" in (sentence := refused(content)) and "另存为不带宏的文档" in sentence


@pytest.mark.parametrize(("name", "stream"), [("旧.doc", "WordDocument"), ("旧.xls", "Workbook")])
def test_macros_in_an_old_file_are_refused_and_none_is_taken(name, stream):
    plain = OLE + stream.encode("utf-16-le") + b"\0" * 100
    assert check_file(SimpleUploadedFile(name, plain)).extension == name[-3:]
    assert "有宏" in refused(plain + "_VBA_PROJECT".encode("utf-16-le"), name)


@pytest.mark.parametrize("path", ["../../etc/cron.d/x", "/etc/passwd", "..\\x", "C:/x", "word/../../x"])
def test_a_part_that_would_leave_its_folder_is_refused(path):
    assert "已损坏" in refused(office((path, "x")))


def test_a_file_under_a_password_and_two_parts_of_one_name_are_refused():
    content = bytearray(office(("a.xml", "x")))
    place = content.rindex(b"PK\x01\x02") + 8
    content[place] |= 1
    assert "加了密码" in refused(bytes(content))
    with pytest.warns(UserWarning, match="Duplicate"):
        assert "已损坏" in refused(office(("a.xml", "1"), ("a.xml", "2")))


@pytest.mark.parametrize(
    "text", ["<html><script>", "\ufeff  <SVG onload=x>", "<!DOCTYPE html>", "<?xml version='1.0'?>"]
)
def test_a_page_or_drawing_called_a_text_is_refused(text):
    assert "不是可以接收的类型" in refused(text.encode(), "说明.txt")


class TestListsTooLongToRead:
    """Twenty megabytes of empty entries are refused by what the end of the file says, and never listed."""

    @pytest.fixture(autouse=True)
    def never_listed(self, monkeypatch):
        self.many = office(*[(f"{n}", "") for n in range(30_000)])
        monkeypatch.setattr(zipfile.ZipFile, "__init__", self.listed)

    @staticmethod
    def listed(*_args, **_kwargs):
        raise AssertionError("the list was read")

    def test_by_the_number(self):
        refused(self.many)

    def test_by_the_size_where_the_number_is_a_lie(self):
        end = self.many.rindex(b"PK\x05\x06")
        lie = self.many[: end + 8] + (9).to_bytes(2, "little") * 2 + self.many[end + 12 :]
        refused(lie)

    def test_by_the_record_of_a_large_archive_beside_a_small_one(self):
        """ZIP64: the numbers that count stand in a record before the last one."""
        end = self.many.rindex(b"PK\x05\x06")
        size, start = (int.from_bytes(self.many[end + n : end + n + 4], "little") for n in (12, 16))
        large = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8)
        large += b"".join(n.to_bytes(8, "little") for n in (30_002, 30_002, size, start))
        where = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
        small = b"PK\x05\x06" + bytes(4) + b"\x02\0\x02\0" + (90).to_bytes(4, "little") + bytes(4) + b"\0\0"
        refused(self.many[:end] + large + where + small)


def test_a_packed_file_within_one_is_not_listed_either(monkeypatch):
    inner = office(*[(f"{n}", "") for n in range(4000)])
    content, listed, real = office(("word/embeddings/a.docx", inner)), [], zipfile.ZipFile.infolist
    monkeypatch.setattr(
        zipfile.ZipFile, "infolist", lambda archive: listed.append(len(real(archive))) or real(archive)
    )
    assert "解开后太大" in refused(content)
    assert max(listed) < 10
