"""Headers of every file that is handed out."""

import io
from urllib.parse import quote

import pytest

from core.downloads import download


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
