"""What may be attached to a case: judged by content, never by the name or the browser's word.

``check_files`` says what files are, ``prepare_files`` makes of them what is stored. Limits come from settings.
"""

from core.uploads.checking import (
    FileFacts,
    PreparedFile,
    check_file,
    check_files,
    prepare_files,
    safe_name,
)
from core.uploads.kinds import ACCEPT, KINDS, FileKind
from core.uploads.limits import max_file_bytes, max_files, max_total_bytes, size_text
from core.uploads.scanning import malware_found

__all__ = [
    "ACCEPT",
    "KINDS",
    "FileFacts",
    "FileKind",
    "PreparedFile",
    "check_file",
    "check_files",
    "malware_found",
    "max_file_bytes",
    "max_files",
    "max_total_bytes",
    "prepare_files",
    "safe_name",
    "size_text",
]
