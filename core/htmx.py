"""Pages that are also fragments: one view answers a browser and htmx alike."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_htmx(request: HttpRequest) -> bool:
    """True when a fragment is wanted: asked by htmx, and neither boosted nor restoring history."""
    headers = request.headers
    if headers.get("HX-Request") != "true":
        return False
    return headers.get("HX-Boosted") != "true" and headers.get("HX-History-Restore-Request") != "true"


def render_page(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render ``fragment`` for htmx and ``page`` for everyone else, with the same context."""
    response = render(request, fragment if is_htmx(request) else page, context or {}, status=status)
    # A cache between us and the browser must not give the fragment for the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to ``url``; htmx follows by a full page load, not by a swap."""
    if is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def with_trigger(response: HttpResponse, event: str, detail: dict[str, Any] | None = None) -> HttpResponse:
    """Let ``event`` fire in the page after the swap; several calls add up."""
    events = json.loads(response["HX-Trigger"]) if response.has_header("HX-Trigger") else {}
    events[event] = detail or {}
    response["HX-Trigger"] = json.dumps(events)
    return response
