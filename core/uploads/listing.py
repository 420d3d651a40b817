"""How long the list of what a packed file holds says it is, before anybody reads that list into memory."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

#: Of all files sent together, with whatever is packed within them.
MOST_PARTS = 3000
#: The list itself: 46 bytes for each part beside its name, however many it says there are.
MOST_LISTED_BYTES = 1024 * 1024


def lists_too_much(file: BinaryIO) -> bool:
    """Whether the record at the end of the file announces more than is taken. A file without one lists nothing.

    The record is read as ``zipfile`` reads it afterwards (with its ZIP64 twin, where there is one), because another
    reading could be told something else than what is then listed. The number may be a lie; the list's size, which is
    all that is read of it, cannot.
    """
    file.seek(0)
    found = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    file.seek(0)
    if not found:
        return False
    parts, size = found[zipfile._ECD_ENTRIES_TOTAL], found[zipfile._ECD_SIZE]  # type: ignore[attr-defined]
    return bool(parts > MOST_PARTS or size > MOST_LISTED_BYTES)
