"""Asks ClamAV about a file where ``CLAMAV_URL`` names one; where it names none, nothing is asked.

``malware_found`` is sent with ``signature`` (ClamAV's name of it) and ``sha256`` of the file, never with a name of a
person or of the file.
"""

from __future__ import annotations

import logging
from typing import BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.dispatch import Signal
from django.utils.translation import gettext as _

from core.errors import Refusal

log = logging.getLogger(__name__)
malware_found = Signal()
TIMEOUT_SECONDS = 20
DEFAULT_PORT = 3310


def scan(file: BinaryIO, name: str, sha256: str) -> None:
    """Pass a clean file. The file is rewound.

    Raises Refusal: malware ("invalid"), or the scanner gave no answer ("unavailable": nothing unseen is taken).
    """
    client = _client(settings.CLAMAV_URL)
    if client is None:
        return
    file.seek(0)
    try:
        status, signature = client.instream(file).get("stream", ("", None))
    except (ClamdError, OSError) as error:
        log.error("scanner_unreachable: %s", type(error).__name__)  # its text may hold addresses
        status, signature = "", None
    finally:
        file.seek(0)
    if status == "OK":
        return
    if status == "FOUND":
        malware_found.send(sender=None, signature=str(signature or "")[:100], sha256=sha256)
        raise Refusal(
            _("文件“%(name)s”里发现了病毒，没有接收。请换一个文件，或先用杀毒软件清除；其他内容都还在。")
            % {"name": name},
            code="invalid",
        )
    raise Refusal(
        _("附件检查暂时用不了，带附件的内容还没有保存。请过几分钟再试，或先不带附件提交，附件以后补。"),
        code="unavailable",
    )


def _client(url: str) -> ClamdNetworkSocket | ClamdUnixSocket | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=TIMEOUT_SECONDS)
    return ClamdNetworkSocket(parts.hostname or "", parts.port or DEFAULT_PORT, timeout=TIMEOUT_SECONDS)
