"""Marks on what leaves the system: a code that only the holder of the data keys turns back into who took it and when.

A code is ``HY`` and base32 letters and digits (SM4-GCM, see ``core.sealing``): it tells nothing to whoever finds it,
cannot be made by anybody else, and can be typed off paper.
"""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.sealing import Unreadable, open_sealed, seal

PLACE = "export mark"
EXPORT, PRINT, CONSOLE = "x", "p", "c"
CODE = re.compile(rb"\bHY[A-Z2-7]{60,400}\b")
#: Read of any one part of a file, and of a file that is no archive; a month's workbook has one megabyte.
MOST_BYTES = 64 * 1024 * 1024
MOST_PARTS = 2000
#: Signs base32 does not have, as people read them off paper.
MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


@dataclass(frozen=True)
class Mark:
    """Who took what, when. ``what`` is EXPORT, PRINT or CONSOLE; ``subject`` the export's id, or empty; ``at`` is
    aware, to the second. Ids are 0 where nobody was logged in."""

    what: str
    user_id: int
    post_id: int
    at: datetime
    subject: str = ""

    def code(self) -> str:
        """A new code each time; all of them read back to this mark."""
        words = f"{self.what}.{self.user_id}.{self.post_id}.{int(self.at.timestamp())}.{self.subject}"
        return "HY" + base64.b32encode(seal(words, PLACE)).decode().rstrip("=")


def read_code(code: str) -> Mark:
    """The mark of a code, as found or as typed off paper (spaces, dashes and small letters do not matter).

    Raises Unreadable: no code of this system, or its key is not at hand.
    """
    letters = re.sub(r"[\s-]", "", code).upper().removeprefix("HY").translate(MISREAD)
    try:
        sealed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:  # binascii.Error is one
        sealed = b""
    if not sealed:
        raise Unreadable("not a mark")
    what, user, post, moment, subject = open_sealed(sealed, PLACE).split(".", 4)
    return Mark(what, int(user), int(post), datetime.fromtimestamp(int(moment), UTC), subject)


def codes_in(path: Path) -> list[str]:
    """Every code in a file, each once: in the parts of a workbook, or anywhere in a text.

    Raises OSError: the file cannot be read.
    """
    found: dict[str, None] = {}
    for content in _contents(path):
        found |= dict.fromkeys(code.decode() for code in CODE.findall(content))
    return list(found)


def _contents(path: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file.read(MOST_BYTES)
        return
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist()[:MOST_PARTS]:
            with archive.open(part) as opened:
                yield opened.read(MOST_BYTES)
