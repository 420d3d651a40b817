"""ClamAV is asked about every upload where one is named; nothing unseen is taken."""

import socketserver
import struct
import threading
from html import unescape

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from petitions.models import Petition
from petitions.services import codes

pytestmark = pytest.mark.django_db
BODY = "柳湾路夜市每天吵到凌晨两点。"


class FakeClamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM: finds what holds EICAR, breaks on what holds BREAK."""

    def handle(self):
        assert self.rfile.readline() == b"nINSTREAM\n"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        if b"BREAK" in content:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\n")
        else:
            found = b"Win.Test.EICAR_HDB-1 FOUND" if b"EICAR" in content else b"OK"
            self.wfile.write(b"stream: " + found + b"\n")


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path):
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), FakeClamd)
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(tmp_path / "clamd"), FakeClamd)
        settings.CLAMAV_URL = f"unix://{tmp_path}/clamd"
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_tries_counted_yet():
    cache.clear()


def send(client, content, name="张三的证明.txt"):
    form = {"token": codes.new_token(), "body": BODY, "attachments": [SimpleUploadedFile(name, content)]}
    return client.post("/file/", form)


def test_a_clean_file_is_looked_at_whole_and_kept(client, cast, clamd):
    content = "夜里两点。".encode() * 1000
    assert send(client, content).status_code == 302
    assert clamd.seen == [content]
    assert Petition.objects.get().attachments.get().file.read() == content


def test_a_found_one_is_refused_and_audited_without_the_name_of_a_person(client, cast, clamd):
    page = send(client, b"X5O!P EICAR")
    text = unescape(page.content.decode())
    assert page.status_code == 422
    assert "文件“张三的证明.txt”里发现了病毒，没有接收" in text and BODY in text
    assert not Petition.objects.exists()
    entry = AuditEntry.objects.get(act="upload.malware")
    assert (entry.outcome, entry.user) == ("refused", None)
    assert entry.detail["signature"] == "Win.Test.EICAR_HDB-1" and len(entry.detail["sha256"]) == 64
    assert "张三" not in f"{entry.detail} {entry.actor_label} {entry.object_id}"


@pytest.mark.parametrize("content", [b"BREAK"])
def test_an_answer_that_is_none_refuses_the_file(client, cast, clamd, content):
    page = send(client, content)
    assert "附件检查暂时用不了" in unescape(page.content.decode())
    assert not Petition.objects.exists()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock"])
def test_a_scanner_that_is_away_refuses_with_a_sentence_and_changes_nothing(client, cast, settings, url):
    settings.CLAMAV_URL = url
    page = send(client, b"a text")
    text = unescape(page.content.decode())
    assert page.status_code == 422
    assert "附件检查暂时用不了，带附件的内容还没有保存。请过几分钟再试，或先不带附件提交" in text
    assert BODY in text
    assert not Petition.objects.exists() and not AuditEntry.objects.exists()


def test_without_a_scanner_nothing_is_asked_and_a_petition_without_files_never_waits_for_one(
    client, cast, settings
):
    assert settings.CLAMAV_URL == ""
    assert send(client, b"a text").status_code == 302
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    assert client.post("/file/", {"token": codes.new_token(), "body": BODY}).status_code == 302
