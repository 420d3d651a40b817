"""What no room owns: the client's real address, browser permissions and the largest request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from accounts.enums import Role
from core.pages import TROUBLES, refusal_page, trouble_page
from core.uploads.recordings import too_large

Respond = Callable[[HttpRequest], HttpResponse]
#: The other fields of a form that sends a recording, and its borders.
FORM_AROUND_IT = 1 << 20


class ClientAddressMiddleware:
    """Puts the client's address into REMOTE_ADDR when the site stands behind known proxies.

    ``TRUSTED_PROXIES`` says how many there are. Each appends one address to X-Forwarded-For, so the
    client is that many from the right; what a client wrote further left itself is never believed.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count: int = settings.TRUSTED_PROXIES
        if count:
            hops = [
                hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()
            ]
            if len(hops) >= count:
                request.META["REMOTE_ADDR"] = hops[-count]
        return self.get_response(request)


class PermissionsPolicyMiddleware:
    """No page asks for camera, microphone, place, payment or the devices on the desk."""

    features = (
        *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
    )
    value = ", ".join(f"{feature}=()" for feature in features)

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.value)
        return response


class PrivatePagesMiddleware:
    """Nobody on the way keeps a page; of a browser with a session, neither does the browser.

    A view that says how long something may be kept is left alone.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = settings.SESSION_COOKIE_NAME
        session = name in request.COOKIES or name in response.cookies
        response.headers.setdefault("Cache-Control", "private, no-store" if session else "private, no-cache")
        return response


class BodyLimitMiddleware:
    """Answers 413 to a request larger than ``MAX_BODY_BYTES`` before anything of it is parsed.

    The body is read and thrown away up to a few times the limit: a browser that is cut off while it
    still sends shows a broken connection instead of our sentence.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = body_size(request)
        if size <= settings.MAX_BODY_BYTES:
            return self.get_response(request)
        if _is_for_recordings(request):
            if size <= settings.MEDIATION_RECORDING_BYTES + FORM_AROUND_IT:
                return self.get_response(request)
            return self.refuse_recording(request, size)
        if size <= 4 * settings.MAX_BODY_BYTES:
            while request.read(1 << 20):
                pass
        return self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        response = trouble_page(request, TROUBLES[413])
        response["Connection"] = "close"
        return response

    def refuse_recording(self, request: HttpRequest, size: int) -> HttpResponse:
        """Says what else can be done; nothing of the body is read."""
        response = refusal_page(request, too_large(size, settings.MEDIATION_RECORDING_BYTES))
        response["Connection"] = "close"
        return response


class LargeBodyMiddleware:
    """Of what ``BodyLimitMiddleware`` let through above the usual limit, only that of a mediator who is logged in goes
    on: whoever else it is from, nothing of it is parsed, not even for the token against forged requests."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if body_size(request) > settings.MAX_BODY_BYTES:
            actor = getattr(request, "actor", None)
            if getattr(actor, "role", None) != Role.MEDIATOR:
                response = trouble_page(request, TROUBLES[413])
                response["Connection"] = "close"
                return response
        return self.get_response(request)


def body_size(request: HttpRequest) -> int:
    """What the client says it sends, in bytes."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_for_recordings(request: HttpRequest) -> bool:
    try:
        return request.method == "POST" and resolve(request.path_info).view_name == settings.LARGE_BODY_VIEW
    except Resolver404:
        return False
