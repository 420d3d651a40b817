"""What no room owns: the client's real address, browser permissions and the largest request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.pages import TROUBLES, trouble_page

Respond = Callable[[HttpRequest], HttpResponse]


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
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        if size <= settings.MAX_BODY_BYTES:
            return self.get_response(request)
        if size <= 4 * settings.MAX_BODY_BYTES:
            while request.read(1 << 20):
                pass
        return self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        response = trouble_page(request, TROUBLES[413])
        response["Connection"] = "close"
        return response
