"""How much may be attached, in bytes and pieces; settings may say otherwise."""

from django.conf import settings

MAX_FILES = 10
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 50 * 1024 * 1024


def max_files() -> int:
    return int(getattr(settings, "UPLOAD_MAX_FILES", MAX_FILES))


def max_file_bytes() -> int:
    return int(getattr(settings, "UPLOAD_MAX_FILE_BYTES", MAX_FILE_BYTES))


def max_total_bytes() -> int:
    return int(getattr(settings, "UPLOAD_MAX_TOTAL_BYTES", MAX_TOTAL_BYTES))


def size_text(count: int) -> str:
    """Bytes as people say them: 20 MB, 3.4 MB, 812 KB."""
    if count >= 1024 * 1024:
        return f"{count / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
    return f"{max(count // 1024, 1)} KB"
