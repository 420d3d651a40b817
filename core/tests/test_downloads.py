"""Headers of every file that is handed out."""

import io
from urllib.parse import quote

import pytest

from core.downloads import download, resumable


@pytest.mark.parametrize("name", ["现场 照片.jpg", 'a"; filename="b.exe', "a\r\nSet-Cookie: x=1.txt"])
def test_a_file_is_saved_under_its_own_name_and_never_shown(name):
    answer = download(io.BytesIO(b"x"), name, "image/jpeg")
    kept = answer["Content-Disposition"]
    assert kept.startswith("attachment; filename")
    assert "\n" not in kept and "\r" not in kept
    if "现" in name:
        assert kept == f"attachment; filename*=utf-8''{quote(name)}"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("rows=1-2", 200, b"0123456789", None),
        ("bytes=99999999999999999999-", 200, b"0123456789", None),
    ],
)
def test_a_download_that_broke_off_goes_on_where_it_was(rf, asked, status, body, told):
    answer = part_of(rf, Range=asked)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, content, answer.get("Content-Range")) == (status, body, told)
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("tag", "status"), [('"one"', 206), ('"another"', 200), ("Mon, 01 Jan 2026 00:00:00 GMT", 200)]
)
def test_the_rest_of_another_content_is_never_put_behind_this_beginning(rf, tag, status):
    assert part_of(rf, Range="bytes=4-", **{"If-Range": tag}).status_code == status


def part_of(rf, **headers):
    asked = rf.get("/", headers=headers)
    return resumable(asked, io.BytesIO(b"0123456789"), 10, "清单.csv", "text/csv", tag="one")
