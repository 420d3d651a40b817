"""A file as a response: always saved, never shown, harmless in what opens it, kept by nobody on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.http import content_disposition_header

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: One range; of several a server may send the whole instead (RFC 9110, 14.2).
RANGE = re.compile(r"bytes=(?P<first>\d{0,15})-(?P<last>\d{0,15})")
PIECE = 64 * 1024


def download(opened: Any, name: str, content_type: str) -> FileResponse:
    """The open file under its name for people (RFC 5987 carries the Chinese); it is closed when it is sent."""
    return FileResponse(
        cast(IO[bytes], opened), as_attachment=True, filename=name, content_type=content_type, headers=HEADERS
    )


def resumable(
    request: HttpRequest, opened: Any, size: int, name: str, content_type: str, *, tag: str
) -> HttpResponse | FileResponse | StreamingHttpResponse:
    """As ``download``, and where the browser asks for the rest of what it has begun to fetch, that rest alone.

    ``tag`` names this content for good: a part is sent only to whoever has the beginning of the same (If-Range). A
    range that begins behind the end is answered by 416.
    """
    etag = f'"{tag}"'
    asked = request.headers.get("Range", "")
    same = request.headers.get("If-Range", etag) == etag
    found = RANGE.fullmatch(asked.replace(" ", "")) if same and request.method == "GET" else None
    if found is None or not (found["first"] or found["last"]):
        whole = download(opened, name, content_type)
        whole["Accept-Ranges"], whole["ETag"] = "bytes", etag
        return whole
    if found["first"]:
        first = int(found["first"])
        last = min(int(found["last"]), size - 1) if found["last"] else size - 1
        backwards = bool(found["last"]) and int(found["last"]) < first
    else:
        first, last, backwards = max(0, size - int(found["last"])), size - 1, False
    if first >= size or backwards:
        opened.close()
        return HttpResponse(status=416, headers=HEADERS | {"Content-Range": f"bytes */{size}"})
    part = StreamingHttpResponse(
        _pieces(opened, first, last - first + 1), status=206, content_type=content_type, headers=HEADERS
    )
    part["Content-Disposition"] = iri_to_uri(content_disposition_header(True, name))
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(last - first + 1)
    part["Accept-Ranges"], part["ETag"] = "bytes", etag
    return part


def _pieces(opened: Any, first: int, length: int) -> Iterator[bytes]:
    with opened:
        opened.seek(first)
        while length > 0 and (piece := opened.read(min(PIECE, length))):
            length -= len(piece)
            yield piece
